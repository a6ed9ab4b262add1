package thespis.actors.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import thespis.actors.HostMemory;
import thespis.cpu.run.EngineLog;
import thespis.qmp.command.ObjectOptions;

/// QEMU's command line, read as QEMU reads it: first every word is looked up (an unknown option is complained about
/// before anything else), then the options are taken in order, then what they left open gets its default.
public final class CommandLine {
  /// What came of it.
  public sealed interface Result {}

  /// Print this on standard output and exit.
  public record Print(String text, int status) implements Result {}

  /// Be this machine.
  public record Run(Options options) implements Result {}

  private record Word(OptionTable.Row row, String argument, String where) {}

  private static final String UUID_PATTERN = "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}";

  private final String program;
  private static final Set<String> CARDS =
      Set.of("none", "std", "cirrus", "vmware", "xenfb", "qxl", "tcx", "cg3", "virtio");

  private final OptionsBuilder to = new OptionsBuilder();

  private CommandLine(String program) {
    this.program = program;
  }

  /// @param program the program's name, for help
  /// @throws OptionException if the line is wrong
  public static Result parse(String program, List<String> arguments) {
    CommandLine line = new CommandLine(program);
    List<Word> words = lookUp(arguments);
    try {
      return line.read(words);
    } catch (OptionException e) {
      throw e.after(line.to.notes);
    }
  }

  private static List<Word> lookUp(List<String> arguments) {
    List<Word> words = new ArrayList<>();
    for (int i = 0; i < arguments.size(); i++) {
      String typed = arguments.get(i);
      if (!typed.startsWith("-")) {
        words.add(new Word(null, typed, typed));
        continue;
      }
      OptionTable.Row row = OptionTable.find(typed);
      if (row == null) {
        throw new OptionException("invalid option").at(typed);
      }
      if (row.argument() == null) {
        words.add(new Word(row, null, typed));
      } else if (++i == arguments.size()) {
        throw new OptionException("requires an argument").at(typed);
      } else {
        words.add(new Word(row, arguments.get(i), typed + " " + arguments.get(i)));
      }
    }
    return words;
  }

  private Result read(List<Word> words) {
    to.defaults = words.stream().noneMatch(w -> w.row != null && w.row.name().equals("nodefaults"));
    for (Word word : words) {
      if (word.row == null) {
        throw new OptionException("disk images are not supported yet").at(word.where);
      }
      Result now = word.row.name().equals("readconfig") ? readConfig(word) : read(word);
      if (now != null) {
        return now;
      }
    }
    String topic = to.machineHelp();
    return topic != null ? new Print(topic, 0) : new Run(to.build());
  }

  /// Null to go on.
  private Result read(Word word) {
    if (!word.row.supported()) {
      throw unsupported(word);
    }
    try {
      return take(word.row.name(), word.argument, word.where);
    } catch (OptionException e) {
      throw e.at(word.where);
    }
  }

  /// Every group of a file as if it had been typed here. Null to go on.
  private Result readConfig(Word word) {
    List<ConfigFile.Group> groups;
    try {
      groups = ConfigFile.read(word.argument);
    } catch (OptionException e) {
      throw e.getMessage().startsWith(":") ? e : e.at(word.where);
    }
    for (ConfigFile.Group group : groups) {
      Result now = read(new Word(OptionTable.find("-" + group.option()), group.argument(), group.where()));
      if (now != null) {
        return now;
      }
    }
    return null;
  }

  /// A report as standard error shows it. One that begins with a place in a file follows the program's name at once.
  public static String message(String program, String report) {
    return program + (report.startsWith(":") ? "" : ": ") + report;
  }

  /// One option. Null to go on.
  private Result take(String name, String argument, String where) {
    switch (name) {
      case "h", "help" -> {
        return new Print(HelpPages.usage(program), 0);
      }
      case "version" -> {
        return new Print(HelpPages.version(), 0);
      }
      case "machine", "M" -> to.machine(Item.keyed(argument, "type"));
      case "cpu" -> to.cpu = argument;
      case "accel" -> {
        return accelerator(argument, where);
      }
      case "smp" -> {
        List<Item> items = Item.keyed(argument, "cpus");
        if (asksForHelp(items, "cpus")) {
          return new Print(HelpPages.smp(), 0);
        }
        to.smp.addAll(items);
      }
      case "m" -> to.memory(items(argument, "size", where, "size", "slots", "maxmem"));
      case "mem-path" -> to.hostMemory = new HostMemory(Optional.of(Path.of(argument)), to.hostMemory.prealloc());
      case "mem-prealloc" -> to.hostMemory = new HostMemory(to.hostMemory.path(), true);
      case "name" -> to.name(items(argument, "guest", where, "guest", "process", "debug-threads"));
      case "uuid" -> to.uuid = uuid(argument);
      case "device" -> {
        return device(argument, where);
      }
      case "object" -> {
        return object(argument, where);
      }
      case "numa" -> to.numa.add(new Options.Numa(where, ObjectText.numa(argument)));
      case "global" -> {
        if (argument.equals("help") || argument.equals("?")) {
          return new Print(HelpPages.globals(), 1);
        }
        global(argument, where);
      }
      case "fw_cfg" -> {
        String note = to.firmwareOptions.file(
            items(argument, "name", where, "name", "file", "string", "gen_id"), where);
        if (!note.isEmpty()) {
          to.notes.add(where + ": " + note);
        }
      }
      case "smbios" -> smbios(argument, where);
      case "boot" -> {
        List<Item> items = Item.keyed(argument, "order");
        if (asksForHelp(items, "order")) {
          return new Print(HelpPages.boot(), 0);
        }
        to.boot(items);
      }
      case "L" -> {
        if (argument.equals("help") || argument.equals("?")) {
          return new Print(to.folders.stream().map(folder -> folder + "\n").collect(Collectors.joining()), 0);
        }
        to.folders.add(Path.of(argument));
      }
      case "bios" -> to.firmware = Path.of(argument);
      case "kernel" -> to.kernel = Path.of(argument);
      case "initrd" -> to.initrd = Path.of(argument);
      case "append" -> to.append = argument;
      case "display" -> {
        return display(Item.keyed(argument, "type"));
      }
      case "nographic" -> to.nographic = true;
      case "vga" -> vga(argument);
      case "vnc", "net", "nic" -> onlyNone(argument);
      case "serial" -> to.serials.add(new OptionsBuilder.Late(argument, where));
      case "parallel" -> to.parallels.add(new OptionsBuilder.Late(argument, where));
      case "monitor" -> to.monitor(argument, where, false, false);
      case "qmp" -> to.monitor(argument, where, true, false);
      case "qmp-pretty" -> to.monitor(argument, where, true, true);
      case "mon" -> to.mon(items(argument, "chardev", where, "chardev", "mode", "pretty", "id"), where);
      case "chardev" -> {
        if (argument.equals("help") || argument.equals("?")) {
          return new Print(HelpPages.chardevs(), 0);
        }
        if (ChardevOption.flags(argument).stream().anyMatch(i -> i.flag() && i.key().equals("help"))) {
          return new Print(HelpPages.chardev(), 1);
        }
        to.chardev(argument, where);
      }
      case "gdb" -> to.debuggers.add(new Options.Debugger(where, argument));
      case "s" -> to.debuggers.add(new Options.Debugger(where, "tcp::1234"));
      case "qtest" -> to.tester = argument;
      case "qtest-log" -> to.testLog = argument;
      case "debugcon" -> to.debugConsoles.add(new OptionsBuilder.Late(argument, where));
      case "echr" -> to.echr(argument);
      case "S" -> to.paused = true;
      case "incoming" -> to.incoming = argument;
      case "preconfig" -> to.preconfig = true;
      case "no-reboot" -> to.rebootEnds = true;
      case "no-shutdown" -> to.shutdownPauses = true;
      case "action" -> to.action(items(argument, null, where, "reboot", "shutdown", "panic", "watchdog"));
      case "no-fd-bootchk" -> to.properties.put("boot.floppy-check", "off");
      case "no-acpi" -> to.properties.put("acpi", "off");
      case "no-hpet" -> to.properties.put("hpet", "off");
      case "usb" -> to.properties.put("usb", "on");
      case "rtc" -> to.rtc(items(argument, null, where, "base", "clock", "driftfix"));
      case "pidfile" -> to.pidFile = Path.of(argument);
      case "daemonize" -> to.daemonize = true;
      case "D" -> to.logFile = Path.of(argument);
      case "d" -> {
        return logItems(argument);
      }
      case "dfilter" -> to.logFilter = logFilter(argument);
      case "msg" -> to.message(items(argument, null, where, "timestamp", "guest-name"));
      case "add-fd" -> to.host.addDescriptor(items(argument, null, where, "fd", "set", "opaque"), where);
      case "sandbox" -> to.host.sandbox(
          items(argument, "enable", where, "enable", "obsolete", "elevateprivileges", "spawn", "resourcecontrol"));
      case "chroot" -> to.host.root = Optional.of(Path.of(argument));
      case "runas" -> to.host.user = Optional.of(argument);
      case "audiodev" -> HostOptions.audio(argument);
      case "seed" -> HostOptions.seed(argument);
      case "watchdog-action" -> to.watchdog(argument);
      case "compat" -> HostOptions.compat(Item.keyed(argument, null));
      case "set" -> to.set(HostOptions.Setting.parse(argument));
      case "trace" -> HostOptions.trace(items(argument, "enable", where, "enable", "events", "file"))
          .forEach(note -> to.notes.add(where + ": " + note));
      case "enable-kvm" -> to.machine(Item.keyed("accel=kvm", "type"));
      case "overcommit" -> to.overcommit(items(argument, null, where, "mem-lock", "cpu-pm"));
      case "nodefaults", "no-user-config", "k", "snapshot", "portrait", "rotate", "full-screen", "win2k-hack",
          "singlestep", "only-migratable", "enable-sync-profile" -> { }
      default -> throw new IllegalStateException("no case for the supported option " + name);
    }
    return null;
  }

  /// @param firstKey what the first item means if it has no key of its own
  private static boolean asksForHelp(List<Item> items, String firstKey) {
    return items.stream().anyMatch(
        i -> i.key().equals("help") || i.key().equals(firstKey) && i.value().matches("help|\\?"));
  }

  /// Items of the older dialect, all of whose keys are known.
  private List<Item> items(String argument, String firstKey, String where, String... known) {
    List<Item> items = Item.flags(argument, firstKey);
    to.noteFlags(items, where);
    for (Item item : items) {
      if (!List.of(known).contains(item.key())) {
        throw new OptionException("Invalid parameter '" + item.key() + "'");
      }
    }
    return items;
  }

  private Result accelerator(String argument, String where) {
    List<Item> items = Item.flags(argument, "accel");
    String name = Item.last(items, "accel");
    if (name == null || name.equals("help") || name.equals("?")) {
      return new Print(HelpPages.accelerators(), 0);
    }
    to.noteFlags(items.stream().filter(item -> !item.key().equals("help")).toList(), where);
    to.accelerators.add(new Options.Accelerator(where, name, rest(items, "accel")));
    return null;
  }

  /// QEMU does not count it as a failure that there is nothing to tell.
  private static Result deviceHelp(String driver) {
    try {
      return new Print(HelpPages.device(driver), 0);
    } catch (OptionException e) {
      throw e.harmless();
    }
  }

  private Result device(String argument, String where) {
    if (argument.startsWith("{")) {
      to.devices.add(new Options.Device(where, JsonArgument.device(argument)));
      return null;
    }
    List<Item> items = Item.flags(argument, "driver");
    String driver = Item.last(items, "driver");
    if ("help".equals(driver) || "?".equals(driver)) {
      return new Print(HelpPages.devices(), 0);
    }
    if (items.stream().anyMatch(i -> i.flag() && (i.key().equals("help") || i.key().equals("?")))) {
      return deviceHelp(driver);
    }
    to.noteFlags(items, where);
    Map<String, Object> arguments = DeviceText.of(items);
    to.deviceId(arguments.get("id"));
    to.devices.add(new Options.Device(where, arguments));
    return null;
  }

  private Result object(String argument, String where) {
    if (argument.equals("help") || argument.equals("?")) {
      return new Print(HelpPages.objects(), 0);
    }
    if (!argument.startsWith("{")) {
      List<Item> items = Item.flags(argument, "qom-type");
      if (items.stream().anyMatch(i -> i.flag() && (i.key().equals("help") || i.key().equals("?")))) {
        return new Print(HelpPages.objectType(Item.last(items, "qom-type")), 0);
      }
      to.noteFlags(items, where);
    }
    ObjectOptions object = ObjectText.object(argument);
    try {
      Identifier.check(object.id());
    } catch (OptionException e) {
      throw argument.startsWith("{") ? OptionException.plain(e.getMessage()) : e;
    }
    to.objects.add(new Options.UserObject(where, object));
    return null;
  }

  private void global(String argument, String where) {
    int dot = argument.indexOf('.');
    int equals = argument.indexOf('=');
    if (dot > 0 && equals > dot + 1) {
      to.globals.add(new Options.Global(
          argument.substring(0, dot), argument.substring(dot + 1, equals), argument.substring(equals + 1)));
      return;
    }
    List<Item> items = items(argument, null, where, "driver", "property", "value");
    String driver = Item.last(items, "driver");
    String property = Item.last(items, "property");
    String value = Item.last(items, "value");
    if (driver == null || property == null || value == null) {
      throw new OptionException("options 'driver', 'property', and 'value' are required");
    }
    to.globals.add(new Options.Global(driver, property, value));
  }

  private void smbios(String argument, String where) {
    List<Item> items = Item.flags(argument, null);
    to.noteFlags(items, where);
    String own = to.firmwareOptions.smbios(items);
    if (own != null && !own.matches(UUID_PATTERN)) {
      throw new OptionException("Invalid UUID");
    }
    to.uuid = own == null ? to.uuid : UUID.fromString(own);
  }

  private Result display(List<Item> items) {
    String type = items.isEmpty() ? "" : items.getFirst().value();
    if (type.equals("help") || type.equals("?")) {
      return new Print("Available display backend types:\nnone\n", 0);
    }
    if (List.of("gtk", "sdl", "curses", "egl-headless", "spice-app", "dbus", "vnc", "default", "cocoa").contains(type)) {
      throw new OptionException("there is no graphical display yet");
    }
    if (!type.equals("none")) {
      throw new OptionException("Parameter 'type' does not accept value '" + type + "'");
    }
    if (items.size() > 1) {
      throw new OptionException("Parameter '" + items.get(1).key() + "' is unexpected");
    }
    to.displayGiven = true;
    return null;
  }

  private Result logItems(String argument) {
    Optional<Set<EngineLog.Item>> items = LogItems.parse(argument);
    if (items.isEmpty()) {
      return new Print(HelpPages.log(), 1);
    }
    to.logItems = items.get();
    return null;
  }

  private static List<EngineLog.Range> logFilter(String argument) {
    try {
      return EngineLog.ranges(argument);
    } catch (IllegalArgumentException e) {
      throw new OptionException(e.getMessage());
    }
  }

  private static OptionException unsupported(Word word) {
    return switch (word.row.name()) {
      case "loadvm" -> OptionException.plain("no block device can store vmstate for snapshot");
      case "semihosting", "semihosting-config", "prom-env", "g", "xen-domid", "xen-attach", "xen-domid-restrict" ->
        new OptionException("Option not supported for this target").at(word.where);
      default -> new OptionException("this option is not supported yet").at(word.where);
    };
  }

  private static void vga(String card) {
    if (!CARDS.contains(card)) {
      throw OptionException.plain("unknown vga type: " + card);
    }
    onlyNone(card);
  }

  private static void onlyNone(String argument) {
    if (!argument.equals("none")) {
      throw new OptionException("only 'none' is supported yet");
    }
  }

  private static UUID uuid(String text) {
    if (!text.matches(UUID_PATTERN)) {
      throw new OptionException("failed to parse UUID string: wrong format");
    }
    return UUID.fromString(text);
  }

  private static Map<String, String> rest(List<Item> items, String without) {
    Map<String, String> rest = new LinkedHashMap<>();
    for (Item item : items) {
      if (!item.key().equals(without)) {
        rest.put(item.key(), item.value());
      }
    }
    return rest;
  }
}
