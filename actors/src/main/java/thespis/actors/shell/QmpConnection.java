package thespis.actors.shell;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;

/// A client's end of a QMP socket, of whatever server: one command at a time, events by the way.
final class QmpConnection implements AutoCloseable {
  private final SocketChannel channel;
  private final BlockingQueue<Optional<JsonNode>> answers = new LinkedBlockingQueue<>();
  private final Consumer<JsonNode> events;

  /// @param events hears each event, and null when the server has gone, on a thread of its own
  private QmpConnection(SocketChannel channel, Consumer<JsonNode> events) {
    this.channel = channel;
    this.events = events;
  }

  /// Connects and finishes negotiation.
  ///
  /// @param where a path, `unix:PATH`, `HOST:PORT` or `tcp:HOST:PORT`
  static QmpConnection open(String where, Consumer<JsonNode> events) throws IOException {
    QmpConnection connection = new QmpConnection(connect(where), events);
    Thread.ofPlatform().daemon().name("qmp-reader").start(connection::read);
    connection.answer();
    connection.send(ShellLine.JSON.createObjectNode().put("execute", "qmp_capabilities"));
    return connection;
  }

  private static SocketChannel connect(String where) throws IOException {
    String address = where.startsWith("tcp:") ? where.substring(4) : where;
    int colon = address.lastIndexOf(':');
    boolean tcp = !where.startsWith("unix:") && !where.contains("/") && colon > 0
        && address.substring(colon + 1).matches("[0-9]{1,5}");
    return tcp
        ? SocketChannel.open(
            new InetSocketAddress(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1))))
        : SocketChannel.open(UnixDomainSocketAddress.of(where.startsWith("unix:") ? where.substring(5) : where));
  }

  /// Sends a message and waits for what answers it.
  ///
  /// @throws IOException if the server has gone
  synchronized JsonNode send(ObjectNode message) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap((message + "\n").getBytes(StandardCharsets.UTF_8));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
    return answer();
  }

  private JsonNode answer() throws IOException {
    try {
      Optional<JsonNode> answer = answers.take();
      if (answer.isEmpty()) {
        answers.add(answer);
        throw new IOException("the server has closed the connection");
      }
      return answer.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted");
    }
  }

  private void read() {
    try (BufferedReader in = new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8))) {
      for (String line; (line = in.readLine()) != null; ) {
        JsonNode message = ShellLine.JSON.readTree(line);
        if (message.has("event")) {
          events.accept(message);
        } else {
          answers.add(Optional.of(message));
        }
      }
    } catch (IOException e) {
      // As at the end of the stream: whoever waits hears of it.
    }
    answers.add(Optional.empty());
    events.accept(null);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
