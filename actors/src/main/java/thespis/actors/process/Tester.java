package thespis.actors.process;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;
import thespis.actors.Machine;
import thespis.actors.chardev.Chardevs;
import thespis.actors.cli.Options;
import thespis.actors.qtest.MachineTarget;
import thespis.actors.qtest.QtestFrontend;
import thespis.machine.time.VirtualClock;

/// Connects the character device of `-qtest`, and opens the log of `-qtest-log`: standard error if nobody says, `none` for
/// none. One that cannot be opened is done without, as in QEMU.
final class Tester {
  private Tester() {}

  /// @param machine it may not be there yet
  /// @param clock the machine's, if it is the test's to move
  static void connect(
      Options.Tester tester, Chardevs chardevs, Supplier<Optional<Machine>> machine, Optional<VirtualClock> clock) {
    QtestFrontend frontend = new QtestFrontend(new MachineTarget(machine, clock), log(tester.log()));
    chardevs.connect(Options.Tester.LABEL, frontend, frontend::attach);
  }

  private static OutputStream log(Optional<String> file) {
    if (file.isEmpty()) {
      return System.err;
    }
    try {
      return file.get().equals("none")
          ? OutputStream.nullOutputStream()
          : Files.newOutputStream(Path.of(file.get()));
    } catch (IOException e) {
      return OutputStream.nullOutputStream();
    }
  }
}
