package thespis.actors;

import java.util.Map;
import java.util.Set;
import thespis.cpu.model.ConfigException;
import thespis.machine.qom.DeviceNotFoundException;
import thespis.machine.qom.ObjectTree;
import thespis.machine.qom.ObjectType;

/// Devices that neither come nor go while a machine runs, because their bus or they themselves do not allow it: what QEMU
/// says to whoever tries.
final class FixedDevices {
  private static final String ISA = "isa-device";

  /// Buses without hotplug, by the type of what is on them.
  private static final Map<String, String> BUSES =
      Map.of(ISA, "isa.0", "sys-bus-device", "main-system-bus", "i2c-slave", "i2c");

  private static final Set<String> BUILT_IN =
      Set.of("i8257", "isa-i8259", "isa-pcspk", "isa-pit", "port92", "vmport");

  private final Hardware hardware;
  private final ObjectTree tree;

  FixedDevices(Hardware hardware) {
    this.hardware = hardware;
    this.tree = hardware.objects();
  }

  /// @param hotplugged the machine is complete
  /// @throws ConfigException unless it is a processor's type
  void refuseToAdd(ObjectType type, boolean hotplugged) {
    if (type.isA("cpu")) {
      return;
    }
    if (!type.isA(ISA) || BUILT_IN.contains(type.name())) {
      throw new ConfigException("Parameter 'driver' expects a pluggable device type");
    }
    if (!hotplugged) {
      throw new ConfigException("to add a device of this type is not supported yet");
    }
    throw new ConfigException(hardware.busType("isa.0").isPresent()
        ? closed("isa.0")
        : "No 'ISA' bus found for device '" + type + "'");
  }

  /// Why a device, which is no processor, can't be removed.
  String refusalToRemove(ObjectType type, String path) {
    if (!type.isA("device")) {
      return path + " is not a hotpluggable device";
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

  /// A processor goes on no bus.
  ///
  /// @param path name of a bus, perhaps with a device on it behind a slash; a slash at its front is the main bus
  /// @throws ConfigException as QEMU puts it
  /// @throws DeviceNotFoundException likewise
  void refuseBus(String type, String path) {
    String[] parts = path.split("/", -1);
    String bus = path.startsWith("/") ? "main-system-bus" : parts[0];
    String kind = hardware.busType(bus).orElseThrow(() -> new ConfigException("Bus '" + bus + "' not found"));
    String device = parts.length > 1 ? parts[1] : "";
    if (!device.isEmpty()) {
      throw DeviceNotFoundException.device(device);
    }
    throw new ConfigException("Device '" + type + "' can't go on " + kind + " bus");
  }

  private static String closed(String bus) {
    return "Bus '" + bus + "' does not support hotplugging";
  }
}
