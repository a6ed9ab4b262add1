package thespis.actors.block;

import java.util.LinkedHashMap;
import java.util.Map;

/// What an image is called: a plain name if there is one, and else the options that it is made of, as QEMU shows them.
///
/// @param plain null if there is none
/// @param options in QEMU's order
record NodeName(String plain, Map<String, Object> options) {
  static NodeName of(String plain, Object... options) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < options.length; i += 2) {
      if (options[i + 1] != null) {
        map.put((String) options[i], options[i + 1]);
      }
    }
    return new NodeName(plain, map);
  }

  @Override
  public String toString() {
    return plain == null ? "json:" + json(options) : plain;
  }

  private static String json(Object value) {
    return switch (value) {
      case Map<?, ?> map -> {
        StringBuilder out = new StringBuilder("{");
        map.forEach((name, member) ->
            out.append(out.length() == 1 ? "" : ", ").append('"').append(name).append("\": ").append(json(member)));
        yield out.append('}').toString();
      }
      case String text -> '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
      default -> value.toString();
    };
  }
}
