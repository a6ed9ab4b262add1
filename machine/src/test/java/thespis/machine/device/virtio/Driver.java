package thespis.machine.device.virtio;

import thespis.machine.bus.GuestMemory;
import thespis.machine.device.pci.PciDevice;
import thespis.machine.device.pci.PciFixture;
import thespis.machine.time.VirtualClock;

/// A driver of one virtio function with the modern interface, whose queues of eight entries stand at 64 KiB and up.
final class Driver implements AutoCloseable {
  static final long BAR = 0xE000_0000L;
  private static final int SIZE = 8;
  private static final long RINGS = 0x1_0000;

  final PciFixture pci = new PciFixture();
  final VirtualClock clock = new VirtualClock();
  final GuestMemory memory = new GuestMemory(pci.ram, pci.ram.size());
  final VirtioPci function;
  private final int[] filled = new int[8];
  private final int[] seen = new int[8];

  Driver(VirtioDevice device, int vectors) {
    this(device, vectors, true);
  }

  Driver(VirtioDevice device, int vectors, boolean legacy) {
    pci.bus.dma(memory);
    function = pci.bus.add(4, 0, new VirtioPci(
        new VirtioPci.Settings("virtio", null, "4.0", false, false, legacy, true, vectors, 0), device));
    function.reset();
    function.writeConfig(PciDevice.BAR0 + 16, 4, (int) BAR);
    function.writeConfig(PciDevice.COMMAND, 2, 0x7);
  }

  long read(int offset, int size) {
    return pci.memory.read(BAR + offset, size);
  }

  void write(int offset, int size, long value) {
    pci.memory.write(BAR + offset, size, value);
  }

  /// Reset, features, queues, DRIVER_OK.
  void start(long features, int queues) {
    write(0x14, 1, 0);
    write(0x14, 1, 3);
    for (int half = 0; half < 2; half++) {
      write(0x08, 4, half);
      write(0x0C, 4, features >>> 32 * half);
    }
    write(0x14, 1, 0xB);
    for (int queue = 0; queue < queues; queue++) {
      write(0x16, 2, queue);
      write(0x18, 2, SIZE);
      write(0x20, 8, descriptors(queue));
      write(0x28, 8, available(queue));
      write(0x30, 8, used(queue));
      memory.fill(available(queue), 4, 0);
      memory.fill(used(queue), 4, 0);
      filled[queue] = seen[queue] = 0;
      write(0x1C, 2, 1);
    }
    write(0x14, 1, 0xF);
  }

  static long descriptors(int queue) {
    return RINGS + queue * 0x1000L;
  }

  static long available(int queue) {
    return descriptors(queue) + 0x400;
  }

  static long used(int queue) {
    return descriptors(queue) + 0x800;
  }

  void describe(int queue, int index, long address, int length, int flags, int next) {
    long at = descriptors(queue) + 16L * index;
    memory.put64(at, address);
    memory.put32(at + 8, length);
    memory.put16(at + 12, flags);
    memory.put16(at + 14, next);
  }

  /// Makes a chain available and notifies.
  void offer(int queue, int head) {
    memory.put16(available(queue) + 4 + 2L * (filled[queue] % SIZE), head);
    filled[queue]++;
    memory.put16(available(queue) + 2, filled[queue]);
    write(0x3000 + 4 * queue, 2, queue);
  }

  /// Bytes of the next chain that came back; -1 if none has.
  int back(int queue) {
    if (memory.get16(used(queue) + 2) == seen[queue]) {
      return -1;
    }
    return memory.get32(used(queue) + 4 + 8L * (seen[queue]++ % SIZE) + 4);
  }

  @Override
  public void close() {
    pci.close();
  }
}
