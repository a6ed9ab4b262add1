package thespis.machine.device.pci;

import thespis.cpu.state.StateIo;
import thespis.machine.bus.Device;
import thespis.machine.bus.PortHandler;

/// QEMU's ACPI PCI hotplug registers ("QEMU<->ACPI BIOS PCI hotplug interface"), with nothing that could be plugged: no
/// slot has come up or gone down, ejecting does nothing, no device has an index. Dwords only, other
/// sizes read 0; probed on QEMU 7.2.
public final class PciHotplugRegs implements Device, PortHandler {
  public static final int LENGTH = 0x18;
  private static final int REMOVABLE = 0x0C;
  private static final int BUS = 0x10;
  private static final int BUSES = 256;

  private final int removable;
  private int bus;

  /// @param removable slots of bus 0 that could be unplugged, a bit for each
  public PciHotplugRegs(int removable) {
    this.removable = removable;
  }

  @Override
  public String name() {
    return "acpi-pci-hotplug";
  }

  @Override
  public void reset() {
    bus = 0;
  }

  @Override
  public void state(StateIo io) {
    bus = io.u32("bus", bus);
  }

  @Override
  public int read(int offset, int size) {
    boolean known = size == 4 && Integer.compareUnsigned(bus, BUSES) < 0;
    return switch (offset) {
      case REMOVABLE -> known ? bus == 0 ? removable : -1 : 0;
      case BUS -> known ? bus : 0;
      default -> 0;
    };
  }

  @Override
  public void write(int offset, int size, int value) {
    if (offset == BUS && size == 4) {
      bus = value;
    }
  }
}
