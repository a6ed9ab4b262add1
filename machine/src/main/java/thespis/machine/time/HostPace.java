package thespis.machine.time;

import thespis.cpu.run.GuestClock;

/// One processor of a {@link HostClock}: when it runs, how it looks at the time, and for how long it had no CPU. Its own
/// thread uses it; the lock of the clock guards `active`, and all may read what is volatile.
final class HostPace implements GuestClock.Pace {
  /// A processor that has not looked at the time for so long is asked whether it had a CPU.
  private static final long WORTH_ASKING = 50_000;

  /// The host's two clocks differ by less than this for other reasons.
  private static final long WORTH_TELLING = 20_000;

  /// A guest that has read a timer chip so long ago is still measuring.
  private static final long MEASUREMENT = 10_000_000;

  /// Looks at nothing but the time that make a wait, and what is caught up at once in one.
  private static final int WAITING = 32;

  private static final long CATCH_UP = 100_000;

  private final HostClock clock;
  private final HostTime host;
  private final GuestClock.Shortcut shortcut;
  boolean active;
  /// The thread that runs a slice of it: a quicker question than {@link HostClock#ON_THREAD}'s.
  Thread thread;
  /// The host's time of its last look at the clock, and the guest time that it saw.
  volatile long lastLook, lastSeen;
  private volatile long lastMeasured = -MEASUREMENT;
  /// Where the slice began, by the host's clock and by the thread's.
  private long start, startOnThread;
  /// How much of the time since then is known to have been somebody else's.
  private long stolen;
  private final Rhythm rhythm = new Rhythm();
  /// The line by which the processor may compute the time, or null: nobody holds it back before the processor measures
  /// again. And what it was told of it last.
  private TimeLine straight;
  private Stretch told;
  private boolean toldBehind;
  /// Looks in even steps since a timer chip was read or something else came between, and when the first of them was.
  private int looks;
  private long firstLook;
  /// Timers are queued by a time line before what was caught up.
  boolean caughtUp;

  HostPace(HostClock clock, HostTime host, GuestClock.Shortcut shortcut) {
    this.clock = clock;
    this.host = host;
    this.shortcut = shortcut;
  }

  boolean measures() {
    return lastSeen - lastMeasured < MEASUREMENT;
  }

  /// The guest has read a timer chip.
  void measured(long now) {
    lastMeasured = now;
    looks = 0;
    withdraw();
  }

  HostClock owner() {
    return clock;
  }

  @Override
  public void begin() {
    HostClock.ON_THREAD.set(this);
    thread = Thread.currentThread();
    boolean waited = clock.activate(this);
    start = host.nanos();
    startOnThread = host.threadNanos();
    stolen = 0;
    long gap = start - lastLook;
    if (waited && !rhythm.near(gap)) {
      interrupted(start, gap, gap > WORTH_ASKING ? gap : 0);
    }
    lastLook = start;
    long seenNow = clock.line.at(start);
    lastSeen = waited ? Math.max(lastSeen, seenNow) : seenNow;
    offer(start);
  }

  /// The lock: whoever holds time back from now on sees that this processor does not measure.
  private void offer(long now) {
    synchronized (clock) {
      boolean free = clock.line.running() && !measures() && clock.line.at(now) >= lastSeen;
      straight = free ? clock.line : null;
    }
    tell(straight == null ? null : host.stretch(), now);
  }

  private void tell(Stretch s, long now) {
    told = s;
    if (s == null) {
      shortcut.close();
      return;
    }
    toldBehind = straight.behind(now) != 0;
    Stretch guest = straight.over(s, now);
    long length = clock.alone == null ? Math.min(guest.length(), untilTimer(s)) : guest.length();
    shortcut.open(guest.start(), length, guest.rate(), guest.base());
  }

  /// Where {@link HostClock#serveDue} serves the timers, the processor has to come by when the first of them is due.
  private long untilTimer(Stretch s) {
    long due = host.fromHost(TimerQueue.SHARED.earliest());
    return due - s.last() >= 0 ? s.length() : Math.max(0, (due - s.base() << 32) / s.rate());
  }

  private void withdraw() {
    straight = null;
    tell(null, lastLook);
  }

  @Override
  public void end(boolean idle) {
    if (caughtUp) {
      clock.queueAnew(this);
    }
    long now = host.nanos();
    if (HostClock.ON_THREAD.get() == this) {
      look(now);
      HostClock.ON_THREAD.set(null);
      thread = null;
    }
    if (idle) {
      clock.deactivate(this);
    }
  }

  long look(long now) {
    long gap = now - lastLook;
    boolean spared = false;
    if (!rhythm.keeps(gap)) {
      looks = 0;
      spared = interrupted(now, gap, gap > WORTH_ASKING ? waited(now) : 0);
    } else if (looks++ == 0) {
      firstLook = now;
    }
    if (!spared && gap > Rhythm.COLD && measures()) {
      clock.holdBack(this, now, rhythm.cold(gap));
    }
    lastLook = now;
    if (straight != null && straight != clock.line) {
      offer(now);
    } else if (straight != null && (told != host.stretch() || toldBehind && straight.behind(now) == 0)) {
      tell(host.stretch(), now);
    }
    while (true) {
      TimeLine seenOn = clock.line;
      lastSeen = Math.max(lastSeen, seenOn.at(now));
      if (clock.line == seenOn) {
        return lastSeen;
      }
    }
  }

  /// It has only looked at the time for a while, as delays do, and is still measuring.
  boolean mayCatchUp() {
    return looks >= WAITING && looks % WAITING == 0 && measures();
  }

  /// By how much, so that a delay does not take much longer than it was to.
  long catchingUp(long now) {
    return Math.min(now - firstLook >> 2, CATCH_UP);
  }

  /// For how long it had no CPU, as far as that is worth telling and not told yet.
  private long waited(long now) {
    long waited = now - start - (host.threadNanos() - startOnThread) - stolen;
    if (waited <= WORTH_TELLING) {
      return 0;
    }
    stolen += waited;
    return waited;
  }

  /// True if some of the gap was the host's.
  private boolean interrupted(long now, long gap, long waited) {
    long lacked = rhythm.broken(gap, waited);
    if (lacked > 0) {
      clock.holdBack(this, now, lacked);
    }
    return lacked > 0;
  }
}
