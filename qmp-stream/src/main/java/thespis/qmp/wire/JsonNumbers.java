package thespis.qmp.wire;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/// Doubles in C's `%.17g`: 17 significant digits, no trailing zeros, an exponent below 1e-4 and from 1e17 on
/// (ISO C17 "The fprintf function").
public final class JsonNumbers {
  private static final MathContext DIGITS = new MathContext(17, RoundingMode.HALF_EVEN);

  private JsonNumbers() {}

  /// Any number as it is written.
  public static String text(JsonNode number) {
    return number.isFloatingPointNumber() ? text(number.doubleValue()) : number.asText();
  }

  static String text(double value) {
    if (Double.isNaN(value)) {
      return "nan";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "inf" : "-inf";
    }
    String sign = Double.doubleToRawLongBits(value) < 0 ? "-" : "";
    if (value == 0) {
      return sign + "0";
    }
    BigDecimal exact = new BigDecimal(Math.abs(value)).round(DIGITS).stripTrailingZeros();
    String digits = exact.unscaledValue().toString();
    int exponent = digits.length() - 1 - exact.scale();
    return sign + (exponent < -4 || exponent >= 17 ? scientific(digits, exponent) : exact.toPlainString());
  }

  private static String scientific(String digits, int exponent) {
    String mantissa = digits.length() == 1 ? digits : digits.charAt(0) + "." + digits.substring(1);
    int size = Math.abs(exponent);
    return mantissa + "e" + (exponent < 0 ? "-" : "+") + (size < 10 ? "0" : "") + size;
  }
}
