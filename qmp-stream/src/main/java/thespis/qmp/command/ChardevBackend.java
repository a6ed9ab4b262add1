package thespis.qmp.command;

import java.util.Optional;
import thespis.qmp.wire.Union;
import thespis.qmp.wire.WireName;

/// A character device to be made, of one of the kinds that we have. QEMU QMP reference "ChardevBackend". Every kind may
/// have a file that gets a copy of its output.
@Union("type")
public sealed interface ChardevBackend {
  record File(FileOptions data) implements ChardevBackend {}

  record Socket(SocketOptions data) implements ChardevBackend {}

  record Udp(UdpOptions data) implements ChardevBackend {}

  record Pipe(DeviceOptions data) implements ChardevBackend {}

  /// A serial line of the host's.
  record Serial(DeviceOptions data) implements ChardevBackend {}

  /// A parallel port of the host's.
  record Parallel(DeviceOptions data) implements ChardevBackend {}

  record Pty(Common data) implements ChardevBackend {}

  record Null(Common data) implements ChardevBackend {}

  record Mux(MuxOptions data) implements ChardevBackend {}

  record Stdio(StdioOptions data) implements ChardevBackend {}

  record Vc(ConsoleOptions data) implements ChardevBackend {}

  record Ringbuf(RingOptions data) implements ChardevBackend {}

  /// Another name of `ringbuf`.
  record Memory(RingOptions data) implements ChardevBackend {}

  record Common(Optional<String> logfile, Optional<Boolean> logappend) {}

  record FileOptions(
      Optional<String> logfile,
      Optional<Boolean> logappend,
      @WireName("in") Optional<String> input,
      String out,
      Optional<Boolean> append) {}

  record SocketOptions(
      Optional<String> logfile,
      Optional<Boolean> logappend,
      Address addr,
      Optional<String> tlsCreds,
      Optional<String> tlsAuthz,
      Optional<Boolean> server,
      @WireName("wait") Optional<Boolean> await,
      Optional<Boolean> nodelay,
      Optional<Boolean> telnet,
      Optional<Boolean> tn3270,
      Optional<Boolean> websocket,
      Optional<Long> reconnect) {}

  record UdpOptions(
      Optional<String> logfile, Optional<Boolean> logappend, Address remote, Optional<Address> local) {}

  record DeviceOptions(Optional<String> logfile, Optional<Boolean> logappend, String device) {}

  record MuxOptions(Optional<String> logfile, Optional<Boolean> logappend, String chardev) {}

  record StdioOptions(Optional<String> logfile, Optional<Boolean> logappend, Optional<Boolean> signal) {}

  record ConsoleOptions(
      Optional<String> logfile,
      Optional<Boolean> logappend,
      Optional<Long> width,
      Optional<Long> height,
      Optional<Long> cols,
      Optional<Long> rows) {}

  record RingOptions(Optional<String> logfile, Optional<Boolean> logappend, Optional<Long> size) {}

  /// QEMU QMP reference "SocketAddressLegacy".
  @Union("type")
  sealed interface Address {
    record Inet(InetAddress data) implements Address {}

    record Unix(UnixAddress data) implements Address {}

    record Vsock(VsockAddress data) implements Address {}

    record Fd(Text data) implements Address {}
  }

  record InetAddress(
      String host,
      String port,
      Optional<Boolean> numeric,
      Optional<Long> to,
      Optional<Boolean> ipv4,
      Optional<Boolean> ipv6,
      Optional<Boolean> keepAlive,
      Optional<Boolean> mptcp) {}

  record UnixAddress(
      String path, @WireName("abstract") Optional<Boolean> isAbstract, Optional<Boolean> tight) {}

  record VsockAddress(String cid, String port) {}

  record Text(String str) {}
}
