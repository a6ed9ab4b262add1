package thespis.machine.qom;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import thespis.cpu.model.ConfigException;
import thespis.cpu.prop.Input;
import thespis.cpu.prop.Property;

/// How fast members of a throttle group may be: averages, bursts and their lengths, of bytes and of operations, and what
/// of it goes together. QEMU QMP reference "ThrottleLimits"; texts are those of QEMU 7.2.
final class ThrottleLimits {
  private static final List<String> UNITS = List.of("bps", "iops");
  private static final List<String> KINDS = List.of("total", "read", "write");
  private static final List<String> SUFFIXES = List.of("", "-max", "-max-length");
  private static final List<String> ALL = all();
  private static final long MOST = 1_000_000_000_000_000L;
  private static final long LONGEST = 0xFFFF_FFFFL;

  private ThrottleLimits() {}

  private static List<String> all() {
    List<String> names = new ArrayList<>();
    for (String unit : UNITS) {
      for (String suffix : SUFFIXES) {
        KINDS.forEach(kind -> names.add(unit + "-" + kind + suffix));
      }
    }
    names.add("iops-size");
    return List.copyOf(names);
  }

  /// All of them in one property, and each in one of its own until the group is made.
  static Map<String, Property<QomObject>> properties() {
    List<Property<QomObject>> rows = new ArrayList<>();
    rows.add(Property.<QomObject>of("limits", "ThrottleLimits", ThrottleLimits::of, (o, n, in) -> {
      Map<String, Object> changed = of(o);
      changed.putAll(read(in));
      check(limit -> (Long) changed.get(limit));
      changed.forEach((limit, value) -> settings(o).put("x-" + limit, value));
    }).always());
    for (String limit : ALL) {
      String name = "x-" + limit;
      rows.add(Property.<QomObject>of(name, "int", o -> settings(o).get(name, initial(limit)), (o, n, in) -> {
        long value = in.int64(n);
        if (o.isRealized()) {
          throw new ConfigException("Property cannot be set after initialization");
        }
        if (value < 0) {
          throw new ConfigException("Property values cannot be negative");
        }
        if (limit.endsWith("-length") && value > LONGEST) {
          throw new ConfigException(name + " value must be in therange [0, " + LONGEST + "]");
        }
        settings(o).put(name, value);
      }).always());
    }
    return ObjectTypes.table(rows);
  }

  private static long initial(String limit) {
    return limit.endsWith("-length") ? 1 : 0;
  }

  private static MachineSettings settings(QomObject group) {
    return UserObjectTypes.settings(group);
  }

  private static Map<String, Object> of(QomObject group) {
    Map<String, Object> values = new LinkedHashMap<>();
    ALL.forEach(limit -> values.put(limit, group.get("x-" + limit)));
    return values;
  }

  private static Map<String, Object> read(Input input) {
    Map<String, Object> values = new LinkedHashMap<>();
    Structures.object("limits", input).forEach((name, value) -> {
      if (!ALL.contains(name)) {
        throw new ConfigException("Parameter 'limits." + name + "' is unexpected");
      }
      long number = Input.ofJson(value).int64("limits." + name);
      if (((String) name).endsWith("-length")) {
        if (number > LONGEST) {
          throw new ConfigException(name + " value must be in the range [0, " + LONGEST + "]");
        }
        number &= LONGEST;
      }
      values.put((String) name, number);
    });
    return values;
  }

  /// @throws ConfigException if these do not go together
  static void check(QomObject group) {
    check(limit -> (Long) group.get("x-" + limit));
  }

  private static void check(ToLongFunction<String> limits) {
    for (String unit : UNITS) {
      for (String suffix : List.of("", "-max")) {
        boolean parts = limits.applyAsLong(unit + "-read" + suffix) != 0 || limits.applyAsLong(unit + "-write" + suffix) != 0;
        refuse(limits.applyAsLong(unit + "-total" + suffix) != 0 && parts,
            "bps/iops/max total values and read/write values cannot be used at the same time");
      }
    }
    boolean counted = KINDS.stream().anyMatch(kind -> limits.applyAsLong("iops-" + kind) != 0);
    refuse(limits.applyAsLong("iops-size") != 0 && !counted, "iops size requires an iops value to be set");
    for (String unit : UNITS) {
      for (String kind : KINDS) {
        String name = unit + "-" + kind;
        check(limits.applyAsLong(name), limits.applyAsLong(name + "-max"), limits.applyAsLong(name + "-max-length"));
      }
    }
  }

  private static void check(long average, long burst, long length) {
    refuse(average < 0 || burst < 0 || average > MOST || burst > MOST,
        "bps/iops/max values must be within [0, " + MOST + "]");
    refuse(length == 0, "the burst length cannot be 0");
    refuse(length > 1 && burst == 0, "burst length set without burst rate");
    refuse(burst != 0 && length > MOST / burst, "burst length too high for this burst rate");
    refuse(burst != 0 && average == 0, "bps_max/iops_max require corresponding bps/iops values");
    refuse(burst != 0 && burst < average, "bps_max/iops_max cannot be lower than bps/iops");
  }

  private static void refuse(boolean wrong, String text) {
    if (wrong) {
      throw new ConfigException(text);
    }
  }
}
