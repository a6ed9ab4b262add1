package thespis.actors.chardev;

import java.util.List;
import java.util.Optional;
import thespis.qmp.command.ChardevBackend;

/// A character device to be opened: what the command line says about it.
///
/// @param id its label, as `query-chardev` and messages name it
/// @param where the option it comes from, as messages quote it
/// @param mux several front ends may share it, told apart by keys on the escape character
/// @param log a file that gets a copy of all output
public record ChardevSpec(String id, String where, Backend backend, boolean mux, Optional<LogFile> log) {

  /// Names of the backends; `mux` is what another one becomes when it is shared.
  public static final List<String> BACKENDS = List.of(
      "pty", "serial", "file", "memory", "udp", "vc", "socket", "null", "pipe", "mux", "ringbuf", "stdio");

  /// The kind of device that it is, by the name of its backend.
  public String kind() {
    return mux ? "mux" : ownKind();
  }

  /// The same, before it is shared.
  public String ownKind() {
    return switch (backend) {
      case Null _ -> "null";
      case Vc _ -> "vc";
      case Stdio _ -> "stdio";
      case OutFile _ -> "file";
      case Pty _ -> "pty";
      case Socket _ -> "socket";
      case Ring ring -> ring.kind();
      case Udp _ -> "udp";
      case Pipe _ -> "pipe";
      case HostSerial _ -> "serial";
      case HostParallel _ -> "parallel";
      case Mux _ -> "mux";
    };
  }

  /// Where the bytes go to and come from.
  public sealed interface Backend {}

  /// Nowhere.
  public record Null() implements Backend {}

  /// A console window of a graphical display: there is none, so nowhere, but it has a name of its own.
  public record Vc() implements Backend {}

  /// The process's standard input and output.
  ///
  /// @param signal Ctrl-C on the terminal ends the emulator
  public record Stdio(boolean signal) implements Backend {}

  /// A file that is written; nothing is read.
  public record OutFile(String path, boolean append) implements Backend {}

  /// A new pseudo terminal.
  public record Pty() implements Backend {}

  /// Memory that a monitor reads.
  ///
  /// @param kind the one of its two names that it was asked for by
  /// @param size in bytes, a power of two
  public record Ring(String kind, Optional<Long> size) implements Backend {}

  /// A stream socket.
  ///
  /// @param server it listens; a new client may come when one has gone
  /// @param await as a server: do nothing else before the first client has come
  /// @param reconnect as a client: seconds between attempts, 0 for none
  /// @param telnet whoever comes speaks the Telnet protocol
  /// @param websocket whoever comes speaks the WebSocket protocol
  public record Socket(
      Address address, boolean server, boolean await, long reconnect, boolean telnet, boolean websocket)
      implements Backend {
    public Socket(Address address, boolean server, boolean await, long reconnect) {
      this(address, server, await, reconnect, false, false);
    }

    /// Bytes go as they are.
    public boolean plain() {
      return !telnet && !websocket;
    }
  }

  /// Datagrams.
  public record Udp(Tcp remote, Tcp local) implements Backend {}

  /// A serial line of the host's.
  public record HostSerial(String path) implements Backend {}

  /// A parallel port of the host's, of which there is none to be had.
  public record HostParallel(String path) implements Backend {}

  /// A way to share another device.
  public record Mux(String base) implements Backend {}

  /// A named pipe, or two.
  public record Pipe(String path) implements Backend {}

  /// The end of a {@link Socket}.
  public sealed interface Address {}

  /// A file in the file system, or a name of Linux's abstract name space.
  ///
  /// @param tight an abstract name ends where its text does; otherwise it is filled up with zeros
  public record Unix(String path, boolean isAbstract, boolean tight) implements Address {
    public Unix(String path) {
      this(path, false, true);
    }

    public static Unix of(ChardevBackend.UnixAddress asked) {
      return new Unix(asked.path(), asked.isAbstract().orElse(false), asked.tight().orElse(true));
    }
  }

  /// Host and port; an empty host as a server means all addresses.
  ///
  /// @param to a server takes the first free port up to this one
  /// @param ipv4 whether addresses of IPv4 are wanted; empty if nobody said
  public record Tcp(String host, String port, Optional<Integer> to, Optional<Boolean> ipv4, Optional<Boolean> ipv6)
      implements Address {
    public Tcp(String host, String port) {
      this(host, port, Optional.empty(), Optional.empty(), Optional.empty());
    }

    public static Tcp of(ChardevBackend.InetAddress asked) {
      return new Tcp(asked.host(), asked.port(), asked.to().map(Long::intValue), asked.ipv4(), asked.ipv6());
    }
  }

  /// A descriptor that the parent process left open.
  public record Inherited(int fd) implements Address {}

  public record LogFile(String path, boolean append) {}

  public ChardevSpec withId(String other) {
    return new ChardevSpec(other, where, backend, mux, log);
  }
}
