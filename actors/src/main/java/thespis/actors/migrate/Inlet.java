package thespis.actors.migrate;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import thespis.actors.chardev.ChardevSpec;
import thespis.actors.chardev.DescriptorStreams;
import thespis.actors.chardev.NamedDescriptors;
import thespis.actors.chardev.SocketEnd;
import thespis.cpu.model.ConfigException;
import thespis.qmp.command.SocketAddress;

/// What an incoming stream is read from.
public abstract class Inlet implements AutoCloseable {
  /// Waits until somebody sends.
  abstract InputStream accept() throws IOException;

  /// Whoever waits in it then fails. Any thread.
  @Override
  public abstract void close();

  /// Where it waits, if others can come there.
  public List<SocketAddress> addresses() {
    return List.of();
  }

  /// Ready for somebody to send.
  ///
  /// @throws ConfigException with QEMU's text
  /// @throws thespis.actors.chardev.ChardevException likewise
  public static Inlet at(MigrationUri uri) {
    return switch (uri) {
      case MigrationUri.Socket(var address) -> new Listening(new SocketEnd(address), address);
      case MigrationUri.Exec(String command) -> command(command);
      case MigrationUri.Descriptor(String name) -> new Open(DescriptorStreams.input(descriptor(name)));
    };
  }

  private static int descriptor(String name) {
    if (!name.matches("[0-9].*")) {
      OptionalInt fd = NamedDescriptors.take(name);
      return fd.orElseThrow(
          () -> new ConfigException("File descriptor named '" + name + "' has not been found"));
    }
    if (!name.matches("[0-9]{1,9}") || !DescriptorStreams.isOpen(Integer.parseInt(name))) {
      throw new ConfigException("Invalid file descriptor number '" + name + "'");
    }
    return Integer.parseInt(name);
  }

  private static Inlet command(String command) {
    try {
      Process process = Shell.start(command, false);
      return new Inlet() {
        @Override
        InputStream accept() {
          return process.getInputStream();
        }

        @Override
        public void close() {
          Shell.kill(process);
        }
      };
    } catch (IOException e) {
      throw new ConfigException("Unable to run the command: " + e.getMessage());
    }
  }

  private static final class Open extends Inlet {
    private final InputStream stream;

    Open(InputStream stream) {
      this.stream = stream;
    }

    @Override
    InputStream accept() {
      return stream;
    }

    @Override
    public void close() {
      Quietly.close(stream);
    }
  }

  /// For one who comes.
  private static final class Listening extends Inlet {
    private final SocketEnd end;
    private final ServerSocketChannel server;
    private final ChardevSpec.Address address;
    private volatile SocketChannel peer;

    Listening(SocketEnd end, ChardevSpec.Address address) {
      this.end = end;
      this.address = address;
      this.server = end.listen();
    }

    @Override
    InputStream accept() throws IOException {
      peer = server.accept();
      if (!server.isOpen()) {
        Quietly.close(peer); // whoever closed this did not see it come
        throw new ClosedChannelException();
      }
      stopListening();
      return Channels.newInputStream(peer);
    }

    private void stopListening() {
      Quietly.close(server);
      end.remove();
    }

    @Override
    public void close() {
      if (server.isOpen()) {
        stopListening();
      }
      SocketChannel now = peer;
      if (now != null) {
        Quietly.close(now);
      }
    }

    @Override
    public List<SocketAddress> addresses() {
      return List.of(switch (address) {
        case ChardevSpec.Unix unix -> new SocketAddress.Unix(
            unix.path(), Optional.empty(), Optional.empty());
        default -> {
          Map<String, Object> members = end.address();
          String host = String.valueOf(members.get("host"));
          Optional<Boolean> yes = Optional.of(true);
          boolean six = host.contains(":");
          yield new SocketAddress.Inet(
              host, String.valueOf(members.get("port")), Optional.empty(), Optional.empty(),
              six ? Optional.empty() : yes, six ? yes : Optional.empty(), Optional.empty(), Optional.empty());
        }
      });
    }
  }
}
