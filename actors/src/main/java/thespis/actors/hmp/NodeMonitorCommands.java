package thespis.actors.hmp;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import thespis.qmp.command.BlockCommands.BlockDeviceInfo;
import thespis.qmp.command.BlockCommands.DetectZeroes;
import thespis.qmp.command.BlockCommands.QueryNamedBlockNodes;
import thespis.qmp.command.ChardevBackend.Address;
import thespis.qmp.command.ChardevBackend.InetAddress;
import thespis.qmp.command.ChardevBackend.Text;
import thespis.qmp.command.ChardevBackend.UnixAddress;
import thespis.qmp.command.ExportCommands;
import thespis.qmp.wire.WireNames;

/// Images that no drive has: what they are, and the server that offers them to others.
final class NodeMonitorCommands {
  static final List<HmpCommand> ALL = List.of(new HmpCommand("nbd_server_start", "all:-a,writable:-w,uri:s",
      "nbd_server_start [-a] [-w] host:port", "serve block devices on the given host and port",
      NodeMonitorCommands::serve));

  static final List<HmpCommand> INFO = List.of(new HmpCommand("block", "nodes:-n,verbose:-v,device:s?",
      "[-n] [-v] [device]",
      "show info of one block device or all block devices (-n: show named nodes; -v: show details)",
      NodeMonitorCommands::show));

  private NodeMonitorCommands() {}

  /// With `-a` all drives would be there for the client, but there are none.
  private static CompletionStage<String> serve(Session session, Arguments arguments) {
    if (arguments.has("writable") && !arguments.has("all")) {
      return HmpCommand.text("Error: -w only valid together with -a\n");
    }
    String uri = arguments.text("uri");
    Optional<Address> address = address(uri);
    return address.isEmpty()
        ? HmpCommand.text("Error: error parsing address '" + uri + "'\n")
        : Qmp.done(session, new ExportCommands.NbdServerStart(
            address.get(), Optional.empty(), Optional.empty(), Optional.empty()));
  }

  private static Optional<Address> address(String uri) {
    Optional<Boolean> unsaid = Optional.empty();
    if (uri.startsWith("unix:")) {
      return Optional.of(new Address.Unix(new UnixAddress(uri.substring(5), unsaid, unsaid)));
    }
    if (uri.startsWith("fd:")) {
      return Optional.of(new Address.Fd(new Text(uri.substring(3))));
    }
    String place = uri.startsWith("tcp:") ? uri.substring(4) : uri;
    int colon = place.lastIndexOf(':');
    return colon < 0 ? Optional.empty() : Optional.of(new Address.Inet(new InetAddress(
        place.substring(0, colon).replaceAll("[\\[\\]]", ""), place.substring(colon + 1), unsaid, Optional.empty(), unsaid,
        unsaid, unsaid, unsaid)));
  }

  private static CompletionStage<String> show(Session session, Arguments arguments) {
    return Qmp.shown(session, new QueryNamedBlockNodes(Optional.empty()), nodes -> {
      List<BlockDeviceInfo> all = ((List<?>) nodes).stream().map(node -> (BlockDeviceInfo) node).toList();
      if (arguments.has("device")) {
        return all.stream()
            .filter(node -> node.nodeName().equals(Optional.of(arguments.text("device"))))
            .map(node -> "\n" + text(node, arguments.has("verbose")))
            .collect(Collectors.joining());
      }
      return arguments.has("nodes")
          ? all.stream().map(node -> text(node, arguments.has("verbose"))).collect(Collectors.joining("\n"))
          : "";
    });
  }

  private static String text(BlockDeviceInfo node, boolean verbose) {
    StringBuilder out = new StringBuilder(node.nodeName().orElse("")).append(": ").append(node.file()).append(" (")
        .append(node.drv()).append(node.ro() ? ", read-only" : "").append(")\n    Cache mode:       writeback")
        .append(node.cache().direct() ? ", direct" : "").append(node.cache().noFlush() ? ", ignore flushes" : "")
        .append('\n');
    if (node.detectZeroes() != DetectZeroes.OFF) {
      out.append("    Detect zeroes:    ").append(WireNames.of(node.detectZeroes())).append('\n');
    }
    return out.toString();
  }
}
