package thespis.cpu.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.OptionalLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NumbersTest {
  @ParameterizedTest(name = "{0}")
  @CsvSource(ignoreLeadingAndTrailingWhitespace = false, textBlock = """
      0,0
      42,42
      -7,-7
      +7,7
      0x10,16
      0XfF,255
      -0x1,-1
      010,8
      ' 4',4
      9223372036854775807,9223372036854775807
      """)
  void numbersReadAsCReadsThem(String text, long value) {
    assertEquals(OptionalLong.of(value), Numbers.int64(text));
    assertEquals(OptionalLong.of(value), Numbers.uint64(text));
  }

  @ParameterizedTest(name = "\"{0}\"")
  @ValueSource(strings = {"", " ", "-", "4 ", "1.5", "3G", "0x", "08", "abc", "99999999999999999999", "\u0663"})
  void otherTextIsNoNumber(String text) {
    assertTrue(Numbers.int64(text).isEmpty());
    assertTrue(Numbers.uint64(text).isEmpty());
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"18446744073709551615,-1", "-18446744073709551615,1"})
  void unsignedNumbersReachTwiceAsFar(String text, long bits) {
    assertTrue(Numbers.int64(text).isEmpty());
    assertEquals(OptionalLong.of(bits), Numbers.uint64(text));
  }
}
