package thespis.machine.time;

/// Time as a straight function of a counter, for a stretch of its counts.
///
/// @param start the first count
/// @param length how many counts
/// @param rate nanoseconds for each, times 2^32
/// @param base time at the first
record Stretch(long start, long length, long rate, long base) {
  boolean covers(long count) {
    return Long.compareUnsigned(count - start, length) < 0;
  }

  long at(long count) {
    return base + ((count - start) * rate >>> 32);
  }

  long end() {
    return start + length;
  }

  /// Time there: nobody who uses the stretch sees a later one.
  long last() {
    return at(end());
  }
}
