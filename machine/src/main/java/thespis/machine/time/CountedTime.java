package thespis.machine.time;

import java.util.function.LongSupplier;

/// The host's monotonic time computed from a counter that all its processors share, so that translated code can compute
/// the same. It consists of {@link Stretch}es. Each begins where the one before ended, or later, and is laid down before
/// anybody has seen a time in it: so whoever computes, on whatever processor, sees one time that never runs back. The
/// rates are chosen to follow the host's clock, which is looked at once in a stretch.
final class CountedTime {
  static final long STRETCH_NANOS = 4_000_000;

  /// The rate is known well enough when it was measured for so long.
  static final long MEASURED = 10_000_000;

  /// A rate is measured anew in this time, for clocks that are being disciplined.
  private static final long FORGET = 1_000_000_000;

  /// So far behind the host's clock it is not caught up by, but jumped over.
  private static final long JUMP = 20_000;

  /// So far ahead of the host's clock the counter is no good.
  private static final long BROKEN = 1_000_000;

  /// Most that a rate is changed to catch up: one part in so many.
  private static final long GENTLY = 2048;

  private static final int LOOKS = 4;

  private final LongSupplier counter;
  private final LongSupplier clock;
  private volatile Stretch stretch;

  /// A count and the clock's time then: now, lately, and before.
  private long count, nanos;
  private long lateCount, lateNanos;
  private long oldCount, oldNanos;

  /// The latest time that anybody may have seen.
  private long seen;

  private boolean broken;

  CountedTime(LongSupplier counter, LongSupplier clock) {
    this.counter = counter;
    this.clock = clock;
    look();
    oldCount = lateCount = count;
    oldNanos = lateNanos = seen = nanos;
  }

  long nanos() {
    long now = counter.getAsLong();
    Stretch s = stretch;
    return s != null && s.covers(now) ? s.at(now) : beyond();
  }

  /// The latest one, or null while the clock is asked each time.
  Stretch stretch() {
    return stretch;
  }

  private synchronized long beyond() {
    Stretch s = stretch;
    long now = counter.getAsLong();
    if (s != null && s.covers(now)) {
      return s.at(now);
    }
    look();
    if (!broken && nanos - oldNanos >= MEASURED) {
      s = next(s);
      broken = s == null;
      stretch = s;
      if (s != null) {
        seen = s.last();
        return s.at(count);
      }
    }
    seen = Math.max(seen, nanos);
    return seen;
  }

  /// Both clocks at once.
  private void look() {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < LOOKS; i++) {
      long before = counter.getAsLong();
      long n = clock.getAsLong();
      long took = counter.getAsLong() - before;
      if (Long.compareUnsigned(took, least) < 0) {
        least = took;
        count = before + (took >>> 1);
        nanos = n;
      }
    }
  }

  /// The stretch that has the last look in it; null if the counter can't be trusted.
  private Stretch next(Stretch was) {
    if (count - oldCount <= 0 || seen - nanos > BROKEN) {
      return null;
    }
    double rate = (nanos - oldNanos) / (double) (count - oldCount);
    if (nanos - lateNanos > FORGET) {
      oldCount = lateCount;
      oldNanos = lateNanos;
      lateCount = count;
      lateNanos = nanos;
    }
    long length = (long) (STRETCH_NANOS / rate);
    if (was != null && Long.compareUnsigned(count - was.end(), length >>> 1) < 0) {
      double behind = nanos - (was.last() + (count - was.end()) * rate);
      if (behind < JUMP) {
        double most = STRETCH_NANOS / (double) GENTLY;
        double more = Math.max(-most, Math.min(behind, most)) / STRETCH_NANOS;
        return new Stretch(was.end(), length, (long) (rate * (1 + more) * (1L << 32)), was.last());
      }
    }
    return new Stretch(count, length, (long) (rate * (1L << 32)), Math.max(nanos, seen));
  }
}
