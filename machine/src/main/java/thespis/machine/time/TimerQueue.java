package thespis.machine.time;

import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;
import thespis.cpu.run.ShortSlices;

/// Deadlines of all host-driven clocks of this JVM, and the one daemon thread that serves them. A binary heap in
/// host nanoseconds; entries know their place, so that moving or cancelling one costs O(log n). The thread starts with
/// the first deadline, sleeps without end when there is none, and ends with the last clock.
final class TimerQueue {
  static final TimerQueue SHARED = new TimerQueue();

  /// One timer's place in the queue. Guarded by the queue.
  abstract static class Entry {
    private static final int ABSENT = -1;

    private int index = ABSENT;
    private long hostDeadline;

    /// On the queue's thread or that of a processor, outside of the queue's lock.
    abstract void expire();
  }

  private Entry[] heap = new Entry[64];
  private int size;
  private int clocks;
  private Thread thread;
  /// What the thread sleeps for; meaningless while it is awake.
  private long sleepsUntil;
  private boolean asleep;

  /// The earliest deadline, for who passes by without the lock.
  private volatile long earliest = never();

  TimerQueue() {}

  synchronized void clockOpened() {
    clocks++;
  }

  synchronized void clockClosed() {
    if (--clocks == 0 && thread != null) {
      LockSupport.unpark(thread);
      thread = null;
    }
  }

  synchronized void arm(Entry e, long hostDeadline) {
    if (e.index == Entry.ABSENT) {
      if (size == heap.length) {
        heap = Arrays.copyOf(heap, size * 2);
      }
      e.hostDeadline = hostDeadline;
      e.index = size;
      heap[size++] = e;
      siftUp(e.index);
    } else {
      e.hostDeadline = hostDeadline;
      siftUp(e.index);
      siftDown(e.index);
    }
    lookAtFirst();
    wakeFor(hostDeadline);
  }

  private void lookAtFirst() {
    long first = size > 0 ? heap[0].hostDeadline : never();
    if (first != earliest) {
      earliest = first;
    }
  }

  /// Host time of the first deadline, or one that is far away.
  long earliest() {
    return earliest;
  }

  private static long never() {
    return System.nanoTime() + Long.MAX_VALUE / 2;
  }

  /// Serves what is due on the caller's thread: it has a CPU, for which the queue's own may have to wait. The caller holds
  /// no lock of a chip's.
  void serveDue(long now) {
    while (earliest - now <= 0) {
      Entry due;
      synchronized (this) {
        if (size == 0 || heap[0].hostDeadline - now > 0) {
          return;
        }
        due = heap[0];
        remove(due);
      }
      run(due);
    }
  }

  synchronized boolean cancel(Entry e) {
    if (e.index == Entry.ABSENT) {
      return false;
    }
    remove(e);
    return true;
  }

  private void wakeFor(long hostDeadline) {
    if (thread == null) {
      if (clocks > 0) {
        thread = new Thread(this::serve, "thespis-timers");
        thread.setDaemon(true);
        thread.start();
      }
    } else if (asleep && hostDeadline - sleepsUntil < 0) {
      asleep = false;
      LockSupport.unpark(thread);
    }
  }

  private void serve() {
    ShortSlices.askFor();
    Thread self = Thread.currentThread();
    while (true) {
      Entry due = null;
      long sleep = Long.MAX_VALUE;
      synchronized (this) {
        if (thread != self) {
          return;
        }
        asleep = false;
        if (size > 0) {
          sleep = heap[0].hostDeadline - System.nanoTime();
        }
        if (sleep <= 0) {
          due = heap[0];
          remove(due);
        } else {
          asleep = true;
          sleepsUntil = size > 0 ? heap[0].hostDeadline : never();
        }
      }
      if (due == null) {
        LockSupport.parkNanos(this, sleep);
      } else {
        run(due);
      }
    }
  }

  /// A chip that throws must not take the timers of other machines with it.
  private static void run(Entry due) {
    try {
      due.expire();
    } catch (RuntimeException | Error e) {
      Thread t = Thread.currentThread();
      t.getUncaughtExceptionHandler().uncaughtException(t, e);
    }
  }

  private void remove(Entry e) {
    int hole = e.index;
    e.index = Entry.ABSENT;
    Entry last = heap[--size];
    heap[size] = null;
    if (last != e) {
      heap[hole] = last;
      last.index = hole;
      siftUp(hole);
      siftDown(last.index);
    }
    lookAtFirst();
  }

  private void siftUp(int i) {
    Entry e = heap[i];
    while (i > 0) {
      int up = i - 1 >>> 1;
      if (heap[up].hostDeadline - e.hostDeadline <= 0) {
        break;
      }
      place(heap[up], i);
      i = up;
    }
    place(e, i);
  }

  private void siftDown(int i) {
    Entry e = heap[i];
    while (2 * i + 1 < size) {
      int down = 2 * i + 1;
      if (down + 1 < size && heap[down + 1].hostDeadline - heap[down].hostDeadline < 0) {
        down++;
      }
      if (e.hostDeadline - heap[down].hostDeadline <= 0) {
        break;
      }
      place(heap[down], i);
      i = down;
    }
    place(e, i);
  }

  private void place(Entry e, int i) {
    heap[i] = e;
    e.index = i;
  }
}
