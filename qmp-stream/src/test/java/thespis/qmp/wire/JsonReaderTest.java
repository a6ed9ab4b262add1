package thespis.qmp.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What QEMU 7.2 makes of good and bad input. `;` separates several results; `value` is one that is a JSON value.
class JsonReaderTest {
  private static final String PREFIX = "JSON parse error, ";

  @ParameterizedTest(name = "{0} -> {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock = """
      {"execute": }                             | expecting value
      }                                         | expecting value
      ]                                         | expecting value
      {"a":1,}                                  | expecting value
      {"execute":"query-name"]                  | expected separator in dict
      {"a":"b" "c":1}                           | expected separator in dict
      [1 2]                                     | expected separator in list
      [1}                                       | expected separator in list
      {"a" 1}                                   | missing : in object pair
      hello                                     | invalid keyword 'hello'
      {"a": tru}                                | invalid keyword 'tru'
      {1:2}                                     | key is not a string in object
      {[1]:2}                                   | key is not a string in object
      {"a":1, "a":2}                            | duplicate key
      {"a":1, "\\u0061":2}                      | duplicate key
      "\\q"                                     | invalid escape sequence in string
      "\\ud800"                                 | \\ud800 is not a valid Unicode character
      "\\ud800\\u0041"                          | \\ud800 is not a valid Unicode character
      "\\uffff"                                 | \\uffff is not a valid Unicode character
      "\\u12"                                   | \\u12" is not a valid Unicode character
      "\\u12G4"                                 | \\u12G4 is not a valid Unicode character
      "<ED><A0><80>"                            | invalid UTF-8 sequence in string
      "<EF><BF><BF>"                            | invalid UTF-8 sequence in string
      "<C1><81>"                                | invalid UTF-8 sequence in string
      <FF>                                      | stray '\uFFFD'
      {"execute":"query-name","id":"<FF><FE>"}  | stray '"\uFFFD' ; stray '\uFFFD' ; expecting value
      {"id":"tab<09>here"}                      | stray '"tab<09>' ; expecting value
      {"execute":"query-name<0A>,"id":1} | stray '"query-name<0A>' ; expecting value ; value ; expecting value ; value ; \
      expecting value
      {"id":01}                                 | stray '01' ; expecting value
      -a                                        | stray '-a'
      1.}                                       | stray '1.}'
      1e+x                                      | stray '1e+x'
      %d                                        | stray '%'
      {"execute":%s}                            | stray '%' ; expecting value
      <C3><A9>,                                 | stray '\uFFFD' ; expecting value
      <00>                                      | stray ''
      "a<00>b"                                  | stray '"a'
      1e5x                                      | value ; invalid keyword 'x'
      0"a"2                                     | value ; value ; value
      0x12                                      | value ; invalid keyword 'x' ; value
      truefalse                                 | invalid keyword 'truefalse'
      {"a":1}{'b':"\\'"}[]{}                    | value ; value ; value ; value
      <09> <0D><0A>                             |
      [{]}                                      | expecting value
      """)
  void readsAsQemuDoes(String input, String expected) {
    List<String> results = expected == null ? List.of() : List.of(latin1(expected).split(" ; "));
    byte[] bytes = (latin1(input) + "\n").getBytes(StandardCharsets.ISO_8859_1);
    assertEquals(results, whole(bytes));
    assertEquals(results, byteByByte(bytes));
  }

  @Test
  void valuesHaveTheRangeOfInt64AndUint64AndDoublesBeyond() {
    String all = "[9223372036854775807, -9223372036854775808, 18446744073709551615, 18446744073709551616, "
        + "-9223372036854775809, 0.1, 1.0, 1e2, -0, 99999999999999999999999, 1e400, -1e400, 5e-324]";
    assertEquals(
        "[9223372036854775807, -9223372036854775808, 18446744073709551615, 1.8446744073709552e+19, "
            + "-9.2233720368547758e+18, 0.10000000000000001, 1, 100, 0, 9.9999999999999992e+22, inf, -inf, "
            + "4.9406564584124654e-324]",
        echo(all));
  }

  @Test
  void stringsComeBackInAsciiWithUpperCaseEscapes() {
    assertEquals(
        "\"\\u00E9\\u20AC\\uD83D\\uDE00\\u007F\\u0000\\b\\f\\n\\r\\t/<\\\\\\\"'\"",
        echo("\"\u00e9\u20ac\\ud83d\\uDE00\u007f\\u0000\\b\\f\\n\\r\\t\\/<\\\\\\\"\\'\""));
    assertEquals("\"\\u0000\"", echo("\"\u00c0\u0080\""), "C0 80 is a zero");
  }

  @Test
  void depth1024IsFineAnd1025IsNot() {
    assertEquals(List.of("value"), whole(ascii("[".repeat(1024) + "]".repeat(1024))));
    String mixed = "[{'a':".repeat(512) + "[";
    assertEquals(List.of("JSON nesting depth limit exceeded"), whole(ascii(mixed)));
    assertEquals(
        List.of("JSON nesting depth limit exceeded", "expecting value", "value"),
        whole(ascii("[".repeat(1025) + "]{}")));
  }

  @Test
  void tooManyTokensAreRefusedAndForgotten() {
    int pairs = (2 << 20) / 2;
    assertEquals(List.of("value"), whole(ascii("[" + "1,".repeat(pairs - 2) + "1]")));
    List<String> results = whole(ascii("[" + "1,".repeat(pairs) + "\n{}"));
    assertEquals("JSON token count limit exceeded", results.getFirst());
    assertEquals("value", results.getLast());
  }

  @Test
  void tooManyBytesAreRefusedInOneTokenOrInSeveral() {
    JsonReader reader = new JsonReader(100);
    assertEquals(List.of("value"), results(reader, ascii("\"" + "x".repeat(90) + "\"")));
    assertEquals(
        List.of("JSON token size limit exceeded", "invalid keyword 'xx'", "value"),
        results(reader, ascii("\"" + "x".repeat(102) + " {}")));
    List<String> several = results(reader, ascii("[" + "\"0123456789\",".repeat(9)));
    assertEquals("JSON token size limit exceeded", several.getFirst());
  }

  @Test
  void anIncompleteValueGivesNothing() {
    JsonReader reader = new JsonReader();
    byte[] start = ascii("{\"a\": [1, {\"b\": \"c");
    reader.feed(start, 0, start.length);
    assertNull(reader.next());
    byte[] rest = ascii("d\"}]}");
    reader.feed(rest, 0, rest.length);
    assertTrue(reader.next() instanceof Input.Value(var json) && json.at("/a/1/b").textValue().equals("cd"));
  }

  private static String echo(String json) {
    JsonReader reader = new JsonReader();
    byte[] bytes = (json + "\n").getBytes(latin1Or(json));
    reader.feed(bytes, 0, bytes.length);
    Input.Value value = (Input.Value) reader.next();
    return new String(new JsonWriter(false).value(value.json()).take(), StandardCharsets.US_ASCII);
  }

  /// Text with characters above U+00FF is meant as UTF-8, other text as bytes.
  private static Charset latin1Or(String text) {
    return text.chars().anyMatch(c -> c > 0xFF) ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1;
  }

  private static List<String> whole(byte[] bytes) {
    return results(new JsonReader(), bytes);
  }

  private static List<String> byteByByte(byte[] bytes) {
    JsonReader reader = new JsonReader();
    List<String> results = new ArrayList<>();
    for (int i = 0; i < bytes.length; i++) {
      reader.feed(bytes, i, 1);
      drain(reader, results);
    }
    return results;
  }

  private static List<String> results(JsonReader reader, byte[] bytes) {
    List<String> results = new ArrayList<>();
    reader.feed(bytes, 0, bytes.length);
    drain(reader, results);
    return results;
  }

  private static void drain(JsonReader reader, List<String> results) {
    for (Input input = reader.next(); input != null; input = reader.next()) {
      results.add(switch (input) {
        case Input.Value _ -> "value";
        case Input.Malformed(var desc) -> desc.startsWith(PREFIX) ? desc.substring(PREFIX.length()) : desc;
      });
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /// `<FF>` is the byte FF.
  private static String latin1(String text) {
    return Pattern.compile("<([0-9A-F]{2})>")
        .matcher(text)
        .replaceAll(m -> Matcher.quoteReplacement(
            Character.toString((char) Integer.parseInt(m.group(1), 16))));
  }
}
