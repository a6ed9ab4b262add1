package thespis.machine.device.timer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import thespis.machine.bus.SavedState;
import thespis.machine.device.CountingLine;
import thespis.machine.time.VirtualClock;

class Mc146818RtcTest {
  private static final long SECOND = 1_000_000_000L;
  private static final int[] TIME = {0, 2, 4, 6, 7, 8, 9, 0x32};

  private final VirtualClock clock = new VirtualClock();
  private final CountingLine irq = new CountingLine();
  private final long base = LocalDateTime.of(2024, 2, 29, 12, 34, 56).toEpochSecond(ZoneOffset.UTC) * SECOND;
  private final Mc146818Rtc rtc = new Mc146818Rtc(clock, irq, () -> base + clock.nanos());

  private int get(int reg) {
    rtc.writeByte(0, reg);
    return rtc.readByte(1);
  }

  private void set(int reg, int value) {
    rtc.writeByte(0, reg);
    rtc.writeByte(1, value);
  }

  private void assertTime(int... expected) {
    assertArrayEquals(expected, IntStream.of(TIME).map(this::get).limit(expected.length).toArray());
  }

  @Test
  void comesUpAsQemuWithTheBaseDate() {
    assertTime(0x56, 0x34, 0x12, 0x05, 0x29, 0x02, 0x24, 0x20);
    assertEquals(0x26, get(0x0A));
    assertEquals(0x02, get(0x0B));
    assertEquals(0x00, get(0x0C));
    assertEquals(0x80, get(0x0D));
    assertEquals(0xFF, rtc.readByte(0));
    assertEquals(0x20, get(0x37));
    assertEquals(0x20, get(0x80 | 0x32), "bit 7 of the index is the NMI mask");
  }

  /// Started at another time, by a clock that begins with that.
  @Test
  void movedClockShowsWhatItDidWhereItWas() {
    VirtualClock there = new VirtualClock();
    CountingLine wire = new CountingLine();
    long later = base + 1_234_567_890_123L;
    Mc146818Rtc here = new Mc146818Rtc(clock, irq, () -> base + clock.nanos(), () -> base);
    Mc146818Rtc moved = new Mc146818Rtc(there, wire, () -> later + there.nanos(), () -> later);
    write(here, 0x0A, 0x2A);
    write(here, 0x0B, 0x52);
    write(here, 0x04, 0x23);
    clock.advance(3 * SECOND + 77);
    there.advanceTo(clock.nanos());
    SavedState.copy(here, moved);
    assertEquals(SavedState.of(here).toString(), SavedState.of(moved).toString());
    for (int i = 0; i < 200; i++) {
      clock.advance(23 * SECOND / 100);
      there.advance(23 * SECOND / 100);
      for (int reg : new int[] {0, 2, 4, 7, 0x0C}) {
        assertEquals(read(here, reg), read(moved, reg), "register " + reg + " after " + i);
      }
    }
    assertEquals(here.dateTime(), moved.dateTime());
  }

  private static void write(Mc146818Rtc rtc, int reg, int value) {
    rtc.writeByte(0, reg);
    rtc.writeByte(1, value);
  }

  private static int read(Mc146818Rtc rtc, int reg) {
    rtc.writeByte(0, reg);
    return rtc.readByte(1);
  }

  @Test
  void timeRunsOverTheLeapDay() {
    clock.advance(86_400 * SECOND);
    assertTime(0x56, 0x34, 0x12, 0x06, 0x01, 0x03, 0x24, 0x20);
  }

  @Test
  void formatsFollowRegisterB() {
    set(0x0B, 0x82);
    for (int[] v : new int[][] {{9, 0x25}, {0x32, 0x20}, {8, 0x13}, {7, 0x31}, {6, 7}, {4, 0x23}}) {
      set(v[0], v[1]);
    }
    assertTime(0x56, 0x34, 0x23, 0x07, 0x31, 0x13, 0x25, 0x20);
    set(0x0B, 0x02);
    assertTime(0x56, 0x34, 0x23, 0x07, 0x31, 0x01, 0x26, 0x20);
    set(0x0B, 0x06);
    assertTime(56, 34, 23, 7, 31, 1, 26, 20);
    set(0x0B, 0x04);
    assertTime(56, 34, 0x8B, 7, 31, 1, 26, 20);
    set(0x0B, 0x00);
    assertTime(0x56, 0x34, 0x91);
  }

  @Test
  void twelveHourClockKnowsMidnightAndNoon() {
    set(0x0B, 0x00);
    set(4, 0x12);
    assertTime(0x56, 0x34, 0x12);
    set(0x0B, 0x02);
    assertTime(0x56, 0x34, 0x00);
    set(0x0B, 0x00);
    set(4, 0x92);
    assertTime(0x56, 0x34, 0x92);
    set(0x0B, 0x02);
    assertTime(0x56, 0x34, 0x12);
  }

  @Test
  void setStopsTheClockAndItRunsOnFromWhatWasWritten() {
    set(0x0B, 0x82);
    clock.advance(10 * SECOND);
    assertTime(0x56, 0x34, 0x12);
    set(0, 0x10);
    set(0x0B, 0x02);
    clock.advance(5 * SECOND);
    assertTime(0x15, 0x34, 0x12);
  }

  @Test
  void changeOfTimeIsTold() {
    List<Long> offsets = new ArrayList<>();
    rtc.onChange(offsets::add);
    set(2, 0x35);
    assertEquals(List.of(60L), offsets);
  }

  @Test
  void updateInProgressShowsBeforeEachUpdate() {
    clock.advance(SECOND - 244_141);
    assertEquals(0, get(0x0A) & 0x80);
    clock.advance(1);
    assertEquals(0x80, get(0x0A) & 0x80);
    assertEquals(0x56, get(0));
    clock.advance(244_140);
    assertEquals(0, get(0x0A) & 0x80);
    assertEquals(0x57, get(0));
  }

  @Test
  void noTimerRunsWhileNoInterruptIsEnabled() {
    assertEquals(VirtualClock.NEVER, clock.nextDeadline());
    get(0x0C);
    assertEquals(VirtualClock.NEVER, clock.nextDeadline());
  }

  @Test
  void flagsAreSetWithoutInterruptsToo() {
    clock.advance(SECOND);
    assertEquals(0x50, get(0x0C), "update and periodic");
    assertEquals(0x00, get(0x0C));
    assertFalse(irq.level);
  }

  @Test
  void updateInterruptComesOncePerSecondIfFlagsAreRead() {
    set(0x0B, 0x12);
    clock.advance(3 * SECOND);
    assertEquals(1, irq.rises, "the wire stays up until register C is read");
    assertEquals(0x90, get(0x0C) & 0xB0);
    assertFalse(irq.level);
    clock.advance(SECOND);
    assertEquals(2, irq.rises);
  }

  @Test
  void periodicInterruptHasTheChosenRate() {
    set(0x0A, 0x26);
    set(0x0B, 0x42);
    get(0x0C);
    int count = 0;
    for (int i = 0; i < 32_768; i++) {
      clock.advanceTo((i + 1) * SECOND / 32_768 + 1);
      if (irq.level) {
        count++;
        assertEquals(0xC0, get(0x0C) & 0xC0);
      }
    }
    assertEquals(1024, count);
  }

  /// As QEMU's tests/qtest/rtc-test has it: whatever the rate was before, the next interrupt is a period from the last one.
  @Test
  void aNewRateCountsFromTheLastInterrupt() {
    set(0x0A, 0x2D);
    set(0x0B, 0x42);
    long start = clock.nanos();
    for (int i = 1; i <= 10; i++) {
      set(0x0A, i % 2 == 0 ? 0x2D : 0x2F);
      clock.advanceTo(clock.nextDeadline());
      assertEquals(0xC0, get(0x0C) & 0xC0);
    }
    assertEquals(start + 5 * (SECOND / 8 + SECOND / 2), clock.nanos(), 10);
    set(0x0A, 0x2F);
    clock.advance(SECOND / 4);
    set(0x0A, 0x2D);
    assertEquals(clock.nanos(), clock.nextDeadline(), 1, "one is due that would have come before");
  }

  @Test
  void theFirstPeriodBeginsWhenTheInterruptIsEnabled() {
    set(0x0A, 0x2F);
    clock.advance(SECOND / 3);
    set(0x0B, 0x42);
    assertEquals(clock.nanos() + SECOND / 2, clock.nextDeadline(), 31_000);
  }

  @Test
  void slowestAndOddRates() {
    for (int[] rate : new int[][] {{15, 2}, {1, 256}, {2, 128}, {3, 8192}}) {
      set(0x0B, 0x02);
      set(0x0A, 0x20 | rate[0]);
      set(0x0B, 0x42);
      get(0x0C);
      long first = clock.nextDeadline();
      clock.advanceTo(first);
      get(0x0C);
      long period = clock.nextDeadline() - first;
      assertEquals(SECOND / rate[1], period, 1);
    }
  }

  @Test
  void alarmGoesOffAtItsTimeOnly() {
    set(1, 0x00);
    set(3, 0x35);
    set(5, 0x12);
    set(0x0B, 0x22);
    clock.advance(4 * SECOND - 1);
    assertFalse(irq.level);
    clock.advance(1);
    assertTrue(irq.level);
    assertEquals(0xA0, get(0x0C) & 0xA0);
    clock.advance(86_400 * SECOND - 1);
    assertFalse(irq.level);
    clock.advance(1);
    assertTrue(irq.level);
  }

  @Test
  void alarmWithDontCaresRepeats() {
    set(1, 0x10);
    set(3, 0xFF);
    set(5, 0xC0);
    set(0x0B, 0x22);
    for (int minute = 0; minute < 3; minute++) {
      clock.advance(60 * SECOND);
      assertEquals(0xA0, get(0x0C) & 0xA0);
    }
    assertEquals(3, irq.rises);
  }

  @Test
  void enablingAnInterruptWhoseFlagIsUpRaisesIt() {
    clock.advance(SECOND);
    set(0x0B, 0x12);
    assertTrue(irq.level);
  }

  @Test
  void resetTurnsInterruptsOffAndKeepsTheRam() {
    rtc.setByte(0x5F, 3);
    set(0x0B, 0x72);
    clock.advance(SECOND);
    rtc.reset();
    assertFalse(irq.level);
    assertEquals(0x02, get(0x0B));
    assertEquals(0, get(0x0C));
    assertEquals(3, get(0x5F));
    set(0x5F, 4);
    assertEquals(4, rtc.getByte(0x5F));
  }

  @Test
  void dividerResetStopsTimeAndReleasesItHalfASecondBeforeAnUpdate() {
    set(0x0A, 0x76);
    clock.advance(5 * SECOND);
    assertTime(0x56);
    set(0x0A, 0x26);
    clock.advance(SECOND / 2 - 1);
    assertTime(0x56);
    clock.advance(1);
    assertTime(0x57);
  }

  @Test
  void yearsFarAwayDoNotOverflow() {
    set(0x0B, 0x06);
    set(0x32, 255);
    set(1, 58);
    set(3, 34);
    set(5, 12);
    set(0x0B, 0x26);
    clock.advance(2 * SECOND - 1);
    assertFalse(irq.level);
    clock.advance(1);
    assertTrue(irq.level);
    assertTime(58, 34, 12);
    assertEquals(255, get(0x32));
  }

  @Test
  void timeBefore1970RunsLikeAnyOther() {
    set(0x32, 0x19);
    set(9, 0x01);
    set(0x0B, 0x52);
    get(0x0C);
    int periodic = 0;
    for (int i = 0; i < 2000; i++) {
      clock.advance(SECOND / 1000);
      if (irq.level) {
        periodic++;
        get(0x0C);
      }
    }
    assertEquals(2000, periodic);
    assertTime(0x58, 0x34, 0x12, 0x06, 0x01, 0x03, 0x01, 0x19);
  }

  @Test
  void registersCAndDAreReadOnly() {
    set(0x0D, 0);
    set(0x0C, 0xFF);
    set(0x0A, 0xA6);
    assertEquals(0x80, get(0x0D));
    assertEquals(0, get(0x0C));
    assertEquals(0x26, get(0x0A));
  }
}
