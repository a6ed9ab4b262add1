package thespis.cpu.run;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;

/// Ends slices of translated code, which counts no instructions: one thread for all cores of the process looks about
/// every millisecond for slices that are older. It sleeps while no core runs, and looks at those alone that do, if they are
/// few: there may be thousands that are halted.
final class SliceClock {
  private static final long TICK_NANOS = 1_000_000;
  private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

  /// Places for cores that run; a core without one is found among all.
  private static final int PLACES = Integer.highestOneBit(PROCESSORS) * 8;

  private static final int NO_PLACE = -1;

  private static final SliceClock IT = new SliceClock();

  private final Set<Core> cores = ConcurrentHashMap.newKeySet();
  private final AtomicReferenceArray<Core> places = new AtomicReferenceArray<>(PLACES);
  private final AtomicInteger without = new AtomicInteger();
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
  ///
  /// @return what {@link #stopped} wants to hear
  int started(Core core) {
    int place = place(core);
    if (running.getAndIncrement() == 0 && asleep) {
      LockSupport.unpark(thread);
    }
    return place;
  }

  private int place(Core core) {
    int hash = System.identityHashCode(core);
    for (int i = 0; i < PLACES; i++) {
      int place = hash + i & PLACES - 1;
      if (places.get(place) == null && places.compareAndSet(place, null, core)) {
        return place;
      }
    }
    without.getAndIncrement();
    return NO_PLACE;
  }

  void stopped(int place) {
    if (place == NO_PLACE) {
      without.decrementAndGet();
    } else {
      places.set(place, null);
    }
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
      tick();
    }
  }

  /// Those that do not run do not mind.
  private void tick() {
    if (without.get() > 0) {
      cores.forEach(Core::tick);
      return;
    }
    for (int place = 0; place < PLACES; place++) {
      Core core = places.get(place);
      if (core != null) {
        core.tick();
      }
    }
  }
}
