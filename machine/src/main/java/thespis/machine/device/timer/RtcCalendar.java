package thespis.machine.device.timer;

import java.time.LocalDateTime;
import java.time.ZoneOffset;

/// The MC146818A's time, calendar and alarm bytes, in the format that register B asks for. Data sheet: "Time, Calendar,
/// and Alarm Data Modes".
final class RtcCalendar {
  static final int CENTURY = 0x32, CENTURY_PS2 = 0x37;
  static final int B_24H = 0x02;
  static final long NEVER = Long.MAX_VALUE;

  private static final int SECONDS = 0, SECONDS_ALARM = 1, MINUTES = 2, MINUTES_ALARM = 3, HOURS = 4, HOURS_ALARM = 5;
  private static final int DAY_OF_WEEK = 6, DAY = 7, MONTH = 8, YEAR = 9, REG_B = 0x0B;
  private static final int B_BINARY = 0x04, PM = 0x80, DONT_CARE = 0xC0;
  private static final int DAY_SECONDS = 86_400;

  private final byte[] ram;

  RtcCalendar(byte[] ram) {
    this.ram = ram;
  }

  /// Bytes that run with the clock; the alarm is RAM.
  boolean isTime(int reg) {
    return reg == CENTURY || reg <= YEAR && reg != SECONDS_ALARM && reg != MINUTES_ALARM && reg != HOURS_ALARM;
  }

  /// Seconds since 1970 into the registers.
  void store(long epochSecond) {
    LocalDateTime t = LocalDateTime.ofEpochSecond(epochSecond, 0, ZoneOffset.UTC);
    set(SECONDS, t.getSecond());
    set(MINUTES, t.getMinute());
    if (is24h()) {
      set(HOURS, t.getHour());
    } else {
      set(HOURS, (t.getHour() + 11) % 12 + 1);
      ram[HOURS] |= (byte) (t.getHour() >= 12 ? PM : 0);
    }
    set(DAY_OF_WEEK, t.getDayOfWeek().getValue() % 7 + 1);
    set(DAY, t.getDayOfMonth());
    set(MONTH, t.getMonthValue());
    set(YEAR, t.getYear() % 100);
    set(CENTURY, t.getYear() / 100);
  }

  /// The registers as seconds since 1970. Numbers out of range carry over, as in QEMU.
  long load() {
    return LocalDateTime.of(get(CENTURY) * 100 + get(YEAR), 1, 1, 0, 0)
        .plusMonths(get(MONTH) - 1)
        .plusDays(get(DAY) - 1)
        .plusSeconds(hour(HOURS) * 3600L + get(MINUTES) * 60L + get(SECONDS))
        .toEpochSecond(ZoneOffset.UTC);
  }

  /// The first second after this one at which the alarm goes off, or {@link #NEVER}.
  long nextAlarm(long epochSecond) {
    long day = Math.floorDiv(epochSecond + 1, DAY_SECONDS) * DAY_SECONDS;
    int from = (int) (epochSecond + 1 - day);
    int at = alarmInDay(from);
    if (at < 0) {
      day += DAY_SECONDS;
      at = alarmInDay(0);
    }
    return at < 0 ? NEVER : day + at;
  }

  private int alarmInDay(int from) {
    int wantHour = dontCare(HOURS_ALARM) ? -1 : hour(HOURS_ALARM);
    int wantMinute = dontCare(MINUTES_ALARM) ? -1 : get(MINUTES_ALARM);
    int wantSecond = dontCare(SECONDS_ALARM) ? -1 : get(SECONDS_ALARM);
    int t = from;
    while (t < DAY_SECONDS) {
      if (wantHour >= 0 && t / 3600 != wantHour) {
        t = (t / 3600 + 1) * 3600;
      } else if (wantMinute >= 0 && t / 60 % 60 != wantMinute) {
        t = (t / 60 + 1) * 60;
      } else if (wantSecond >= 0 && t % 60 != wantSecond) {
        t++;
      } else {
        return t;
      }
    }
    return -1;
  }

  private boolean dontCare(int reg) {
    return (ram[reg] & DONT_CARE) == DONT_CARE;
  }

  private boolean is24h() {
    return (ram[REG_B] & B_24H) != 0;
  }

  private int hour(int reg) {
    int raw = ram[reg] & 0xFF;
    int hour = decode(raw & 0x7F);
    return is24h() ? hour : hour % 12 + ((raw & PM) != 0 ? 12 : 0);
  }

  private int get(int reg) {
    return decode(ram[reg] & 0xFF);
  }

  private int decode(int raw) {
    return (ram[REG_B] & B_BINARY) != 0 ? raw : (raw >>> 4) * 10 + (raw & 0xF);
  }

  private void set(int reg, int value) {
    ram[reg] = (byte) ((ram[REG_B] & B_BINARY) != 0 ? value : value / 10 << 4 | value % 10);
  }
}
