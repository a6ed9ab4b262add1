package thespis.machine.device.virtio;

import java.util.function.BiFunction;
import thespis.machine.bus.GuestMemory;
import thespis.cpu.state.StateIo;
import thespis.machine.device.virtio.VirtQueue.Chain;

/// A virtio device without its transport: what its type is, offers and does. VIRTIO 1.1 "Basic Facilities of a Virtio
/// Device". All methods are called under the transport's lock.
public abstract class VirtioDevice {
  public static final long NOTIFY_ON_EMPTY = 1L << 24;
  public static final long EVENT_IDX = 1L << 29;

  private final int id;
  private final VirtQueue[] queues;
  private Link link;

  /// The way to the driver.
  interface Link {
    GuestMemory memory();

    /// @return what device and driver have agreed on, a bit for each
    long features();

    /// The configuration has changed.
    void configChanged();

    /// @return false if there is nobody to talk to: no driver, or one that broke a queue
    boolean ready();

    void interrupt(VirtQueue queue);

    /// The driver broke a queue.
    void broken(String why);

    /// What serialises the device.
    Object lock();
  }

  /// @param id "Device Types"
  /// @param queueSizes of each queue, the most that it can have
  protected VirtioDevice(int id, int... queueSizes) {
    this.id = id;
    queues = new VirtQueue[queueSizes.length];
    for (int i = 0; i < queues.length; i++) {
      queues[i] = new VirtQueue(queueSizes[i]);
    }
  }

  final void connect(Link transport) {
    link = transport;
  }

  final int id() {
    return id;
  }

  final VirtQueue[] queues() {
    return queues;
  }

  /// What the type offers.
  abstract long features();

  /// Of its configuration; see {@link #readConfig}.
  abstract int configLength();

  /// A byte of its configuration.
  abstract int readConfig(int offset);

  /// A driver's write to it, which may not reach past its end.
  abstract void writeConfig(int offset, int size, long value);

  /// The driver has put something into this queue.
  abstract void available(int queue);

  void reset() {}

  abstract void state(StateIo io);

  // ---- for the types

  protected final Object lock() {
    return link.lock();
  }

  protected final GuestMemory memory() {
    return link.memory();
  }

  protected final boolean agreed(long feature) {
    return (link.features() & feature) != 0;
  }

  protected final void configChanged() {
    link.configChanged();
  }

  /// The next chain of a queue; null if there is none, or the driver broke it.
  protected final Chain take(int queue) {
    return next(queue, VirtQueue::take);
  }

  /// The same without taking it.
  protected final Chain look(int queue) {
    return next(queue, VirtQueue::look);
  }

  private Chain next(int number, BiFunction<VirtQueue, GuestMemory, Chain> way) {
    VirtQueue queue = queues[number];
    if (!link.ready() || !queue.enabled()) {
      return null;
    }
    try {
      Chain chain = way.apply(queue, link.memory());
      if (chain == null && agreed(EVENT_IDX)) {
        queue.wantNotification(link.memory());
        return way.apply(queue, link.memory());
      }
      return chain;
    } catch (BrokenQueue e) {
      link.broken(e.getMessage());
      return null;
    }
  }

  /// Gives a chain back and tells the driver if it wants to know.
  protected final void giveBack(int queue, Chain chain, int written) {
    VirtQueue q = queues[queue];
    if (!link.ready() || !q.enabled()) {
      return;
    }
    try {
      q.giveBack(link.memory(), chain, written);
      if (q.wantsInterrupt(link.memory(), agreed(EVENT_IDX), agreed(NOTIFY_ON_EMPTY))) {
        link.interrupt(q);
      }
    } catch (BrokenQueue e) {
      link.broken(e.getMessage());
    }
  }
}
