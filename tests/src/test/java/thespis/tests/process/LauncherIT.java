package thespis.tests.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The script `thespis`, with what the build has put into `target/dist`.
@Timeout(120)
class LauncherIT {
  private static final Path SCRIPT = Path.of("..", "thespis").toAbsolutePath().normalize();

  @TempDir
  Path folder;

  @Test
  void itPrintsTheVersion() throws Exception {
    Process thespis = start("-version");
    assertEquals(0, thespis.waitFor());
    assertTrue(out("stdout").startsWith("QEMU emulator version 7.2.22 (Thespis "), out("stdout"));
    assertEquals("", out("stderr"));
  }

  @Test
  void messagesCarryTheNameItWasCalledBy() throws Exception {
    Path link = Files.createSymbolicLink(folder.resolve("other-name"), SCRIPT);
    Process thespis = start(link, "-foo");
    assertEquals(1, thespis.waitFor());
    assertEquals("other-name: -foo: invalid option\n", out("stderr"));
  }

  @Test
  void itBecomesTheEmulator() throws Exception {
    Path pidFile = folder.resolve("pid");
    Path socket = folder.resolve("qmp");
    Process thespis = start("-machine", "none", "-nodefaults", "-display", "none",
        "-pidfile", pidFile.toString(), "-qmp", "unix:" + socket + ",server=on,wait=off");
    assertEquals(Long.toString(thespis.pid()), awaitContent(pidFile));
    thespis.destroy();
    assertEquals(0, thespis.waitFor());
  }

  /// As those of what a script starts in the background are.
  @ParameterizedTest
  @ValueSource(strings = {"HUP", "INT"})
  void itHearsSignalsThatWereIgnored(String signal) throws Exception {
    Path pidFile = folder.resolve("pid");
    Process thespis = start(Path.of("/bin/sh"), "-c", "trap '' HUP INT; exec \"$0\" \"$@\"", SCRIPT.toString(),
        "-machine", "none", "-nodefaults", "-display", "none", "-pidfile", pidFile.toString());
    assertEquals(Long.toString(thespis.pid()), awaitContent(pidFile));
    assertEquals(0, new ProcessBuilder("kill", "-" + signal, Long.toString(thespis.pid())).start().waitFor());
    assertEquals(0, thespis.waitFor());
  }

  @Test
  void daemonizeReturnsWhenSocketAndPidFileAreThere() throws Exception {
    Path pidFile = folder.resolve("pid");
    Path socket = folder.resolve("qmp");
    Process thespis = start("-S", "-no-user-config", "-nodefaults", "-nographic", "-machine", "none,accel=tcg",
        "-qmp", "unix:" + socket + ",server=on,wait=off", "-pidfile", pidFile.toString(), "-daemonize");
    assertEquals(0, thespis.waitFor());
    ProcessHandle daemon = ProcessHandle.of(Long.parseLong(Files.readString(pidFile).strip())).orElseThrow();
    try (SocketChannel qmp = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      ByteBuffer greeting = ByteBuffer.allocate(5);
      while (greeting.hasRemaining() && qmp.read(greeting) >= 0) {
        // Until all of it is there.
      }
      assertEquals("{\"QMP", new String(greeting.array(), StandardCharsets.US_ASCII));
    } finally {
      daemon.destroy();
    }
    daemon.onExit().get(30, TimeUnit.SECONDS);
    assertFalse(Files.exists(socket));
  }

  @Test
  void daemonizeFailsWithTheReasonOnStandardError() throws Exception {
    Process thespis = start("-machine", "none", "-nodefaults", "-display", "none", "-daemonize",
        "-qmp", "unix:/nosuch/x,server=on,wait=off");
    assertEquals(1, thespis.waitFor());
    assertEquals(
        "thespis: -qmp unix:/nosuch/x,server=on,wait=off: Failed to bind socket to /nosuch/x: "
            + "No such file or directory\n",
        out("stderr"));
  }

  private Process start(String... arguments) throws IOException {
    return start(SCRIPT, arguments);
  }

  private Process start(Path script, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(script.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command)
        .redirectOutput(folder.resolve("stdout").toFile())
        .redirectError(folder.resolve("stderr").toFile());
    builder.environment().put("THESPIS_NO_BUILD", "1");
    builder.environment().put("THESPIS_JAVA_HOME", System.getProperty("java.home"));
    return builder.start();
  }

  private String out(String name) throws IOException {
    return Files.readString(folder.resolve(name));
  }

  private static String awaitContent(Path file) throws Exception {
    while (!Files.exists(file) || Files.size(file) == 0) {
      TimeUnit.MILLISECONDS.sleep(10);
    }
    return Files.readString(file).strip();
  }
}
