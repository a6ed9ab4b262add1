package thespis.cpu.run;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/// Ends slices of translated code, which counts no instructions: one thread for all cores of the process looks about
/// every millisecond for slices that are older. It sleeps while no core runs.
final class SliceClock {
  private static final long TICK_NANOS = 1_000_000;
  private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();
  private static final SliceClock IT = new SliceClock();

  private final List<Core> cores = new CopyOnWriteArrayList<>();
  private final AtomicInteger running = new AtomicInteger();
  private volatile boolean asleep;
  private Thread thread;

  private SliceClock() {}

  static SliceClock get() {
    return IT;
  }

  synchronized void add(Core core) {
    cores.add(core);
    if (thread == null) {
      thread = Thread.ofPlatform().daemon().name("slice-clock").start(this::run);
    }
  }

  void remove(Core core) {
    cores.remove(core);
  }

  /// A core begins to run.
  void started() {
    if (running.getAndIncrement() == 0 && asleep) {
      LockSupport.unpark(thread);
    }
  }

  void stopped() {
    running.decrementAndGet();
  }

  /// Do more cores run than the host has processors?
  boolean crowded() {
    return running.get() > PROCESSORS;
  }

  private void run() {
    ShortSlices.askFor();
    while (true) {
      if (running.get() == 0) {
        asleep = true;
        if (running.get() == 0) {
          LockSupport.park(this);
        }
        asleep = false;
      }
      LockSupport.parkNanos(this, TICK_NANOS);
      for (Core core : cores) {
        core.tick();
      }
    }
  }
}
