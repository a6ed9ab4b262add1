package thespis.actors.process;

import java.util.Optional;
import thespis.actors.chardev.ChardevException;
import thespis.actors.chardev.ChardevSpec;
import thespis.qmp.command.ChardevBackend;

/// What a QMP client says of a character device, as the devices take it.
final class ChardevBackends {
  private ChardevBackends() {}

  /// @throws ChardevException if we have no such device
  static ChardevSpec spec(String id, ChardevBackend backend) {
    return switch (backend) {
      case ChardevBackend.Null(var d) -> spec(id, new ChardevSpec.Null(), d.logfile(), d.logappend());
      case ChardevBackend.Pty(var d) -> spec(id, new ChardevSpec.Pty(), d.logfile(), d.logappend());
      case ChardevBackend.Vc(var d) -> spec(id, new ChardevSpec.Vc(), d.logfile(), d.logappend());
      case ChardevBackend.Stdio(var d) ->
        spec(id, new ChardevSpec.Stdio(d.signal().orElse(true)), d.logfile(), d.logappend());
      case ChardevBackend.File(var d) -> {
        if (d.input().isPresent()) {
          throw notYet("in");
        }
        yield spec(id, new ChardevSpec.OutFile(d.out(), d.append().orElse(false)), d.logfile(), d.logappend());
      }
      case ChardevBackend.Ringbuf(var d) ->
        spec(id, new ChardevSpec.Ring("ringbuf", d.size()), d.logfile(), d.logappend());
      case ChardevBackend.Memory(var d) ->
        spec(id, new ChardevSpec.Ring("memory", d.size()), d.logfile(), d.logappend());
      case ChardevBackend.Socket(var d) -> spec(id, socket(d), d.logfile(), d.logappend());
      case ChardevBackend.Pipe(var d) -> spec(id, new ChardevSpec.Pipe(d.device()), d.logfile(), d.logappend());
      case ChardevBackend.Serial(var d) ->
        spec(id, new ChardevSpec.HostSerial(d.device()), d.logfile(), d.logappend());
      case ChardevBackend.Parallel(var d) ->
        spec(id, new ChardevSpec.HostParallel(d.device()), d.logfile(), d.logappend());
      case ChardevBackend.Udp(var d) -> spec(id, udp(d), d.logfile(), d.logappend());
      case ChardevBackend.Mux _ -> throw new ChardevException("a device can't become a multiplexer");
    };
  }

  private static ChardevSpec spec(
      String id, ChardevSpec.Backend backend, Optional<String> log, Optional<Boolean> append) {
    return new ChardevSpec(
        id, "", backend, false, log.map(path -> new ChardevSpec.LogFile(path, append.orElse(false))));
  }

  private static ChardevSpec.Socket socket(ChardevBackend.SocketOptions d) {
    boolean server = d.server().orElse(true);
    if (d.tlsCreds().isPresent()) {
      throw new ChardevException("No TLS credentials with id '" + d.tlsCreds().get() + "'");
    }
    if (d.reconnect().isPresent() && d.addr() instanceof ChardevBackend.Address.Fd) {
      throw new ChardevException("'reconnect' option is incompatible with 'fd' address type");
    }
    if (!server && d.websocket().orElse(false)) {
      throw new ChardevException("Websocket client is not implemented");
    }
    if (!server && d.await().isPresent()) {
      throw new ChardevException("'wait' option is incompatible with socket in client connect mode");
    }
    if (server && d.reconnect().isPresent()) {
      throw new ChardevException("'reconnect' option is incompatible with socket in server listen mode");
    }
    if (d.tn3270().orElse(false)) {
      throw notYet("tn3270");
    }
    return new ChardevSpec.Socket(address(d.addr()), server, server && d.await().orElse(false),
        d.reconnect().orElse(0L), d.telnet().orElse(false), d.websocket().orElse(false));
  }

  private static ChardevSpec.Udp udp(ChardevBackend.UdpOptions d) {
    ChardevSpec.Address local = d.local().map(ChardevBackends::address).orElse(new ChardevSpec.Tcp("", "0"));
    if (address(d.remote()) instanceof ChardevSpec.Tcp remote && local instanceof ChardevSpec.Tcp from) {
      return new ChardevSpec.Udp(remote, from);
    }
    throw new ChardevException("socket type unsupported for datagram");
  }

  private static ChardevSpec.Address address(ChardevBackend.Address address) {
    return switch (address) {
      case ChardevBackend.Address.Inet(var inet) -> ChardevSpec.Tcp.of(inet);
      case ChardevBackend.Address.Unix(var unix) -> ChardevSpec.Unix.of(unix);
      case ChardevBackend.Address.Fd(var name) ->
        throw new ChardevException("File descriptor named '" + name.str() + "' has not been found");
      case ChardevBackend.Address.Vsock _ -> throw notYet("vsock");
    };
  }

  private static ChardevException notYet(String what) {
    return new ChardevException("parameter '" + what + "' of a character device is not supported yet");
  }
}
