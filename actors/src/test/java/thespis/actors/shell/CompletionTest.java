package thespis.actors.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.api.Test;

class CompletionTest {
  private static JsonNode json(String text) {
    try {
      return ShellLine.JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }

  private final Completion completion = new Completion(json("""
      [{'name': 'expand', 'meta-type': 'command', 'arg-type': '1', 'ret-type': '0'},
       {'name': 'exit-now', 'meta-type': 'command', 'arg-type': '0', 'ret-type': '0'},
       {'name': 'expand', 'meta-type': 'event', 'arg-type': '0'},
       {'name': '0', 'meta-type': 'object', 'members': []},
       {'name': '1', 'meta-type': 'object',
        'members': [{'name': 'type', 'type': '2'}, {'name': 'model', 'type': '3'}, {'name': 'deep', 'type': 'bool'}]},
       {'name': '2', 'meta-type': 'enum', 'values': ['static', 'full']},
       {'name': '3', 'meta-type': 'object', 'members': [{'name': 'name', 'type': 'str'}, {'name': 'on', 'type': 'bool'}]},
       {'name': 'str', 'meta-type': 'builtin', 'json-type': 'string'},
       {'name': 'bool', 'meta-type': 'builtin', 'json-type': 'boolean'}]"""),
      json("[{'name': 'expand'}, {'name': 'device_add'}]"));

  @Test
  void theFirstWordIsACommand() {
    assertEquals(List.of("device_add", "exit-now", "expand"), completion.ways(""));
    assertEquals(List.of("exit-now", "expand"), completion.ways("ex"));
  }

  @Test
  void theOthersAreArgumentsAndTheirValues() {
    assertEquals(List.of("type=", "model.", "deep="), completion.ways("expand "));
    assertEquals(List.of("type=static", "type=full"), completion.ways("expand type="));
    assertEquals(List.of("type=full"), completion.ways("expand deep=true type=f"));
    assertEquals(List.of("model.name=", "model.on="), completion.ways("expand model."));
    assertEquals(List.of("model.on=true", "model.on=false"), completion.ways("expand model.on="));
    assertEquals(List.of(), completion.ways("expand model.name="));
    assertEquals(List.of(), completion.ways("nosuch a"));
  }

  @Test
  void withoutASchemaOnlyCommandsAreKnown() {
    Completion plain = new Completion(null, json("[{'name': 'stop'}]"));
    assertEquals(List.of("stop"), plain.ways("s"));
    assertEquals(List.of(), plain.ways("stop x"));
  }
}
