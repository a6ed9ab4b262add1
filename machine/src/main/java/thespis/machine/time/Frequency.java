package thespis.machine.time;

/// Conversion between nanoseconds and the ticks of a crystal, exact for all of guest time (no overflow, no drift).
public record Frequency(long hertz) {
  private static final long SECOND = 1_000_000_000L;

  /// Whole ticks that have passed after this many nanoseconds.
  public long ticks(long nanos) {
    long seconds = Math.floorDiv(nanos, SECOND);
    return seconds * hertz + Math.floorMod(nanos, SECOND) * hertz / SECOND;
  }

  /// The first nanosecond at which this many ticks have passed.
  public long nanos(long ticks) {
    long seconds = Math.floorDiv(ticks, hertz);
    return seconds * SECOND + (Math.floorMod(ticks, hertz) * SECOND + hertz - 1) / hertz;
  }
}
