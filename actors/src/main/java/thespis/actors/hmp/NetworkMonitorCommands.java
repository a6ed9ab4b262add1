package thespis.actors.hmp;

import java.util.List;
import java.util.concurrent.CompletionStage;
import thespis.actors.cli.NetdevText;
import thespis.actors.cli.OptionException;
import thespis.qmp.command.NetworkCommands;
import thespis.qmp.command.StatusCommands.HumanReadableText;

/// What network cards are plugged into.
final class NetworkMonitorCommands {
  static final List<HmpCommand> ALL = List.of(
      new HmpCommand("netdev_add", "netdev:S?",
          "[user|tap|socket|stream|dgram|vde|bridge|hubport|netmap|vhost-user],id=str[,prop=value][,...]",
          "add host network device", NetworkMonitorCommands::add),
      new HmpCommand("netdev_del", "id:s", "id", "remove host network device",
          (s, a) -> Qmp.done(s, new NetworkCommands.NetdevDel(a.text("id")))));

  static final List<HmpCommand> INFO = List.of(HmpCommand.plain("network", "show the network state",
      s -> Qmp.shown(s, new NetworkCommands.XThespisQueryNetwork(), text ->
          ((HumanReadableText) text).humanReadableText())));

  private NetworkMonitorCommands() {}

  private static CompletionStage<String> add(Session session, Arguments arguments) {
    String text = arguments.has("netdev") ? arguments.text("netdev") : "";
    if (text.equals("help") || text.equals("?")) {
      return HmpCommand.text("Available netdev backend types:\nhubport\n");
    }
    try {
      return Qmp.done(session, new NetworkCommands.NetdevAdd(NetdevText.netdev(text)));
    } catch (OptionException e) {
      return HmpCommand.text("Error: " + e.getMessage() + "\n");
    }
  }
}
