package thespis.actors.process;

import java.util.concurrent.atomic.AtomicBoolean;
import thespis.hotplug.MachineEvent;

/// Has the process's own JVM collect what processors that were removed leave behind, as soon as it is much. The serial
/// collector would rather let the old generation grow to its limit, a quarter of the host's memory. Not for machines in
/// somebody else's JVM.
final class HeapWatch {
  /// So much more than the last collection left is worth the next one's pause, some 20 ms.
  private static final long MUCH = 64L << 20;

  private final AtomicBoolean collecting = new AtomicBoolean();
  private volatile long left = used();

  void see(MachineEvent event) {
    if (event instanceof MachineEvent.DeviceDeleted && used() - left > MUCH && !collecting.getAndSet(true)) {
      Thread.ofPlatform().daemon().name("heap-watch").start(() -> {
        System.gc();
        left = used();
        collecting.set(false);
      });
    }
  }

  private static long used() {
    Runtime jvm = Runtime.getRuntime();
    return jvm.totalMemory() - jvm.freeMemory();
  }
}
