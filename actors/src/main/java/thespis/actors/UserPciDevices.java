package thespis.actors;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import thespis.cpu.model.ConfigException;
import thespis.cpu.prop.GlobalProperty;
import thespis.cpu.prop.Input;
import thespis.machine.board.PciFunction;
import thespis.machine.board.UserDevice;
import thespis.machine.device.pci.PcieRootPort;
import thespis.machine.device.usb.UsbControllers;
import thespis.machine.device.usb.Xhci;
import thespis.machine.qom.MachineSettings;
import thespis.machine.qom.ObjectTypes;
import thespis.machine.qom.QomObject;

/// The PCI devices of `-device`: their properties and their places on the root bus or behind a root port of a `q35`,
/// checked in QEMU's order and words.
final class UserPciDevices {
  static final String PORT = "pcie-root-port";
  static final String USB = "qemu-xhci";
  private static final String ROOT = "pcie.0";
  private static final String CONVENTIONAL = "pci.0";

  /// What can be other than by default.
  private static final Map<String, Set<String>> FREE = new HashMap<>(Map.of(
      PORT, Set.of("port", "slot", "chassis", "multifunction", "rombar", "romfile", "x-migrate-msix"),
      USB, Set.of("multifunction", "rombar", "romfile"),
      "virtio-balloon-pci", VirtioFunctions.FREE,
      "virtio-balloon-pci-transitional", VirtioFunctions.FREE,
      "virtio-balloon-pci-non-transitional", VirtioFunctions.FREE,
      "virtio-rng-pci", VirtioFunctions.FREE,
      "virtio-rng-pci-transitional", VirtioFunctions.FREE,
      "virtio-rng-pci-non-transitional", VirtioFunctions.FREE));

  static {
    UsbControllers.types().forEach(type -> FREE.put(type,
        Set.of("multifunction", "rombar", "romfile", "masterbus", "firstport", "bandwidth")));
  }

  /// Shorter names that QEMU knows too.
  private static final Map<String, String> ALIASES =
      Map.of("virtio-balloon", "virtio-balloon-pci", "virtio-rng", "virtio-rng-pci");

  private final List<UserDevice> objects = new ArrayList<>();
  private final List<PcieRootPort.Settings> ports = new ArrayList<>();
  private final List<PciFunction> functions = new ArrayList<>();
  private final Map<String, PciPlaces> places = new HashMap<>();
  private final Set<List<Object>> slots = new HashSet<>();
  private final Map<String, String> buses;
  private final String root;
  private final List<GlobalProperty> globals;
  private final VirtioFunctions virtio;
  private final UsbFunctions usb = new UsbFunctions();

  private UserPciDevices(
      Map<String, String> buses, BoardOptions options, List<GlobalProperty> globals, VirtioFunctions virtio) {
    this.buses = buses;
    this.globals = globals;
    this.virtio = virtio;
    root = buses.containsKey(ROOT) ? ROOT : CONVENTIONAL;
    PciPlaces board = root.equals(ROOT)
        ? new PciPlaces().with(0, "mch", false)
            .with(0xF8, "ICH9-LPC", true).with(0xFA, "ich9-ahci", true).with(0xFB, "ICH9-SMB", true)
        : new PciPlaces().with(0, "i440FX", false).with(8, "PIIX3", true).with(9, "piix3-ide", false);
    if (root.equals(CONVENTIONAL) && options.acpi()) {
      board.with(0xB, "PIIX4_PM", false);
    }
    places.put(root, board);
    if (options.usb()) {
      addBoardsUsb(board);
    }
  }

  private void addBoardsUsb(PciPlaces board) {
    if (root.equals(CONVENTIONAL)) {
      board.with(0xA, "piix3-usb-uhci", false);
      functions.add(usb.ofBoard("piix3-usb-uhci", 0xA, false, null, 0));
      return;
    }
    board.with(0xEF, "ich9-usb-ehci1", true);
    functions.add(usb.ofBoard("ich9-usb-ehci1", 0xEF, true, null, 0));
    for (int i = 0; i < 3; i++) {
      String companion = "ich9-usb-uhci" + (i + 1);
      board.with(0xE8 + i, companion, true);
      functions.add(usb.ofBoard(companion, 0xE8 + i, true, "usb-bus.0", 2 * i));
    }
  }

  /// @param buses that the board has, with the type of each
  /// @param options what else the board has
  /// @param globals default properties by type
  /// @throws ConfigException with QEMU's text
  static UserPciDevices of(
      MachineConfig config, Map<String, String> buses, BoardOptions options, List<GlobalProperty> globals,
      VirtioFunctions virtio) {
    UserPciDevices all = new UserPciDevices(buses, options, globals, virtio);
    config.devices().stream().filter(device -> knows(device, buses.containsKey(ROOT))).forEach(device -> {
      try {
        all.add(device.arguments());
      } catch (ConfigException e) {
        throw new ConfigException(device.where() + ": " + e.getMessage());
      }
    });
    return all;
  }

  /// @param express the board's root bus is PCI Express
  static boolean knows(MachineConfig.Device device, boolean express) {
    String type = typeOf(device.arguments());
    return FREE.containsKey(type) && (express || !type.equals(PORT));
  }

  private static String typeOf(Map<String, Object> arguments) {
    String driver = String.valueOf(arguments.get("driver"));
    return ALIASES.getOrDefault(driver, driver);
  }

  /// In the order in which they were made.
  List<PcieRootPort.Settings> ports() {
    return ports;
  }

  List<PciFunction> functions() {
    return functions;
  }

  List<UserDevice> objects() {
    return objects;
  }

  /// There is a bus of that name behind a root port.
  boolean hasBus(String name) {
    return ports.stream().anyMatch(port -> name.equals(port.id()));
  }

  private void add(Map<String, Object> arguments) {
    String type = typeOf(arguments);
    String id = arguments.get("id") instanceof String text ? text : null;
    if (id != null && !id.matches("[A-Za-z][A-Za-z0-9._-]*")) {
      throw new ConfigException("Parameter 'id' expects an identifier");
    }
    String bus = bus(type, arguments.getOrDefault("bus", root).toString());
    if (id != null && objects.stream().anyMatch(other -> id.equals(other.object().id()))) {
      throw new ConfigException("Duplicate device ID '" + id + "'");
    }
    String port = bus.equals(root) ? null : bus;
    if (port != null && type.equals(PORT)) {
      throw new ConfigException("to add a device of this type behind a root port is not supported yet");
    }
    QomObject device = new QomObject(ObjectTypes.find(type), new MachineSettings());
    device.setId(id);
    int devfn = -1;
    for (GlobalProperty global : globals) {
      if (device.type().isA(global.type())) {
        setGlobal(device, global);
      }
    }
    for (Map.Entry<String, Object> property : arguments.entrySet()) {
      switch (property.getKey()) {
        case "driver", "id", "bus" -> { }
        case "addr" -> devfn = PciPlaces.parse(type, property.getValue());
        default -> set(device, property.getKey(), property.getValue());
      }
    }
    boolean multifunction = (Boolean) device.get("multifunction");
    devfn = places.get(bus).take(devfn, type, id, multifunction);
    device.state(MachineSettings.class).put("addr", (long) devfn);
    objects.add(new UserDevice(device, port));
    make(device, port, devfn, multifunction);
  }

  private void make(QomObject device, String port, int devfn, boolean multifunction) {
    String place = (port == null ? "" : port + "-") + UsbFunctions.place(devfn);
    boolean express = root.equals(ROOT);
    switch (device.type().name()) {
      case PORT -> addPort(device, devfn, multifunction);
      case USB -> {
        Xhci.Settings settings = new Xhci.Settings(device.id(), place, multifunction, express, port == null);
        functions.add(new PciFunction(port, devfn, usb.xhci(settings)));
      }
      case String type when UsbControllers.has(type) ->
          functions.add(new PciFunction(port, devfn, usb.model(device, place, multifunction)));
      default -> functions.add(new PciFunction(port, devfn, virtio.model(device, place, multifunction, port != null)));
    }
  }

  private void addPort(QomObject device, int devfn, boolean multifunction) {
    if (!slots.add(List.of(device.get("chassis"), device.get("slot")))) {
      throw new ConfigException("Can't add chassis slot, error -16");
    }
    ports.add(new PcieRootPort.Settings(
        device.id(), devfn, number(device, "port"), number(device, "slot"), multifunction));
    if (device.id() != null) {
      places.put(device.id(), new PciPlaces());
    }
  }

  private static int number(QomObject device, String property) {
    return ((Long) device.get(property)).intValue();
  }

  private String bus(String type, String path) {
    String bus = path.split("/", -1)[0];
    if (hasBus(bus)) {
      return bus;
    }
    if (!buses.containsKey(bus)) {
      throw new ConfigException("Bus '" + bus + "' not found");
    }
    if (!bus.equals(root)) {
      throw new ConfigException("Device '" + type + "' can't go on " + buses.get(bus) + " bus");
    }
    return bus;
  }

  private void setGlobal(QomObject device, GlobalProperty global) {
    try {
      set(device, global.property(), Input.ofGlobal(global.value()));
    } catch (ConfigException e) {
      throw new ConfigException("can't apply global " + global + ": " + e.getMessage());
    }
  }

  private void set(QomObject device, String name, Object value) {
    Input input = switch (value) {
      case Input typed -> typed;
      case String text -> Input.ofOption(text);
      default -> Input.ofJson(value);
    };
    if (virtio.link(device, name, input)) {
      return;
    }
    Object before = before(device, name);
    device.set(name, input);
    if (!FREE.get(device.type().name()).contains(name) && !device.get(name).equals(before)) {
      throw new ConfigException("another value of property '" + name + "' of " + device.type() + " is not supported yet");
    }
  }

  /// Null for what there is not or can't be read.
  private static Object before(QomObject device, String name) {
    try {
      return device.get(name);
    } catch (ConfigException e) {
      return null;
    }
  }
}
