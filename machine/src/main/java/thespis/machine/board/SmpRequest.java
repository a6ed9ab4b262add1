package thespis.machine.board;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import thespis.cpu.model.ConfigException;
import thespis.cpu.model.Numbers;

/// What `-smp` (or `-machine smp.*`) says, before anything is computed: null for what was not given. Values are kept as
/// QEMU keeps them, an int64 cut to 32 bits unsigned, because its messages print them so.
///
/// @param hasZero something was set to zero, which QEMU still takes as "not given", with a warning
public record SmpRequest(
    Integer cpus, Integer sockets, Integer dies, Integer clusters, Integer cores, Integer threads, Integer maxCpus,
    boolean hasZero) {
  public static final SmpRequest NONE = new SmpRequest(null, null, null, null, null, null, null, false);

  /// From `4,cores=2`; a later value of the same name wins. Syntax errors of the option itself are the caller's.
  public static SmpRequest parse(String option) {
    Map<String, String> values = new LinkedHashMap<>();
    for (String item : option.split(",")) {
      int eq = item.indexOf('=');
      if (!item.isEmpty()) {
        values.put(eq < 0 ? "cpus" : item.substring(0, eq), item.substring(eq + 1));
      }
    }
    return of(values);
  }

  /// From names and values as written; known names are read first, in this order, then unknown ones complained about.
  public static SmpRequest of(Map<String, String> values) {
    Map<String, String> left = new LinkedHashMap<>(values);
    boolean hasZero = values.values().stream().anyMatch(text -> Numbers.int64(text).orElse(-1) == 0);
    SmpRequest request = new SmpRequest(
        take(left, "cpus"),
        take(left, "sockets"),
        take(left, "dies"),
        take(left, "clusters"),
        take(left, "cores"),
        take(left, "threads"),
        take(left, "maxcpus"),
        hasZero);
    for (String name : left.keySet()) {
      throw new ConfigException("Parameter 'smp." + name + "' is unexpected");
    }
    return request;
  }

  private static Integer take(Map<String, String> values, String name) {
    String text = values.remove(name);
    if (text == null) {
      return null;
    }
    OptionalLong value = Numbers.int64(text);
    if (value.isEmpty()) {
      throw new ConfigException("Parameter 'smp." + name + "' expects integer");
    }
    return (int) value.getAsLong();
  }
}
