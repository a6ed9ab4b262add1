package thespis.machine.device.timer;

import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import thespis.cpu.run.GuestClock;
import thespis.cpu.state.StateIo;
import thespis.machine.bus.BytePorts;
import thespis.machine.bus.Device;
import thespis.machine.bus.IrqLine;
import thespis.machine.time.Frequency;

/// Motorola MC146818A real-time clock and CMOS RAM at ports 0x70 and 0x71. Data sheet: "Address Map", "Time, Calendar,
/// and Alarm Locations", "Update Cycle", "Registers". The century at 0x32 (and 0x37) is the PC's addition.
///
/// Time is computed when the guest looks. Interrupts need timers only while they are enabled and their flag is clear.
public final class Mc146818Rtc implements Device, BytePorts {
  public static final int SIZE = 128;

  private static final int REG_A = 0x0A, REG_B = 0x0B, REG_C = 0x0C, REG_D = 0x0D;
  private static final int A_UIP = 0x80, A_DIVIDER = 0x70, A_RATE = 0x0F;
  private static final int B_SET = 0x80, B_PIE = 0x40, B_AIE = 0x20, B_UIE = 0x10, B_SQWE = 0x08;
  private static final int C_IRQF = 0x80, C_PF = 0x40, C_AF = 0x20, C_UF = 0x10;
  private static final int D_VRT = 0x80;
  private static final int ENABLES = B_PIE | B_AIE | B_UIE;

  private static final long SECOND = 1_000_000_000L;

  /// Four digits of a year can't be further away.
  private static final long MOST_SECONDS = 400_000_000_000L;
  private static final Frequency CRYSTAL = new Frequency(32_768);
  /// "Update Cycle": UIP rises 244 us before the update.
  private static final long UIP_NANOS = 8 * SECOND / CRYSTAL.hertz();

  private final GuestClock clock;
  private final LongSupplier utcNanos;
  private final LongSupplier ahead;
  private final GuestClock.Timer timer;
  private final IrqLine irq8;
  private LongConsumer onChange = seconds -> { };
  private Runnable onAlarm = () -> { };

  private final byte[] ram = new byte[SIZE];
  private final RtcCalendar calendar = new RtcCalendar(ram);
  private int index;
  /// The guest's time is the host's plus a part of a second (so that its seconds begin where the guest wants them) plus
  /// whole seconds. Nanoseconds alone would not reach the years that a guest can write.
  private long phase, secondsAhead;
  /// Up to where UF and AF have been worked out.
  private long seenSecond;
  /// Crystal ticks when the last periodic interrupt was due: the next one is a period later. QEMU differs from the data
  /// sheet, whose divider runs freely: a new rate counts from there too, and the first period from when PIE is set.
  private long periodStart;

  /// @param utcNanos what the battery-backed clock goes by, in nanoseconds since 1970: the host's clock, or a date and
  ///     guest time
  /// @param ahead how far that is ahead of a clock that another process has alike, if this machine moves there
  public Mc146818Rtc(GuestClock clock, IrqLine irq8, LongSupplier utcNanos, LongSupplier ahead) {
    this.ahead = ahead;
    this.clock = clock;
    this.irq8 = irq8;
    this.utcNanos = utcNanos;
    timer = clock.timer("rtc", this::expire);
    ram[REG_A] = 0x26;
    ram[REG_B] = RtcCalendar.B_24H;
    ram[REG_D] = (byte) D_VRT;
    forget();
    calendar.store(seenSecond);
  }

  /// All processes have it alike.
  public Mc146818Rtc(GuestClock clock, IrqLine irq8, LongSupplier utcNanos) {
    this(clock, irq8, utcNanos, () -> 0);
  }

  @Override
  public String name() {
    return "mc146818rtc";
  }

  /// RESET keeps time and RAM. "RESET" pin: interrupts and square wave off, flags clear.
  @Override
  public synchronized void reset() {
    ram[REG_B] &= ~(ENABLES | B_SQWE);
    ram[REG_C] = 0;
    forget();
    update();
  }

  /// Bit 7 of the index is the NMI mask, which has no effect here.
  @Override
  public synchronized int readByte(int port) {
    return port == 0 ? 0xFF : readRegister(index);
  }

  @Override
  public synchronized void writeByte(int port, int value) {
    if (port == 0) {
      index = value & SIZE - 1;
    } else {
      writeRegister(index, value);
    }
  }

  private int readRegister(int reg) {
    switch (reg) {
      case RtcCalendar.CENTURY_PS2 -> {
        return readRegister(RtcCalendar.CENTURY);
      }
      case REG_A -> {
        return ram[REG_A] & 0xFF | (running() && Math.floorMod(now(), SECOND) >= SECOND - UIP_NANOS ? A_UIP : 0);
      }
      case REG_C -> {
        collectFlags();
        int flags = ram[REG_C] & 0xFF;
        ram[REG_C] = 0;
        update();
        return flags;
      }
      default -> {
        if (running() && calendar.isTime(reg)) {
          calendar.store(seconds());
        }
        return ram[reg] & 0xFF;
      }
    }
  }

  private void writeRegister(int reg, int value) {
    switch (reg) {
      case RtcCalendar.CENTURY_PS2 -> writeRegister(RtcCalendar.CENTURY, value);
      case REG_A -> writeA(value & ~A_UIP);
      case REG_B -> writeB(value);
      case REG_C, REG_D -> { }
      default -> {
        collectFlags();
        if (running() && calendar.isTime(reg)) {
          calendar.store(seconds());
          ram[reg] = (byte) value;
          setTime();
        } else {
          ram[reg] = (byte) value;
        }
        update();
      }
    }
  }

  /// Leaving divider reset, the first update comes after half a second ("Register A").
  private void writeA(int value) {
    collectFlags();
    boolean ran = running();
    if (ran) {
      calendar.store(seconds());
    }
    ram[REG_A] = (byte) value;
    if (running() && !ran) {
      setTime();
      long later = phase + SECOND / 2;
      setPhase(later % SECOND);
      secondsAhead += later / SECOND;
      seenSecond = seconds();
    }
    periodStart = Math.max(periodStart, CRYSTAL.ticks(now()) - period());
    update();
  }

  private void writeB(int value) {
    collectFlags();
    boolean ran = running();
    if ((value & B_SET) != 0) {
      if (ran) {
        calendar.store(seconds());
      }
      value &= ~B_UIE;
    }
    if ((value & ~ram[REG_B] & B_PIE) != 0) {
      periodStart = CRYSTAL.ticks(now());
    }
    ram[REG_B] = (byte) value;
    if (running() && !ran) {
      setTime();
    } else if (running()) {
      calendar.store(seconds());
    }
    update();
  }

  @Override
  public synchronized void state(StateIo io) {
    io.bytes("cmos_data", ram);
    index = io.within("cmos_index", index, 0, SIZE - 1);
    long own = ahead.getAsLong();
    shift(own); // what is saved is relative to the clock that the other process has, too
    phase = io.within("phase", phase, 0, SECOND - 1);
    secondsAhead = io.within("seconds-ahead", secondsAhead, -MOST_SECONDS, MOST_SECONDS);
    seenSecond = io.within("seen-second", seenSecond, -MOST_SECONDS, MOST_SECONDS);
    periodStart = io.u64("period-start", periodStart);
    shift(-own);
    if (io.loading()) {
      update();
    }
  }

  /// The board's access to CMOS RAM: memory sizes, boot order, number of CPUs.
  public synchronized void setByte(int reg, int value) {
    ram[reg] = (byte) value;
  }

  public synchronized int getByte(int reg) {
    return ram[reg] & 0xFF;
  }

  /// Seconds that the guest's time differs from the host's, told when the guest sets its clock.
  public synchronized void onChange(LongConsumer listener) {
    onChange = listener;
  }

  /// Called when the alarm goes off while its interrupt is enabled.
  public synchronized void onAlarm(Runnable listener) {
    onAlarm = listener;
  }

  private boolean running() {
    return (ram[REG_B] & B_SET) == 0 && (ram[REG_A] & A_DIVIDER) <= 0x20;
  }

  /// Host time, shifted so that its seconds are the guest's.
  private long now() {
    return utcNanos.getAsLong() + phase;
  }

  /// What a guest reads as the time.
  public synchronized LocalDateTime dateTime() {
    return LocalDateTime.ofEpochSecond(running() ? seconds() : calendar.load(), 0, ZoneOffset.UTC);
  }

  private long seconds() {
    return Math.floorDiv(now(), SECOND) + secondsAhead;
  }

  private void setTime() {
    long host = utcNanos.getAsLong();
    setPhase(Math.floorMod(-host, SECOND));
    secondsAhead = calendar.load() - Math.floorDiv(host + phase, SECOND);
    seenSecond = seconds();
    onChange.accept(calendar.load() - Math.floorDiv(host + SECOND / 2, SECOND));
  }

  private void forget() {
    seenSecond = seconds();
    periodStart = CRYSTAL.ticks(now());
  }

  /// Moves the beginning of the guest's seconds; periods go on as before.
  private void setPhase(long nanos) {
    long elapsed = CRYSTAL.ticks(now()) - periodStart;
    phase = nanos;
    periodStart = CRYSTAL.ticks(now()) - elapsed;
  }

  /// The same time by a clock that is behind by so much.
  private void shift(long nanos) {
    long carry = Math.floorDiv(phase + nanos, SECOND);
    phase = Math.floorMod(phase + nanos, SECOND);
    secondsAhead += carry;
    periodStart -= carry * CRYSTAL.hertz();
  }

  /// Crystal ticks between periodic interrupts, 0 for none. "Periodic Interrupt Rate and Square Wave Frequency".
  private long period() {
    int rate = ram[REG_A] & A_RATE;
    return rate == 0 ? 0 : 1L << (rate < 3 ? rate + 6 : rate - 1);
  }

  /// Sets the flags for what has happened since the last look.
  private void collectFlags() {
    long period = period();
    long elapsed = CRYSTAL.ticks(now()) - periodStart;
    if (period == 0) {
      periodStart += elapsed;
    } else if (elapsed >= period) {
      ram[REG_C] |= C_PF;
      periodStart += elapsed - elapsed % period;
    }
    long second = seconds();
    if (running() && second > seenSecond) {
      ram[REG_C] |= C_UF;
      if (calendar.nextAlarm(seenSecond) <= second) {
        ram[REG_C] |= C_AF;
        if ((ram[REG_B] & B_AIE) != 0) {
          onAlarm.run();
        }
      }
    }
    seenSecond = second;
  }

  /// IRQF, the wire, and the timer for the next interrupt, if that is not up already.
  private void update() {
    boolean raised = (ram[REG_B] & ram[REG_C] & ENABLES) != 0;
    ram[REG_C] = (byte) (ram[REG_C] & ~C_IRQF | (raised ? C_IRQF : 0));
    irq8.set(raised);
    long next = raised ? Long.MAX_VALUE : nextEvent();
    if (next == Long.MAX_VALUE) {
      timer.cancel();
    } else {
      timer.arm(clock.nanos() + Math.max(0, next - now()));
    }
  }

  /// In terms of {@link #now}.
  private long nextEvent() {
    long next = Long.MAX_VALUE;
    if ((ram[REG_B] & B_PIE) != 0 && period() != 0) {
      next = CRYSTAL.nanos(periodStart + period());
    }
    long second = RtcCalendar.NEVER;
    if (running() && (ram[REG_B] & B_UIE) != 0) {
      second = seenSecond + 1;
    } else if (running() && (ram[REG_B] & B_AIE) != 0) {
      second = calendar.nextAlarm(seenSecond);
    }
    return second == RtcCalendar.NEVER ? next : Math.min(next, (second - secondsAhead) * SECOND);
  }

  private synchronized void expire() {
    collectFlags();
    update();
  }
}
