package thespis.actors.chardev;

import java.io.IOException;
import java.net.BindException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.channels.ServerSocketChannel;
import java.util.Arrays;

/// Hosts and ports: which of a host's addresses is meant, which of a range of ports is free, how they are written.
final class InetEnd {
  private static final int PORTS = 65536;

  private InetEnd() {}

  /// Of the two families, by what was said of each. Empty for any: then IPv4 comes first.
  private static ProtocolFamily family(ChardevSpec.Tcp tcp) {
    boolean four = tcp.ipv4().orElse(false) || tcp.ipv6().isPresent() && !tcp.ipv6().get();
    boolean six = tcp.ipv6().orElse(false) || tcp.ipv4().isPresent() && !tcp.ipv4().get();
    return four == six ? null : four ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6;
  }

  /// @throws ChardevException if there is no such address
  static InetSocketAddress resolve(ChardevSpec.Tcp tcp) {
    int port = port(tcp);
    return new InetSocketAddress(host(tcp), port);
  }

  /// @throws IOException if all ports of the range are taken
  static ServerSocketChannel listen(ChardevSpec.Tcp tcp) throws IOException {
    InetSocketAddress first = resolve(tcp);
    int last = tcp.to().orElse(first.getPort());
    IOException wrong = new BindException("Success");
    for (int port = first.getPort(); port <= Math.min(last, PORTS - 1); port++) {
      ServerSocketChannel server =
          family(tcp) == StandardProtocolFamily.INET ? ServerSocketChannel.open(family(tcp)) : ServerSocketChannel.open();
      server.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      try {
        return server.bind(new InetSocketAddress(first.getAddress(), port));
      } catch (IOException e) {
        server.close();
        wrong = e;
      }
    }
    throw wrong;
  }

  private static InetAddress host(ChardevSpec.Tcp tcp) {
    ProtocolFamily family = family(tcp);
    try {
      if (tcp.host().isEmpty()) {
        return InetAddress.getByName(family == StandardProtocolFamily.INET6 ? "::" : "0.0.0.0");
      }
      return Arrays.stream(InetAddress.getAllByName(tcp.host()))
          .filter(address -> family == null
              || (family == StandardProtocolFamily.INET ? address instanceof Inet4Address : address instanceof Inet6Address))
          .findFirst()
          .orElseThrow(() -> unresolved(tcp, "Name or service not known"));
    } catch (UnknownHostException e) {
      throw unresolved(tcp, "Name or service not known");
    }
  }

  private static int port(ChardevSpec.Tcp tcp) {
    if (!tcp.port().matches("[0-9]{1,5}") || Integer.parseInt(tcp.port()) >= PORTS) {
      throw unresolved(tcp, "Servname not supported for ai_socktype");
    }
    return Integer.parseInt(tcp.port());
  }

  private static ChardevException unresolved(ChardevSpec.Tcp tcp, String why) {
    return new ChardevException("address resolution failed for " + tcp.host() + ":" + tcp.port() + ": " + why);
  }

  /// `127.0.0.1:4444`, `[::1]:4444`.
  static String text(InetSocketAddress address) {
    return text(address.getAddress()) + ":" + address.getPort();
  }

  /// The same without brackets.
  static String plain(InetSocketAddress address) {
    return text(address).replaceAll("[\\[\\]]", "");
  }

  private static String text(InetAddress address) {
    return address instanceof Inet6Address six ? "[" + shortened(six.getAddress()) + "]" : address.getHostAddress();
  }

  /// RFC 5952 "A Recommendation for IPv6 Text Representation": the longest run of zeros is two colons.
  private static String shortened(byte[] bytes) {
    int[] parts = new int[8];
    for (int i = 0; i < 8; i++) {
      parts[i] = (bytes[2 * i] & 0xFF) << 8 | bytes[2 * i + 1] & 0xFF;
    }
    int from = 0;
    int most = 1;
    for (int i = 0; i < 8; i++) {
      int run = 0;
      while (i + run < 8 && parts[i + run] == 0) {
        run++;
      }
      if (run > most) {
        from = i;
        most = run;
      }
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 8; i++) {
      if (most > 1 && i == from) {
        text.append("::");
        i += most - 1;
      } else {
        text.append(text.isEmpty() || text.charAt(text.length() - 1) == ':' ? "" : ":").append(Integer.toHexString(parts[i]));
      }
    }
    return text.toString();
  }
}
