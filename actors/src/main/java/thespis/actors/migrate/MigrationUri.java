package thespis.actors.migrate;

import java.util.Optional;
import thespis.actors.chardev.ChardevSpec;
import thespis.cpu.model.ConfigException;

/// Where a migration goes to or comes from, as `migrate` and `-incoming` have it. QEMU QMP reference "migrate".
public sealed interface MigrationUri {
  /// A socket to connect to, or to wait at.
  record Socket(ChardevSpec.Address address) implements MigrationUri {}

  /// A shell's command that takes the stream, or gives it.
  record Exec(String command) implements MigrationUri {}

  /// A descriptor by the name under which a client handed it over, or, where it is waited for, by its number.
  record Descriptor(String name) implements MigrationUri {}

  /// Empty if it is no address at all.
  ///
  /// @throws ConfigException with QEMU's text if it begins as one
  static Optional<MigrationUri> parse(String uri) {
    int colon = uri.indexOf(':');
    String rest = uri.substring(colon + 1);
    return switch (colon < 0 ? "" : uri.substring(0, colon)) {
      case "tcp" -> Optional.of(new Socket(tcp(rest)));
      case "unix" -> Optional.of(new Socket(unix(rest)));
      case "exec" -> Optional.of(new Exec(rest));
      case "fd" -> Optional.of(new Descriptor(rest));
      case "vsock" -> throw new ConfigException("socket family AF_VSOCK unsupported");
      default -> Optional.empty();
    };
  }

  private static ChardevSpec.Unix unix(String path) {
    if (path.isEmpty()) {
      throw new ConfigException("invalid Unix socket address");
    }
    return new ChardevSpec.Unix(path);
  }

  /// Host and port, the host in brackets if it has colons, and options that choose between its addresses.
  private static ChardevSpec.Tcp tcp(String text) {
    int comma = text.indexOf(',');
    String address = comma < 0 ? text : text.substring(0, comma);
    int bracket = address.startsWith("[") ? address.indexOf(']') : -1;
    int colon = address.indexOf(':', Math.max(bracket, 0));
    if (colon < 0 || bracket >= 0 && colon != bracket + 1) {
      throw new ConfigException("error parsing address '" + text + "'");
    }
    String host = bracket >= 0 ? address.substring(1, bracket) : address.substring(0, colon);
    String port = address.substring(colon + 1);
    if (port.isEmpty()) {
      throw new ConfigException("error parsing " + (host.isEmpty() ? "port in address '" : "address '") + text + "'");
    }
    Optional<Boolean> four = Optional.empty();
    Optional<Boolean> six = Optional.empty();
    Optional<Integer> to = Optional.empty();
    for (String option : comma < 0 ? new String[0] : text.substring(comma + 1).split(",")) {
      switch (option) {
        case "ipv4", "ipv4=on" -> four = Optional.of(true);
        case "ipv4=off" -> four = Optional.of(false);
        case "ipv6", "ipv6=on" -> six = Optional.of(true);
        case "ipv6=off" -> six = Optional.of(false);
        default -> {
          if (!option.matches("to=[0-9]{1,5}")) {
            throw new ConfigException("error parsing address '" + text + "'");
          }
          to = Optional.of(Integer.parseInt(option.substring(3)));
        }
      }
    }
    return new ChardevSpec.Tcp(host, port, to, four, six);
  }
}
