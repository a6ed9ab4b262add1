package thespis.actors.cli;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import thespis.actors.Version;
import thespis.cpu.model.CpuHelp;
import thespis.cpu.model.CpuModel;
import thespis.cpu.model.CpuModels;
import thespis.machine.qom.DeviceHelp;
import thespis.machine.qom.ObjectType;
import thespis.machine.qom.ObjectTypes;
import thespis.qmp.command.ObjectOptions;

/// What the options print that ask for help.
public final class HelpPages {
  private record LogItem(String name, String about) {}

  private static final List<LogItem> LOG_ITEMS = List.of(
      new LogItem("out_asm", "host code as it is made, in bytes"),
      new LogItem("in_asm", "guest code as it is decoded"),
      new LogItem("op", "guest code as the decoder sees it"),
      new LogItem("int", "interrupts and exceptions"),
      new LogItem("exec", "each block before it runs"),
      new LogItem("cpu", "registers before each block"),
      new LogItem("fpu", "floating-point and vector registers in cpu"),
      new LogItem("nochain", "every block in exec and cpu, also where one leads to the next"),
      new LogItem("cpu_reset", "registers before a reset"),
      new LogItem("guest_errors", "what the guest does wrong"),
      new LogItem("unimp", "what the guest wants and is not there"));

  private HelpPages() {}

  static String version() {
    return "QEMU emulator version " + Version.NUMBER + " (" + Version.own() + ")\n"
        + "Thespis takes QEMU's command line and speaks its QMP. It is free software under the Apache License 2.0.\n";
  }

  static String usage(String program) {
    StringBuilder out = new StringBuilder(version());
    out.append("usage: ").append(program).append(" [options]\n");
    out.append("       ").append(program).append(" demo [--tiny]     boot a guest and hot-add CPUs before your eyes\n");
    out.append("       ").append(program).append(" qmp SOCKET        talk to a QMP monitor; 'qmp -h' tells more\n\n");
    OptionTable.Row before = null;
    for (OptionTable.Row row : OptionTable.ROWS) {
      if (!row.supported()) {
        continue;
      }
      if (row.about().isEmpty()) {
        out.append("-").append(row.name()).append("  the same as -").append(before.name()).append('\n');
        continue;
      }
      before = row;
      String head = "-" + row.name() + (row.argument() == null ? "" : " " + row.argument());
      out.append(head).append(head.length() < 15 ? " ".repeat(16 - head.length()) : "\n" + " ".repeat(16));
      out.append(row.about().replace("\n", "\n" + " ".repeat(16))).append('\n');
    }
    out.append("\nOne dash or two. A comma in a value is written twice. Other options of QEMU are refused by name.\n");
    return out.toString();
  }

  static String smp() {
    return "smp-opts options:\n" + List.of("clusters", "cores", "cpus", "dies", "maxcpus", "sockets", "threads").stream()
        .map(name -> "  " + name + "=<num>\n").collect(Collectors.joining());
  }

  static String boot() {
    return "boot-opts options:\n  menu=<bool (on/off)>\n  once=<str>\n  order=<str>\n  reboot-timeout=<num>\n"
        + "  splash-time=<num>\n  splash=<str>\n  strict=<bool (on/off)>\n";
  }

  static String globals() {
    return "global options:\n  driver=<str>\n  property=<str>\n  value=<str>\n";
  }

  static String accelerators() {
    return "Accelerators supported in QEMU binary:\ntcg\n";
  }

  static String chardevs() {
    return "Available chardev backend types: \n"
        + List.of("stdio", "ringbuf", "mux", "pipe", "null", "socket", "vc", "udp", "memory", "file", "pty").stream()
            .map(name -> "  " + name + "\n").collect(Collectors.joining());
  }

  /// What a character device can have, whichever it is.
  static String chardev() {
    String names = "abstract?  append?  backend  delay?  fd  host  ipv4?  ipv6?  localaddr  localport  logappend?  logfile"
        + "  mux?  nodelay?  path  port  reconnect#  server?  signal?  size=<size>  telnet?  tight?  to#  wait?  websocket?";
    StringBuilder text = new StringBuilder("chardev options:\n");
    for (String name : names.split(" +")) {
      String kind = name.endsWith("?") ? "=<bool (on/off)>" : name.endsWith("#") ? "=<num>"
          : name.contains("=") ? "" : "=<str>";
      text.append("  ").append(name.replaceAll("[?#]", "")).append(kind).append('\n');
    }
    return text.toString();
  }

  /// QEMU's items that cannot be logged here.
  static final List<String> NO_LOG_ITEMS =
      List.of("op_opt", "op_ind", "mmu", "pcall", "page", "plugin", "strace", "tid");

  static List<String> logItems() {
    return LOG_ITEMS.stream().map(LogItem::name).toList();
  }

  public static String log() {
    return "Log items (comma separated):\n" + LOG_ITEMS.stream()
        .map(item -> String.format("%-15s %s%n", item.name(), item.about())).collect(Collectors.joining());
  }

  static String cpus() {
    return CpuHelp.text();
  }

  public static String objects() {
    return "List of user creatable objects:\n"
        + ObjectOptions.types().stream().sorted().map(type -> "  " + type + "\n").collect(Collectors.joining());
  }

  /// The properties of an object type that has help behind it, as in `iothread,help`; empty for any other text.
  public static Optional<String> object(String text) {
    int comma = text.indexOf(',');
    String type = comma < 0 ? "" : text.substring(0, comma);
    boolean asked = List.of(text.substring(comma + 1).split(",")).stream().anyMatch(w -> w.equals("help") || w.equals("?"));
    return asked && ObjectOptions.types().contains(type) ? Optional.of(DeviceHelp.object(type)) : Optional.empty();
  }

  /// @throws OptionException if there is no such type
  static String objectType(String type) {
    if (!ObjectOptions.types().contains(type)) {
      throw new OptionException("Parameter 'qom-type' does not accept value '" + type + "'");
    }
    return DeviceHelp.object(type);
  }

  /// The device types that a command line can add.
  public static String devices() {
    return "Misc devices:\nname \"isa-debug-exit\", bus ISA\nname \"isa-debugcon\", bus ISA\n"
        + "name \"pc-testdev\", bus ISA\n\nCPU devices:\n"
        + CpuModels.all().stream()
        .map(CpuModel::typeName)
        .sorted(String.CASE_INSENSITIVE_ORDER)
        .map(type -> "name \"" + type + "\"\n")
        .collect(Collectors.joining());
  }

  /// Ports that the process adds by itself: they are not among the machine's object types.
  private static final Map<String, String> DEBUG_PORTS = Map.of(
      "isa-debug-exit", """
          isa-debug-exit options:
            iobase=<uint32>        -  (default: 1281)
            iosize=<uint32>        -  (default: 2)
          """,
      "isa-debugcon", """
          isa-debugcon options:
            chardev=<str>          - ID of a chardev to use as a backend
            iobase=<uint32>        -  (default: 233)
            readback=<uint32>      -  (default: 233)
          """);

  public static String device(String driver) {
    if (DEBUG_PORTS.containsKey(driver)) {
      return DEBUG_PORTS.get(driver);
    }
    ObjectType type = ObjectTypes.find(driver);
    if (type != null && (type.isAbstract() || !type.isA("device"))) {
      throw new OptionException("Parameter 'typename' expects a non-abstract device type");
    }
    if (type == null || type.isAbsent()) {
      throw new OptionException("Device '" + driver + "' not found");
    }
    return DeviceHelp.text(driver);
  }
}
