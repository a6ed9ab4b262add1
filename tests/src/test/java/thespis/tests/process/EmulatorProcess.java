package thespis.tests.process;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// The emulator as a process of its own, with what it prints in files of a folder.
final class EmulatorProcess implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 60;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path folder;
  private final Process process;
  private BufferedReader qmpIn;
  private SocketChannel qmp;

  EmulatorProcess(Path folder, String... arguments) throws IOException {
    this.folder = folder;
    List<String> command = new ArrayList<>(List.of(
        "env", "--default-signal=HUP,INT", // the tests may run where they are ignored
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
        "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow",
        "-cp", System.getProperty("java.class.path")));
    String engine = System.getProperty("thespis.engine");
    if (engine != null) {
      command.add("-Dthespis.engine=" + engine);
    }
    command.add("thespis.actors.Main");
    command.addAll(List.of(arguments));
    process = new ProcessBuilder(command)
        .redirectOutput(folder.resolve("stdout").toFile())
        .redirectError(folder.resolve("stderr").toFile())
        .start();
  }

  long pid() {
    return process.pid();
  }

  /// Sends to standard input.
  void type(String text) throws IOException {
    process.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    process.getOutputStream().flush();
  }

  void endInput() throws IOException {
    process.getOutputStream().close();
  }

  void signal(String name) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
  }

  int exitStatus() throws InterruptedException {
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError("it does not end");
    }
    return process.exitValue();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  String stdout() throws IOException {
    return Files.readString(folder.resolve("stdout"), StandardCharsets.ISO_8859_1);
  }

  String stderr() throws IOException {
    return Files.readString(folder.resolve("stderr"));
  }

  /// Connects to its QMP socket as soon as that listens, and negotiates.
  void negotiate(Path socket) throws IOException, InterruptedException {
    qmp = connect(socket);
    qmpIn = new BufferedReader(Channels.newReader(qmp, StandardCharsets.UTF_8));
    message();
    execute("qmp_capabilities");
  }

  SocketChannel connect(Path socket) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (true) {
      try {
        return SocketChannel.open(UnixDomainSocketAddress.of(socket));
      } catch (IOException e) {
        if (!process.isAlive() || System.nanoTime() > deadline) {
          throw new AssertionError("nobody listens on " + socket + "; stderr: " + stderr(), e);
        }
        TimeUnit.MILLISECONDS.sleep(10);
      }
    }
  }

  /// The answer, with events before it left out.
  JsonNode execute(String command) throws IOException {
    return execute(command, "{}");
  }

  JsonNode execute(String command, String arguments) throws IOException {
    send(command, arguments);
    while (true) {
      JsonNode message = message();
      if (!message.has("event")) {
        return message;
      }
    }
  }

  void send(String command) throws IOException {
    send(command, "{}");
  }

  private void send(String command, String arguments) throws IOException {
    String text = "{\"execute\": \"" + command + "\", \"arguments\": " + arguments + "}\n";
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    while (bytes.hasRemaining()) {
      qmp.write(bytes);
    }
  }

  /// The next message; null at the end of the stream.
  JsonNode message() throws IOException {
    String line = qmpIn.readLine();
    return line == null ? null : JSON.readTree(line);
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly();
    if (qmp != null) {
      qmp.close();
    }
  }
}
