package thespis.cpu.run;

/// Tells when a processor does so little that what it keeps for speed is not worth its memory.
final class Idleness {
  private static final long WINDOW_NANOS = 4_000_000_000L;

  /// Less than one part in so many of the time.
  private static final int SHARE = 50;

  private long window;
  private long begun;
  private long busy;

  Idleness(long now) {
    window = now;
  }

  void begin(long now) {
    begun = now;
  }

  /// True at the end of each window in which it was idle.
  boolean end(long now) {
    busy += now - begun;
    long passed = now - window;
    if (passed < WINDOW_NANOS) {
      return false;
    }
    boolean idle = busy < passed / SHARE;
    window = now;
    busy = 0;
    return idle;
  }
}
