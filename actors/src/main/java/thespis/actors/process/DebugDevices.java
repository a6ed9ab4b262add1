package thespis.actors.process;

import java.util.Map;
import java.util.Set;
import thespis.actors.MachineBuilder;
import thespis.actors.chardev.ChardevException;
import thespis.actors.chardev.Chardevs;
import thespis.actors.cli.Options;

/// The devices of `-device` for tests and firmware, no more than ports: QEMU's isa-debug-exit, isa-debugcon and
/// pc-testdev.
final class DebugDevices {
  private static final String EXIT = "isa-debug-exit";
  private static final String CONSOLE = "isa-debugcon";
  private static final String TEST = "pc-testdev";

  /// Numbers that the device has as properties, with their defaults.
  private static final Map<String, Map<String, Long>> NUMBERS = Map.of(
      EXIT, Map.of("iobase", 0x501L, "iosize", 2L),
      CONSOLE, Map.of("iobase", 0xE9L, "readback", 0xE9L),
      TEST, Map.of());

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
    IsaArguments said = IsaArguments.of(
        arguments, NUMBERS.get(driver), driver.equals(CONSOLE) ? Set.of("chardev") : Set.of(), isa);
    Map<String, Long> numbers = said.numbers();
    if (driver.equals(TEST)) {
      builder.testDevice();
      return;
    }
    int base = (int) Math.min(numbers.get("iobase"), 0x10000);
    if (driver.equals(EXIT)) {
      builder.debugExit(base, (int) Math.min(numbers.get("iosize"), 0x10000));
    } else {
      addConsole(base, numbers.get("readback").intValue(), said.chardev().orElse(null));
    }
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
