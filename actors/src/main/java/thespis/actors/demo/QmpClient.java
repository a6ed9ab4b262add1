package thespis.actors.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// A client of a QMP socket: one command at a time, events by the way. It knows nothing of the machine but the socket.
final class QmpClient implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 60;

  private final ObjectMapper json = new ObjectMapper();
  private final SocketChannel channel;
  private final BlockingQueue<JsonNode> answers = new LinkedBlockingQueue<>();
  private final Consumer<JsonNode> events;

  /// Finishes negotiation on a connected socket.
  QmpClient(SocketChannel channel, Consumer<JsonNode> events) throws IOException {
    this.events = events;
    this.channel = channel;
    Thread.ofPlatform().daemon().name("demo-qmp").start(this::read);
    answer("greeting");
    execute("qmp_capabilities", json.createObjectNode());
  }

  ObjectNode arguments() {
    return json.createObjectNode();
  }

  /// Sends a command and waits for its answer.
  ///
  /// @throws DemoException if that is an error
  JsonNode execute(String command, ObjectNode arguments) throws IOException {
    ObjectNode message = json.createObjectNode().put("execute", command);
    message.set("arguments", arguments);
    ByteBuffer bytes = ByteBuffer.wrap((message + "\n").getBytes(StandardCharsets.UTF_8));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
    JsonNode answer = answer(command);
    if (answer.has("error")) {
      throw new DemoException(command + " failed: " + answer.get("error").get("desc").asText());
    }
    return answer.get("return");
  }

  private JsonNode answer(String what) {
    try {
      JsonNode answer = answers.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (answer == null) {
        throw new DemoException("no answer to " + what + " within " + PATIENCE_SECONDS + " s");
      }
      return answer;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DemoException("interrupted");
    }
  }

  private void read() {
    try (BufferedReader in = new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8))) {
      for (String line; (line = in.readLine()) != null; ) {
        JsonNode message = json.readTree(line);
        if (message.has("event")) {
          events.accept(message);
        } else {
          answers.add(message);
        }
      }
    } catch (IOException e) {
      // The machine has gone; who waits for an answer will notice.
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
