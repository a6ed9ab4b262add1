package thespis.machine.acpi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import thespis.machine.time.VirtualClock;

/// As QEMU's tests/qtest/tco-test goes.
class TcoTimerTest {
  private static final long TICK = 600_000_000L;
  private static final int RLD = 0x00, STS1 = 0x04, STS2 = 0x06, CNT1 = 0x08, TMR = 0x12;
  private static final int HALT = 0x800;
  private static final int TIMEOUT = 8;

  private final VirtualClock clock = new VirtualClock();
  private final List<Long> expiries = new ArrayList<>();
  private boolean noReboot = true;
  private final TcoTimer tco =
      new TcoTimer(clock, this::ran, () -> noReboot, () -> expiries.add(clock.nanos() / TICK));

  private void ran() {
    tco.ran();
  }

  private void start(int ticks) {
    tco.write(CNT1, 2, HALT);
    tco.write(TMR, 2, ticks);
    tco.write(RLD, 2, 4);
    tco.write(CNT1, 2, 0);
  }

  @Test
  void registersComeUpAsQemus() {
    assertEquals(0, tco.read(RLD, 2));
    assertEquals(0, tco.read(STS1, 4));
    assertEquals(0x0008_0000, tco.read(CNT1, 4));
    assertEquals(3, tco.read(0x10, 1));
    assertEquals(4, tco.read(TMR, 2));
    assertEquals(0x0004_0003, tco.read(0x10, 4));
    assertEquals(VirtualClock.NEVER, clock.nextDeadline());
  }

  @Test
  void itCountsDownAndTellsWhenItRunsOut() {
    start(5);
    for (int left = 5; left > 0; left--) {
      assertEquals(left, tco.read(RLD, 2) & 0x3FF);
      assertEquals(0, tco.read(STS1, 2));
      clock.advance(TICK);
    }
    assertEquals(TIMEOUT, tco.read(STS1, 2));
    tco.write(STS1, 2, TIMEOUT);
    assertEquals(0, tco.read(STS1, 2));
    clock.advance(5 * TICK);
    assertEquals(TIMEOUT | 0x0006_0000, tco.read(STS1, 4));
    assertEquals(List.of(), expiries);
  }

  @Test
  void theSecondTimeHasAConsequenceAndStopsIt() {
    noReboot = false;
    start(5);
    clock.advance(20 * TICK);
    assertEquals(List.of(10L), expiries);
    assertEquals(VirtualClock.NEVER, clock.nextDeadline());
  }

  @Test
  void aGuestThatFeedsItIsSafe() {
    noReboot = false;
    start(5);
    for (int i = 0; i < 10; i++) {
      clock.advance(6 * TICK);
      tco.write(RLD, 2, 1);
    }
    assertEquals(List.of(), expiries);
  }

  @Test
  void onceLockedItStaysLocked() {
    tco.write(CNT1, 2, 0x1000);
    tco.write(CNT1, 2, 0);
    assertEquals(0x1000, tco.read(CNT1, 2));
    assertTrue(tco.locked());
    SmiControl smi = new SmiControl(tco::locked);
    smi.write(0, 4, 0x2001);
    assertEquals(1, smi.read(0, 4));
  }

  @Test
  void halvesOfADwordAreRegistersOfTheirOwn() {
    tco.write(STS1, 4, 0xFFFF_FFFF);
    assertEquals(0xE870, tco.read(STS1, 2));
    assertEquals(0xFFF8, tco.read(STS2, 2));
    assertFalse(tco.locked());
  }
}
