package thespis.qmp.command;

import java.util.Optional;
import thespis.qmp.wire.Union;
import thespis.qmp.wire.Unsigned;
import thespis.qmp.wire.WireName;

/// Where a socket is. QEMU QMP reference "SocketAddress".
@Union("type")
public sealed interface SocketAddress {
  record Inet(
      String host,
      String port,
      Optional<Boolean> numeric,
      @Unsigned(16) Optional<Long> to,
      Optional<Boolean> ipv4,
      Optional<Boolean> ipv6,
      Optional<Boolean> keepAlive,
      Optional<Boolean> mptcp)
      implements SocketAddress {}

  record Unix(String path, @WireName("abstract") Optional<Boolean> isAbstract, Optional<Boolean> tight)
      implements SocketAddress {}

  record Vsock(String cid, String port) implements SocketAddress {}

  record Fd(String str) implements SocketAddress {}
}
