package thespis.machine.board;

import java.util.List;
import thespis.cpu.prop.Property;
import thespis.machine.qom.MemoryRegion;
import thespis.machine.qom.QomObject;

/// The objects of PCI devices that the user asked for, below those of the board, as QEMU 7.2 shows them: root ports with
/// the buses behind them, virtio devices, USB controllers.
final class UserPciObjects {
  private static final long PAGE = 0x1000;
  private static final int PORTS_PER_PROTOCOL = 4;
  private static final int FIRST_PORT = 0x440;

  private final ChipObjects board;
  private final QomObject root;
  private final QomObject hotplug;
  private long portsLeft;
  private int nameless;

  /// @param root bus 0
  /// @param hotplug what serves the buses behind ports; null where there are no ports
  UserPciObjects(ChipObjects board, QomObject root, QomObject hotplug) {
    this.board = board;
    this.root = root;
    this.hotplug = hotplug;
  }

  void add(List<UserDevice> devices) {
    portsLeft = devices.stream().filter(device -> device.object().type().isA("pcie-port")).count();
    devices.forEach(this::add);
  }

  private void add(UserDevice user) {
    QomObject device = user.object();
    board.tree.addPeripheral(device, device.id());
    device.setRealized(true);
    device.plugInto(user.port() == null ? root : board.tree.find("/machine/peripheral/" + user.port()).child(user.port()));
    int devfn = ((Long) device.get("addr")).intValue();
    ChipObjects.describePci(device, devfn >>> 3, devfn & 7, (Boolean) device.get("multifunction"));
    if (device.type().isA("pcie-port")) {
      describePort(device);
    } else if (device.type().isA("pci-xhci")) {
      describeUsb(device);
    } else if (device.type().isA("pci-uhci-usb") || device.type().isA("pci-ehci-usb")) {
      board.usb.describe(device);
    } else if (device.type().isA("virtio-balloon-pci-base")) {
      describeVirtio(device, "virtio-balloon", 0, 64);
    } else {
      describeVirtio(device, "virtio-rng", (Long) device.get("vectors"), 32);
    }
  }

  /// The number of the bus behind it, by which the hotplug registers know it, counts from the last port.
  private void describePort(QomObject port) {
    long number = --portsLeft;
    QomObject behind = ChipObjects.addBus(port, port.id() == null ? "pcie." + nameless++ : port.id(), "PCIE");
    behind.own(Property.readOnly("acpi-pcihp-bsel", "uint32", o -> number));
    ChipObjects.settings(behind).put("hotplug-handler", hotplug.path());
    addVectors(port, MemoryRegion.add(port, "pcie-root-port-msix[0]", PAGE), 1, 0, PAGE / 2);
    QomObject pci = board.unattached.child("pci[0]");
    MemoryRegion.add(port, "pci_bridge_io[*]", 1L << 32);
    MemoryRegion.add(port, "pci_bridge_pci[0]", MemoryRegion.EVERYTHING);
    board.over(port, "pci_bridge_io[*]", board.io, 0, 0);
    board.over(port, "pci_bridge_mem[0]", pci, 0, 0);
    board.over(port, "pci_bridge_pref_mem[0]", pci, 0, 0);
    MemoryRegion.add(port, "pci_bridge_vga_io_lo[0]", 12);
    MemoryRegion.add(port, "pci_bridge_vga_io_hi[0]", 32);
    MemoryRegion.add(port, "pci_bridge_vga_mem[0]", 0x20000);
  }

  private static void addVectors(QomObject owner, QomObject bar, long count, long table, long pending) {
    ChipObjects.register(owner, "msix-table[0]", bar, table, 16 * count);
    ChipObjects.register(owner, "msix-pba[0]", bar, pending, 8);
  }

  private void describeUsb(QomObject controller) {
    QomObject core = controller.child("xhci-core");
    core.setRealized(true);
    ChipObjects.settings(core).put("host", controller.path());
    QomObject all = MemoryRegion.add(core, "xhci[0]", 4 * PAGE);
    ChipObjects.register(core, "capabilities[0]", all, 0, 0x40);
    ChipObjects.register(core, "operational[0]", all, 0x40, 0x400);
    ChipObjects.register(core, "runtime[0]", all, PAGE, 0x220);
    ChipObjects.register(core, "doorbell[0]", all, 2 * PAGE, 0x820);
    for (int i = 0; i < PORTS_PER_PROTOCOL; i++) {
      ChipObjects.register(core, "usb3 port #" + (i + 1) + "[0]", all, FIRST_PORT + 16 * i, 16);
      ChipObjects.register(core, "usb2 port #" + (i + 1) + "[0]", all, FIRST_PORT + 16 * (PORTS_PER_PROTOCOL + i), 16);
    }
    addVectors(controller, all, 16, 3 * PAGE, 3 * PAGE + PAGE / 2);
    board.usb.addBus(controller);
  }

  private void describeVirtio(QomObject function, String name, long vectors, long legacySize) {
    boolean modern = !(Boolean) function.setting("disable-modern", false);
    boolean legacy = function.setting("disable-legacy", "off").equals("off");
    if (modern) {
      QomObject all = MemoryRegion.add(function, "virtio-pci[*]", 4 * PAGE);
      List<String> parts = List.of("common", "isr", "device", "notify");
      for (int i = 0; i < parts.size(); i++) {
        ChipObjects.register(function, "virtio-pci-" + parts.get(i) + "-" + name + "[0]", all, i * PAGE, PAGE);
      }
      MemoryRegion.add(function, "virtio-pci-notify-pio-" + name + "[0]", 4);
    }
    if (vectors > 0) {
      QomObject bar = MemoryRegion.add(function, function.type() + "-msix[0]", PAGE);
      addVectors(function, bar, vectors, 0, PAGE / 2);
    }
    if (legacy) {
      MemoryRegion.add(function, "virtio-pci[*]", legacySize);
    }
    QomObject device = function.child("virtio-backend");
    device.setRealized(true);
    if (name.equals("virtio-rng") && device.get("rng").equals("")) {
      QomObject source = device.add("default-backend", ChipObjects.device("rng-builtin"));
      ChipObjects.settings(device).put("rng", source.path());
    }
    device.plugInto(ChipObjects.addBus(function, "virtio-bus", "virtio-pci-bus"));
  }
}
