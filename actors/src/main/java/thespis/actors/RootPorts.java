package thespis.actors;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import thespis.cpu.model.ConfigException;
import thespis.cpu.prop.Input;
import thespis.cpu.prop.Property;
import thespis.machine.device.pci.PcieRootPort;
import thespis.machine.qom.MachineSettings;
import thespis.machine.qom.ObjectTypes;
import thespis.machine.qom.QomObject;

/// The PCI Express root ports of `-device`: their properties and their places on the root bus of a `q35`, checked in
/// QEMU's order and words.
final class RootPorts {
  private static final String TYPE = "pcie-root-port";
  private static final String BUS = "pcie.0";
  private static final int SLOTS = 32;
  private static final Pattern PLACE = Pattern.compile("(?:0[xX])?([0-9a-fA-F]{1,2})(?:\\.(?:0[xX])?([0-7]))?");

  /// What can be other than by default.
  private static final Set<String> FREE =
      Set.of("port", "slot", "chassis", "multifunction", "rombar", "romfile", "x-migrate-msix");

  /// @param id null for none
  private record Function(String type, String id, boolean multifunction) {
    @Override
    public String toString() {
      return type + ",id=" + (id == null ? "(null)" : id);
    }
  }

  private final List<QomObject> objects = new ArrayList<>();
  private final List<PcieRootPort.Settings> settings = new ArrayList<>();
  private final Map<Integer, Function> functions = new TreeMap<>();
  private final Set<List<Object>> slots = new HashSet<>();
  private final Map<String, String> buses;

  private RootPorts(Map<String, String> buses) {
    this.buses = buses;
    functions.put(0, new Function("mch", null, false));
    functions.put(0xF8, new Function("ICH9-LPC", null, true));
    functions.put(0xFA, new Function("ich9-ahci", null, true));
    functions.put(0xFB, new Function("ICH9-SMB", null, true));
  }

  /// @param buses that the board has, with the type of each
  /// @throws ConfigException with QEMU's text
  static RootPorts of(MachineConfig config, Map<String, String> buses) {
    RootPorts ports = new RootPorts(buses);
    if (buses.containsKey(BUS)) {
      config.devices().stream().filter(RootPorts::knows).forEach(device -> {
        try {
          ports.add(device.arguments());
        } catch (ConfigException e) {
          throw new ConfigException(device.where() + ": " + e.getMessage());
        }
      });
    }
    return ports;
  }

  static boolean knows(MachineConfig.Device device) {
    return TYPE.equals(device.arguments().get("driver"));
  }

  /// In the order in which they were made.
  List<PcieRootPort.Settings> settings() {
    return settings;
  }

  List<QomObject> objects() {
    return objects;
  }

  /// There is a bus of that name behind one of them.
  boolean hasBus(String name) {
    return objects.stream().anyMatch(port -> name.equals(port.id()));
  }

  private void add(Map<String, Object> arguments) {
    String id = arguments.get("id") instanceof String text ? text : null;
    if (id != null && !id.matches("[A-Za-z][A-Za-z0-9._-]*")) {
      throw new ConfigException("Parameter 'id' expects an identifier");
    }
    checkBus(arguments.getOrDefault("bus", BUS).toString());
    if (id != null && hasBus(id)) {
      throw new ConfigException("Duplicate device ID '" + id + "'");
    }
    QomObject port = new QomObject(ObjectTypes.find(TYPE), new MachineSettings());
    port.setId(id);
    int devfn = -1;
    for (Map.Entry<String, Object> property : arguments.entrySet()) {
      switch (property.getKey()) {
        case "driver", "id", "bus" -> { }
        case "addr" -> devfn = place(property.getValue() instanceof Input.Json(var json) ? json : property.getValue());
        default -> set(port, property.getKey(), property.getValue());
      }
    }
    devfn = settle(devfn, id, (Boolean) port.get("multifunction"));
    if (!slots.add(List.of(port.get("chassis"), port.get("slot")))) {
      throw new ConfigException("Can't add chassis slot, error -16");
    }
    port.state(MachineSettings.class).put("addr", (long) devfn);
    objects.add(port);
    settings.add(new PcieRootPort.Settings(id, devfn, number(port, "port"), number(port, "slot"),
        (Boolean) port.get("multifunction")));
  }

  private static int number(QomObject port, String property) {
    return ((Long) port.get(property)).intValue();
  }

  private void checkBus(String path) {
    String bus = path.split("/", -1)[0];
    if (hasBus(bus)) {
      throw new ConfigException("to add a device of this type behind a root port is not supported yet");
    }
    if (!buses.containsKey(bus)) {
      throw new ConfigException("Bus '" + bus + "' not found");
    }
    if (!bus.equals(BUS)) {
      throw new ConfigException("Device '" + TYPE + "' can't go on " + buses.get(bus) + " bus");
    }
  }

  private static void set(QomObject port, String name, Object value) {
    port.set(name, switch (value) {
      case Input typed -> typed;
      case String text -> Input.ofOption(text);
      default -> Input.ofJson(value);
    });
    Property<QomObject> property = port.type().properties().stream()
        .filter(p -> p.name().equals(name)).findAny().orElseThrow();
    if (!FREE.contains(name) && !port.get(name).equals(property.defaultValue())) {
      throw new ConfigException("another value of property '" + name + "' of " + TYPE + " is not supported yet");
    }
  }

  /// `slot.function` in hexadecimal, or both in one number.
  private static int place(Object value) {
    if (value instanceof Number number) {
      if (number.longValue() < -1 || number.longValue() >= SLOTS * 8) {
        throw new ConfigException("Parameter 'addr' expects a value between -1 and 255");
      }
      return number.intValue();
    }
    Matcher place = PLACE.matcher(String.valueOf(value));
    if (value instanceof String && place.matches() && Integer.parseInt(place.group(1), 16) < SLOTS) {
      int function = place.group(2) == null ? 0 : Integer.parseInt(place.group(2));
      return Integer.parseInt(place.group(1), 16) << 3 | function;
    }
    throw new ConfigException("Property '" + TYPE + ".addr' doesn't take value '" + value + "'");
  }

  private int settle(int wanted, String id, boolean multifunction) {
    int devfn = wanted;
    if (devfn < 0) {
      devfn = 0;
      while (functions.containsKey(devfn)) {
        devfn += 8;
      }
    }
    int slot = devfn >>> 3;
    if (devfn >= SLOTS * 8) {
      throw new ConfigException("PCI: no slot/function available for " + TYPE + ", all in use or reserved");
    }
    if (functions.containsKey(devfn)) {
      throw new ConfigException("PCI: slot " + slot + " function " + (devfn & 7) + " not available for " + TYPE
          + ", in use by " + functions.get(devfn));
    }
    Function first = functions.get(slot << 3);
    if ((devfn & 7) != 0 && first != null && !first.multifunction) {
      throw new ConfigException(String.format(
          "PCI: single function device can't be populated in function %x.%x", slot, devfn & 7));
    }
    for (int other = devfn + 1; (devfn & 7) == 0 && !multifunction && other < devfn + 8; other++) {
      if (functions.containsKey(other)) {
        throw new ConfigException(String.format(
            "PCI: %x.0 indicates single function, but %x.%x is already populated.", slot, slot, other & 7));
      }
    }
    functions.put(devfn, new Function(TYPE, id, multifunction));
    return devfn;
  }
}
