package thespis.machine.device.misc;

import thespis.machine.bus.Device;
import thespis.machine.bus.IrqLine;
import thespis.machine.bus.MmioHandler;
import thespis.machine.bus.MmioSpace;
import thespis.machine.bus.PortHandler;
import thespis.machine.bus.PortSpace;
import thespis.cpu.state.StateIo;

/// QEMU's pc-testdev, which test programs for processors and interrupt controllers use: a value that ports keep, lines of
/// interrupts that ports set, and memory that is not RAM. Regions and sizes as QEMU 7.2's `info mtree` shows them.
public final class PcTestDevice implements Device {
  private static final int VALUE = 0xE0;
  private static final int FLUSH = 0xE4;
  private static final int VALUE_BY_BYTES = 0xE8;
  private static final int LINES = 0x2000;
  private static final int LINES_LENGTH = 24;
  private static final long MEMORY = 0xFF00_0000L;
  private static final int MEMORY_LENGTH = 0x1_0000;

  private final IrqLine[] irqs;
  private final byte[] memory = new byte[MEMORY_LENGTH];
  private int value;

  /// @param irqs the ISA bus's lines by number
  public PcTestDevice(IrqLine[] irqs) {
    this.irqs = irqs;
  }

  public void map(PortSpace ports, MmioSpace space) {
    ports.map("pc-testdev-ioport", VALUE, 4, new Value());
    ports.map("pc-testdev-flush-page", FLUSH, 4, new Flush());
    ports.map("pc-testdev-ioport-byte", VALUE_BY_BYTES, 4, new Value());
    ports.map("pc-testdev-irq-line", LINES, LINES_LENGTH, new Lines());
    space.map("pc-testdev-iomem", MEMORY, MEMORY_LENGTH, new Memory());
  }

  @Override
  public String name() {
    return "pc-testdev";
  }

  @Override
  public void state(StateIo io) {
    value = io.u32("value", value);
    io.bytes("memory", memory);
  }

  private final class Value implements PortHandler {
    @Override
    public int read(int offset, int size) {
      return (int) (value >>> 8 * offset & mask(size));
    }

    @Override
    public void write(int offset, int size, int v) {
      int bits = (int) mask(size) << 8 * offset;
      value = value & ~bits | v << 8 * offset & bits;
    }

    private static long mask(int size) {
      return -1L >>> 64 - 8 * size;
    }
  }

  /// Translations of a page are dropped when its mapping changes: there are none to drop by hand.
  private static final class Flush implements PortHandler {
    @Override
    public int read(int offset, int size) {
      return 0;
    }

    @Override
    public void write(int offset, int size, int v) {}
  }

  /// A byte for each line.
  private final class Lines implements PortHandler {
    @Override
    public int read(int offset, int size) {
      return 0;
    }

    @Override
    public void write(int offset, int size, int v) {
      for (int i = 0; i < size && offset + i < irqs.length; i++) {
        irqs[offset + i].set((v >>> 8 * i & 0xFF) != 0);
      }
    }
  }

  private final class Memory implements MmioHandler {
    @Override
    public long read(long offset, int size) {
      long v = 0;
      for (int i = size - 1; i >= 0; i--) {
        v = v << 8 | memory[at(offset + i)] & 0xFF;
      }
      return v;
    }

    @Override
    public void write(long offset, int size, long v) {
      for (int i = 0; i < size; i++) {
        memory[at(offset + i)] = (byte) (v >>> 8 * i);
      }
    }

    private static int at(long offset) {
      return (int) offset & MEMORY_LENGTH - 1;
    }
  }
}
