package thespis.machine.qom;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/// What a machine object holds: values by property name, where they differ from those of its type. A Supplier is asked
/// each time, for values that live.
public final class MachineSettings {
  private final Map<String, Object> values = new HashMap<>();

  public MachineSettings put(String name, Object value) {
    values.put(name, value);
    return this;
  }

  Map<String, Object> all() {
    return Map.copyOf(values);
  }

  Object get(String name, Object initial) {
    Object value = values.getOrDefault(name, initial);
    return value instanceof Supplier<?> live ? live.get() : value;
  }
}
