package thespis.machine.time;

import java.util.ArrayList;
import java.util.List;
import thespis.cpu.state.StateIo;

/// Guest time that follows the host's monotonic clock, and stands still while the machine is paused. All host-driven
/// clocks of a JVM share one timer thread; a clock without armed timers costs nothing. A new clock is paused at zero.
///
/// A guest that measures one clock by another, as kernels do when they start, would be misled by a host that gives the CPU
/// to somebody else meanwhile: nobody takes a CPU away from a PC. So while a guest of which only one processor runs reads
/// timer chips, the time for which that had to wait, and what breaks into a loop that polls them, is held back, up to a
/// bound, and made up for slowly. See {@link TimeLine}.
///
/// An expiry may be under way while another thread cancels or moves the timer: a chip decides by its own registers and
/// {@link #nanos}, under its own lock, whether there is something to do.
public final class HostClock implements MachineClock {
  /// A century and a half: the sum with host time does not overflow.
  private static final long FAR = Long.MAX_VALUE / 2;

  /// A processor gives a sign of life at the ends of its slices, about every millisecond. If that fails, timers wait for it.
  private static final long SILENCE = 2_500_000;

  private static final long PATIENCE = 200_000;

  /// Nobody waits longer for an expiry that is under way: it may be the caller's own.
  private static final long MOST_EXPIRY = 50_000_000;

  /// Timers are hardly ever better than this.
  private static final long ON_TIME = 200_000;

  static final ThreadLocal<HostPace> ON_THREAD = new ThreadLocal<>();

  private final HostTime host;
  volatile TimeLine line = TimeLine.standing(0);
  private final List<HostTimer> armed = new ArrayList<>();
  private boolean closed;

  /// Processors that run, and the only one of them, if so.
  private final List<HostPace> active = new ArrayList<>();

  volatile HostPace alone;

  /// Guest time that somebody has seen who does not run alone now: it is not taken back.
  private long seen;

  /// Who runs a timer's expiry while the processor that runs alone measures, and the time that this is told to be.
  private Thread expiring;

  private long expiringAt;

  /// Of timers, that are under way.
  private int expiries;

  public HostClock() {
    this(HostTime.SYSTEM);
  }

  /// One whose time passes at another rate than the host's.
  public HostClock(TimeRate rate) {
    this(rate.equals(TimeRate.AS_HOST) ? HostTime.SYSTEM : new RatedTime(HostTime.SYSTEM, rate));
  }

  HostClock(HostTime host) {
    this.host = host;
    TimerQueue.SHARED.clockOpened();
  }

  /// A clock that runs already.
  public static HostClock running() {
    HostClock clock = new HostClock();
    clock.resume();
    return clock;
  }

  @Override
  public long nanos() {
    HostPace only = alone;
    if (only != null && only.thread == Thread.currentThread()) {
      return only.look(host.nanos());
    }
    HostPace pace = ON_THREAD.get();
    if (pace != null && pace.owner() == this) {
      return pace.look(host.nanos());
    }
    return expiring == Thread.currentThread() ? expiringAt : witness();
  }

  @Override
  public long measured() {
    long now = nanos();
    HostPace pace = ON_THREAD.get();
    if (pace != null) {
      pace.measured(now);
    }
    return now;
  }

  /// Where several processors run there may be no CPU left for the thread of the timers. One that runs alone is left in
  /// peace: what it would spend on its timers could spoil what it measures. But while it only waits, it may catch up.
  @Override
  public void serveDue() {
    HostPace only = alone;
    if (only == null) {
      TimerQueue.SHARED.serveDue(host.toHost(host.nanos()));
    } else if (only.thread == Thread.currentThread() && only.mayCatchUp()) {
      catchUp(only);
    }
  }

  /// Time that was held back passes now, up to the next timer's expiry: the guest looks at nothing but the time.
  private void catchUp(HostPace pace) {
    boolean due = false;
    synchronized (this) {
      long now = host.nanos();
      long then = line.at(now);
      long step = Math.min(pace.catchingUp(now), line.behind(now));
      for (HostTimer timer : armed) {
        if (timer.deadline - then <= step) {
          due = true;
          step = timer.deadline - then;
        }
      }
      if (step > 0 && alone == pace && line.running()) {
        line = line.heldBack(now, -step);
        pace.caughtUp = true;
      }
      due &= pace.caughtUp;
      if (due) {
        queueAnew(pace);
      }
    }
    if (due) {
      TimerQueue.SHARED.serveDue(host.toHost(host.nanos()));
    }
  }

  /// Timers come earlier by what was caught up.
  synchronized void queueAnew(HostPace pace) {
    if (pace.caughtUp && line.running()) {
      pace.caughtUp = false;
      armed.forEach(HostTimer::queue);
    }
  }

  private synchronized long witness() {
    seen = Math.max(seen, line.at(host.nanos()));
    return seen;
  }

  @Override
  public boolean isRunning() {
    return line.running();
  }

  @Override
  public synchronized void resume() {
    if (!line.running() && !closed) {
      line = TimeLine.running(host.nanos(), line.shift());
      // earliest first: the timer thread may expire one while the next is being armed
      armed.stream().sorted((a, b) -> Long.compare(a.deadline, b.deadline)).forEach(HostTimer::queue);
    }
  }

  @Override
  public synchronized void pause() {
    if (line.running()) {
      armed.forEach(TimerQueue.SHARED::cancel);
      line = TimeLine.standing(witness());
      awaitExpiries();
      active.forEach(pace -> pace.active = false);
      active.clear();
      alone = null;
    }
  }

  /// What chips do on a timer's expiry is done soon, and done before anybody looks at them.
  private void awaitExpiries() {
    long deadline = System.nanoTime() + MOST_EXPIRY;
    try {
      for (long left = MOST_EXPIRY; expiries > 0 && left > 0; left = deadline - System.nanoTime()) {
        wait(left / 1_000_000 + 1);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      pause();
      closed = true;
      armed.clear();
      TimerQueue.SHARED.clockClosed();
    }
  }

  /// The machine is paused while it is saved or loaded. Chips arm their timers anew after they were loaded.
  @Override
  public synchronized void state(StateIo io) {
    if (line.running()) {
      throw new IllegalStateException("the clock must be paused to be saved or loaded");
    }
    seen = io.within("nanos", line.shift(), 0, FAR / 2);
    line = TimeLine.standing(seen);
  }

  @Override
  public Pace pace(Shortcut shortcut) {
    return new HostPace(this, host, shortcut);
  }

  /// A processor runs from now on.
  ///
  /// @return whether it did already
  synchronized boolean activate(HostPace pace) {
    if (pace.active) {
      return true;
    }
    pace.active = true;
    active.add(pace);
    count();
    return false;
  }

  synchronized void deactivate(HostPace pace) {
    if (pace.active) {
      pace.active = false;
      active.remove(pace);
      count();
    }
  }

  private void count() {
    witness();
    alone = active.size() == 1 ? active.getFirst() : null;
  }

  /// The processor that runs alone lacked the CPU for this long, until now.
  synchronized void holdBack(HostPace pace, long now, long nanos) {
    if (alone == pace && pace.measures() && line.running()) {
      long then = line.at(now);
      long passed = then - line.at(now - nanos); // more than the host's, if it was catching up
      long held = Math.min(Math.min(passed, line.room(now)), then - Math.max(seen, pace.lastSeen));
      if (held > 0) {
        line = line.heldBack(now, held);
      }
    }
  }

  /// A timer expires, perhaps because of the host only now: the processor that runs alone is not to notice, nor that this
  /// thread took its CPU. Who asks for the time meanwhile is told when the timer was due.
  private void onTime(long now, long deadline) {
    HostPace pace = alone;
    if (pace == null) {
      witness();
      return;
    }
    holdBack(pace, now, line.at(now) - deadline - ON_TIME);
    long tooFar = pace.lastSeen - line.at(now);
    if (tooFar > 0) {
      line = line.heldBack(now, -tooFar);
    }
    if (pace.measures()) {
      seen = Math.max(seen, Math.max(deadline, pace.lastSeen));
      expiringAt = seen;
      expiring = Thread.currentThread();
    } else {
      witness();
    }
  }

  @Override
  public Timer timer(String name, Runnable onExpiry) {
    return new HostTimer(onExpiry);
  }

  private final class HostTimer extends TimerQueue.Entry implements Timer {
    private final Runnable onExpiry;
    /// Place in `armed`, or -1.
    private int slot = -1;
    private long deadline;

    HostTimer(Runnable onExpiry) {
      this.onExpiry = onExpiry;
    }

    @Override
    public void arm(long deadlineNanos) {
      synchronized (HostClock.this) {
        if (closed) {
          return;
        }
        deadline = Math.min(deadlineNanos, FAR);
        if (slot < 0) {
          slot = armed.size();
          armed.add(this);
        }
        if (line.running()) {
          queue();
        }
      }
    }

    private void queue() {
      TimerQueue.SHARED.arm(this, host.toHost(line.hostTime(deadline, host.nanos())));
    }

    @Override
    public void cancel() {
      synchronized (HostClock.this) {
        if (slot >= 0) {
          TimerQueue.SHARED.cancel(this);
          disarm();
        }
      }
    }

    private void disarm() {
      HostTimer last = armed.removeLast();
      if (last != this) {
        armed.set(slot, last);
        last.slot = slot;
      }
      slot = -1;
    }

    @Override
    void expire() {
      synchronized (HostClock.this) {
        if (slot < 0 || !line.running()) {
          return;
        }
        long now = host.nanos();
        if (line.at(now) < deadline) {
          queue();
          return;
        }
        if (waitsForSignOfLife(now)) {
          TimerQueue.SHARED.arm(this, host.toHost(now + PATIENCE));
          return;
        }
        onTime(now, deadline);
        TimerQueue.SHARED.cancel(this);
        disarm();
        expiries++;
      }
      try {
        onExpiry.run();
      } finally {
        expiring = null;
        synchronized (HostClock.this) {
          expiries--;
          HostClock.this.notifyAll();
        }
      }
    }
  }

  /// The processor that runs alone may have no CPU, and its guest time be taken back when it has one again.
  private boolean waitsForSignOfLife(long now) {
    HostPace pace = alone;
    if (pace == null || !pace.measures()) {
      return false;
    }
    long silence = now - pace.lastLook;
    return silence > SILENCE && silence < line.room(now);
  }
}
