package thespis.actors.cli;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import thespis.cpu.run.EngineLog;

/// The items of `-d` and of the monitor's `log`.
public final class LogItems {
  private LogItems() {}

  /// @param text items with commas between
  /// @return empty if one of them is no item at all: then the list of items is to be shown
  /// @throws OptionException if one is an item of QEMU's that cannot be logged here
  public static Optional<Set<EngineLog.Item>> parse(String text) {
    List<String> names = List.of(text.split(","));
    if (!names.stream().allMatch(n -> HelpPages.logItems().contains(n) || HelpPages.NO_LOG_ITEMS.contains(n))) {
      return Optional.empty();
    }
    Set<EngineLog.Item> items = EnumSet.noneOf(EngineLog.Item.class);
    for (String name : names) {
      items.add(EngineLog.Item.of(name)
          .orElseThrow(() -> new OptionException("logging of '" + name + "' is not supported yet")));
    }
    return Optional.of(items);
  }
}
