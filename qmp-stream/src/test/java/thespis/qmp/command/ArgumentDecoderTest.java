package thespis.qmp.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import thespis.qmp.wire.Input;
import thespis.qmp.wire.JsonReader;

/// QEMU's words for arguments that do not fit, on a struct with everything QAPI has.
class ArgumentDecoderTest {
  public enum Kind {
    STATIC,
    HALF_FULL
  }

  public record Model(String name, Optional<JsonNode> props) {}

  public record Everything(
      String text,
      Optional<Long> number,
      boolean truth,
      Kind kind,
      Optional<List<Kind>> kinds,
      Optional<Model> model) {}

  @Test
  void everyTypeIsRead() throws ArgumentException {
    assertEquals(
        new Everything(
            "x",
            Optional.of(-5L),
            true,
            Kind.HALF_FULL,
            Optional.of(List.of(Kind.STATIC)),
            Optional.of(new Model("m", Optional.empty()))),
        decode("{'text': 'x', 'number': -5, 'truth': true, 'kind': 'half-full', 'kinds': ['static'],"
            + " 'model': {'name': 'm'}}"));
  }

  @ParameterizedTest(name = "{0} -> {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock = """
      {}                                             | Parameter 'text' is missing
      {'zz': 1}                                      | Parameter 'text' is missing
      {'text': 5}                                    | Invalid parameter type for 'text', expected: string
      {'text': null}                                 | Invalid parameter type for 'text', expected: string
      {'text': 'x', 'number': '5'}                   | Invalid parameter type for 'number', expected: integer
      {'text': 'x', 'number': 1.0}                   | Invalid parameter type for 'number', expected: integer
      {'text': 'x', 'number': 9223372036854775808}   | Invalid parameter type for 'number', expected: integer
      {'text': 'x'}                                  | Parameter 'truth' is missing
      {'text': 'x', 'truth': 1}                      | Invalid parameter type for 'truth', expected: boolean
      {'text': 'x', 'truth': true, 'kind': 1}        | Invalid parameter type for 'kind', expected: string
      {'text': 'x', 'truth': true, 'kind': 'b'}      | Parameter 'kind' does not accept value 'b'
      {'text': 'x', 'truth': true, 'kind': 'STATIC'} | Parameter 'kind' does not accept value 'STATIC'
      """)
  void theFirstThatDoesNotFitIsSaidInQemusWords(String arguments, String message) {
    assertRefused(message, arguments);
  }

  @ParameterizedTest(name = "{0} -> {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock = """
      'kinds': 'static'               | Invalid parameter type for 'kinds', expected: array
      'kinds': ['no']                 | Parameter 'null' does not accept value 'no'
      'kinds': ['static', 5]          | Invalid parameter type for 'kinds[1]', expected: string
      'model': 'm'                    | Invalid parameter type for 'model', expected: object
      'model': {}                     | Parameter 'model.name' is missing
      'model': {'name': 'm', 'x': 1}  | Parameter 'model.x' is unexpected
      'Text': 'x'                     | Parameter 'Text' is unexpected
      """)
  void nestedValuesAreNamedByTheirPath(String more, String message) {
    assertRefused(message, "{'text': 'x', 'truth': true, 'kind': 'static', " + more + "}");
  }

  @Test
  void optionsAreTextAndWhatHasNoTextIsNotSeen() throws ArgumentException {
    DeviceCommands.DeviceAdd add = (DeviceCommands.DeviceAdd) CommandTable.find("device_add").decode(json(
        "{'driver': true, 'id': 5, 'core-id': 1, 'level': 1.5, 'sse3': false, "
            + "'a': null, 'b': [1], 'c': {}, 'd': '2'}"));
    assertEquals(
        new DeviceCommands.DeviceAdd(
            "on",
            Optional.empty(),
            Optional.empty(),
            Map.of("driver", "on", "core-id", "1", "level", "1.5", "sse3", "off", "d", "2")),
        add);
    assertEquals(List.of("driver", "core-id", "level", "sse3", "d"), List.copyOf(add.options().keySet()));
  }

  @Test
  void everyCommandHasANameOfItsOwnAndAReturnType() {
    assertEquals("device_add", CommandTable.find("device_add").name());
    assertEquals("query-hotpluggable-cpus", CommandTable.find("query-hotpluggable-cpus").name());
    for (CommandSpec command : CommandTable.all()) {
      assertEquals(command, CommandTable.find(command.name()));
      String returns = command.returns().getTypeName();
      assertTrue(returns.matches("thespis\\..*|java\\.util\\.List<thespis\\..*|java\\.lang\\.(String|Object)"), returns);
    }
  }

  private static void assertRefused(String message, String arguments) {
    assertEquals(message, assertThrows(ArgumentException.class, () -> decode(arguments)).getMessage());
  }

  private static Object decode(String arguments) throws ArgumentException {
    return ArgumentDecoder.decode(RecordSpec.of(Everything.class), json(arguments));
  }

  private static JsonNode json(String text) {
    JsonReader reader = new JsonReader();
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    reader.feed(bytes, 0, bytes.length);
    return ((Input.Value) reader.next()).json();
  }
}
