package thespis.actors.hmp;

import thespis.machine.board.Board;
import thespis.machine.device.pci.PciDevice;
import thespis.machine.device.pci.PcieRootPort;

/// The PCI functions as QEMU's `info pci` prints them.
final class PciText {
  private PciText() {}

  static String devices(Board board) {
    StringBuilder out = new StringBuilder();
    board.pci().devices().forEach(device -> add(out, device));
    return out.toString();
  }

  private static void add(StringBuilder out, PciDevice d) {
    out.append(String.format("  Bus %2d, device %3d, function %d:\n", d.bus().number(), d.devfn() >>> 3, d.devfn() & 7));
    out.append(String.format("    %s: PCI device %04x:%04x\n", kind(d.readConfig(PciDevice.CLASS + 1, 2), "Class %04d"),
        d.readConfig(0, 2), d.readConfig(2, 2)));
    int subsystemVendor = d instanceof PcieRootPort ? 0 : d.readConfig(PciDevice.SUBSYSTEM_VENDOR, 2);
    if (subsystemVendor != 0) {
      out.append(String.format("      PCI subsystem %04x:%04x\n", subsystemVendor, d.readConfig(PciDevice.SUBSYSTEM, 2)));
    }
    int pin = d.readConfig(PciDevice.INTERRUPT_PIN, 1);
    if (pin != 0) {
      out.append(String.format("      IRQ %d, pin %c\n", d.readConfig(PciDevice.INTERRUPT_LINE, 1), 'A' + pin - 1));
    }
    if (d instanceof PcieRootPort port) {
      addBridge(out, port);
    }
    for (PciDevice.BarInfo bar : d.bars()) {
      long at = bar.address();
      long last = at + bar.size() - 1;
      out.append("      BAR").append(bar.index()).append(": ").append(bar.io()
          ? String.format("I/O at 0x%04x [0x%04x].\n", at, last)
          : String.format("%d bit %smemory at 0x%08x [0x%08x].\n", bar.wide() ? 64 : 32,
              bar.prefetchable() ? "prefetchable " : "", at, last));
    }
    out.append("      id \"").append(d.id()).append("\"\n");
    if (d instanceof PcieRootPort port && port.behind().number() != 0) {
      port.behind().devices().forEach(behind -> add(out, behind));
    }
  }

  private static void addBridge(StringBuilder out, PcieRootPort port) {
    PcieRootPort.Range ports = port.ports();
    PcieRootPort.Range memory = port.memory();
    PcieRootPort.Range prefetchable = port.prefetchable();
    out.append(String.format("      BUS %d.\n      secondary bus %d.\n      subordinate bus %d.\n",
        port.readConfig(PcieRootPort.PRIMARY_BUS, 1), port.readConfig(PcieRootPort.SECONDARY_BUS, 1),
        port.readConfig(PcieRootPort.SUBORDINATE_BUS, 1)));
    out.append(String.format("      IO range [0x%04x, 0x%04x]\n", ports.base(), ports.limit()));
    out.append(String.format("      memory range [0x%08x, 0x%08x]\n", memory.base(), memory.limit()));
    out.append(String.format(
        "      prefetchable memory range [0x%08x, 0x%08x]\n", prefetchable.base(), prefetchable.limit()));
  }

  /// PCI Code and ID Assignment Specification "Class Codes", in QEMU's words.
  ///
  /// @param other how others are named
  static String kind(int code, String other) {
    return switch (code) {
      case 0x0101 -> "IDE controller";
      case 0x0106 -> "SATA controller";
      case 0x0200 -> "Ethernet controller";
      case 0x0300 -> "VGA controller";
      case 0x0600 -> "Host bridge";
      case 0x0601 -> "ISA bridge";
      case 0x0604 -> "PCI bridge";
      case 0x0680 -> "Bridge";
      case 0x0C03 -> "USB controller";
      case 0x0C05 -> "SMBus";
      default -> String.format(other, code);
    };
  }
}
