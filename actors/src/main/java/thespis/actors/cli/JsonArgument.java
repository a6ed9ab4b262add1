package thespis.actors.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.Map;

/// An argument that is written as a JSON object instead of `key=value` items.
final class JsonArgument {
  private JsonArgument() {}

  @SuppressWarnings("unchecked")
  static Map<String, Object> object(String text) {
    try {
      return new ObjectMapper().readValue(text, LinkedHashMap.class);
    } catch (JsonProcessingException e) {
      throw new OptionException("JSON parse error: " + e.getOriginalMessage());
    }
  }
}
