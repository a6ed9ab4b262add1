package thespis.machine.device.pci;

import thespis.cpu.state.StateIo;
import thespis.machine.bus.Device;
import thespis.machine.bus.PortHandler;
import thespis.machine.bus.PortSpace;

/// Configuration mechanism #1: address at 0xCF8, data at 0xCFC. PCI Local Bus Specification 3.0 "Software Generation of
/// Configuration Transactions". Only a whole dword reaches the address register; reads of it may be narrower.
public final class PciConfigPorts implements Device {
  public static final int ADDRESS_PORT = 0xCF8;
  public static final int DATA_PORT = 0xCFC;

  private final PciBus bus;
  private int address;

  public PciConfigPorts(PciBus bus, PortSpace ports) {
    this.bus = bus;
    ports.map("pci-conf-idx", ADDRESS_PORT, 4, new AddressPort());
    ports.map("pci-conf-data", DATA_PORT, 4, new DataPort());
  }

  @Override
  public String name() {
    return "pci-config";
  }

  @Override
  public void reset() {
    address = 0;
  }

  @Override
  public void state(StateIo io) {
    address = io.u32("address", address);
  }

  private final class AddressPort implements PortHandler {
    /// QEMU differs: a narrow read gives the low bits at any offset.
    @Override
    public int read(int offset, int size) {
      return address;
    }

    @Override
    public void write(int offset, int size, int value) {
      if (offset == 0 && size == 4) {
        address = value;
      }
    }
  }

  /// An access that is not naturally aligned is made of aligned ones.
  private final class DataPort implements PortHandler {
    @Override
    public int read(int offset, int size) {
      if ((offset & size - 1) != 0) {
        int half = size / 2;
        int mask = (1 << 8 * half) - 1;
        return read(offset, half) & mask | read(offset + half, half) << 8 * half;
      }
      return address >= 0 ? -1 : bus.read(busNumber(), devfn(), register(offset), size);
    }

    @Override
    public void write(int offset, int size, int value) {
      if ((offset & size - 1) != 0) {
        int half = size / 2;
        write(offset, half, value);
        write(offset + half, half, value >>> 8 * half);
      } else if (address < 0) {
        bus.write(busNumber(), devfn(), register(offset), size, value);
      }
    }

    private int busNumber() {
      return address >>> 16 & 0xFF;
    }

    private int devfn() {
      return address >>> 8 & 0xFF;
    }

    private int register(int offset) {
      return address & 0xFF | offset;
    }
  }
}
