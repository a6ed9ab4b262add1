package thespis.actors.process;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import thespis.actors.chardev.ChardevException;
import thespis.cpu.model.ConfigException;
import thespis.cpu.model.Numbers;
import thespis.cpu.prop.Input;

/// What `-device` says of a device on the ISA bus: its numbers, and perhaps a character device.
///
/// @param numbers by property, defaults where nothing was said
/// @param id empty if it has none
record IsaArguments(Map<String, Long> numbers, Optional<String> chardev, Optional<String> id) {

  /// @param numbers the properties that are numbers, with their defaults
  /// @param others its other properties
  /// @param isa the machine has an ISA bus
  /// @throws ChardevException with QEMU's text
  static IsaArguments of(Map<String, Object> arguments, Map<String, Long> numbers, Set<String> others, boolean isa) {
    String driver = arguments.get("driver").toString();
    Map<String, Long> values = new TreeMap<>(numbers);
    Optional<String> chardev = Optional.empty();
    checkBus(driver, arguments.getOrDefault("bus", "isa.0").toString(), isa);
    for (Map.Entry<String, Object> property : arguments.entrySet()) {
      String name = property.getKey();
      String value = String.valueOf(property.getValue());
      if (values.containsKey(name)) {
        values.put(name, property.getValue() instanceof Input typed ? number(name, typed) : number(name, value));
      } else if (name.equals("chardev") && others.contains(name)) {
        chardev = Optional.of(value);
      } else if (others.contains(name)) {
        checkSwitch(name, value);
      } else if (!name.matches("driver|id|bus")) {
        throw new ChardevException("Property '" + driver + "." + name + "' not found");
      }
    }
    return new IsaArguments(
        values, chardev, Optional.ofNullable(arguments.get("id")).filter(String.class::isInstance).map(Object::toString));
  }

  private static void checkBus(String driver, String bus, boolean isa) {
    if (!isa && bus.equals("isa.0")) {
      throw new ChardevException("No 'ISA' bus found for device '" + driver + "'");
    }
    if (bus.matches("pci\\.0|pcie\\.0") && isa) {
      throw new ChardevException("Device '" + driver + "' can't go on " + (bus.startsWith("pcie") ? "PCIE" : "PCI") + " bus");
    }
    if (!bus.equals("isa.0")) {
      throw new ChardevException("Bus '" + bus + "' not found");
    }
  }

  private static void checkSwitch(String name, String value) {
    if (!value.matches("on|off|yes|no|true|false|y|n")) {
      throw new ChardevException("Parameter '" + name + "' expects 'on' or 'off'");
    }
  }

  /// One that has a type.
  private static long number(String name, Input value) {
    try {
      return bounded(name, value.uint64(name));
    } catch (ConfigException e) {
      throw new ChardevException(e.getMessage());
    }
  }

  private static long number(String name, String value) {
    OptionalLong number = Numbers.uint64(value);
    if (number.isEmpty()) {
      throw new ChardevException("Parameter '" + name + "' expects integer");
    }
    return bounded(name, number.getAsLong());
  }

  private static long bounded(String name, long value) {
    if (value >>> 32 != 0) {
      throw new ChardevException("Parameter '" + name + "' expects uint32_t");
    }
    return value;
  }
}
