package thespis.machine.time;

/// Guest time as a function of host time: nothing but a shift while it stands still or runs with the host; after it was
/// held back it runs 1/128 faster until it has caught up.
///
/// @param running guest time goes on
/// @param shift guest time while it stands still; host time at which it was zero while it runs
/// @param since host time at which it was last held back
/// @param lag how far it was behind then
record TimeLine(boolean running, long shift, long since, long lag) {
  /// Guest time is never further behind than this: a fifth of a second, well within 1 % of half a minute.
  static final long MOST = 200_000_000;

  /// It gains a nanosecond in 128, so whoever compares two stretches of time finds them within 1 % of each other.
  private static final int GAIN_BITS = 7;

  static TimeLine standing(long guest) {
    return new TimeLine(false, guest, 0, 0);
  }

  static TimeLine running(long host, long guest) {
    return new TimeLine(true, host - guest, host, 0);
  }

  long at(long host) {
    return running ? host - shift - behind(host) : shift;
  }

  long behind(long host) {
    return lag == 0 ? 0 : Math.max(0, lag - (host - since >> GAIN_BITS));
  }

  /// The same, but at this host time so much further behind.
  TimeLine heldBack(long host, long nanos) {
    return new TimeLine(true, shift, host, behind(host) + nanos);
  }

  /// Guest time from a host time on, over what is left of a stretch of host time, as far as it is straight there. It is
  /// nowhere later than {@link #at}, and two nanoseconds earlier at most.
  Stretch over(Stretch s, long host) {
    if (behind(host) == 0) {
      return new Stretch(s.start(), s.length(), s.rate(), s.base() - shift);
    }
    long even = since + (lag << GAIN_BITS);
    long length = even > s.last() ? s.length() : Math.max(0, (even - s.base() << 32) / s.rate());
    return new Stretch(s.start(), Math.min(length, s.length()), s.rate() + (s.rate() >> GAIN_BITS),
        s.base() - shift - lag + (s.base() - since >> GAIN_BITS));
  }

  /// How much further it may be held back.
  long room(long host) {
    return Math.max(0, MOST - behind(host));
  }

  /// The earliest host time at which guest time can be this, seen from a host time.
  long hostTime(long guest, long host) {
    long whenEven = guest + shift;
    if (behind(host) == 0) {
      return whenEven;
    }
    long missing = guest - at(host);
    return Math.max(whenEven, host + missing - missing / (1 << GAIN_BITS));
  }
}
