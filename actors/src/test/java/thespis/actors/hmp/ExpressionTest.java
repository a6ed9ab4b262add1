package thespis.actors.hmp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Values and texts as QEMU 7.2 gave them.
class ExpressionTest {
  private static Expression.Result read(String text) {
    return Expression.read(text, 0, name -> name.equals("eax") ? OptionalLong.of(0x20) : OptionalLong.empty());
  }

  @ParameterizedTest
  @CsvSource(delimiter = ';', quoteCharacter = '`', value = {
    "1+2;3", "5&4;4", "5|8;13", "5^1;4", "~1;-2", "-1;-1", "010;8", "0xF0;240", "'a';97", "$eax+1;33", "-5/2;-2",
    "-5%3;-2", "1 + 2 * 3;7", "1|2+4;7", "2*(3+4);14", "+ 7;7", "0xffffffffffffffff;-1",
  })
  void aLineOfArithmeticHasItsValue(String text, long value) {
    assertEquals(value, read(text).value());
    assertEquals(text.length(), read(text).end(), "all of it is read");
  }

  @ParameterizedTest
  @CsvSource(delimiter = ';', quoteCharacter = '`', value = {
    "(1;')' expected", "1/0;division by zero", "1%0;division by zero", "abc;invalid char 'a' in expression",
    "!1;invalid char '!' in expression", "$nosuch;unknown register", "2**3;invalid char '*' in expression",
    "0x1ffffffffffffffff;number too large", "'ab';missing terminating ' character", "';character constant expected",
    "1+;unexpected end of expression",
  })
  void whatIsNoNumberIsSaidInQemusWords(String text, String words) {
    assertEquals(words, assertThrows(HumanMonitor.BadLine.class, () -> read(text)).getMessage());
  }

  @Test
  void readingEndsWhereTheNumberDoes() {
    assertEquals(new Expression.Result(0, 1), read("0x"));
    assertEquals(new Expression.Result(1, 2), read("1 2"));
    assertEquals(new Expression.Result(0, 1), read("08"));
  }
}
