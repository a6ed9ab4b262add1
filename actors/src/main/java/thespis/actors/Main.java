package thespis.actors;

import java.util.List;
import java.util.stream.Stream;
import thespis.actors.cli.CommandLine;
import thespis.actors.cli.OptionException;
import thespis.actors.demo.Demo;
import thespis.actors.process.Emulator;
import thespis.actors.process.ProcessLog;
import thespis.actors.shell.QmpShell;
import thespis.cpu.jit.NativeEngine;

/// Entry point of the emulator's process: QEMU's command line, `demo`, or `qmp`.
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    ProcessLog.install();
    System.exit(run(System.getProperty("thespis.name", "thespis"), List.of(args)));
  }

  /// @return the exit status
  public static int run(String program, List<String> arguments) {
    if (!arguments.isEmpty() && arguments.getFirst().equals("demo")) {
      return Demo.run(program, arguments.subList(1, arguments.size()));
    }
    if (!arguments.isEmpty() && arguments.getFirst().equals("qmp")) {
      return QmpShell.run(program, arguments.subList(1, arguments.size()));
    }
    if (arguments.size() > 1) { // a single word asks for a version or for help
      MachineSystem.prepare();
      NativeEngine.prepare();
    }
    try {
      return switch (CommandLine.parse(program, arguments)) {
        case CommandLine.Print(String text, int status) -> {
          System.out.print(text);
          yield status;
        }
        case CommandLine.Run(var options) -> new Emulator(program, options, event -> { }).run();
      };
    } catch (OptionException e) {
      Stream.concat(e.notes().stream(), e.reports().stream())
          .forEach(report -> System.err.println(CommandLine.message(program, report)));
      return e.status();
    }
  }
}
