package thespis.actors.process;

import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import thespis.actors.MachineBuilder;
import thespis.actors.chardev.ChardevException;
import thespis.actors.chardev.Chardevs;
import thespis.actors.cli.Options;
import thespis.cpu.model.Numbers;

/// The devices of `-device` that are no more than a port: QEMU's isa-debug-exit and isa-debugcon.
final class DebugDevices {
  private static final String EXIT = "isa-debug-exit";
  private static final String CONSOLE = "isa-debugcon";

  /// Numbers that the device has as properties, with their defaults.
  private static final Map<String, Map<String, Long>> NUMBERS = Map.of(
      EXIT, Map.of("iobase", 0x501L, "iosize", 2L),
      CONSOLE, Map.of("iobase", 0xE9L, "readback", 0xE9L));

  private final MachineBuilder builder;
  private final Chardevs chardevs;
  private final boolean isa;

  /// @param isa the machine has an ISA bus
  DebugDevices(MachineBuilder builder, Chardevs chardevs, boolean isa) {
    this.builder = builder;
    this.chardevs = chardevs;
    this.isa = isa;
  }

  static boolean knows(Options.Device device) {
    return NUMBERS.containsKey(String.valueOf(device.arguments().get("driver")));
  }

  void add(Options.Device device) {
    try {
      addPort(device.arguments());
    } catch (ChardevException e) {
      throw new StartException(device.where() + ": " + e.getMessage());
    }
  }

  private void addPort(Map<String, Object> arguments) {
    String driver = arguments.get("driver").toString();
    Map<String, Long> numbers = new TreeMap<>(NUMBERS.get(driver));
    String chardev = null;
    Object bus = arguments.getOrDefault("bus", "isa.0");
    if (!isa && bus.equals("isa.0")) {
      throw new ChardevException("No 'ISA' bus found for device '" + driver + "'");
    }
    if (!bus.equals("isa.0")) {
      throw new ChardevException("Bus '" + bus + "' not found");
    }
    for (Map.Entry<String, Object> property : arguments.entrySet()) {
      String name = property.getKey();
      String value = String.valueOf(property.getValue());
      if (numbers.containsKey(name)) {
        numbers.put(name, number(name, value));
      } else if (name.equals("chardev") && driver.equals(CONSOLE)) {
        chardev = value;
      } else if (!name.matches("driver|id|bus")) {
        throw new ChardevException("Property '" + driver + "." + name + "' not found");
      }
    }
    int base = (int) Math.min(numbers.get("iobase"), 0x10000);
    if (driver.equals(EXIT)) {
      builder.debugExit(base, (int) Math.min(numbers.get("iosize"), 0x10000));
    } else {
      addConsole(base, numbers.get("readback").intValue(), chardev);
    }
  }

  private static long number(String name, String value) {
    OptionalLong number = Numbers.uint64(value);
    if (number.isEmpty()) {
      throw new ChardevException("Parameter '" + name + "' expects integer");
    }
    if (number.getAsLong() >>> 32 != 0) {
      throw new ChardevException("Parameter '" + name + "' expects uint32_t");
    }
    return number.getAsLong();
  }

  private void addConsole(int base, int answer, String chardev) {
    if (chardev == null) {
      throw new ChardevException("Can't create debugcon device, empty char device");
    }
    if (!chardevs.has(chardev)) {
      throw new ChardevException("Property '" + CONSOLE + ".chardev' can't find value '" + chardev + "'");
    }
    try {
      chardevs.connect(chardev, new WriteOnly(), output -> builder.debugConsole(base, answer, output::write));
    } catch (ChardevException e) {
      throw new ChardevException(
          "Property '" + CONSOLE + ".chardev' can't take value '" + chardev + "': " + e.getMessage());
    }
  }
}
