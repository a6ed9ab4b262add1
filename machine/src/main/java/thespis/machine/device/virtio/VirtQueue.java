package thespis.machine.device.virtio;

import java.util.ArrayList;
import java.util.List;
import thespis.cpu.mmu.Mem;
import thespis.machine.bus.GuestMemory;
import thespis.cpu.state.StateIo;

/// A split virtqueue, the device's side. Virtual I/O Device (VIRTIO) 1.1 "Split Virtqueues". Everything in it was written
/// by the guest: what is not as it must be ends in a {@link BrokenQueue}.
public final class VirtQueue {
  private static final int NEXT = 1;
  private static final int WRITE = 2;
  private static final int INDIRECT = 4;
  private static final int NO_INTERRUPT = 1;
  private static final int DESCRIPTOR = 16;
  private static final int ENTRY = 8;
  private static final int RING = 4;

  /// "Legacy Interfaces: A Note on Virtqueue Layout": the used ring starts at a page of its own.
  private static final int LEGACY_ALIGNMENT = 4096;

  private final int maximum;
  private int size;
  private boolean enabled;
  private long descriptors;
  private long driver;
  private long device;
  private int vector;
  private int nextAvailable;
  private int nextUsed;
  private int signalled;
  private boolean signalledKnown;

  /// @param maximum how many entries it has at most, and after reset
  VirtQueue(int maximum) {
    this.maximum = maximum;
    reset();
  }

  /// A piece of guest memory.
  public record Buffer(long address, int length) {}

  /// What the driver made available at once.
  ///
  /// @param head by which it is given back
  /// @param readable for the device, in order
  /// @param writable likewise
  public record Chain(int head, List<Buffer> readable, List<Buffer> writable) {}

  void reset() {
    size = maximum;
    enabled = false;
    descriptors = driver = device = 0;
    vector = VirtioPci.NO_VECTOR;
    nextAvailable = nextUsed = signalled = 0;
    signalledKnown = false;
  }

  void state(StateIo io, String name) {
    size(io.within(name + "size", size, 1, maximum));
    enabled = io.bool(name + "enabled", enabled);
    descriptors = io.u64(name + "descriptors", descriptors);
    driver = io.u64(name + "driver", driver);
    device = io.u64(name + "device", device);
    vector = io.u16(name + "vector", vector);
    nextAvailable = io.u16(name + "next-available", nextAvailable);
    nextUsed = io.u16(name + "next-used", nextUsed);
    signalled = io.u16(name + "signalled", signalled);
    signalledKnown = io.bool(name + "signalled-known", signalledKnown);
  }

  // ---- what the transport sets

  int maximum() {
    return maximum;
  }

  int size() {
    return size;
  }

  /// Only a power of two that it can have.
  void size(int entries) {
    if (entries > 0 && entries <= maximum && Integer.bitCount(entries) == 1) {
      size = entries;
    }
  }

  boolean enabled() {
    return enabled;
  }

  void enable() {
    enabled = true;
  }

  int vector() {
    return vector;
  }

  void vector(int number) {
    vector = number;
  }

  long descriptors() {
    return descriptors;
  }

  void descriptors(long address) {
    descriptors = address;
  }

  long driver() {
    return driver;
  }

  void driver(long address) {
    driver = address;
  }

  long device() {
    return device;
  }

  void device(long address) {
    device = address;
  }

  /// All three parts from one page on; page 0 turns it off.
  void legacy(long address) {
    descriptors = address;
    driver = address + (long) size * DESCRIPTOR;
    long used = driver + RING + 2L * size + 2;
    device = used + LEGACY_ALIGNMENT - 1 & -LEGACY_ALIGNMENT;
    enabled = address != 0;
  }

  // ---- what a device does with it

  /// The next chain; null if there is none.
  ///
  /// @throws BrokenQueue if it makes no sense
  Chain take(GuestMemory memory) {
    if (!enabled) {
      return null;
    }
    check(memory);
    int waiting = memory.get16(driver + 2) - nextAvailable & 0xFFFF;
    if (waiting == 0) {
      return null;
    }
    if (waiting > size) {
      throw new BrokenQueue("the driver made more available than the queue holds: " + waiting);
    }
    Mem.fullFence();
    int head = memory.get16(driver + RING + 2L * (nextAvailable % size));
    if (head >= size) {
      throw new BrokenQueue("no such descriptor: " + head);
    }
    Chain chain = chain(memory, head);
    nextAvailable = nextAvailable + 1 & 0xFFFF;
    return chain;
  }

  /// The same without taking it.
  ///
  /// @throws BrokenQueue if it makes no sense
  Chain look(GuestMemory memory) {
    int before = nextAvailable;
    Chain chain = take(memory);
    nextAvailable = before;
    return chain;
  }

  private void check(GuestMemory memory) {
    boolean there = memory.holds(descriptors, (long) size * DESCRIPTOR)
        && memory.holds(driver, RING + 2L * size + 2)
        && memory.holds(device, RING + (long) ENTRY * size + 2);
    if (!there) {
      throw new BrokenQueue("the rings are not in memory");
    }
  }

  private Chain chain(GuestMemory memory, int head) {
    long at = descriptors + (long) head * DESCRIPTOR;
    int flags = memory.get16(at + 12);
    if ((flags & INDIRECT) == 0) {
      return chain(memory, head, descriptors, size, head);
    }
    long table = memory.get64(at);
    long length = memory.get32(at + 8) & 0xFFFF_FFFFL;
    long entries = length / DESCRIPTOR;
    boolean sound = length % DESCRIPTOR == 0 && entries > 0 && entries <= size && memory.holds(table, length);
    if (!sound || (flags & NEXT) != 0) {
      throw new BrokenQueue("not a table of indirect descriptors: " + length + " bytes");
    }
    return chain(memory, head, table, (int) entries, 0);
  }

  /// @param entries of the table, and how long a chain can be
  private static Chain chain(GuestMemory memory, int head, long table, int entries, int first) {
    List<Buffer> readable = new ArrayList<>();
    List<Buffer> writable = new ArrayList<>();
    int index = first;
    for (int count = 0; count < entries; count++) {
      long at = table + (long) index * DESCRIPTOR;
      long address = memory.get64(at);
      long length = memory.get32(at + 8) & 0xFFFF_FFFFL;
      int flags = memory.get16(at + 12);
      index = memory.get16(at + 14);
      boolean write = (flags & WRITE) != 0;
      boolean sound = (flags & INDIRECT) == 0 && length > 0 && length <= Integer.MAX_VALUE
          && memory.holds(address, length) && (write || writable.isEmpty());
      if (!sound) {
        throw new BrokenQueue("not a buffer: " + length + " bytes at 0x" + Long.toHexString(address));
      }
      (write ? writable : readable).add(new Buffer(address, (int) length));
      if ((flags & NEXT) == 0) {
        return new Chain(head, readable, writable);
      }
      if (index >= entries) {
        throw new BrokenQueue("no such descriptor: " + index);
      }
    }
    throw new BrokenQueue("a chain without end");
  }

  /// Gives a chain back.
  ///
  /// @param written bytes of it
  void giveBack(GuestMemory memory, Chain chain, int written) {
    check(memory);
    long entry = device + RING + (long) ENTRY * (nextUsed % size);
    memory.put32(entry, chain.head);
    memory.put32(entry + 4, written);
    Mem.fullFence();
    nextUsed = nextUsed + 1 & 0xFFFF;
    memory.put16(device + 2, nextUsed);
  }

  /// The driver wants to hear of what was given back. "Used Buffer Notification Suppression".
  ///
  /// @param byIndex VIRTIO_F_EVENT_IDX was agreed on
  /// @param whenEmpty VIRTIO_F_NOTIFY_ON_EMPTY was
  boolean wantsInterrupt(GuestMemory memory, boolean byIndex, boolean whenEmpty) {
    check(memory);
    Mem.fullFence();
    if (whenEmpty && memory.get16(driver + 2) == nextAvailable) {
      return true;
    }
    if (!byIndex) {
      return (memory.get16(driver) & NO_INTERRUPT) == 0;
    }
    int last = signalled;
    boolean known = signalledKnown;
    signalled = nextUsed;
    signalledKnown = true;
    int event = memory.get16(driver + RING + 2L * size);
    return !known || (nextUsed - event - 1 & 0xFFFF) < (nextUsed - last & 0xFFFF);
  }

  /// The driver is to notify of what comes after what was taken. "Available Buffer Notification Suppression".
  void wantNotification(GuestMemory memory) {
    check(memory);
    memory.put16(device + RING + (long) ENTRY * size, nextAvailable);
    Mem.fullFence();
  }
}
