package thespis.actors.chardev;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Output that does not hold up who makes it: bytes are collected, and a thread of the pump's own writes them in larger
/// pieces. When much is waiting, writers wait too.
final class OutputPump implements AutoCloseable {
  private static final int LIMIT = 1 << 20;

  interface Sink {
    void write(byte[] bytes, int count) throws IOException;
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Sink sink;
  private final Thread thread;
  private byte[] waiting = new byte[4096];
  private int count;
  private boolean writing;
  private boolean closed;

  OutputPump(String name, Sink sink) {
    this.sink = sink;
    thread = Thread.ofPlatform().daemon().name(name).start(this::run);
  }

  /// Once the sink has failed or the pump is closed, bytes are dropped.
  void write(byte[] bytes, int from, int length) {
    lock.lock();
    try {
      while (count > LIMIT && !closed) {
        changed.awaitUninterruptibly();
      }
      if (closed) {
        return;
      }
      if (count + length > waiting.length) {
        waiting = java.util.Arrays.copyOf(waiting, Math.max(count + length, 2 * waiting.length));
      }
      System.arraycopy(bytes, from, waiting, count, length);
      count += length;
      if (count == length) {
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /// Waits until everything is written, a second at most.
  void flush() {
    long left = TimeUnit.SECONDS.toNanos(1);
    lock.lock();
    try {
      while ((count > 0 || writing) && !closed && left > 0) {
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }

  /// Writes what is waiting and ends the thread.
  @Override
  public void close() {
    if (Thread.currentThread() != thread) {
      flush();
    }
    stop();
  }

  private void stop() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    byte[] spare = new byte[4096];
    while (true) {
      int length;
      lock.lock();
      try {
        writing = false;
        changed.signalAll();
        while (count == 0 && !closed) {
          changed.awaitUninterruptibly();
        }
        if (closed) {
          return;
        }
        writing = true;
        byte[] full = waiting;
        length = count;
        waiting = spare;
        spare = full;
        count = 0;
      } finally {
        lock.unlock();
      }
      try {
        sink.write(spare, length);
      } catch (IOException e) {
        stop();
        return;
      }
    }
  }
}
