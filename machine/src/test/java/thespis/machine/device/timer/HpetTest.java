package thespis.machine.device.timer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import thespis.machine.bus.IrqLine;
import thespis.machine.device.CountingLine;
import thespis.machine.time.VirtualClock;

/// What registers keep and answer was compared with QEMU 7.2 through its qtest port.
class HpetTest {
  private static final int CONFIG = 0x10, STATUS = 0x20, COUNTER = 0xF0, T0 = 0x100, T1 = 0x120, T2 = 0x140, CMP = 8;
  private static final int LEVEL = 2, ENABLE = 4, PERIODIC = 8, SETVAL = 0x40, MODE_32 = 0x100;

  private final VirtualClock clock = new VirtualClock();
  private final CountingLine[] lines = new CountingLine[24];
  private final Hpet hpet;
  private final I8254 pit;

  HpetTest() {
    IrqLine[] outputs = new IrqLine[24];
    for (int i = 0; i < 24; i++) {
      outputs[i] = lines[i] = new CountingLine();
    }
    hpet = new Hpet(clock, outputs, 0xFF_0104);
    pit = new I8254(clock, hpet.pitInput());
    hpet.replaces(pit);
  }

  @BeforeEach
  void reset() {
    pit.reset();
    hpet.reset();
  }

  private long dword(int offset) {
    return hpet.read(offset, 4);
  }

  private void dword(int offset, long value) {
    hpet.write(offset, 4, value);
  }

  private void toTick(long tick) {
    clock.advanceTo(tick * 10);
  }

  @Test
  void registersReadAsQemus() {
    assertEquals(0x0098_9680_8086_A201L, hpet.read(0, 8));
    assertEquals(0x8086_A201L, dword(0));
    assertEquals(0x0098_9680L, dword(4));
    assertEquals(0x30, dword(T0));
    assertEquals(0x00FF_0104, dword(T0 + 4));
    assertEquals(-1L, hpet.read(T1 + CMP, 8));
    assertEquals(0, dword(0x160));
    assertEquals(0, hpet.read(0, 1));
    assertEquals(0, hpet.read(2, 2));
  }

  @Test
  void writeMasks() {
    dword(T0, 0xFFFF_FFFFL);
    assertEquals(0x7F7E, dword(T0));
    dword(T0 + 4, 0xFFFF_FFFFL);
    assertEquals(0x00FF_0104, dword(T0 + 4));
    dword(T0 + CMP, 0x1234_5678);
    assertEquals(0x1234_5678, hpet.read(T0 + CMP, 8));
    assertEquals(0x7F3E, dword(T0), "value set is over");
    dword(T0 + CMP, 0x1000);
    assertEquals(0x1234_5678, hpet.read(T0 + CMP, 8), "that was the period");
    dword(CONFIG, 0xFFFF_FFFFL);
    assertEquals(3, dword(CONFIG));
    hpet.write(CONFIG, 1, 0);
    assertEquals(3, dword(CONFIG));
  }

  @Test
  void mode32DropsTheUpperHalfOfTheComparator() {
    dword(T0 + CMP, 0x5555_5555);
    dword(T0 + CMP + 4, 0x66);
    assertEquals(0x66_5555_5555L, hpet.read(T0 + CMP, 8));
    dword(T0, MODE_32);
    assertEquals(0x5555_5555L, hpet.read(T0 + CMP, 8));
  }

  @Test
  void counterRunsWhileEnabledAndCanBeSetWhileHalted() {
    hpet.write(COUNTER, 8, 0x12_3456_789AL);
    clock.advance(1000);
    assertEquals(0x12_3456_789AL, hpet.read(COUNTER, 8));
    dword(CONFIG, 1);
    clock.advance(1000);
    assertEquals(0x12_3456_789AL + 100, hpet.read(COUNTER, 8));
    hpet.write(COUNTER, 8, 5);
    assertEquals(0x12_3456_789AL + 100, hpet.read(COUNTER, 8), "running: not written");
    dword(CONFIG, 0);
    clock.advance(1000);
    assertEquals(0x12_3456_789AL + 100, hpet.read(COUNTER, 8));
    dword(COUNTER, 7);
    assertEquals(0x12_0000_0007L, hpet.read(COUNTER, 8));
  }

  @Test
  void oneShotMatchesOnce() {
    dword(CONFIG, 1);
    dword(T2, ENABLE | 20 << 9);
    dword(T2 + CMP + 4, 0);
    dword(T2 + CMP, 1000);
    toTick(999);
    assertEquals(0, lines[20].rises);
    toTick(1000);
    assertEquals(1, lines[20].rises);
    assertFalse(lines[20].level, "an edge is a pulse");
    toTick(10_000_000_000L);
    assertEquals(1, lines[20].rises);
  }

  @Test
  void passedComparatorMatchesAtOnce() {
    dword(CONFIG, 1);
    toTick(500);
    dword(T0, ENABLE | MODE_32 | 2 << 9);
    dword(T0 + CMP, 400);
    clock.advance(0);
    assertEquals(1, lines[2].rises);
  }

  @Test
  void mode32ComparesTheLowHalf() {
    hpet.write(COUNTER, 8, 0x1_FFFF_FF00L);
    dword(CONFIG, 1);
    dword(T0, ENABLE | MODE_32 | 2 << 9);
    dword(T0 + CMP, 0x10);
    toTick(0x10F);
    assertEquals(0, lines[2].rises);
    toTick(0x110);
    assertEquals(1, lines[2].rises);
  }

  /// Linux's hpet_clkevt_set_state_periodic: comparator first, then the period.
  @Test
  void periodicTimerKeepsItsPace() {
    dword(CONFIG, 1);
    toTick(5000);
    dword(T0, ENABLE | PERIODIC | SETVAL | MODE_32 | 2 << 9);
    dword(T0 + CMP, 15_000);
    dword(T0 + CMP, 10_000);
    toTick(14_999);
    assertEquals(0, lines[2].rises);
    toTick(15_000);
    assertEquals(1, lines[2].rises);
    toTick(115_000);
    assertEquals(11, lines[2].rises);
    assertEquals(125_000, dword(T0 + CMP));
    dword(T0, PERIODIC | MODE_32 | 2 << 9);
    toTick(500_000);
    assertEquals(11, lines[2].rises);
  }

  @Test
  void levelInterruptStaysUntilItsStatusIsWritten() {
    dword(CONFIG, 1);
    dword(T1, ENABLE | LEVEL | MODE_32 | 17 << 9);
    dword(T1 + CMP, 100);
    toTick(200);
    assertTrue(lines[17].level);
    assertEquals(2, dword(STATUS));
    dword(STATUS, 1);
    assertTrue(lines[17].level);
    dword(STATUS, 2);
    assertFalse(lines[17].level);
    assertEquals(0, dword(STATUS));
  }

  @Test
  void haltingTheCounterHaltsTheTimers() {
    dword(CONFIG, 1);
    dword(T0, ENABLE | MODE_32 | 2 << 9);
    dword(T0 + CMP, 100);
    toTick(50);
    dword(CONFIG, 0);
    toTick(1000);
    assertEquals(0, lines[2].rises);
    dword(CONFIG, 1);
    toTick(1049);
    assertEquals(0, lines[2].rises);
    toTick(1050);
    assertEquals(1, lines[2].rises);
  }

  @Test
  void legacyRouteTakesIrq0And8FromPitAndRtc() {
    hpet.pitInput().set(true);
    hpet.rtcInput().set(true);
    assertTrue(lines[0].level);
    assertTrue(lines[8].level);
    dword(CONFIG, 3);
    assertFalse(lines[0].level);
    assertFalse(lines[8].level);
    assertEquals(VirtualClock.NEVER, clock.nextDeadline(), "the 8254 has no timer then");
    dword(T0, ENABLE | MODE_32 | 2 << 9);
    dword(T0 + CMP, 100);
    dword(T1, ENABLE | MODE_32 | 2 << 9);
    dword(T1 + CMP, 200);
    lines[0].takeRises();
    lines[8].takeRises();
    toTick(200);
    assertEquals(1, lines[0].takeRises());
    assertEquals(1, lines[8].takeRises());
    assertEquals(0, lines[2].rises);
    dword(CONFIG, 1);
    assertTrue(lines[8].level, "the RTC's level shows again");
    clock.advance(1_000_000_000L);
    assertEquals(18, lines[0].rises, "and the 8254 runs");
  }

  @Test
  void resetGivesTheInterruptsBack() {
    dword(CONFIG, 3);
    dword(T0, 0x7F7E);
    hpet.reset();
    assertEquals(0, dword(CONFIG));
    assertEquals(0x30, dword(T0));
    assertEquals(-1L, hpet.read(T0 + CMP, 8));
    hpet.pitInput().set(true);
    assertTrue(lines[0].level);
  }
}
