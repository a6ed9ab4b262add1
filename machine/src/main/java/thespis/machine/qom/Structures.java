package thespis.machine.qom;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import thespis.cpu.model.ConfigException;
import thespis.cpu.prop.Input;

/// Values with members on their way into a property, with QEMU's words for what does not fit.
final class Structures {
  private Structures() {}

  /// @param kinds what JSON type each member has
  /// @throws ConfigException with QEMU's text
  static Map<String, Object> members(String name, Input value, Map<String, String> kinds) {
    Map<?, ?> given = object(name, value);
    Map<String, Object> members = new LinkedHashMap<>();
    kinds.forEach((member, kind) -> {
      if (given.containsKey(member)) {
        members.put(member, member(name + "." + member, kind, Input.ofJson(given.get(member))));
      }
    });
    for (Object member : given.keySet()) {
      if (!kinds.containsKey(member)) {
        throw new ConfigException("Parameter '" + name + "." + member + "' is unexpected");
      }
    }
    return members;
  }

  private static Object member(String name, String kind, Input value) {
    return switch (kind) {
      case "boolean" -> value.bool(name);
      case "integer" -> value.int64(name);
      case "size" -> value.uint64(name);
      default -> value.string(name);
    };
  }

  static Map<?, ?> object(String name, Input value) {
    if (value instanceof Input.Json(Map<?, ?> members)) {
      return members;
    }
    throw new ConfigException("Invalid parameter type for '" + name + "', expected: object");
  }

  static List<?> array(String name, Input value) {
    if (value instanceof Input.Json(List<?> elements)) {
      return elements;
    }
    throw new ConfigException("Invalid parameter type for '" + name + "', expected: array");
  }
}
