package thespis.machine.time;

/// The distances at which a processor looks at the time. A loop that waits for a timer keeps to one; what breaks into it is
/// the host's doing: an interrupt of its own, a slice's end, a translation. Kernels throw a measurement with such a gap away.
final class Rhythm {
  /// What a gap must have beyond four times the usual.
  private static final long QUICK = 200;

  /// Looks of like distance that make a loop which waits for a timer; each that is not costs a quarter of them.
  private static final int STEADY = 64;

  private static final int COST = STEADY / 4;

  /// The longest gap in such a loop that is taken for the host's doing by its length alone: the first translation of all
  /// takes more than a millisecond.
  private static final long HICCUP = 2_000_000;

  /// No loop that waits for a timer looks less often.
  private static final long SELDOM = 50_000;

  /// As many gaps in a row of about another length are another rhythm.
  private static final int ANOTHER = 4;

  /// A look takes longer only as long as the JVM has not compiled what it runs; then it takes at most the other.
  static final long COLD = 2_000;

  private static final long WARM = 1_000;

  /// What takes longer is work.
  private static final long COLDEST = 30_000;

  /// What the JVM may take for that in a machine's life.
  private static final long WARM_UP = 150_000_000;

  private long warmUp = WARM_UP;

  /// The usual distance in sixteenths of a nanosecond.
  private long usual;

  private int steady;

  /// A length that is not the usual, and how many gaps in a row had it.
  private long other;

  private int others;

  /// A look after so many nanoseconds: is it in time?
  boolean keeps(long gap) {
    if (!near(gap)) {
      return false;
    }
    usual += gap - (usual >> 4);
    steady++;
    others = 0;
    return true;
  }

  /// The same, without taking note.
  boolean near(long gap) {
    return gap <= (usual >> 2) + QUICK;
  }

  /// How much of a gap that was in time is due to the emulator's own code, which is not compiled yet: a kernel that polls a
  /// timer counts how often it can, and takes too few looks for a machine that is not to be trusted.
  long cold(long gap) {
    if (gap <= COLD || gap > COLDEST || warmUp <= 0) {
      return 0;
    }
    warmUp -= gap - WARM;
    return gap - WARM;
  }

  /// How much of a gap that is not in time is the host's.
  ///
  /// @param lacked for how long the processor is known to have had no CPU
  long broken(long gap, long lacked) {
    if (steady >= STEADY && gap - lacked < HICCUP) {
      steady -= COST;
      return gap - Math.min(usual >> 3, WARM);
    }
    steady = Math.max(0, steady - COST);
    if (gap < other >> 1 || gap > other << 1) {
      other = gap;
      others = 0;
    }
    if (++others == ANOTHER) {
      usual = Math.min(gap, SELDOM) << 4;
      steady = 0;
      others = 0;
    }
    return Math.min(lacked, gap);
  }
}
