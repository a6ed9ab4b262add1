package thespis.machine.time;

/// How fast guest time passes: so many nanoseconds of it in one of the host's. A guest that mostly waits for its own
/// timers is done sooner at a high rate; at a low one a guest on a slow host meets its own time limits.
///
/// @param factor nanoseconds of guest time in a host nanosecond, times 2^32
/// @param inverse the other way round
public record TimeRate(long factor, long inverse) {
  public static final TimeRate AS_HOST = TimeRate.of(1);

  /// Its products with the straight stretches of time, of some milliseconds, fit a long.
  public static final double MOST = 100;

  public static final double LEAST = 0.01;

  /// Where products end that do not fit: further away than any time.
  private static final long FAR = Long.MAX_VALUE / 2;

  private static final double ONE = 0x1p32;

  /// @throws IllegalArgumentException if it is not within {@link #LEAST} and {@link #MOST}
  public static TimeRate of(double rate) {
    if (!(rate >= LEAST && rate <= MOST)) {
      throw new IllegalArgumentException("a rate of time is between " + LEAST + " and " + (int) MOST);
    }
    return new TimeRate(Math.round(rate * ONE), Math.round(ONE / rate));
  }

  /// Guest nanoseconds in these of the host's.
  long guest(long hostNanos) {
    return product(hostNanos, factor);
  }

  /// Host nanoseconds that these of the guest's take.
  long host(long guestNanos) {
    return product(guestNanos, inverse);
  }

  private static long product(long nanos, long factor) {
    long high = Math.multiplyHigh(nanos, factor);
    if (high != (int) high) {
      return nanos < 0 ? -FAR : FAR;
    }
    return high << 32 | nanos * factor >>> 32;
  }
}
