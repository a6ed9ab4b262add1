package thespis.actors.hmp;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import thespis.actors.MachineException;

/// The monitor for humans: takes a line, gives what it prints. Words and layout of the answers are those of QEMU's HMP,
/// as far as the commands here have them there. Each user has one of their own, because of the current CPU.
public final class HumanMonitor {
  /// A line that cannot be carried out; the message is printed as it is.
  static final class BadLine extends RuntimeException {
    private static final long serialVersionUID = 1;

    BadLine(String message) {
      super(message);
    }
  }

  private final List<HmpCommand> commands;
  private final List<HmpCommand> infos;

  public HumanMonitor(MonitorContext context) {
    commands = new ArrayList<>(HmpCommands.of(context));
    infos = InfoCommands.of(context);
    commands.add(new HmpCommand("help|?", "[cmd]", "show the help", this::help));
    commands.add(new HmpCommand("info", "[subcommand]", "show various information about the system state", this::info));
  }

  /// Carries out one line. Every line of the result ends with CR and LF; the stage never fails.
  public CompletionStage<String> run(String line) {
    CompletionStage<String> answer;
    try {
      answer = dispatch(line.strip());
    } catch (BadLine e) {
      answer = CompletableFuture.completedFuture(e.getMessage() + "\n");
    }
    return answer.exceptionally(HumanMonitor::failure).thenApply(text -> text.replace("\n", "\r\n"));
  }

  private CompletionStage<String> dispatch(String line) {
    if (line.isEmpty()) {
      return HmpCommand.text("");
    }
    int end = 0;
    while (end < line.length() && !Character.isWhitespace(line.charAt(end)) && line.charAt(end) != '/') {
      end++;
    }
    HmpCommand command = find(commands, line.substring(0, end));
    if (command == null) {
      throw new BadLine("unknown command: '" + line.substring(0, end) + "'");
    }
    return command.run(line.substring(end).strip());
  }

  private CompletionStage<String> info(String what) {
    if (what.isEmpty()) {
      return HmpCommand.text(list(infos, "info "));
    }
    String name = what.split("\\s+")[0];
    HmpCommand command = find(infos, name);
    if (command == null) {
      throw new BadLine("unknown command: 'info " + name + "'");
    }
    return command.run(what.substring(name.length()).strip());
  }

  private CompletionStage<String> help(String what) {
    if (what.isEmpty()) {
      return HmpCommand.text(list(commands, ""));
    }
    String[] words = what.split("\\s+");
    boolean info = words[0].equals("info") && words.length > 1;
    HmpCommand command = info ? find(infos, words[1]) : find(commands, words[0]);
    if (command == null) {
      throw new BadLine("unknown command: '" + (info ? words[1] : words[0]) + "'");
    }
    return HmpCommand.text(command.helpLine(info ? "info " : ""));
  }

  private static String list(List<HmpCommand> commands, String prefix) {
    StringBuilder out = new StringBuilder();
    commands.stream().sorted((a, b) -> a.name().compareTo(b.name())).forEach(c -> out.append(c.helpLine(prefix)));
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

  private static String failure(Throwable thrown) {
    Throwable cause = thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
    return switch (cause) {
      case BadLine e -> e.getMessage() + "\n";
      case MachineException e -> "Error: " + e.getMessage() + "\n";
      default -> "Error: " + cause + "\n";
    };
  }
}
