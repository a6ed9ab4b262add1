package thespis.actors.cli;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import thespis.actors.chardev.ChardevSpec;
import thespis.actors.chardev.ChardevSpec.Address;
import thespis.actors.chardev.ChardevSpec.Backend;

/// `-chardev` and the short spellings of the same after `-serial`, `-monitor` and `-qmp`.
final class ChardevOption {
  /// Every backend QEMU 7.2 has on Linux, in the order of its own list.
  static final List<String> BACKENDS = List.of(
      "stdio", "ringbuf", "mux", "pipe", "qemu-vdagent", "null", "msmouse", "socket", "parallel", "parport", "vc",
      "braille", "memory", "udp", "pty", "wctablet", "serial", "tty", "testdev", "file");

  private static final Set<String> SUPPORTED = Set.of(
      "null", "vc", "stdio", "file", "pty", "socket", "ringbuf", "memory", "udp", "pipe",
      "serial", "tty", "parallel", "parport", "mux");
  private static final Set<String> BOOLEANS = Set.of(
      "ipv4", "ipv6", "telnet", "tn3270", "wait", "server", "delay", "nodelay", "websocket", "mux", "signal", "append",
      "logappend", "mouse", "clipboard", "abstract", "tight");
  private static final Set<String> OTHERS = Set.of(
      "backend", "path", "host", "port", "fd", "to", "localaddr", "localport", "reconnect", "tls-creds",
      "tls-authz", "width", "height", "cols", "rows", "name", "debug", "size", "chardev", "logfile", "id");
  private static final Map<String, String> ALIASES = Map.of("tty", "serial", "parport", "parallel");
  private static final Set<String> NUMBERS = Set.of("width", "height", "cols", "rows", "reconnect", "to", "debug");

  private ChardevOption() {}

  /// The argument of `-chardev`. Throws with QEMU's text, not yet with the option it belongs to.
  static ChardevSpec full(String text, String where) {
    Map<String, String> values = values(flags(text));
    String id = values.get("id");
    if (id == null) {
      throw new OptionException("chardev: no id specified");
    }
    Identifier.check(id);
    String backend = values.get("backend");
    if (backend == null) {
      throw new OptionException("chardev: \"" + id + "\" missing backend");
    }
    if (!BACKENDS.contains(backend)) {
      throw new OptionException("'" + backend + "' is not a valid char driver name");
    }
    return spec(id, where, backend, values);
  }

  /// `nodelay` is a key of its own, not the opposite of `delay`.
  static List<Item> flags(String text) {
    return Item.flags(text, "backend").stream()
        .map(item -> item.flag() && item.key().equals("delay") && item.value().equals("off")
            ? new Item("nodelay", "on", true)
            : item)
        .toList();
  }

  /// What may stand behind `-serial`, `-monitor` and `-qmp`: a backend in its short form, `mon:` before it to share it
  /// with a monitor.
  static ChardevSpec compact(String text, String id, String where) {
    String rest = text.startsWith("mon:") ? text.substring(4) : text;
    boolean mux = rest.length() != text.length();
    int colon = rest.indexOf(':');
    String kind = colon < 0 ? rest : rest.substring(0, colon);
    String tail = colon < 0 ? "" : rest.substring(colon + 1);
    Map<String, String> values;
    String backend = switch (kind) {
      case "null", "pty", "stdio", "msmouse", "wctablet", "braille", "testdev" -> colon < 0 ? kind : null;
      case "vc" -> "vc";
      case "file" -> colon < 0 ? null : "file";
      case "pipe" -> colon < 0 ? null : "pipe";
      case "tcp", "telnet", "tn3270", "websocket", "unix" -> colon < 0 ? null : "socket";
      case "udp" -> colon < 0 ? null : "udp";
      default -> rest.startsWith("/dev/parport") ? "parallel" : rest.startsWith("/dev/") ? "serial" : null;
    };
    if (backend == null) {
      throw new OptionException("'" + rest + "' is not a valid char driver");
    }
    values = switch (backend) {
      case "socket" -> socketValues(kind, tail);
      case "udp" -> udpValues(tail);
      case "file", "pipe" -> new TreeMap<>(Map.of("path", tail));
      case "serial", "parallel" -> new TreeMap<>(Map.of("path", rest));
      default -> new TreeMap<>();
    };
    if (mux) {
      values.put("mux", "on");
      if (backend.equals("stdio")) {
        values.put("signal", "off");
      }
    }
    return spec(id, where, backend, values);
  }

  /// `[host]:port[@[host]:port]`, where datagrams go and where they come from.
  private static Map<String, String> udpValues(String tail) {
    Map<String, String> values = new TreeMap<>();
    String[] ends = tail.split("@", 2);
    String[][] names = {{"host", "port"}, {"localaddr", "localport"}};
    for (int i = 0; i < ends.length; i++) {
      int colon = ends[i].lastIndexOf(':');
      if (colon < 0) {
        throw new OptionException();
      }
      values.put(names[i][0], ends[i].substring(0, colon));
      values.put(names[i][1], ends[i].substring(colon + 1));
    }
    return values;
  }

  private static Map<String, String> socketValues(String kind, String tail) {
    Map<String, String> values;
    if (kind.equals("unix")) {
      values = values(Item.flags(tail, "path"));
    } else {
      int comma = tail.indexOf(',');
      String address = comma < 0 ? tail : tail.substring(0, comma);
      int colon = address.startsWith("[") ? address.indexOf("]:") + 1 : address.indexOf(':');
      if (colon < 0 || colon == address.length() - 1) {
        throw new OptionException();
      }
      values = comma < 0 ? new TreeMap<>() : values(Item.flags(tail.substring(comma + 1), null));
      values.put("host", address.substring(0, colon));
      values.put("port", address.substring(colon + 1));
      if (!kind.equals("tcp")) {
        values.put(kind, "on");
      }
    }
    return values;
  }

  private static Map<String, String> values(List<Item> items) {
    Map<String, String> values = new TreeMap<>();
    for (Item item : items) {
      if (!OTHERS.contains(item.key()) && !BOOLEANS.contains(item.key())) {
        throw new OptionException("Invalid parameter '" + item.key() + "'");
      }
      if (BOOLEANS.contains(item.key())) {
        Bool.parse(item.key(), item.value());
      }
      if (NUMBERS.contains(item.key()) && thespis.cpu.model.Numbers.uint64(item.value()).isEmpty()) {
        throw new OptionException("Parameter '" + item.key() + "' expects a number");
      }
      values.put(item.key(), item.value());
    }
    return values;
  }

  private static ChardevSpec spec(String id, String where, String backend, Map<String, String> values) {
    if (!SUPPORTED.contains(backend)) {
      throw new OptionException("character backend '" + backend + "' is not supported yet");
    }
    if (backend.equals("socket")) {
      checkProtocols(values);
    }
    Optional<ChardevSpec.LogFile> log = Optional.ofNullable(values.get("logfile"))
        .map(path -> new ChardevSpec.LogFile(path, is(values, "logappend", false)));
    return new ChardevSpec(id, where, backend(backend, values), is(values, "mux", false), log);
  }

  private static void checkProtocols(Map<String, String> values) {
    if (values.containsKey("tls-creds")) {
      throw new OptionException("No TLS credentials with id '" + values.get("tls-creds") + "'");
    }
    if (values.containsKey("tls-authz")) {
      throw new OptionException("'tls_authz' option requires 'tls_creds' option");
    }
    if (is(values, "tn3270", false)) {
      throw new OptionException("parameter 'tn3270' of a character device is not supported yet");
    }
    if (is(values, "websocket", false) && !is(values, "server", false)) {
      throw new OptionException("Websocket client is not implemented");
    }
  }

  private static Backend udp(Map<String, String> values) {
    String port = values.get("port");
    if (port == null || port.isEmpty()) {
      throw new OptionException("chardev: udp: remote port not specified");
    }
    Optional<Boolean> ipv4 = given(values, "ipv4");
    Optional<Boolean> ipv6 = given(values, "ipv6");
    String host = values.getOrDefault("host", "");
    return new ChardevSpec.Udp(
        new ChardevSpec.Tcp(host.isEmpty() ? "localhost" : bare(host), port, Optional.empty(), ipv4, ipv6),
        new ChardevSpec.Tcp(
            bare(values.getOrDefault("localaddr", "")), values.getOrDefault("localport", "0"), Optional.empty(), ipv4, ipv6));
  }

  private static String bare(String host) {
    return host.replaceAll("^\\[|]$", "");
  }

  private static Backend backend(String kind, Map<String, String> values) {
    return switch (kind) {
      case "null" -> new ChardevSpec.Null();
      case "vc" -> new ChardevSpec.Vc();
      case "stdio" -> new ChardevSpec.Stdio(is(values, "signal", true));
      case "pty" -> new ChardevSpec.Pty();
      case "ringbuf", "memory" ->
        new ChardevSpec.Ring(kind, Optional.ofNullable(values.get("size")).map(ChardevOption::size));
      case "udp" -> udp(values);
      case "serial", "tty" -> new ChardevSpec.HostSerial(device(values, "serial/tty"));
      case "parallel", "parport" -> new ChardevSpec.HostParallel(device(values, "parallel"));
      case "mux" -> {
        if (values.get("chardev") == null) {
          throw new OptionException("chardev: mux: no chardev given");
        }
        yield new ChardevSpec.Mux(values.get("chardev"));
      }
      case "pipe" -> {
        if (values.get("path") == null) {
          throw new OptionException("chardev: pipe: no device path given");
        }
        yield new ChardevSpec.Pipe(values.get("path"));
      }
      case "file" -> {
        if (values.get("path") == null) {
          throw new OptionException("chardev: file: no filename given");
        }
        yield new ChardevSpec.OutFile(values.get("path"), is(values, "append", false));
      }
      default -> socket(values);
    };
  }

  private static String device(Map<String, String> values, String kind) {
    if (values.get("path") == null) {
      throw new OptionException("chardev: " + kind + ": no device path given");
    }
    return values.get("path");
  }

  /// Names that QEMU 7.2 warns of.
  static Optional<String> otherName(String text) {
    String backend = Item.last(flags(text), "backend");
    return Optional.ofNullable(backend == null ? null : ALIASES.get(backend))
        .map(name -> "warning: The alias '" + backend + "' is deprecated, use '" + name + "' instead");
  }

  private static long size(String text) {
    return Size.parse(text, 1).orElseThrow(() -> new OptionException(
        "Parameter 'size' expects a non-negative number below 2^64\n"
            + "Optional suffix k, M, G, T, P or E means kilo-, mega-, giga-, tera-, peta-\nand exabytes, respectively.\n"));
  }

  private static Backend socket(Map<String, String> values) {
    boolean server = is(values, "server", false);
    if (!server && values.containsKey("wait")) {
      throw new OptionException("'wait' option is incompatible with socket in client connect mode");
    }
    long reconnect = 0;
    if (values.containsKey("reconnect")) {
      reconnect = Math.max(0, thespis.cpu.model.Numbers.uint64(values.get("reconnect"))
          .orElseThrow(() -> new OptionException("Parameter 'reconnect' expects a number")));
      if (server) {
        throw new OptionException("'reconnect' option is incompatible with socket in server listen mode");
      }
    }
    return new ChardevSpec.Socket(address(values), server, server && is(values, "wait", true), reconnect,
        is(values, "telnet", false), is(values, "websocket", false));
  }

  private static Address address(Map<String, String> values) {
    String path = values.get("path");
    String host = values.get("host");
    String fd = values.get("fd");
    if (path != null && host != null || path != null && fd != null || host != null && fd != null) {
      throw new OptionException("None or one of 'path', 'fd' or 'host' option required.");
    }
    if (path != null) {
      return new ChardevSpec.Unix(path, is(values, "abstract", false), is(values, "tight", true));
    }
    if (host != null || fd == null && values.containsKey("port")) {
      if (!is(values, "ipv4", true) && !is(values, "ipv6", true)) {
        throw new OptionException("Cannot disable IPv4 and IPv6 at same time");
      }
      String port = values.get("port");
      if (port == null) {
        throw new OptionException("chardev: socket: no port given");
      }
      return new ChardevSpec.Tcp(
          host == null ? "" : bare(host), port, to(values), given(values, "ipv4"), given(values, "ipv6"));
    }
    if (fd == null || !fd.matches("[0-9]{1,9}")) {
      throw new OptionException("Unable to parse FD number " + (fd == null ? "" : fd));
    }
    return new ChardevSpec.Inherited(Integer.parseInt(fd));
  }

  private static Optional<Integer> to(Map<String, String> values) {
    return Optional.ofNullable(values.get("to")).map(text -> thespis.cpu.model.Numbers.uint64(text)
        .stream().mapToInt(port -> (int) Math.min(port & Long.MAX_VALUE, 65535)).boxed().findAny()
        .orElseThrow(() -> new OptionException("Parameter 'to' expects a number")));
  }

  private static Optional<Boolean> given(Map<String, String> values, String key) {
    return Optional.ofNullable(values.get(key)).map(value -> Bool.parse(key, value));
  }

  private static boolean is(Map<String, String> values, String key, boolean otherwise) {
    String value = values.get(key);
    return value == null ? otherwise : Bool.parse(key, value);
  }
}
