package thespis.qmp.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

/// 3,000 inputs, half broken, and what QEMU 7.2 answered: a line has the bytes in hex and then, after tabs, each
/// result: `!` and an error's text, `=` and the id that came back, or `value`. Each input was followed by LF FF LF, so
/// that the next starts afresh.
class QemuAnswersTest {
  @Test
  void theReaderGivesTheSameResultsForAllOfThem() throws IOException {
    int cases = 0;
    try (BufferedReader lines = new BufferedReader(new InputStreamReader(
        new GZIPInputStream(QemuAnswersTest.class.getResourceAsStream("lexer-answers.txt.gz")),
        StandardCharsets.US_ASCII))) {
      JsonReader reader = new JsonReader();
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String[] fields = line.split("\t");
        List<String> expected = Arrays.asList(fields).subList(1, fields.length);
        assertEquals(expected, answers(reader, HexFormat.of().parseHex(fields[0])), fields[0]);
        cases++;
      }
    }
    assertTrue(cases >= 3000);
  }

  private static List<String> answers(JsonReader reader, byte[] input) {
    byte[] bytes = Arrays.copyOf(input, input.length + 3);
    bytes[input.length] = '\n';
    bytes[input.length + 1] = (byte) 0xFF;
    bytes[input.length + 2] = '\n';
    reader.feed(bytes, 0, bytes.length);
    List<String> results = new ArrayList<>();
    for (Input next = reader.next(); next != null; next = reader.next()) {
      results.add(switch (next) {
        case Input.Malformed(var desc) -> "!" + escaped(desc);
        case Input.Value(var json) when json.has("id") -> "=" + text(json.get("id"));
        case Input.Value _ -> "value";
      });
    }
    return results;
  }

  private static String text(Object value) {
    return new String(new JsonWriter(false).value(value).take(), StandardCharsets.US_ASCII);
  }

  /// The recording's escapes.
  private static String escaped(String text) {
    StringBuilder out = new StringBuilder();
    text.codePoints().forEach(c -> {
      switch (c) {
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (c >= 0x20 && c < 0x7F) {
            out.append((char) c);
          } else {
            String form = c < 0x100 ? "\\x%02x" : c < 0x10000 ? "\\u%04x" : "\\U%08x";
            out.append(form.formatted(c));
          }
        }
      }
    });
    return out.toString();
  }
}
