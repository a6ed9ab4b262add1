package thespis.actors;

/// How many instructions a slice may run so that it takes about a millisecond: long enough that messages cost nothing,
/// short enough that control messages need no patience. Follows the speed that the last slices had.
final class SliceBudget {
  private static final long TARGET_NANOS = 1_000_000;
  private static final long SHORTEST = 2_000;
  private static final long LONGEST = 20_000_000;
  private static final long TOO_SHORT_TO_TELL = 20_000;

  private long instructions = 100_000;

  long instructions() {
    return instructions;
  }

  /// What the last slice did. Moves a quarter of the way to what would have taken a millisecond.
  void observe(long executed, long nanos) {
    if (nanos < TOO_SHORT_TO_TELL || executed <= 0) {
      return;
    }
    long ideal = (long) (executed * ((double) TARGET_NANOS / nanos));
    long next = instructions + (ideal - instructions) / 4;
    instructions = Math.clamp(next, SHORTEST, LONGEST);
  }
}
