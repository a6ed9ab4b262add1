package thespis.machine.time;

/// The host's time at another rate, for the clock of a machine whose time passes faster or slower. It begins at zero.
final class RatedTime implements HostTime {
  private final HostTime host;
  private final TimeRate rate;
  private final long origin;
  /// The host's latest stretch and what it is at this rate: callers tell by identity whether there is a new one.
  private volatile Pair latest = new Pair(null, null);

  private record Pair(Stretch host, Stretch rated) {}

  RatedTime(HostTime host, TimeRate rate) {
    this.host = host;
    this.rate = rate;
    this.origin = host.nanos();
  }

  @Override
  public long nanos() {
    return fromHost(host.nanos());
  }

  @Override
  public long threadNanos() {
    return rate.guest(host.threadNanos());
  }

  @Override
  public long fromHost(long hostNanos) {
    return rate.guest(hostNanos - origin);
  }

  @Override
  public long toHost(long nanos) {
    return origin + rate.host(nanos);
  }

  @Override
  public Stretch stretch() {
    Stretch now = host.stretch();
    Pair pair = latest;
    if (pair.host != now) {
      pair = new Pair(now, now == null ? null : rated(now));
      latest = pair;
    }
    return pair.rated;
  }

  /// Nowhere later than {@link #nanos}, which rounds the host's nanoseconds first.
  private Stretch rated(Stretch s) {
    long rounding = rate.guest(1) + 2;
    return new Stretch(s.start(), s.length(), rate.guest(s.rate()), fromHost(s.base()) - rounding);
  }
}
