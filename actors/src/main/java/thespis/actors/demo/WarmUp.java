package thespis.actors.demo;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import thespis.actors.cli.CommandLine;
import thespis.actors.process.Emulator;

/// A run for the build, which records what a start loads: an empty machine, a client, the end.
final class WarmUp {
  private WarmUp() {}

  /// @param folder for the socket
  static int run(String program, Path folder) throws IOException {
    Path socket = folder.resolve("qmp");
    CommandLine.Run line = (CommandLine.Run) CommandLine.parse(program, List.of(
        "-machine", "none", "-nodefaults", "-display", "none", "-qmp", "unix:" + socket + ",server=on"));
    Thread.ofPlatform().daemon().start(() -> client(socket));
    return new Emulator(program, line.options(), event -> { }).run();
  }

  private static void client(Path socket) {
    try (QmpClient qmp = new QmpClient(connect(socket), event -> { })) {
      for (String command : List.of("query-status", "query-kvm", "query-commands", "query-version", "quit")) {
        qmp.execute(command, qmp.arguments());
      }
    } catch (IOException e) {
      throw new DemoException("warming up failed: " + e.getMessage());
    }
  }

  private static SocketChannel connect(Path socket) throws IOException {
    while (true) {
      try {
        return SocketChannel.open(UnixDomainSocketAddress.of(socket));
      } catch (IOException e) {
        Thread.onSpinWait();
      }
    }
  }
}
