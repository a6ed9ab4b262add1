package thespis.actors.process;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import thespis.actors.MachineBuilder;
import thespis.actors.chardev.ChardevException;
import thespis.actors.chardev.Chardevs;
import thespis.actors.cli.Options;

/// The serial ports of `-device isa-serial`. They are where the first four ports of a PC are.
final class SerialDevices {
  static final int MOST = 4;
  private static final String DRIVER = "isa-serial";
  private static final long UNSET = 0xFFFF_FFFFL;
  private static final Map<String, Long> NUMBERS =
      Map.of("index", UNSET, "iobase", UNSET, "irq", UNSET, "baudbase", 115_200L);
  private static final List<Long> BASES = List.of(0x3F8L, 0x2F8L, 0x3E8L, 0x2E8L);
  private static final List<Long> IRQS = List.of(4L, 3L, 4L, 3L);

  private final MachineBuilder builder;
  private final Chardevs chardevs;
  private final boolean isa;
  private final List<Integer> taken = new ArrayList<>();

  /// The index that the next one gets if it does not say one; every port counts.
  private int next;

  /// @param isa the machine has an ISA bus
  /// @param first ports of `-serial`, which come before
  SerialDevices(MachineBuilder builder, Chardevs chardevs, boolean isa, List<Integer> first) {
    this.builder = builder;
    this.chardevs = chardevs;
    this.isa = isa;
    this.taken.addAll(first);
    this.next = first.size();
  }

  static boolean knows(Options.Device device) {
    return DRIVER.equals(device.arguments().get("driver"));
  }

  void add(Options.Device device) {
    try {
      IsaArguments said = IsaArguments.of(device.arguments(), NUMBERS, Set.of("chardev", "wakeup"), isa);
      SerialBridge bridge = new SerialBridge(said.chardev().orElse(""));
      said.chardev().filter(chardev -> !chardev.isEmpty()).ifPresent(chardev -> connect(chardev, bridge));
      int port = port(said.numbers());
      next++;
      taken.add(port);
      builder.serialDevice(port, said.id(), bridge);
    } catch (ChardevException e) {
      throw new StartException(device.where() + ": " + e.getMessage());
    }
  }

  private void connect(String chardev, SerialBridge bridge) {
    if (!chardevs.has(chardev)) {
      throw new ChardevException("Property 'serial.chardev' can't find value '" + chardev + "'");
    }
    try {
      chardevs.connect(chardev, bridge, bridge::attach);
    } catch (ChardevException e) {
      throw new ChardevException("Property 'serial.chardev' can't take value '" + chardev + "': " + e.getMessage());
    }
  }

  private int port(Map<String, Long> numbers) {
    long index = numbers.get("index") == UNSET ? next : numbers.get("index");
    if (index >= BASES.size()) {
      throw new ChardevException("Max. supported number of ISA serial ports is " + BASES.size() + ".");
    }
    int usual = BASES.indexOf(numbers.get("iobase"));
    int port = usual < 0 ? (int) index : usual;
    long irq = numbers.get("irq");
    if (numbers.get("iobase") != UNSET && usual < 0 || irq != UNSET && irq != IRQS.get(port)) {
      throw new ChardevException("a serial port at another place than 0x3f8 with IRQ 4, 0x2f8 with IRQ 3, 0x3e8 with IRQ 4"
          + " or 0x2e8 with IRQ 3 is not supported yet");
    }
    if (taken.contains(port)) {
      throw new ChardevException("serial port " + port + " is there already");
    }
    return port;
  }
}
