package thespis.actors.hmp;

import thespis.machine.board.Board;
import thespis.machine.device.pci.PciDevice;

/// The buses with what is on them, in the manner of QEMU's `info qtree`, without the devices' properties.
final class QtreeText {
  static final String EMPTY = "bus: main-system-bus\n  type System\n";

  private QtreeText() {}

  static String of(Board board) {
    boolean express = board.config().machine().contains("q35");
    StringBuilder out = new StringBuilder(EMPTY);
    out.append("  dev: ioapic, id \"\"\n");
    if (board.config().hpet()) {
      out.append("  dev: hpet, id \"\"\n");
    }
    out.append(express ? "  dev: q35-pcihost, id \"\"\n    bus: pcie.0\n      type PCIE\n"
        : "  dev: i440FX-pcihost, id \"\"\n    bus: pci.0\n      type PCI\n");
    for (PciDevice d : board.pci().devices().reversed()) {
      out.append("      dev: ").append(d.name()).append(", id \"\"\n");
      out.append(String.format("        class %s, addr 00:%02x.%x, pci id %04x:%04x (sub %04x:%04x)\n",
          PciText.kind(d.readConfig(PciDevice.CLASS + 1, 2)), d.devfn() >>> 3, d.devfn() & 7, d.readConfig(0, 2),
          d.readConfig(2, 2), d.readConfig(PciDevice.SUBSYSTEM_VENDOR, 2), d.readConfig(PciDevice.SUBSYSTEM, 2)));
      for (PciDevice.BarInfo bar : d.bars()) {
        out.append(String.format("        bar %d: %s at 0x%x [0x%x]\n", bar.index(), bar.io() ? "i/o" : "mem",
            bar.address(), bar.address() + bar.size() - 1));
      }
    }
    return out.toString();
  }
}
