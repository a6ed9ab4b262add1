package thespis.qmp;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import thespis.qmp.wire.Input;
import thespis.qmp.wire.JsonReader;

/// A client for tests, on a real socket. Reading waits until a message is there.
final class QmpClient implements AutoCloseable {
  private final SocketChannel channel;
  private final JsonReader reader = new JsonReader();
  private final ByteBuffer buffer = ByteBuffer.allocate(65536);

  QmpClient(SocketAddress address) {
    try {
      channel = SocketChannel.open(address);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static QmpClient unix(Path path) {
    return new QmpClient(UnixDomainSocketAddress.of(path));
  }

  static QmpClient tcp(int port) {
    return new QmpClient(new InetSocketAddress("127.0.0.1", port));
  }

  /// Connects and negotiates.
  static QmpClient ready(Path path) {
    QmpClient client = unix(path);
    client.read();
    client.ask("{'execute': 'qmp_capabilities'}");
    return client;
  }

  SocketChannel channel() {
    return channel;
  }

  /// Sends characters as bytes.
  QmpClient send(String text) {
    return send(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  QmpClient send(byte[] bytes) {
    try {
      channel.write(ByteBuffer.wrap(bytes));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  /// The next message, or null at the end of the stream.
  JsonNode read() {
    try {
      Input next = reader.next();
      while (next == null) {
        if (channel.read(buffer.clear()) < 0) {
          return null;
        }
        byte[] bytes = new byte[buffer.flip().remaining()];
        buffer.get(bytes);
        reader.feed(bytes, 0, bytes.length);
        next = reader.next();
      }
      return ((Input.Value) next).json();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  JsonNode ask(String request) {
    return send(request).read();
  }

  /// The `desc` of the error that a request is answered with.
  String desc(String request) {
    return ask(request).at("/error/desc").textValue();
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
