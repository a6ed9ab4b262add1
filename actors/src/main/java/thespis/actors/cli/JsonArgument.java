package thespis.actors.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import thespis.cpu.prop.Input;
import thespis.qmp.wire.JsonReader;

/// An argument that is written as a JSON object instead of `key=value` items.
final class JsonArgument {
  private JsonArgument() {}

  /// @throws OptionException with QEMU's text
  static JsonNode read(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    JsonReader reader = new JsonReader();
    reader.feed(bytes, 0, bytes.length);
    return switch (reader.next()) {
      case null -> throw new OptionException("JSON parse error, premature EOI");
      case thespis.qmp.wire.Input.Malformed(String desc) -> throw new OptionException(desc);
      case thespis.qmp.wire.Input.Value(JsonNode json) -> json;
    };
  }

  @SuppressWarnings("unchecked")
  static Map<String, Object> object(String text) {
    return new ObjectMapper().convertValue(read(text), LinkedHashMap.class);
  }

  /// Properties keep their type; what says which device it is, and where, is text.
  static Map<String, Object> device(String text) {
    Map<String, Object> arguments = object(text);
    arguments.replaceAll((name, value) -> name.matches("driver|id|bus") ? value : Input.ofJson(value));
    if (!(arguments.get("driver") instanceof String)) {
      throw new OptionException("Parameter 'driver' is missing");
    }
    return arguments;
  }
}
