package thespis.actors.chardev;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/// Where a socket is: how to listen there or to connect to it, with QEMU's words when that fails. A stale socket file
/// is replaced; what was listened on is removed again.
public final class SocketEnd {
  private static final int LONGEST_PATH = 107;

  private final ChardevSpec.Address address;
  private final String protocol;
  private InetSocketAddress bound;
  private String inherited;

  public SocketEnd(ChardevSpec.Address address) {
    this(address, "tcp");
  }

  /// @param protocol how TCP's names begin: what is spoken there
  SocketEnd(ChardevSpec.Address address, String protocol) {
    this.address = address;
    this.protocol = protocol + ":";
  }

  public boolean isTcp() {
    return address instanceof ChardevSpec.Tcp || inherited != null && inherited.startsWith("tcp:");
  }

  /// As messages and `query-chardev` show it: `unix:/tmp/x`, `tcp:127.0.0.1:4444`.
  public String name() {
    return name(false);
  }

  /// @param connected somebody is at the other end
  public String name(boolean connected) {
    return switch (address) {
      case ChardevSpec.Unix(String path, boolean isAbstract, boolean tight) ->
        "unix:" + path + (isAbstract ? ",abstract=on" + (tight ? ",tight=on" : "") : "");
      case ChardevSpec.Tcp tcp -> protocol
          + (bound == null ? tcp.host() + ":" + tcp.port() : connected ? InetEnd.text(bound) : InetEnd.plain(bound));
      case ChardevSpec.Inherited(int fd) -> inherited == null ? "fd:" + fd : inherited;
    };
  }

  /// QEMU QMP reference "SocketAddress".
  public Map<String, Object> address() {
    Map<String, Object> members = new LinkedHashMap<>();
    switch (address) {
      case ChardevSpec.Unix(String path, boolean isAbstract, boolean tight) -> {
        members.put("path", path);
        if (isAbstract) {
          members.put("abstract", true);
          members.put("tight", tight);
        }
        members.put("type", "unix");
      }
      case ChardevSpec.Tcp tcp -> {
        members.put("host", bound == null ? tcp.host() : bound.getAddress().getHostAddress());
        members.put("port", bound == null ? tcp.port() : Integer.toString(bound.getPort()));
        tcp.ipv4().ifPresent(on -> members.put("ipv4", on));
        tcp.ipv6().ifPresent(on -> members.put("ipv6", on));
        if (bound != null) {
          members.put(bound.getAddress() instanceof Inet6Address ? "ipv6" : "ipv4", true);
        }
        members.put("type", "inet");
      }
      case ChardevSpec.Inherited(int fd) -> {
        members.put("str", Integer.toString(fd));
        members.put("type", "fd");
      }
    }
    return members;
  }

  /// Where the other end is; empty for unix sockets.
  public String peerName(SocketChannel peer) {
    try {
      return peer.getRemoteAddress() instanceof InetSocketAddress there ? InetEnd.text(there) : "";
    } catch (IOException e) {
      return "";
    }
  }

  public ServerSocketChannel listen() {
    return switch (address) {
      case ChardevSpec.Unix unix -> listen(unix);
      case ChardevSpec.Tcp tcp -> listen(tcp);
      case ChardevSpec.Inherited(int fd) -> {
        check(fd);
        if (!RawSockets.isListening(fd)) {
          throw new ChardevException("Socket '" + fd + "' is not listening");
        }
        inherited = RawSockets.name(fd);
        yield take(fd, RawSockets::server);
      }
    };
  }

  public SocketChannel connect() {
    return switch (address) {
      case ChardevSpec.Unix unix -> connect(unix);
      case ChardevSpec.Tcp tcp -> connect(tcp);
      case ChardevSpec.Inherited(int fd) -> {
        check(fd);
        inherited = RawSockets.name(fd);
        yield take(fd, RawSockets::connected);
      }
    };
  }

  /// Takes the socket's file away.
  public void remove() {
    String path = switch (address) {
      case ChardevSpec.Unix unix -> unix.isAbstract() ? "" : unix.path();
      case ChardevSpec.Inherited _ when inherited != null && inherited.startsWith("unix:/") -> inherited.substring(5);
      default -> "";
    };
    if (!path.isEmpty()) {
      try {
        Files.deleteIfExists(Path.of(path));
      } catch (IOException e) {
        // Somebody else's business now.
      }
    }
  }

  private ServerSocketChannel listen(ChardevSpec.Unix unix) {
    try {
      if (unix.isAbstract()) {
        return RawSockets.listenAbstract(checked(unix), unix.tight());
      }
      remove();
      return bound(UnixDomainSocketAddress.of(checked(unix)));
    } catch (IOException e) {
      throw new ChardevException("Failed to bind socket to " + unix.path() + ": " + Chardev.reason(e));
    }
  }

  private static ServerSocketChannel bound(UnixDomainSocketAddress there) throws IOException {
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      return server.bind(there);
    } catch (IOException e) {
      server.close();
      throw e;
    }
  }

  private ServerSocketChannel listen(ChardevSpec.Tcp tcp) {
    try {
      ServerSocketChannel server = InetEnd.listen(tcp);
      int port = ((InetSocketAddress) server.getLocalAddress()).getPort();
      bound = new InetSocketAddress(InetEnd.resolve(tcp).getAddress(), port);
      return server;
    } catch (IOException e) {
      throw new ChardevException("Failed to find an available port: " + Chardev.reason(e));
    }
  }

  private static SocketChannel connect(ChardevSpec.Unix unix) {
    try {
      return unix.isAbstract()
          ? RawSockets.connectAbstract(checked(unix), unix.tight())
          : SocketChannel.open(UnixDomainSocketAddress.of(checked(unix)));
    } catch (IOException e) {
      throw new ChardevException("Failed to connect to '" + unix.path() + "': " + Chardev.reason(e));
    }
  }

  private static SocketChannel connect(ChardevSpec.Tcp tcp) {
    try {
      SocketChannel channel = SocketChannel.open(InetEnd.resolve(tcp));
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      return channel;
    } catch (IOException e) {
      throw new ChardevException("Failed to connect to '" + tcp.host() + ":" + tcp.port() + "': " + Chardev.reason(e));
    }
  }

  private static String checked(ChardevSpec.Unix unix) {
    if (unix.path().length() > LONGEST_PATH) {
      throw new ChardevException("UNIX socket path '" + unix.path() + "' is too long\n"
          + "Path must be less than " + (LONGEST_PATH + 1) + " bytes");
    }
    return unix.path();
  }

  private static void check(int fd) {
    if (!RawSockets.isSocket(fd)) {
      throw new ChardevException("File descriptor '" + fd + "' is not a socket");
    }
  }

  private interface Taking<T> {
    T from(int fd) throws IOException;
  }

  private static <T> T take(int fd, Taking<T> taking) {
    try {
      return taking.from(fd);
    } catch (IOException e) {
      throw new ChardevException("Unable to use file descriptor '" + fd + "': " + Chardev.reason(e));
    }
  }
}
