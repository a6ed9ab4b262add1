package thespis.actors.process;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import thespis.actors.cli.Options.Accelerator;
import thespis.cpu.jit.NativeEngine;
import thespis.cpu.model.Numbers;

/// Picks the first accelerator of the command line that is there. Emulation is called `tcg`, as in QEMU, and takes that
/// one's properties; `engine` is ours.
final class Accelerators {
  private Accelerators() {}

  /// @param warn hears of those that are not there
  /// @return whether guest code is to be translated to host code; empty if nobody said
  static Optional<Boolean> pick(List<Accelerator> wanted, Consumer<String> warn) {
    boolean missing = false;
    for (Accelerator one : wanted) {
      String prefix = one.where().isEmpty() ? "" : one.where() + ": ";
      if (!one.name().equals("tcg")) {
        missing = true;
        warn.accept(prefix + "invalid accelerator " + one.name());
        continue;
      }
      one.properties().forEach((name, value) -> check(name, value, prefix));
      if (missing) {
        warn.accept("falling back to tcg");
      }
      return Optional.ofNullable(one.properties().get("engine")).map(engine -> engine.equals("native"));
    }
    if (missing) {
      throw new StartException();
    }
    return Optional.empty();
  }

  private static void check(String name, String value, String prefix) {
    String wrong = switch (name) {
      case "thread" -> value.equals("multi") || value.equals("single") ? null : "Invalid 'thread' setting " + value;
      case "engine" -> switch (value) {
        case "interpreter" -> null;
        case "native" -> NativeEngine.possible() ? null : "this host cannot run translated code: use engine=interpreter";
        default -> "Invalid 'engine' setting " + value;
      };
      case "tb-size" -> Numbers.uint64(value).isPresent() ? null : "Parameter 'tb-size' expects uint64";
      case "split-wx" -> value.matches("on|off|yes|no|true|false|y|n") ? null
          : "Parameter 'split-wx' expects 'on' or 'off'";
      case "type" -> "Property 'tcg-accel.type' is not writable";
      default -> "Property 'tcg-accel." + name + "' not found";
    };
    if (wrong != null) {
      throw new StartException(prefix + wrong);
    }
  }
}
