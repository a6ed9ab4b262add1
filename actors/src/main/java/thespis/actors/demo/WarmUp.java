package thespis.actors.demo;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import thespis.actors.Main;

/// Runs for the build, which records what a start loads: an empty machine with a client, and a guest on the terminal,
/// twice, so that the second takes its translations from the disk.
final class WarmUp {
  /// What isa-debug-exit makes of the 0 that the guest writes.
  private static final int TRAINED = 1;

  private final String program;
  private final Path folder;

  private WarmUp(String program, Path folder) {
    this.program = program;
    this.folder = folder;
  }

  /// @param folder for what it needs
  static int run(String program, Path folder) throws IOException {
    WarmUp runs = new WarmUp(program, folder);
    int status = runs.empty();
    Optional<byte[]> kernel = TrainingKernel.image();
    if (status != 0 || kernel.isEmpty()) {
      return status;
    }
    Files.write(folder.resolve("kernel"), kernel.get());
    Files.write(folder.resolve("initrd"), new byte[4096]);
    return runs.guest() == TRAINED && runs.guest() == TRAINED ? 0 : 1;
  }

  private int empty() {
    Path socket = folder.resolve("qmp");
    Thread.ofPlatform().daemon().start(() -> client(socket));
    return emulator(List.of(
        "-machine", "none", "-nodefaults", "-display", "none", "-qmp", "unix:" + socket + ",server=on"));
  }

  private int guest() {
    return emulator(List.of(
        "-accel", "tcg,cache-folder=" + folder.resolve("translations"), "-smp", "1,maxcpus=4", "-m", "64",
        "-nographic", "-no-reboot", "-kernel", folder.resolve("kernel").toString(),
        "-initrd", folder.resolve("initrd").toString(), "-append", "console=ttyS0",
        "-device", "isa-debug-exit,iobase=" + TrainingKernel.EXIT_PORT + ",iosize=4"));
  }

  private int emulator(List<String> words) {
    return Main.run(program, words); // whatever a process runs is to be in the cache
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
