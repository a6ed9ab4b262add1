package thespis.machine.device.timer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import thespis.cpu.run.GuestClock;
import thespis.machine.bus.BytePorts;
import thespis.machine.device.Conversation;
import thespis.machine.device.CountingLine;
import thespis.machine.time.VirtualClock;

class I8254Test {
  private final VirtualClock clock = new VirtualClock();
  private final CountingLine irq = new CountingLine();
  private final I8254 pit = new I8254(clock, irq);
  private final Port61 port61 = new Port61(pit);

  @BeforeEach
  void reset() {
    pit.reset();
  }

  private void control(int value) {
    pit.writeByte(3, value);
  }

  private void load(int counter, int value) {
    pit.writeByte(counter, value & 0xFF);
    pit.writeByte(counter, value >>> 8);
  }

  private int word(int counter) {
    int low = pit.readByte(counter);
    return pit.readByte(counter) << 8 | low;
  }

  /// To the first nanosecond at which so many ticks have passed since power-on.
  private void toTick(long tick) {
    clock.advanceTo(I8254.CLK.nanos(tick));
  }

  /// Recorded while guest time stood still, without what QEMU lacks (the null count) or has upside down (OUT in modes 1,
  /// 2, 4 and 5).
  @Test
  void answersAsQemuInARecordedConversation() {
    List<String> lines = Conversation.of(I8254Test.class, "i8254-qemu.txt.gz").lines();
    for (int i = 0; i < lines.size(); i++) {
      Conversation.Step step = Conversation.parse(lines.get(i));
      BytePorts chip = step.number(0, 16) == 0x61 ? port61 : pit;
      if (step.verb().equals("out")) {
        chip.writeByte(step.number(0, 16) & 3, step.number(1, 16));
      } else {
        String value = Integer.toHexString(chip.readByte(step.number(0, 16) & 3));
        assertEquals(step.answer(), value, "line " + (i + 1) + ": " + lines.get(i));
      }
    }
  }

  @Test
  void mode2DividesAndInterruptsOnceAPeriod() {
    control(0x34);
    load(0, 1193);
    toTick(1192);
    assertEquals(0, irq.rises);
    toTick(1193);
    assertEquals(1, irq.rises);
    toTick(1193 * 1000);
    assertEquals(1000, irq.rises);
  }

  @Test
  void mode2CountsDownByOneAndStartsOver() {
    control(0xB4);
    load(2, 100);
    assertEquals(100, word(2));
    toTick(99);
    assertEquals(1, word(2));
    toTick(100);
    assertEquals(100, word(2));
  }

  @Test
  void mode3CountsDownByTwoAndHoldsOutHighForHalf() {
    control(0xB6);
    load(2, 100);
    assertTrue(pit.out(2));
    toTick(10);
    assertEquals(80, word(2));
    toTick(49);
    assertTrue(pit.out(2));
    toTick(50);
    assertFalse(pit.out(2));
    toTick(100);
    assertTrue(pit.out(2));
  }

  @Test
  void mode0RaisesOutAtTerminalCountAndGoesOnCounting() {
    control(0x30);
    load(0, 1000);
    toTick(999);
    assertFalse(irq.level);
    toTick(1000);
    assertTrue(irq.level);
    toTick(1001);
    assertEquals(0xFFFF, word(0));
    toTick(200_000);
    assertEquals(1, irq.rises);
    assertEquals(VirtualClock.NEVER, clock.nextDeadline());
  }

  @Test
  void mode4StrobesOnce() {
    control(0x38);
    load(0, 1000);
    toTick(1000);
    assertFalse(pit.out(0));
    assertEquals(0, irq.rises);
    toTick(1001);
    assertTrue(pit.out(0));
    toTick(200_000);
    assertEquals(1, irq.rises);
  }

  @Test
  void zeroIsTheLargestCount() {
    control(0x34);
    load(0, 0);
    toTick(0xFFFF);
    assertEquals(0, irq.rises);
    toTick(0x10000);
    assertEquals(1, irq.rises);
  }

  @Test
  void controlWordStopsTheInterruptsUntilACountIsWritten() {
    control(0x34);
    load(0, 100);
    toTick(250);
    control(0x34);
    toTick(1000);
    assertEquals(2, irq.takeRises());
    pit.writeByte(0, 100);
    toTick(2000);
    assertEquals(0, irq.rises);
    pit.writeByte(0, 0);
    toTick(2100);
    assertEquals(1, irq.rises);
  }

  @Test
  void bytesOfLatchedCountStayWhileTheCounterRuns() {
    control(0xB0);
    load(2, 0x1234);
    toTick(0x34);
    control(0x80);
    toTick(0x500);
    control(0x80);
    assertEquals(0x1200, word(2), "a second latch command is ignored until the first is read");
    assertEquals(0x1234 - 0x500, word(2));
  }

  @Test
  void singleByteAccessModes() {
    control(0x90);
    pit.writeByte(2, 0x20);
    toTick(1);
    assertEquals(0x1F, pit.readByte(2));
    assertEquals(0x1F, pit.readByte(2));
    control(0xA0);
    pit.writeByte(2, 0x20);
    assertEquals(0x20, pit.readByte(2));
    toTick(2);
    assertEquals(0x1F, pit.readByte(2));
  }

  @Test
  void readBackLatchesStatusBeforeCount() {
    control(0xB6);
    control(0xE8);
    assertEquals(0x40 | 0x80 | 0x36, pit.readByte(2), "null count: the new count is not there yet");
    load(2, 100);
    control(0xC8);
    toTick(60);
    assertEquals(0x80 | 0x36, pit.readByte(2));
    assertEquals(100, word(2));
    control(0xE8);
    assertEquals(0x36, pit.readByte(2));
    assertEquals(80, word(2));
  }

  @Test
  void bcdCountsInDecimal() {
    control(0xB1);
    load(2, 0x1000);
    toTick(1);
    assertEquals(0x0999, word(2));
    toTick(1001);
    assertEquals(0x9999, word(2));
    load(2, 0);
    toTick(1002);
    assertEquals(0x9999, word(2));
  }

  @Test
  void port61GatesCounter2AndShowsItsOutput() {
    assertEquals(0x20, port61.readByte(0) & 0x2F, "after reset in mode 3");
    port61.writeByte(0, 0);
    control(0xB0);
    load(2, 500);
    assertEquals(0, port61.readByte(0) & 0x23);
    port61.writeByte(0, 1);
    toTick(499);
    assertEquals(1, port61.readByte(0) & 0x23);
    toTick(500);
    assertEquals(0x21, port61.readByte(0) & 0x23);
    port61.writeByte(0, 0xFF);
    assertEquals(0x23, port61.readByte(0) & ~0x10);
  }

  @Test
  void port61TogglesRefreshWithEachRead() {
    int first = port61.readByte(0) & 0x10;
    assertEquals(first ^ 0x10, port61.readByte(0) & 0x10);
    assertEquals(first, port61.readByte(0) & 0x10);
  }

  @Test
  void risingGateStartsAModeThreeCycleAnew() {
    control(0xB6);
    load(2, 100);
    pit.gate(2, false);
    toTick(70);
    assertFalse(pit.out(2));
    pit.gate(2, true);
    assertTrue(pit.out(2));
    assertEquals(100, word(2));
  }

  @Test
  void hpetCanTakeTheInterruptAway() {
    control(0x34);
    load(0, 100);
    pit.irqEnabled(false);
    toTick(1000);
    assertEquals(0, irq.rises);
    assertEquals(VirtualClock.NEVER, clock.nextDeadline());
    pit.irqEnabled(true);
    toTick(1100);
    assertEquals(1, irq.rises);
  }

  /// A clock whose timers come late: time is already there when they expire.
  private static final class LateClock implements GuestClock {
    final VirtualClock queue = new VirtualClock();
    long now;

    @Override
    public long nanos() {
      return now;
    }

    @Override
    public Timer timer(String name, Runnable onExpiry) {
      return queue.timer(name, onExpiry);
    }
  }

  @Test
  void lateTicksFollowAtOnceButNotAfterMoreThanASecond() {
    LateClock late = new LateClock();
    CountingLine line = new CountingLine();
    I8254 starved = new I8254(late, line);
    starved.reset();
    starved.writeByte(3, 0x34);
    starved.writeByte(0, 1193 & 0xFF);
    starved.writeByte(0, 1193 >>> 8);
    late.now = I8254.CLK.nanos(10 * 1193);
    late.queue.advanceTo(late.now);
    assertEquals(10, line.takeRises());
    late.now += 10_000_000_000L;
    late.queue.advanceTo(late.now);
    assertEquals(1, line.takeRises());
  }

  @Test
  void controlPortReadsZero() {
    assertEquals(0, pit.readByte(3));
  }
}
