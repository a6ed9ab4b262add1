package thespis.actors.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import thespis.actors.ClockChip;
import thespis.actors.HostMemory;
import thespis.actors.MachineType;
import thespis.actors.chardev.ChardevSpec;
import thespis.cpu.model.ConfigException;
import thespis.cpu.run.EngineLog;
import thespis.hotplug.WatchdogAction;
import thespis.qmp.command.NumaOptions;

/// Collects what the options say, and at the end fills in the defaults.
final class OptionsBuilder {
  /// An option that is looked at when all others have been read.
  record Late(String argument, String where) {}

  /// As C's sscanf reads it: what is behind it does not matter.
  private static final Pattern DATE =
      Pattern.compile("(\\d{1,4})-(\\d{1,6})-(\\d{1,6})(?:T(\\d{1,6}):(\\d{1,6}):(\\d{1,6}))?");

  private record LateMonitor(String chardev, boolean control, boolean pretty, String where) {}

  private static final Set<String> PANIC = Set.of("pause", "shutdown", "exit-failure", "none");

  private static final int MOST_PARALLEL_PORTS = 3;
  private static final int MOST_MEMORY_SLOTS = 256;
  private static final long PAGE = 4096;
  private static final long DEFAULT_MEMORY = 128L << 20;
  private static final Set<String> BOOT =
      Set.of("order", "once", "menu", "strict", "splash", "splash-time", "reboot-timeout");

  final List<Item> smp = new ArrayList<>();
  final Map<String, String> properties = new LinkedHashMap<>();
  final List<Options.Accelerator> accelerators = new ArrayList<>();
  final List<Options.UserObject> objects = new ArrayList<>();
  final List<Options.Numa> numa = new ArrayList<>();
  final List<Options.Device> devices = new ArrayList<>();
  final List<Options.Global> globals = new ArrayList<>();
  final List<Late> serials = new ArrayList<>();
  final List<Late> debugConsoles = new ArrayList<>();
  final List<Late> parallels = new ArrayList<>();
  final List<Options.Debugger> debuggers = new ArrayList<>();
  final List<String> notes = new ArrayList<>();
  final HostOptions host = new HostOptions();
  final FirmwareOptions firmwareOptions = new FirmwareOptions();
  final List<Path> folders = new ArrayList<>();
  String tester;
  String testLog;
  boolean defaults = true;
  boolean nographic;
  boolean displayGiven;
  HostMemory hostMemory = HostMemory.PLAIN;
  boolean preconfig;
  boolean paused;
  String incoming;
  boolean rebootEnds;
  boolean shutdownPauses;
  private WatchdogAction onWatchdog;
  boolean daemonize;
  String cpu;
  UUID uuid;
  Path firmware;
  Path kernel;
  Path initrd;
  String append;
  Path pidFile;
  Path logFile;
  Set<EngineLog.Item> logItems = Set.of();
  List<EngineLog.Range> logFilter = List.of();

  private String type = "";
  private String machineAccelerators;
  private String name;
  private ClockChip clock = ClockChip.UTC;
  private long memory;
  private OptionalLong memorySlots = OptionalLong.empty();
  private OptionalLong mostMemory = OptionalLong.empty();
  private int escape = 1;
  private boolean timestamps;
  private boolean defaultMonitor = true;
  private int monitorIndex;
  private final List<ChardevSpec> chardevs = new ArrayList<>();
  private final Set<String> labels = new HashSet<>();
  private final Set<Object> deviceIds = new HashSet<>();
  private final List<LateMonitor> monitors = new ArrayList<>();

  /// Flags are an old spelling that QEMU 7.2 warns of where the option is not itself an old one.
  void noteFlags(List<Item> items, String where) {
    for (Item item : items) {
      if (item.flag()) {
        notes.add(where + ": warning: short-form boolean option '" + item.spelling() + "' deprecated\n"
            + "Please use " + item.key() + "=" + item.value() + " instead");
      }
    }
  }

  void machine(List<Item> items) {
    for (Item item : items) {
      String key = item.key().replace('_', '-');
      switch (key) {
        case "type" -> type = item.value();
        case "accel" -> machineAccelerators = item.value();
        case "kernel" -> kernel = Path.of(item.value());
        case "initrd" -> initrd = Path.of(item.value());
        case "append" -> append = item.value();
        case "firmware" -> firmware = Path.of(item.value());
        case "help" -> properties.put("help", "");
        default -> {
          if (key.startsWith("smp.")) {
            smp.add(new Item(key.substring(4), item.value(), false));
          } else if (key.startsWith("memory.")) {
            Item member = part(item, "memory", Set.of("size", "slots", "max-size"));
            memory(List.of(member.key().equals("max-size") ? new Item("maxmem", member.value(), false) : member));
          } else if (key.startsWith("boot.")) {
            boot(List.of(part(item, "boot", BOOT)));
          } else if (key.equals("max-fw-size") || key.equals("max-ram-below-4g")) {
            properties.put(key, size(key, item.value()));
          } else if (!key.matches("kernel-irqchip|kvm-shadow-mem|igd-passthru")) { // taken without KVM or Xen, too
            properties.put(key, item.value());
          }
        }
      }
    }
  }

  /// The help that `-machine` or `-cpu` asked for; null if they did not.
  String machineHelp() {
    if (type.equals("help") || type.equals("?")) {
      return MachineType.help();
    }
    if (properties.containsKey("help")) {
      try {
        return MachineType.help(type.isEmpty() ? "pc" : type);
      } catch (ConfigException e) {
        return MachineType.help();
      }
    }
    return cpu != null && (cpu.equals("help") || cpu.equals("?")) ? HelpPages.cpus() : null;
  }

  /// Devices written as text are options with ids of their own, and so are found out before there is a machine.
  ///
  /// @param id of a device; null if it has none
  void deviceId(Object id) {
    if (id != null && !deviceIds.add(id)) {
      throw new OptionException("Duplicate ID '" + id + "' for device");
    }
  }

  /// `-set`.
  void set(HostOptions.Setting setting) {
    if (!setting.group().equals("device")) {
      throw new OptionException("only options of a device can be set yet");
    }
    Options.Device device = devices.stream()
        .filter(d -> setting.id().equals(d.arguments().get("id"))).findFirst()
        .orElseThrow(() -> new OptionException("there is no device \"" + setting.id() + "\" defined"));
    device.arguments().put(setting.key(), setting.value());
  }

  void memory(List<Item> items) {
    String size = Item.last(items, "size");
    if (size != null) {
      memory = Size.of("size", size, 1L << 20) + 8191 & ~8191L;
      if (memory < 0) {
        throw OptionException.plain("cannot set up guest memory 'pc.ram': Cannot allocate memory");
      }
      if (size.matches("0[xX][0-9a-fA-F]+")) {
        notes.add("warning: Using a multiplier suffix on hex numbers is deprecated: " + size + "M");
      }
    }
    String most = Item.last(items, "maxmem");
    if (most != null) {
      mostMemory = OptionalLong.of(Size.of("maxmem", most, 1));
    }
    String slots = Item.last(items, "slots");
    if (slots != null) {
      memorySlots = slots.startsWith("-") ? thespis.cpu.model.Numbers.int64(slots) : thespis.cpu.model.Numbers.uint64(slots);
      if (memorySlots.isEmpty()) {
        throw new OptionException("Parameter 'slots' expects a number");
      }
    }
  }

  private void checkMemory() {
    long slots = memorySlots.orElse(0);
    if (mostMemory.isEmpty()) {
      if (memorySlots.isPresent()) {
        throw new OptionException("slots specified but no max-size");
      }
      return;
    }
    long now = memory == 0 ? DEFAULT_MEMORY : memory;
    long most = mostMemory.getAsLong();
    if (Long.compareUnsigned(most, now) < 0) {
      throw new OptionException(String.format("invalid value of maxmem: maximum memory size (0x%x) must be at least the"
          + " initial memory size (0x%x)", most, now));
    }
    if (most == now && slots != 0) {
      throw new OptionException(String.format("invalid value of maxmem: memory slots were specified but maximum memory size"
          + " (0x%x) is equal to the initial memory size (0x%x)", most, now));
    }
    if (Long.compareUnsigned(slots, MOST_MEMORY_SLOTS) > 0) {
      throw new OptionException("unsupported amount of memory slots: " + Long.toUnsignedString(slots));
    }
    if ((most & PAGE - 1) != 0) {
      throw new OptionException("maximum memory size must by aligned to multiple of " + PAGE + " bytes");
    }
    if (most > now) {
      throw new OptionException("memory hotplug (-m slots=, maxmem=) is not supported yet");
    }
  }

  void name(List<Item> items) {
    String guest = Item.last(items, "guest");
    if (guest != null) {
      name = guest;
    }
    String process = Item.last(items, "process");
    host.processName = process == null ? host.processName : Optional.of(process);
    String threads = Item.last(items, "debug-threads");
    if (threads != null) {
      Bool.parse("debug-threads", threads);
    }
  }

  private static String size(String key, String text) {
    OptionalLong bytes = Size.parse(text, 1);
    if (bytes.isEmpty()) {
      throw new OptionException("Parameter '" + key + "' expects size");
    }
    return Long.toUnsignedString(bytes.getAsLong());
  }

  /// A member of a structured property of the machine's.
  private static Item part(Item item, String structure, Set<String> members) {
    String member = item.key().substring(structure.length() + 1).replace('_', '-');
    if (!members.contains(member)) {
      throw OptionException.plain("Parameter '" + structure + "." + member + "' is unexpected");
    }
    return new Item(member, item.value(), false);
  }

  void boot(List<Item> items) {
    for (Item item : items) {
      if (!BOOT.contains(item.key())) {
        throw OptionException.plain("Parameter 'boot." + item.key() + "' is unexpected");
      }
      switch (item.key()) {
        case "order", "once" -> bootOrder(item.value());
        case "menu", "strict" -> bootSwitch(item);
        case "splash-time", "reboot-timeout" -> bootTime(item);
        default -> { }
      }
      properties.put("boot." + item.key(), item.value());
    }
  }

  private static void bootSwitch(Item item) {
    try {
      Bool.parse("boot." + item.key(), item.value());
    } catch (OptionException e) {
      throw OptionException.plain(e.getMessage());
    }
  }

  private static void bootTime(Item item) {
    OptionalLong time = thespis.cpu.model.Numbers.int64(item.value());
    if (time.isEmpty()) {
      throw OptionException.plain("Parameter 'boot." + item.key() + "' expects integer");
    }
    boolean splash = item.key().equals("splash-time");
    String bad = splash ? "splash-time is invalid,it should be a value between 0 and 65535"
        : "reboot timeout is invalid,it should be a value between -1 and 65535";
    if (time.getAsLong() < (splash ? 0 : -1) || time.getAsLong() > 0xFFFF) {
      throw OptionException.plain(bad);
    }
  }

  private static void bootOrder(String drives) {
    for (int i = 0; i < drives.length(); i++) {
      char drive = drives.charAt(i);
      if (drive < 'a' || drive > 'p') {
        throw OptionException.plain("Invalid boot device '" + drive + "'");
      }
      if (drives.indexOf(drive) < i) {
        throw OptionException.plain("Boot device '" + drive + "' was given twice");
      }
    }
  }

  void rtc(List<Item> items) {
    for (Item item : items) {
      String value = item.value();
      switch (item.key()) {
        case "base" -> clock = new ClockChip(value.equals("localtime"), date(value), clock.source());
        case "clock" -> clock = new ClockChip(clock.local(), clock.date(), switch (value) {
          case "host" -> ClockChip.Source.HOST;
          case "rt" -> ClockChip.Source.RT;
          case "vm" -> ClockChip.Source.VM;
          default -> throw OptionException.plain("invalid option value '" + value + "'");
        });
        default -> {
          if (!value.equals("none") && !value.equals("slew")) {
            throw OptionException.plain("invalid option value '" + value + "'");
          }
        }
      }
    }
  }

  private static Optional<LocalDateTime> date(String text) {
    if (text.equals("utc") || text.equals("localtime")) {
      return Optional.empty();
    }
    Matcher date = DATE.matcher(text);
    if (!date.lookingAt()) {
      throw OptionException.plain("invalid datetime format\nvalid formats: '2006-06-17T16:01:21' or '2006-06-17'");
    }
    // what is past the end of a month, a day or an hour is in the next
    LocalDateTime day = LocalDateTime.of(Integer.parseInt(date.group(1)), 1, 1, 0, 0)
        .plusMonths(Integer.parseInt(date.group(2)) - 1)
        .plusDays(Integer.parseInt(date.group(3)) - 1);
    return Optional.of(date.group(4) == null ? day : day
        .plusHours(Integer.parseInt(date.group(4)))
        .plusMinutes(Integer.parseInt(date.group(5)))
        .plusSeconds(Integer.parseInt(date.group(6))));
  }

  void action(List<Item> items) {
    for (Item item : items) {
      String value = item.value();
      switch (item.key() + "=" + value) {
        case "reboot=reset" -> rebootEnds = false;
        case "reboot=shutdown" -> rebootEnds = true;
        case "shutdown=poweroff" -> shutdownPauses = false;
        case "shutdown=pause" -> shutdownPauses = true;
        default -> {
          if (item.key().equals("watchdog")) {
            watchdog(value);
            continue;
          }
          // There is no panic device: what it would do is never done.
          if (item.key().equals("panic") && PANIC.contains(value)) {
            continue;
          }
          throw new OptionException("Parameter '" + item.key() + "' does not accept value '" + value + "'");
        }
      }
    }
  }

  void watchdog(String value) {
    onWatchdog = Stream.of(WatchdogAction.values())
        .filter(action -> action.name().toLowerCase(Locale.ROOT).replace('_', '-').equals(value))
        .findAny()
        .orElseThrow(() -> new OptionException("Parameter 'watchdog' does not accept value '" + value + "'"));
  }

  void overcommit(List<Item> items) {
    for (Item item : items) {
      if (Bool.parse(item.key(), item.value())) {
        throw new OptionException(item.key() + "=on is not supported yet");
      }
    }
  }

  void message(List<Item> items) {
    String stamp = Item.last(items, "timestamp");
    timestamps = stamp != null && Bool.parse("timestamp", stamp);
  }

  void echr(String argument) {
    OptionalLong code = thespis.cpu.model.Numbers.int64(argument);
    if (code.isEmpty() || code.getAsLong() < 0 || code.getAsLong() > 255) {
      throw new OptionException("Bad argument to echr");
    }
    escape = (int) code.getAsLong();
  }

  void chardev(String argument, String where) {
    noteFlags(ChardevOption.flags(argument), where);
    ChardevOption.otherName(argument).ifPresent(note -> notes.add(where + ": " + note));
    add(ChardevOption.full(argument, where));
  }

  private void add(ChardevSpec spec) {
    if (!labels.add(spec.id())) {
      throw new OptionException("Duplicate ID '" + spec.id() + "' for chardev");
    }
    chardevs.add(spec);
  }

  void monitor(String argument, String where, boolean control, boolean pretty) {
    if (!control) {
      defaultMonitor = false;
      if (argument.equals("none")) {
        return;
      }
    }
    if (argument.startsWith("chardev:")) {
      monitors.add(new LateMonitor(argument.substring(8), control, pretty, where));
      return;
    }
    String label = "compat_monitor" + monitorIndex++;
    try {
      add(ChardevOption.compact(argument, label, where));
    } catch (OptionException e) {
      throw e.and("parse error: " + argument);
    }
    monitors.add(new LateMonitor(label, control, pretty, where));
  }

  void mon(List<Item> items, String where) {
    String mode = Item.last(items, "mode");
    if (mode != null && !mode.equals("control") && !mode.equals("readline")) {
      throw new OptionException("Parameter 'mode' does not accept value '" + mode + "'");
    }
    String chardev = Item.last(items, "chardev");
    if (chardev == null) {
      throw new OptionException("Parameter 'chardev' is missing");
    }
    String pretty = Item.last(items, "pretty");
    boolean control = "control".equals(mode);
    boolean indented = pretty != null && Bool.parse("pretty", pretty);
    if (!control && indented) {
      throw new OptionException("'pretty' is not compatible with HMP monitors");
    }
    if (!control) {
      defaultMonitor = false;
    }
    monitors.add(new LateMonitor(chardev, control, indented, where));
  }

  Options build() {
    checkMemory();
    consoleDefaults();
    List<Options.Monitor> talkers = new ArrayList<>();
    for (LateMonitor m : monitors) {
      if (!labels.contains(m.chardev)) {
        throw new OptionException("chardev \"" + m.chardev + "\" not found").at(m.where);
      }
      talkers.add(new Options.Monitor(m.chardev, m.control, m.pretty, m.where));
    }
    addTester();
    List<Optional<String>> ports = new ArrayList<>();
    for (Late serial : serials) {
      ports.add(serialPort(serial, ports.size(), talkers));
    }
    debugConsoles.forEach(console -> addDebugConsole(console, talkers));
    List<String> printers = new ArrayList<>();
    for (Late parallel : parallels) {
      parallelPort(parallel, printers, talkers);
    }
    if (kernel == null && append != null) {
      throw new OptionException("-append only allowed with -kernel option");
    }
    if (kernel == null && initrd != null) {
      throw new OptionException("-initrd only allowed with -kernel option");
    }
    noteNumaSizes();
    Options.MachineOptions machine = new Options.MachineOptions(
        Optional.ofNullable(name), Optional.ofNullable(uuid), type, Map.copyOf(properties), accelerators(),
        Optional.ofNullable(cpu), smpText(), memory, hostMemory, Optional.ofNullable(firmware).map(this::found),
        Optional.ofNullable(kernel),
        Optional.ofNullable(initrd), Optional.ofNullable(append), List.copyOf(objects), List.copyOf(numa),
        List.copyOf(devices), List.copyOf(globals), clock,
        firmwareOptions.files(), firmwareOptions.smbios(), defaults, preconfig, paused,
        Optional.ofNullable(incoming), rebootEnds, shutdownPauses, Optional.ofNullable(onWatchdog));
    Options.ProcessOptions process = new Options.ProcessOptions(
        daemonize, Optional.ofNullable(pidFile), Optional.ofNullable(logFile), Set.copyOf(logItems),
        logFilter, escape, timestamps, host.processName, List.copyOf(host.descriptors), host.denied,
        host.root, host.user, List.copyOf(debuggers),
        Optional.ofNullable(tester).map(device -> new Options.Tester(device, Optional.ofNullable(testLog))));
    return new Options(
        machine, List.copyOf(chardevs), List.copyOf(ports), List.copyOf(printers), List.copyOf(talkers), process,
        List.copyOf(notes));
  }

  /// A way of telling nodes' memory that only old machine types have.
  private void noteNumaSizes() {
    for (Options.Numa option : numa) {
      if (option.options() instanceof NumaOptions.Node node && node.mem().isPresent() && MachineType.takesNumaMem(type)) {
        notes.add(option.where()
            + ": warning: Parameter -numa node,mem is deprecated, use -numa node,memdev instead");
      }
    }
  }

  /// Where serial port and monitor go if nobody said. QEMU differs: there `-qmp` alone already takes the monitor away
  /// from the terminal of `-nographic`, and with it the keys to quit.
  private void consoleDefaults() {
    boolean wantsSerial = defaults && serials.isEmpty();
    boolean wantsMonitor = defaults && defaultMonitor;
    if (daemonize && nographic && (wantsSerial || wantsMonitor)) {
      throw new OptionException("-nographic cannot be used with -daemonize");
    }
    String end = nographic ? "stdio" : "vc";
    if (defaults && parallels.isEmpty() && !type.equals("none")) {
      String nobody = nographic ? "null" : "vc";
      parallels.add(new Late(nobody, "-parallel " + nobody));
    }
    if (wantsSerial && wantsMonitor && nographic) {
      serials.add(new Late("mon:stdio", "-nographic"));
    } else {
      if (wantsSerial) {
        serials.add(new Late(end, "-serial " + end));
      }
      if (wantsMonitor) {
        monitor(end, "-monitor " + end, false, false);
      }
    }
    if (!nographic && !displayGiven && !daemonize) {
      notes.add("warning: there is no graphical display yet: going on as with -display none"
          + " (-nographic has the console here)");
    }
  }

  private Optional<String> serialPort(Late serial, int index, List<Options.Monitor> talkers) {
    String argument = serial.argument;
    try {
      return argument.equals("none") ? Optional.empty() : Optional.of(device(serial, "serial" + index, talkers));
    } catch (OptionException e) {
      throw e.and("could not connect serial device to character backend '" + argument + "'").at(serial.where);
    }
  }

  private void addTester() {
    if (tester != null) {
      try {
        add(ChardevOption.compact(tester, Options.Tester.LABEL, "-qtest " + tester));
      } catch (OptionException e) {
        throw e.and(Options.Tester.failed(tester));
      }
    }
  }

  private void addDebugConsole(Late console, List<Options.Monitor> talkers) {
    String own = "debugcon";
    try {
      if (labels.contains(own) && !console.argument.startsWith("chardev:")) {
        throw new OptionException("attempt to add duplicate property 'debugcon' to object (type 'container')");
      }
      String label = device(console, own, talkers);
      devices.add(new Options.Device(console.where, Map.of("driver", "isa-debugcon", "chardev", label)));
    } catch (OptionException e) {
      throw e.and("invalid character backend '" + console.argument + "'").at(console.where);
    }
  }

  private void parallelPort(Late parallel, List<String> printers, List<Options.Monitor> talkers) {
    if (parallel.argument.equals("none")) {
      return;
    }
    if (printers.size() == MOST_PARALLEL_PORTS) {
      throw new OptionException("too many parallel ports").at(parallel.where);
    }
    try {
      printers.add(device(parallel, "parallel" + printers.size(), talkers));
    } catch (OptionException e) {
      throw e.and("could not connect parallel device to character backend '" + parallel.argument + "'")
          .at(parallel.where);
    }
  }

  /// The label of a port's character device: one that is there, or a new one.
  private String device(Late port, String label, List<Options.Monitor> talkers) {
    if (port.argument.startsWith("chardev:")) {
      String there = port.argument.substring(8);
      if (!labels.contains(there)) {
        throw new OptionException();
      }
      return there;
    }
    add(ChardevOption.compact(port.argument, label, port.where));
    if (port.argument.startsWith("mon:")) {
      talkers.add(new Options.Monitor(label, false, false, port.where));
    }
    return label;
  }

  /// A file that is not there may be in one of the folders of `-L`.
  private Path found(Path file) {
    return Files.exists(file)
        ? file
        : folders.stream().map(folder -> folder.resolve(file)).filter(Files::exists).findFirst().orElse(file);
  }

  private List<Options.Accelerator> accelerators() {
    if (machineAccelerators == null) {
      return List.copyOf(accelerators);
    }
    if (!accelerators.isEmpty()) {
      throw new OptionException("The -accel and \"-machine accel=\" options are incompatible");
    }
    List<Options.Accelerator> list = new ArrayList<>();
    for (String one : machineAccelerators.split(":")) {
      list.add(new Options.Accelerator("", one, Map.of()));
    }
    return list;
  }

  private String smpText() {
    StringBuilder text = new StringBuilder();
    for (Item item : smp) {
      text.append(text.isEmpty() ? "" : ",").append(item.key()).append('=').append(item.value());
    }
    return text.toString();
  }
}
