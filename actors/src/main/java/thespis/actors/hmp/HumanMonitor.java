package thespis.actors.hmp;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import thespis.actors.MachineException;

/// The monitor for humans: takes a line, gives what it prints. Words and layout of the answers are those of QEMU 7.2's
/// HMP, as far as the commands here have them there. Each user has one of their own, because of the current CPU.
public final class HumanMonitor {
  /// A line that cannot be carried out; the message is printed as it is.
  static final class BadLine extends RuntimeException {
    private static final long serialVersionUID = 1;

    BadLine(String message) {
      super(message);
    }
  }

  private final List<HmpCommand> commands = new ArrayList<>();
  private final List<HmpCommand> infos;
  private final Session session;

  public HumanMonitor(MonitorContext context) {
    this(context, 0, List::of);
  }

  /// @param cpu the one that is looked at to begin with
  /// @param history what was typed before, oldest first
  public HumanMonitor(MonitorContext context, int cpu, Supplier<List<String>> history) {
    this(new Session(context, cpu, history, false));
  }

  /// For a user who can wait for what takes long.
  static HumanMonitor onTerminal(MonitorContext context, Supplier<List<String>> history) {
    return new HumanMonitor(new Session(context, 0, history, true));
  }

  private HumanMonitor(Session session) {
    this.session = session;
    commands.addAll(ControlCommands.ALL);
    commands.addAll(MemoryCommands.ALL);
    commands.addAll(ChardevMonitorCommands.ALL);
    commands.addAll(MigrationMonitorCommands.ALL);
    commands.addAll(UserObjectCommands.ALL);
    commands.addAll(ObjectCommands.ALL);
    commands.addAll(InputMonitorCommands.ALL);
    commands.addAll(DumpMonitorCommands.ALL);
    commands.addAll(BlockMonitorCommands.ALL);
    commands.addAll(NodeMonitorCommands.ALL);
    commands.addAll(NetworkMonitorCommands.ALL);
    commands.addAll(DirtyRateMonitorCommands.ALL);
    commands.addAll(AbsentCommands.ALL);
    commands.addAll(HardwareCommands.ALL);
    commands.add(new HmpCommand("help|?", "name:S?", "[cmd]", "show the help", (s, a) -> help(a.text("name"))));
    commands.add(new HmpCommand(
        "info", "item:S?", "[subcommand]", "show various information about the system state",
        (s, a) -> HmpCommand.text(list(infos(), "info "))));
    commands.sort(Comparator.comparing(HmpCommand::name));
    infos = new ArrayList<>(InfoCommands.ALL);
    infos.addAll(CpuInfoCommands.ALL);
    infos.addAll(BoardInfoCommands.ALL);
    infos.addAll(MigrationMonitorCommands.INFO);
    infos.addAll(UserObjectCommands.INFO);
    infos.addAll(DumpMonitorCommands.INFO);
    infos.addAll(AbsentInfo.ALL);
    infos.addAll(HardwareCommands.INFO);
    infos.addAll(NodeMonitorCommands.INFO);
    infos.addAll(NetworkMonitorCommands.INFO);
    infos.addAll(DirtyRateMonitorCommands.INFO);
    infos.addAll(InputMonitorCommands.INFO);
    infos.addAll(AbsentCommands.INFO);
    infos.sort(Comparator.comparing(HmpCommand::name));
  }

  private List<HmpCommand> infos() {
    return infos;
  }

  /// Carries out one line. Every line of the result ends with CR and LF; the stage never fails.
  public CompletionStage<String> run(String line) {
    CompletionStage<String> answer;
    try {
      answer = dispatch(line.strip());
    } catch (BadLine e) {
      answer = HmpCommand.text(e.getMessage() + "\n");
    }
    return answer.exceptionally(HumanMonitor::failure).thenApply(text -> text.replace("\n", "\r\n"));
  }

  /// What the last word of a line that is being typed can become: a command, what `info` shows, a device. Never fails.
  public CompletionStage<List<String>> completions(String line) {
    List<String> words = List.of(line.stripLeading().split("\\s+", -1));
    String last = words.getLast();
    String first = words.getFirst();
    boolean help = words.size() > 1 && (first.equals("help") || first.equals("?"));
    int name = help ? 1 : 0;
    CompletionStage<List<String>> from = CompletableFuture.completedStage(List.of());
    if (words.size() == name + 1) {
      from = CompletableFuture.completedStage(names(commands));
    } else if (words.size() == name + 2 && words.get(name).equals("info")) {
      from = CompletableFuture.completedStage(names(infos));
    } else if (words.size() == 2 && first.equals("device_add")) {
      from = session.deviceTypes();
    } else if (words.size() == 2 && first.equals("device_del")) {
      from = session.deviceIds();
    }
    return from.exceptionally(gone -> List.of())
        .thenApply(ways -> ways.stream().filter(n -> n.startsWith(last)).sorted().distinct().toList());
  }

  private static List<String> names(List<HmpCommand> commands) {
    return commands.stream().flatMap(c -> c.names().stream()).toList();
  }

  private CompletionStage<String> dispatch(String line) {
    if (line.isEmpty()) {
      return HmpCommand.text("");
    }
    int end = endOfName(line, 0);
    HmpCommand command = find(commands, line.substring(0, end));
    if (command == null) {
      throw new BadLine("unknown command: '" + line.substring(0, end) + "'");
    }
    if (!command.isCalled("info") || line.substring(end).isBlank()) {
      return run(command, line, end);
    }
    int start = end;
    while (Character.isWhitespace(line.charAt(start))) {
      start++;
    }
    int infoEnd = endOfName(line, start);
    HmpCommand info = find(infos, line.substring(start, infoEnd));
    if (info == null) {
      throw new BadLine("unknown command: '" + line.substring(0, infoEnd) + "'");
    }
    return run(info, line, infoEnd);
  }

  private static int endOfName(String line, int from) {
    int end = from;
    while (end < line.length() && !Character.isWhitespace(line.charAt(end)) && line.charAt(end) != '/') {
      end++;
    }
    return end;
  }

  private CompletionStage<String> run(HmpCommand command, String line, int end) {
    String rest = line.substring(end);
    return session.registers(rest).thenCompose(registers -> {
      Arguments arguments;
      try {
        arguments = Arguments.read(
            command.arguments(), command.name(), rest, session.context().formats(), registers);
      } catch (BadLine e) {
        throw new BadLine(
            e.getMessage() + "\nTry \"help " + line.substring(0, end) + "\" for more information");
      }
      return command.body().run(session, arguments);
    });
  }

  private CompletionStage<String> help(String what) {
    if (what == null) {
      return HmpCommand.text(list(commands, ""));
    }
    String[] words = what.split("\\s+");
    if (words.length == 1 && words[0].equals("log")) {
      return HmpCommand.text(session.context().logItems());
    }
    HmpCommand command = find(commands, words[0]);
    if (command == null) {
      throw new BadLine("unknown command: '" + words[0] + "'");
    }
    if (!command.isCalled("info")) {
      return HmpCommand.text(command.helpLine(""));
    }
    if (words.length == 1) {
      return HmpCommand.text(list(infos, "info "));
    }
    HmpCommand info = find(infos, words[1]);
    if (info == null) {
      throw new BadLine("unknown command: 'info " + words[1] + "'");
    }
    return HmpCommand.text(info.helpLine("info "));
  }

  private static String list(List<HmpCommand> commands, String prefix) {
    StringBuilder out = new StringBuilder();
    commands.forEach(c -> out.append(c.helpLine(prefix)));
    return out.toString();
  }

  private static HmpCommand find(List<HmpCommand> commands, String name) {
    for (HmpCommand command : commands) {
      if (command.isCalled(name)) {
        return command;
      }
    }
    return null;
  }

  /// How it tells that a command has failed.
  static String failure(Throwable thrown) {
    Throwable cause = thrown;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return switch (cause) {
      case BadLine e -> e.getMessage() + "\n";
      case MachineException e -> "Error: " + e.getMessage() + "\n";
      default -> "Error: " + cause + "\n";
    };
  }
}
