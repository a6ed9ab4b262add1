package thespis.machine.qom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import thespis.cpu.model.ConfigException;

/// What QEMU 7.2's `ringbuf-write` made of these.
class Base64TextTest {
  @ParameterizedTest(name = "{0} -> {1}")
  @CsvSource(delimiter = '|', textBlock = """
      YWJj     | abc
      YWJjZA   | abc
      YQ==YWJj | aabc
      YWI=     | ab
      a        | ''
      =        | ''
      """)
  void isReadLeniently(String text, String content) {
    assertEquals(content, new String(Base64Text.decode(text), StandardCharsets.US_ASCII));
  }

  @Test
  void endsOfLinesAreNothingAndBlanksAreWrong() {
    assertEquals("abc", new String(Base64Text.decode("YW\nJj\n"), StandardCharsets.US_ASCII));
    assertEquals("Base64 data contains invalid characters",
        assertThrows(ConfigException.class, () -> Base64Text.decode("Y W")).getMessage());
  }
}
