package thespis.machine.time;

import java.util.Comparator;
import java.util.TreeSet;
import thespis.cpu.state.StateIo;

/// Guest time that moves only when told to: for tests and for deterministic runs. Timers expire on the thread that
/// advances, in the order of their deadlines, and at equal deadlines in the order in which they were armed. While one
/// runs, guest time is its deadline. While the clock is paused it can be moved, and what is due then expires when it goes on.
/// One that was just made runs.
public final class VirtualClock implements MachineClock {
  /// Answer of {@link #nextDeadline} when no timer is armed.
  public static final long NEVER = Long.MAX_VALUE;

  private final TreeSet<VirtualTimer> queue =
      new TreeSet<>(Comparator.<VirtualTimer>comparingLong(t -> t.deadline).thenComparingLong(t -> t.sequence));
  private volatile long now;
  private volatile boolean running = true;
  private long sequence;

  @Override
  public long nanos() {
    return now;
  }

  public void advance(long nanos) {
    advanceTo(now + nanos);
  }

  /// Time never goes backwards: an earlier target only runs what is due.
  public void advanceTo(long target) {
    while (true) {
      VirtualTimer due;
      synchronized (this) {
        due = queue.isEmpty() ? null : queue.first();
        if (due == null || !running || due.deadline > Math.max(target, now)) {
          now = Math.max(now, target);
          return;
        }
        queue.remove(due);
        due.armed = false;
        now = Math.max(now, due.deadline);
      }
      due.onExpiry.run();
    }
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  @Override
  public void resume() {
    running = true;
    advanceTo(now);
  }

  @Override
  public void pause() {
    running = false;
  }

  @Override
  public synchronized void close() {
    queue.forEach(timer -> timer.armed = false);
    queue.clear();
  }

  @Override
  public synchronized void state(StateIo io) {
    now = io.within("nanos", now, 0, NEVER / 4);
  }

  /// The earliest armed deadline, or {@link #NEVER}.
  public synchronized long nextDeadline() {
    return queue.isEmpty() ? NEVER : queue.first().deadline;
  }

  @Override
  public Timer timer(String name, Runnable onExpiry) {
    return new VirtualTimer(onExpiry);
  }

  private final class VirtualTimer implements Timer {
    private final Runnable onExpiry;
    private long deadline;
    private long sequence;
    private boolean armed;

    VirtualTimer(Runnable onExpiry) {
      this.onExpiry = onExpiry;
    }

    @Override
    public void arm(long deadlineNanos) {
      synchronized (VirtualClock.this) {
        cancel();
        deadline = deadlineNanos;
        sequence = VirtualClock.this.sequence++;
        armed = true;
        queue.add(this);
      }
    }

    @Override
    public void cancel() {
      synchronized (VirtualClock.this) {
        if (armed) {
          queue.remove(this);
          armed = false;
        }
      }
    }
  }
}
