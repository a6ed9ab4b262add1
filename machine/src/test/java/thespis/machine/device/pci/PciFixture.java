package thespis.machine.device.pci;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.function.IntSupplier;
import thespis.cpu.apic.ApicBus;
import thespis.cpu.mmu.GuestRam;
import thespis.cpu.mmu.PhysMap;
import thespis.machine.bus.IrqLine;
import thespis.machine.bus.MmioSpace;
import thespis.machine.bus.PortHandler;
import thespis.machine.bus.PortSpace;

/// A bus with what surrounds it: spaces, two MiB of RAM, interrupt lines and MSIs that are only recorded.
public final class PciFixture implements AutoCloseable {
  public final PortSpace ports = new PortSpace();
  public final MmioSpace memory = new MmioSpace();
  public final PhysMap map = new PhysMap();
  public final GuestRam ram = new GuestRam(2 << 20);
  public final boolean[] isa = new boolean[16];
  public final List<String> messages = new ArrayList<>();
  public final PciBus bus = new PciBus(ports, memory, new RecordingApics());
  public final PciConfigPorts config = new PciConfigPorts(bus, ports);

  public PciFixture() {
    map.map(new PhysMap.Range("ram", 0, ram.size(), ram.host(), PhysMap.READ | PhysMap.WRITE));
    map.map(new PhysMap.Range("pci-hole", 0xC0000, 0x40000, 0, 0));
  }

  public IrqLine[] isaLines() {
    IrqLine[] lines = new IrqLine[16];
    for (int i = 0; i < lines.length; i++) {
      int irq = i;
      lines[i] = level -> isa[irq] = level;
    }
    return lines;
  }

  /// A block whose every byte reads as the same number.
  public static PortHandler constant(int value) {
    return new PortHandler() {
      @Override
      public int read(int offset, int size) {
        return value;
      }

      @Override
      public void write(int offset, int size, int value) {}
    };
  }

  public int read(int devfn, int register, int size) {
    ports.write(0xCF8, 4, 0x8000_0000 | devfn << 8 | register & 0xFC);
    return (int) ports.read(0xCFC + (register & 3), size);
  }

  public void write(int devfn, int register, int size, int value) {
    ports.write(0xCF8, 4, 0x8000_0000 | devfn << 8 | register & 0xFC);
    ports.write(0xCFC + (register & 3), size, value);
  }

  @Override
  public void close() {
    ram.close();
  }

  private final class RecordingApics implements ApicBus {
    @Override
    public void deliver(int destination, boolean logical, int mode, int vector, boolean level) {
      messages.add("to " + destination + " mode " + mode + " vector " + vector);
    }

    @Override
    public void onEoi(IntConsumer listener) {}

    @Override
    public void intr(boolean level) {}

    @Override
    public void intAck(IntSupplier acknowledge) {}
  }
}
