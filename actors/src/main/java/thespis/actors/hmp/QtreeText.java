package thespis.actors.hmp;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import thespis.machine.board.Board;
import thespis.machine.device.pci.PciDevice;
import thespis.machine.device.pci.PcieRootPort;
import thespis.machine.qom.BusTree;
import thespis.machine.qom.ObjectTree;
import thespis.machine.qom.QomObject;

/// The buses with what is on them, as QEMU's `info qtree` shows them.
final class QtreeText {
  private QtreeText() {}

  static String of(ObjectTree tree, Optional<Board> board) {
    return BusTree.text(tree, device -> device.type().isA("pci-device") ? function(device, board) : List.of());
  }

  /// What is in the configuration space.
  private static List<String> function(QomObject device, Optional<Board> board) {
    List<String> lines = new ArrayList<>();
    board.stream().flatMap(b -> b.pci().all().stream())
        .filter(d -> device.get("addr").equals((long) d.devfn()) && isOn(d, (String) device.get("parent_bus")))
        .findFirst()
        .ifPresent(d -> {
          boolean bridge = d instanceof PcieRootPort;
          lines.add(String.format("class %s, addr %02x:%02x.%x, pci id %04x:%04x (sub %04x:%04x)",
              PciText.kind(d.readConfig(PciDevice.CLASS + 1, 2), "Class %04x"),
              d.bus().number(), d.devfn() >>> 3, d.devfn() & 7,
              d.readConfig(0, 2), d.readConfig(2, 2),
              bridge ? 0 : d.readConfig(PciDevice.SUBSYSTEM_VENDOR, 2), bridge ? 0 : d.readConfig(PciDevice.SUBSYSTEM, 2)));
          for (PciDevice.BarInfo bar : d.bars()) {
            lines.add(String.format("bar %d: %s at 0x%x [0x%x]", bar.index(), bar.io() ? "i/o" : "mem", bar.address(),
                bar.address() + bar.size() - 1));
          }
        });
    return lines;
  }

  private static boolean isOn(PciDevice device, String bus) {
    PcieRootPort port = device.bus().port();
    return port == null ? bus.matches("/machine/(i440fx|q35)/pcie?\\.0") : bus.endsWith("/" + port.id());
  }
}
