package thespis.qmp.command;

import java.util.List;
import java.util.Optional;
import thespis.qmp.wire.Union;

/// Screens, remote screens and pointing devices. QEMU QMP reference "Remote desktop", "Input", "Display options".
public sealed interface DisplayCommands<R> extends BoardCommand<R> {

  record QueryVnc() implements DisplayCommands<VncInfo> {}

  record QueryVncServers() implements DisplayCommands<List<VncServer>> {}

  record QuerySpice() implements DisplayCommands<SpiceInfo> {}

  record QueryMice() implements DisplayCommands<List<MouseInfo>> {}

  record QueryDisplayOptions() implements DisplayCommands<DisplayOptions> {}

  record Screendump(String filename, Optional<String> device, Optional<Long> head, Optional<ImageFormat> format)
      implements DisplayCommands<QmpCommand.Nothing> {}

  record SetPassword(@Boxed Password password) implements DisplayCommands<QmpCommand.Nothing>, Underscored {}

  record ExpirePassword(@Boxed Expiry expiry) implements DisplayCommands<QmpCommand.Nothing>, Underscored {}

  record ChangeVncPassword(String password) implements DisplayCommands<QmpCommand.Nothing> {}

  record ClientMigrateInfo(
      String protocol, String hostname, Optional<Long> port, Optional<Long> tlsPort, Optional<String> certSubject)
      implements DisplayCommands<QmpCommand.Nothing>, Underscored {}

  record DisplayReload(@Boxed Reload options) implements DisplayCommands<QmpCommand.Nothing> {}

  record DisplayUpdate(@Boxed Update options) implements DisplayCommands<QmpCommand.Nothing> {}

  @Union("type")
  sealed interface Reload {
    record Vnc(Optional<Boolean> tlsCerts) implements Reload {}
  }

  @Union("type")
  sealed interface Update {
    record Vnc(Optional<List<SocketAddress>> addresses) implements Update {}
  }

  record VncInfo(boolean enabled) {}

  record VncServer(String id, List<VncAddress> server, List<VncClient> clients, VncAuth auth) {}

  record VncAddress(String host, String service, AddressFamily family, boolean websocket, VncAuth auth) {}

  record VncClient(String host, String service, AddressFamily family, boolean websocket) {}

  enum AddressFamily {
    IPV4,
    IPV6,
    UNIX,
    VSOCK,
    UNKNOWN
  }

  enum VncAuth {
    NONE,
    VNC
  }

  record SpiceInfo(boolean enabled, boolean migrated, MouseMode mouseMode) {}

  enum MouseMode {
    CLIENT,
    SERVER,
    UNKNOWN
  }

  record MouseInfo(String name, long index, boolean current, boolean absolute) {}

  @Union("type")
  sealed interface DisplayOptions {
    record None() implements DisplayOptions {}
  }

  enum ImageFormat {
    PPM,
    PNG
  }

  @Union("protocol")
  sealed interface Password {
    String password();

    Optional<WhenConnected> connected();

    record Vnc(String password, Optional<WhenConnected> connected, Optional<String> display) implements Password {}

    record Spice(String password, Optional<WhenConnected> connected) implements Password {}
  }

  enum WhenConnected {
    KEEP,
    FAIL,
    DISCONNECT
  }

  @Union("protocol")
  sealed interface Expiry {
    String time();

    record Vnc(String time, Optional<String> display) implements Expiry {}

    record Spice(String time) implements Expiry {}
  }
}
