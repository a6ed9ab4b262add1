package thespis.qmp.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Millions of bytes, some random, most of them broken JSON. Nothing may throw, whatever was sent a reader has to be fit
/// again after FF LF, and how the bytes are cut into pieces must not matter.
class JsonReaderFuzzTest {
  private static final int ROUNDS = 40_000;
  private static final String[] ATOMS = {
    "{", "}", "[", "]", ":", ",", "\"", "'", "\\", "\"a\":", "'b'", "{\"execute\":\"stop\"}", "true", "nul", "0", "-",
    "1.5e3", " ", "\n", "\t", "\r", "\0", "\u00ff", "\u00c3\u00a9", "\u00ed\u00a0\u0080",
    "\\ud800", "\\u00e9", "%", "[[[[", "}}}}", "12345"
  };

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void anyBytesLeaveTheReaderFit(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    JsonReader whole = new JsonReader();
    JsonReader pieces = new JsonReader();
    for (int round = 0; round < ROUNDS; round++) {
      byte[] bytes = input(random);
      StringBuilder expected = new StringBuilder();
      whole.feed(bytes, 0, bytes.length);
      drain(whole, expected);
      StringBuilder seen = new StringBuilder();
      for (int at = 0; at < bytes.length; ) {
        int length = Math.min(bytes.length - at, 1 + random.nextInt(7));
        pieces.feed(bytes, at, length);
        drain(pieces, seen);
        at += length;
      }
      assertEquals(expected.toString(), seen.toString(), "seed " + seed + " round " + round);
      assertFit(whole, seed, round);
      assertFit(pieces, seed, round);
    }
  }

  private static byte[] input(SplittableRandom random) {
    if (random.nextInt(4) == 0) {
      byte[] bytes = new byte[random.nextInt(40)];
      random.nextBytes(bytes);
      return bytes;
    }
    StringBuilder text = new StringBuilder();
    for (int n = random.nextInt(20); n > 0; n--) {
      text.append(ATOMS[random.nextInt(ATOMS.length)]);
    }
    return text.toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  private static void drain(JsonReader reader, StringBuilder results) {
    for (Input input = reader.next(); input != null; input = reader.next()) {
      results.append(input).append('\n');
    }
  }

  private static void assertFit(JsonReader reader, long seed, int round) {
    byte[] reset = {(byte) 0xFF, '\n'};
    reader.feed(reset, 0, reset.length);
    drain(reader, new StringBuilder());
    byte[] good = "{\"execute\": \"query-status\"}".getBytes(StandardCharsets.US_ASCII);
    reader.feed(good, 0, good.length);
    Input.Value value =
        assertInstanceOf(Input.Value.class, reader.next(), () -> "stuck after seed " + seed + " round " + round);
    assertEquals("query-status", value.json().get("execute").textValue());
    assertNull(reader.next());
  }
}
