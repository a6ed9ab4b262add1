package thespis.actors;

import java.util.List;
import java.util.Map;
import thespis.cpu.model.ConfigException;
import thespis.machine.qom.DeviceNotFoundException;
import thespis.machine.qom.ObjectTree;
import thespis.machine.qom.ObjectType;
import thespis.machine.qom.ObjectTypes;

/// Devices that neither come nor go while a machine runs, because their bus or they themselves do not allow it: what QEMU
/// says to whoever tries.
final class FixedDevices {
  private static final String ISA = "isa-device";

  /// Buses without hotplug, by the type of what is on them.
  private static final Map<String, String> BUSES =
      Map.of(ISA, "isa.0", "sys-bus-device", "main-system-bus", "i2c-slave", "i2c");

  /// The devices that QEMU lets users make, of those that are here, with the kind of bus they need.
  private static final Map<String, String> OF_USERS = Map.ofEntries(
      Map.entry("piix3-usb-uhci", "PCI"), Map.entry("piix4-usb-uhci", "PCI"),
      Map.entry("i8042", "ISA"), Map.entry("isa-debug-exit", "ISA"), Map.entry("isa-debugcon", "ISA"),
      Map.entry("isa-fdc", "ISA"), Map.entry("isa-parallel", "ISA"), Map.entry("isa-serial", "ISA"),
      Map.entry("mc146818rtc", "ISA"), Map.entry("pc-testdev", "ISA"),
      Map.entry("vmmouse", "ISA"), Map.entry("ich9-ahci", "PCI"),
      Map.entry("pcie-root-port", "PCI"), Map.entry("qemu-xhci", "PCI"), Map.entry("virtio-balloon-pci", "PCI"),
      Map.entry("virtio-balloon-pci-transitional", "PCI"), Map.entry("virtio-balloon-pci-non-transitional", "PCI"),
      Map.entry("virtio-rng-pci", "PCI"), Map.entry("virtio-rng-pci-transitional", "PCI"),
      Map.entry("virtio-rng-pci-non-transitional", "PCI"), Map.entry("virtio-balloon-device", "virtio-bus"),
      Map.entry("virtio-rng-device", "virtio-bus"));

  /// Those that can come and go in QEMU.
  private static boolean isRemovable(ObjectType type) {
    return type.isA("virtio-pci") || type.isA("pci-xhci") || type.name().matches("piix[34]-usb-uhci");
  }

  /// Where there may be such buses.
  private static final Map<String, List<String>> PLACES =
      Map.of("ISA", List.of("isa.0"), "PCI", List.of("pci.0", "pcie.0"), "virtio-bus", List.of());

  private final Hardware hardware;
  private final ObjectTree tree;

  FixedDevices(Hardware hardware) {
    this.hardware = hardware;
    this.tree = hardware.objects();
  }

  /// In QEMU's order: is it for users at all, is there a bus for it, does that take something now?
  ///
  /// @param bus that it shall go on; null for any
  /// @param hotplugged the machine is complete
  /// @throws ConfigException unless it is a processor's type and no bus is named
  /// @throws DeviceNotFoundException as QEMU puts it
  void refuseToAdd(ObjectType type, String bus, boolean hotplugged) {
    boolean processor = type.isA("cpu");
    if (!processor && !OF_USERS.containsKey(type.name())) {
      throw notPluggable();
    }
    String kind = processor ? null : OF_USERS.get(type.name());
    String name = bus != null ? refuseBus(type.name(), kind, bus) : processor ? null : free(type, kind);
    boolean open = name != null && (!name.matches("(isa|pci|pcie)\\.0")
        || name.equals("pci.0") && isRemovable(type));
    if (name != null && (!hotplugged || open)) {
      throw new ConfigException("to add a device of this type is not supported yet");
    }
    if (name != null) {
      throw name.equals("pci.0") ? notPluggable() : new ConfigException(closed(name));
    }
  }

  private static ConfigException notPluggable() {
    return new ConfigException("Parameter 'driver' expects a pluggable device type");
  }

  private String free(ObjectType type, String kind) {
    return PLACES.get(kind).stream().filter(place -> hardware.busType(place).isPresent()).findFirst()
        .orElseThrow(() -> new ConfigException("No '" + kind + "' bus found for device '" + type + "'"));
  }

  /// Why a device, which is no processor, can't be removed.
  String refusalToRemove(ObjectType type, String path) {
    if (!type.isA("device")) {
      return path + " is not a hotpluggable device";
    }
    if (isRemovable(type) && !tree.find(path(path)).get("parent_bus").equals("/machine/q35/pcie.0")) {
      return "to remove a device of this type is not supported yet";
    }
    if (type.isA("pci-device")) {
      return tree.at("/machine/q35") != null ? closed("pcie.0") : "Device '" + type + "' does not support hotplugging";
    }
    return BUSES.entrySet().stream()
        .filter(bus -> type.isA(bus.getKey()))
        .map(bus -> closed(bus.getValue()))
        .findAny()
        .orElse(path + " is not a hotpluggable device");
  }

  private static String path(String idOrPath) {
    return idOrPath.startsWith("/") ? idOrPath : "/machine/peripheral/" + idOrPath;
  }

  /// @param kind of bus that the device needs; null for none
  /// @param path name of a bus, perhaps with a device on it behind a slash; a slash at its front is the main bus
  private String refuseBus(String type, String kind, String path) {
    String[] parts = path.split("/", -1);
    String bus = path.startsWith("/") ? "main-system-bus" : parts[0];
    String found = hardware.busType(bus).orElseThrow(() -> new ConfigException("Bus '" + bus + "' not found"));
    String device = parts.length > 1 ? parts[1] : "";
    if (!device.isEmpty()) {
      throw DeviceNotFoundException.device(device);
    }
    if (kind == null || !ObjectTypes.find(found).isA(kind)) {
      throw new ConfigException("Device '" + type + "' can't go on " + found + " bus");
    }
    return bus;
  }

  private static String closed(String bus) {
    return "Bus '" + bus + "' does not support hotplugging";
  }
}
