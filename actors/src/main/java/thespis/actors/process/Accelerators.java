package thespis.actors.process;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import thespis.actors.cli.Options.Accelerator;
import thespis.cpu.jit.NativeEngine;
import thespis.cpu.model.Numbers;
import thespis.cpu.run.Execution;

/// Picks the first accelerator of the command line that is there. Emulation is called `tcg`, as in QEMU, and takes that
/// one's properties (`qtest` has none, and no processor runs);
/// `engine`, `verify`, `perf-map`, `cache` and `cache-folder` are ours.
final class Accelerators {
  private static final String SWITCH = "on|off|yes|no|true|false|y|n";

  private Accelerators() {}

  /// What was said of the one that is taken.
  ///
  /// @param execution how guest code is to be executed; empty if nobody said
  /// @param cache whether translations are kept on disk
  /// @param perfMap whether `perf` is told of translated code
  /// @param folder where, if not in the usual place
  /// @param driven no processor runs: a test drives the machine
  record Choice(
      Optional<Execution> execution, boolean perfMap, boolean cache, Optional<Path> folder, boolean driven) {}

  /// @param tested a test drives the machine: it takes no notice of a missing kvm
  /// @param warn hears of those that are not there
  static Choice pick(List<Accelerator> wanted, boolean tested, Consumer<String> warn) {
    boolean missing = false;
    for (Accelerator one : wanted) {
      String prefix = one.where().isEmpty() ? "" : one.where() + ": ";
      boolean driven = one.name().equals("qtest");
      if (!driven && !one.name().equals("tcg")) {
        missing = true;
        if (!tested || !one.name().equals("kvm")) {
          warn.accept(prefix + "invalid accelerator " + one.name());
        }
        continue;
      }
      if (missing && !tested) {
        warn.accept("falling back to " + (driven ? "QTest" : "tcg"));
      }
      if (driven) {
        return driven(one.properties(), prefix);
      }
      one.properties().forEach((name, value) -> check(name, value, prefix));
      return choice(one.properties(), prefix);
    }
    if (missing) {
      throw new StartException();
    }
    return choice(Map.of(), "");
  }

  private static Choice driven(Map<String, String> properties, String prefix) {
    for (String name : properties.keySet()) {
      throw new StartException(prefix + "Property 'qtest-accel." + name + "' not found");
    }
    return new Choice(Optional.of(Execution.INTERPRETED), false, false, Optional.empty(), true);
  }

  private static Choice choice(Map<String, String> properties, String prefix) {
    return new Choice(
        execution(properties, prefix),
        isOn(properties.getOrDefault("perf-map", "off")),
        isOn(properties.getOrDefault("cache", "on")),
        Optional.ofNullable(properties.get("cache-folder")).map(Path::of),
        false);
  }

  private static Optional<Execution> execution(Map<String, String> properties, String prefix) {
    String engine = properties.get("engine");
    if (!isOn(properties.getOrDefault("verify", "off"))) {
      return Optional.ofNullable(engine).map(e -> e.equals("native") ? Execution.TRANSLATED : Execution.INTERPRETED);
    }
    if ("interpreter".equals(engine)) {
      throw new StartException(prefix + "verify=on compares translated code: it needs engine=native");
    }
    if (!NativeEngine.possible()) {
      throw new StartException(prefix + "verify=on compares translated code, which this host cannot run");
    }
    return Optional.of(Execution.VERIFIED);
  }

  private static boolean isOn(String value) {
    return value.matches("on|yes|true|y");
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
      case "split-wx", "verify", "perf-map", "cache" -> value.matches(SWITCH) ? null
          : "Parameter '" + name + "' expects 'on' or 'off'";
      case "cache-folder" -> value.isEmpty() ? "Parameter 'cache-folder' expects a folder" : null;
      case "type" -> "Property 'tcg-accel.type' is not writable";
      default -> "Property 'tcg-accel." + name + "' not found";
    };
    if (wrong != null) {
      throw new StartException(prefix + wrong);
    }
  }
}
