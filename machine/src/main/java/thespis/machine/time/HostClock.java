package thespis.machine.time;

import java.util.ArrayList;
import java.util.List;
import thespis.cpu.run.GuestClock;
import thespis.machine.bus.Device;
import thespis.machine.bus.StateIo;

/// Guest time that follows the host's monotonic clock, and stands still while the machine is paused. All host-driven
/// clocks of a JVM share one timer thread; a clock without armed timers costs nothing. A new clock is paused at zero.
///
/// An expiry may be under way while another thread cancels or moves the timer: a chip decides by its own registers and
/// {@link #nanos}, under its own lock, whether there is something to do.
public final class HostClock implements GuestClock, Device, AutoCloseable {
  /// Guest time is `nanos` while paused, `System.nanoTime() - nanos` while running.
  private record Phase(boolean running, long nanos) {}

  /// A century and a half: the sum with host time does not overflow.
  private static final long FAR = Long.MAX_VALUE / 2;

  private volatile Phase phase = new Phase(false, 0);
  private final List<HostTimer> armed = new ArrayList<>();
  private boolean closed;

  public HostClock() {
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
    Phase p = phase;
    return p.running ? System.nanoTime() - p.nanos : p.nanos;
  }

  public boolean isRunning() {
    return phase.running;
  }

  public synchronized void resume() {
    if (!phase.running && !closed) {
      phase = new Phase(true, System.nanoTime() - phase.nanos);
      // earliest first: the timer thread may expire one while the next is being armed
      armed.stream()
          .sorted(java.util.Comparator.comparingLong(t -> t.deadline))
          .forEach(t -> TimerQueue.SHARED.arm(t, t.deadline + phase.nanos));
    }
  }

  public synchronized void pause() {
    if (phase.running) {
      armed.forEach(TimerQueue.SHARED::cancel);
      phase = new Phase(false, nanos());
    }
  }

  /// Drops all timers. Closing twice is fine.
  @Override
  public synchronized void close() {
    if (!closed) {
      pause();
      closed = true;
      armed.clear();
      TimerQueue.SHARED.clockClosed();
    }
  }

  @Override
  public String name() {
    return "clock";
  }

  /// The machine is paused while it is saved or loaded. Chips arm their timers anew after they were loaded.
  @Override
  public synchronized void state(StateIo io) {
    if (phase.running) {
      throw new IllegalStateException("the clock must be paused to be saved or loaded");
    }
    phase = new Phase(false, io.u64("nanos", phase.nanos));
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
        if (phase.running) {
          TimerQueue.SHARED.arm(this, deadline + phase.nanos);
        }
      }
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
        if (slot < 0 || !phase.running) {
          return;
        }
        if (nanos() < deadline) {
          TimerQueue.SHARED.arm(this, deadline + phase.nanos);
          return;
        }
        TimerQueue.SHARED.cancel(this);
        disarm();
      }
      onExpiry.run();
    }
  }
}
