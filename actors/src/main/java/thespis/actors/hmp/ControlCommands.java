package thespis.actors.hmp;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import thespis.actors.Machine;
import thespis.actors.chardev.NamedDescriptors;
import thespis.actors.cli.DeviceText;
import thespis.actors.cli.HelpPages;
import thespis.actors.cli.LogItems;
import thespis.actors.cli.OptionException;
import thespis.cpu.run.EngineLog;
import thespis.hotplug.Cause;

/// The commands that change the machine's state.
final class ControlCommands {
  private static final Pattern HELP = Pattern.compile("([^,=]+),(?:help|\\?)(?:=on)?");

  static final List<HmpCommand> ALL = List.of(
      does("stop|s", "stop emulation", Machine::stop),
      does("cont|c", "resume emulation", Machine::cont),
      does("quit|q", "quit the emulator", m -> m.quit(Cause.HOST_QMP_QUIT)),
      does("system_reset", "reset the system", Machine::reset),
      does("system_powerdown", "send system power down event", Machine::powerDown),
      does("system_wakeup", "wakeup guest from suspend", Machine::wakeUp),
      does("nmi", "inject an NMI", Machine::injectNmi),
      new HmpCommand("closefd", "fdname:s", "closefd name",
          "close a file descriptor previously passed via SCM rights",
          (s, a) -> HmpCommand.text(NamedDescriptors.close(a.text("fdname")) ? ""
              : "Error: File descriptor named '" + a.text("fdname") + "' not found\n")),
      HmpCommand.fixed("getfd", "getfd name", "fdname:s",
          "receive a file descriptor via SCM rights and assign it a name",
          "Error: No file descriptor supplied via SCM_RIGHTS\n"),
      new HmpCommand("device_add", "device:S?", "driver[,prop=value][,...]",
          "add device, like -device on the command line", ControlCommands::addDevice),
      new HmpCommand("device_del", "id:s", "device", "remove device",
          (s, a) -> done(s.machine().removeDevice(a.text("id")))),
      new HmpCommand("cpu-add", "id:i", "id", "add the CPU of a slot (of QEMU up to 5.1)",
          (s, a) -> done(s.machine().addCpuByIndex(a.number("id")))),
      new HmpCommand("cpu", "index:i", "index", "set the default CPU", ControlCommands::choose),
      new HmpCommand("singlestep", "option:s?", "[on|off]",
          "run emulation in singlestep mode or switch to normal mode", ControlCommands::singleStep),
      new HmpCommand("log", "items:s", "item1[,...]", "activate logging of the specified items", ControlCommands::log),
      new HmpCommand("logfile", "filename:F", "filename", "output logs to 'filename'",
          (s, a) -> HmpCommand.text(s.context().logFile().apply(a.text("filename")))),
      new HmpCommand("gdbserver", "device:s?", "[device]", "start gdbserver on given device, stop with 'none'",
          (s, a) -> CompletableFuture.supplyAsync(
              () -> s.context().gdb().apply(a.has("device") ? a.text("device") : "tcp::1234"),
              work -> Thread.ofVirtual().start(work))));

  private ControlCommands() {}

  private static HmpCommand does(String name, String about, Function<Machine, CompletionStage<?>> deed) {
    return HmpCommand.plain(name, about, s -> done(deed.apply(s.machine())));
  }

  private static CompletionStage<String> done(CompletionStage<?> stage) {
    return stage.thenApply(nothing -> "");
  }

  private static CompletionStage<String> addDevice(Session session, Arguments arguments) {
    String text = arguments.has("device") ? arguments.text("device") : "";
    if (text.equals("help") || text.equals("?")) {
      return HmpCommand.text(HelpPages.devices());
    }
    Matcher help = HELP.matcher(text);
    if (help.matches()) {
      return HmpCommand.text(help(help.group(1)));
    }
    StringBuilder warnings = new StringBuilder();
    return session.machine()
        .addDevice(device(arguments), warning -> warnings.append("warning: ").append(warning).append('\n'))
        .handle((cpu, wrong) -> warnings + (wrong == null ? "" : HumanMonitor.failure(wrong)));
  }

  private static String help(String driver) {
    try {
      return HelpPages.device(driver);
    } catch (OptionException e) {
      return e.getMessage() + "\n";
    }
  }

  private static Map<String, Object> device(Arguments arguments) {
    try {
      return DeviceText.parse(arguments.has("device") ? arguments.text("device") : "");
    } catch (OptionException e) {
      throw new HumanMonitor.BadLine("Error: " + e.getMessage());
    }
  }

  private static CompletionStage<String> choose(Session session, Arguments arguments) {
    long index = arguments.number("index");
    return session.machine().cpus().thenApply(cpus -> {
      if (cpus.stream().noneMatch(c -> c.slot().index() == index)) {
        return "invalid CPU index\n";
      }
      session.choose((int) index);
      return "";
    });
  }

  /// Guest code always goes on one instruction after the other as far as anyone can see.
  private static CompletionStage<String> singleStep(Session session, Arguments arguments) {
    String option = arguments.has("option") ? arguments.text("option") : "on";
    switch (option) {
      case "on" -> session.context().singleStep().set(true);
      case "off" -> session.context().singleStep().set(false);
      default -> {
        return HmpCommand.text("unexpected option " + option + "\n");
      }
    }
    return HmpCommand.text("");
  }

  private static CompletionStage<String> log(Session session, Arguments arguments) {
    String items = arguments.text("items");
    if (items.equals("none")) {
      session.context().log().set(Set.of());
      return HmpCommand.text("");
    }
    try {
      Optional<Set<EngineLog.Item>> wanted = LogItems.parse(items);
      wanted.ifPresent(session.context().log()::set);
      return HmpCommand.text(wanted.isPresent() ? "" : session.context().logItems());
    } catch (OptionException e) {
      return HmpCommand.text(e.getMessage() + "\n");
    }
  }
}
