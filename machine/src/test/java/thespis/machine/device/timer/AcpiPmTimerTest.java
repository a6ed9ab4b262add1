package thespis.machine.device.timer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import thespis.machine.time.VirtualClock;

class AcpiPmTimerTest {
  private final VirtualClock clock = new VirtualClock();
  private final AcpiPmTimer timer = new AcpiPmTimer(clock);

  @Test
  void countsAndWrapsAt24Bits() {
    clock.advanceTo(1_000_000_000L);
    assertEquals(3_579_545, timer.read());
    clock.advanceTo(AcpiPmTimer.FREQUENCY.nanos(0xFF_FFFF));
    assertEquals(0xFF_FFFF, timer.read());
    clock.advanceTo(AcpiPmTimer.FREQUENCY.nanos(0x100_0000));
    assertEquals(0, timer.read());
  }

  @Test
  void highestBitTogglesAtTheDeadline() {
    for (long toggle = 1; toggle < 5; toggle++) {
      clock.advanceTo(timer.deadline(toggle) - 1);
      assertEquals(toggle - 1, timer.toggles());
      clock.advance(1);
      assertEquals(toggle, timer.toggles());
      assertEquals(toggle % 2 * 0x80_0000, timer.read());
    }
  }
}
