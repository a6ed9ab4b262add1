package thespis.actors.migrate;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.util.OptionalInt;
import thespis.actors.chardev.ChardevException;
import thespis.actors.chardev.ChardevSpec;
import thespis.actors.chardev.DescriptorStreams;
import thespis.actors.chardev.NamedDescriptors;
import thespis.actors.chardev.SocketEnd;
import thespis.cpu.model.ConfigException;

/// What an outgoing stream is written to. It may be aborted from another thread: whoever waits in it then fails.
abstract class Outlet implements AutoCloseable {
  /// What errors call it.
  abstract String kind();

  /// To be written by one thread.
  abstract OutputStream stream();

  /// Ends the stream and waits until whoever takes it is done with it.
  @Override
  public abstract void close() throws IOException;

  /// Ends it in the middle. Any thread.
  abstract void abort();

  /// What can be said against it at once is said; the rest is found out by {@link Opening#open}.
  ///
  /// @throws ConfigException with QEMU's text
  static Opening to(MigrationUri uri) {
    return switch (uri) {
      case MigrationUri.Socket(var address) -> () -> socket(connect(address));
      case MigrationUri.Exec(String command) -> () -> new ToCommand(Shell.start(command, true));
      case MigrationUri.Descriptor(String name) -> {
        OptionalInt fd = NamedDescriptors.take(name);
        if (fd.isEmpty()) {
          throw new ConfigException("File descriptor named '" + name + "' has not been found");
        }
        OutputStream out = DescriptorStreams.output(fd.getAsInt());
        yield () -> plain("file", out, out);
      }
    };
  }

  interface Opening {
    /// May wait for the other side.
    Outlet open() throws IOException;
  }

  private static SocketChannel connect(ChardevSpec.Address address) {
    if (address instanceof ChardevSpec.Tcp tcp && tcp.host().isEmpty()) {
      throw new ChardevException("address resolution failed for :" + tcp.port() + ": Name or service not known");
    }
    return new SocketEnd(address).connect();
  }

  private static Outlet socket(SocketChannel channel) {
    return plain("socket", Channels.newOutputStream(channel), channel);
  }

  private static Outlet plain(String kind, OutputStream out, AutoCloseable end) {
    return new Outlet() {
      @Override
      String kind() {
        return kind;
      }

      @Override
      OutputStream stream() {
        return out;
      }

      @Override
      public void close() throws IOException {
        out.close();
      }

      @Override
      void abort() {
        Quietly.close(end);
      }
    };
  }

  private static final class ToCommand extends Outlet {
    private final Process process;

    ToCommand(Process process) {
      this.process = process;
    }

    @Override
    String kind() {
      return "command";
    }

    @Override
    OutputStream stream() {
      return process.getOutputStream();
    }

    @Override
    public void close() throws IOException {
      process.getOutputStream().close();
      try {
        int status = process.waitFor();
        if (status != 0) {
          throw new IOException("the command ended with status " + status);
        }
      } catch (InterruptedException e) {
        Shell.kill(process);
        Thread.currentThread().interrupt();
        throw new IOException("Operation canceled", e);
      }
    }

    @Override
    void abort() {
      Shell.kill(process);
    }
  }
}
