package thespis.actors.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SizeTest {
  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "512, 536870912", "1G, 1073741824", "1g, 1073741824", "1.5G, 1610612736", "64k, 65536", "100B, 100",
    "0x10, 16777216", "0x1G, 1073741824", "2T, 2199023255552", "0, 0"
  })
  void aNumberAloneCountsMegabytes(String text, long bytes) {
    assertEquals(bytes, Size.parse(text, 1 << 20).getAsLong());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "foo", "-5", ".5M", "1X", "1GG", "G", "16E", "0x", "1 G"})
  void anythingElseIsNoSize(String text) {
    assertTrue(Size.parse(text, 1 << 20).isEmpty());
  }
}
