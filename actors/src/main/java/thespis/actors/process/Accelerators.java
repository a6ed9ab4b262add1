package thespis.actors.process;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import thespis.actors.cli.Options.Accelerator;

/// Picks the first accelerator of the command line that is there. Emulation is called `tcg`, as in QEMU, and takes that
/// one's properties; `engine` is ours.
final class Accelerators {
  private Accelerators() {}

  /// @param warn hears of those that are not there
  /// @return the properties of the one picked
  static Map<String, String> pick(List<Accelerator> wanted, Consumer<String> warn) {
    boolean missing = false;
    for (Accelerator one : wanted) {
      String prefix = one.where().isEmpty() ? "" : one.where() + ": ";
      if (!one.name().equals("tcg")) {
        missing = true;
        warn.accept(prefix + "invalid accelerator " + one.name());
        continue;
      }
      check(one, prefix);
      if (missing) {
        warn.accept("falling back to tcg");
      }
      return one.properties();
    }
    if (missing) {
      throw new StartException();
    }
    return Map.of();
  }

  private static void check(Accelerator tcg, String prefix) {
    for (Map.Entry<String, String> property : tcg.properties().entrySet()) {
      String value = property.getValue();
      switch (property.getKey()) {
        case "thread" -> {
          if (!value.equals("multi") && !value.equals("single")) {
            throw new StartException(prefix + "Invalid 'thread' setting " + value);
          }
        }
        case "engine" -> {
          if (!value.equals("interpreter")) {
            throw new StartException(prefix + "engine '" + value + "' is not supported yet");
          }
        }
        case "tb-size", "split-wx" -> { }
        default -> throw new StartException(prefix + "Property 'tcg-accel." + property.getKey() + "' not found");
      }
    }
  }
}
