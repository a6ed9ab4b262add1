package thespis.actors.chardev;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/// Where a socket is: how to listen there or to connect to it, with QEMU's words when that fails. A stale socket file
/// is replaced; what was listened on is removed again.
public final class SocketEnd {
  private final ChardevSpec.Address address;
  private final String protocol;
  private InetSocketAddress bound;

  public SocketEnd(ChardevSpec.Address address) {
    this(address, false);
  }

  SocketEnd(ChardevSpec.Address address, boolean telnet) {
    this.address = address;
    this.protocol = telnet ? "telnet:" : "tcp:";
  }

  boolean isTcp() {
    return address instanceof ChardevSpec.Tcp;
  }

  /// As messages and `query-chardev` show it: `unix:/tmp/x`, `tcp:127.0.0.1:4444`.
  public String name() {
    return switch (address) {
      case ChardevSpec.Unix unix -> "unix:" + unix.path();
      case ChardevSpec.Tcp tcp -> protocol + (bound == null ? tcp.host() + ":" + tcp.port() : text(bound));
      case ChardevSpec.Inherited inherited -> "fd:" + inherited.fd();
    };
  }

  String peerName(SocketChannel peer) {
    try {
      return peer.getRemoteAddress() instanceof InetSocketAddress there ? text(there) : "";
    } catch (IOException e) {
      return "";
    }
  }

  public ServerSocketChannel listen() {
    return switch (address) {
      case ChardevSpec.Unix unix -> listen(unix);
      case ChardevSpec.Tcp tcp -> listen(tcp);
      case ChardevSpec.Inherited inherited -> throw unusable(inherited);
    };
  }

  SocketChannel connect() {
    return switch (address) {
      case ChardevSpec.Unix unix -> connect(unix);
      case ChardevSpec.Tcp tcp -> connect(tcp);
      case ChardevSpec.Inherited inherited -> throw unusable(inherited);
    };
  }

  /// Takes the socket's file away.
  public void remove() {
    if (address instanceof ChardevSpec.Unix unix && !unix.path().startsWith("\0")) {
      try {
        Files.deleteIfExists(Path.of(unix.path()));
      } catch (IOException e) {
        // Somebody else's business now.
      }
    }
  }

  private ServerSocketChannel listen(ChardevSpec.Unix unix) {
    try {
      remove();
      ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      server.bind(path(unix));
      return server;
    } catch (IOException e) {
      throw new ChardevException("Failed to bind socket to " + unix.path() + ": " + Chardev.reason(e));
    }
  }

  private ServerSocketChannel listen(ChardevSpec.Tcp tcp) {
    InetSocketAddress where = resolve(tcp);
    try {
      ServerSocketChannel server = ServerSocketChannel.open();
      server.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      server.bind(where);
      bound = (InetSocketAddress) server.getLocalAddress();
      return server;
    } catch (IOException e) {
      throw new ChardevException("Failed to find an available port: " + Chardev.reason(e));
    }
  }

  private static SocketChannel connect(ChardevSpec.Unix unix) {
    try {
      return SocketChannel.open(path(unix));
    } catch (IOException e) {
      throw new ChardevException("Failed to connect to '" + unix.path() + "': " + Chardev.reason(e));
    }
  }

  private static SocketChannel connect(ChardevSpec.Tcp tcp) {
    try {
      SocketChannel channel = SocketChannel.open(resolve(tcp));
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      return channel;
    } catch (IOException e) {
      throw new ChardevException("Failed to connect to '" + tcp.host() + ":" + tcp.port() + "': " + Chardev.reason(e));
    }
  }

  private static SocketAddress path(ChardevSpec.Unix unix) throws IOException {
    if (unix.path().startsWith("\0")) {
      throw notYet();
    }
    if (unix.path().length() > 107) {
      throw new ChardevException("UNIX socket path '" + unix.path() + "' is too long\n"
          + "Path must be less than 108 bytes");
    }
    return UnixDomainSocketAddress.of(unix.path());
  }

  private static InetSocketAddress resolve(ChardevSpec.Tcp tcp) {
    String spelled = tcp.host() + ":" + tcp.port();
    if (!tcp.port().matches("[0-9]{1,5}") || Integer.parseInt(tcp.port()) > 65535) {
      throw new ChardevException("address resolution failed for " + spelled + ": Servname not supported for ai_socktype");
    }
    try {
      int port = Integer.parseInt(tcp.port());
      return tcp.host().isEmpty()
          ? new InetSocketAddress(port)
          : new InetSocketAddress(InetAddress.getByName(tcp.host()), port);
    } catch (UnknownHostException e) {
      throw new ChardevException("address resolution failed for " + spelled + ": Name or service not known");
    }
  }

  private static String text(InetSocketAddress address) {
    String host = address.getAddress().getHostAddress();
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
  }

  private static ChardevException unusable(ChardevSpec.Inherited inherited) {
    Path link = Path.of("/proc/self/fd/" + inherited.fd());
    try {
      if (Files.isSymbolicLink(link) && Files.readSymbolicLink(link).toString().startsWith("socket:")) {
        return notYet();
      }
    } catch (IOException e) {
      // It was closed meanwhile.
    }
    return new ChardevException("File descriptor '" + inherited.fd() + "' is not a socket");
  }

  private static ChardevException notYet() {
    return new ChardevException("this kind of socket address is not supported yet");
  }
}
