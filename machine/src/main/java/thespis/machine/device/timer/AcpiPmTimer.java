package thespis.machine.device.timer;

import thespis.cpu.run.GuestClock;
import thespis.machine.time.Frequency;

/// ACPI 6.5 "Power Management Timer": a 24-bit counter of 3.579545 MHz that never stops. It has no state but guest time.
/// TMR_STS of the PM1 block says that the counter's highest bit has changed: the block keeps the number of
/// {@link #toggles} at which the guest last cleared it, and a timer at the {@link #deadline} of the next if TMR_EN is set.
public final class AcpiPmTimer {
  public static final Frequency FREQUENCY = new Frequency(3_579_545);

  private static final int BITS = 24;

  private final GuestClock clock;

  public AcpiPmTimer(GuestClock clock) {
    this.clock = clock;
  }

  /// PM_TMR: the upper byte is zero.
  public int read() {
    return (int) FREQUENCY.ticks(clock.measured()) & (1 << BITS) - 1;
  }

  /// How often bit 23 has changed since power-on.
  public long toggles() {
    return FREQUENCY.ticks(clock.nanos()) >>> BITS - 1;
  }

  /// Guest time of the toggle with this number.
  public long deadline(long toggle) {
    return FREQUENCY.nanos(toggle << BITS - 1);
  }
}
