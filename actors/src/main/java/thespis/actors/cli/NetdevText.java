package thespis.actors.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import thespis.qmp.command.ArgumentException;
import thespis.qmp.command.NetworkCommands.Netdev;

/// What `netdev_add` of the human monitor takes: `key=value` by `key=value`, the first key may be left out.
public final class NetdevText {
  private NetdevText() {}

  /// @throws OptionException with QEMU's text
  public static Netdev netdev(String text) {
    Map<String, List<String>> values = new LinkedHashMap<>();
    for (Item item : Item.keyed(text, "type")) {
      values.computeIfAbsent(item.key(), key -> new ArrayList<>()).add(item.value());
    }
    try {
      return Netdev.of(values);
    } catch (ArgumentException e) {
      throw new OptionException(e.getMessage());
    }
  }
}
