package thespis.actors.cli;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/// A size with an optional suffix B, k, M, G, T, P or E, perhaps with a fraction: `512`, `1.5G`, `0x200`.
final class Size {
  private static final String SUFFIXES = "BKMGTPE";
  private static final Pattern SIZE =
      Pattern.compile("(0[xX][0-9a-fA-F]+|[0-9]+(\\.[0-9]*)?)[BbKkMmGgTtPpEe]?");
  private static final BigInteger LIMIT = BigInteger.ONE.shiftLeft(64);

  private Size() {}

  /// Bytes.
  ///
  /// @param name the parameter, for messages
  /// @param plain what a number without a suffix counts in
  /// @throws OptionException with QEMU's text
  static long of(String name, String text, long plain) {
    OptionalLong bytes = parse(text, plain);
    if (bytes.isPresent()) {
      return bytes.getAsLong();
    }
    throw new OptionException(SIZE.matcher(text).matches()
        ? "Value '" + text + "' is out of range for parameter '" + name + "'"
        : "Parameter '" + name + "' expects a non-negative number below 2^64\n"
            + "Optional suffix k, M, G, T, P or E means kilo-, mega-, giga-, tera-, peta-\n"
            + "and exabytes, respectively.");
  }

  /// Bytes; empty if this is no size or does not fit 64 bits.
  ///
  /// @param plain what a number without a suffix counts in
  static OptionalLong parse(String text, long plain) {
    String digits = text;
    BigInteger unit = BigInteger.valueOf(plain);
    boolean hex = text.startsWith("0x") || text.startsWith("0X");
    if (!text.isEmpty()) {
      char last = Character.toUpperCase(text.charAt(text.length() - 1));
      int suffix = SUFFIXES.indexOf(last);
      if (suffix >= 0 && !(hex && Character.digit(last, 16) >= 0)) {
        digits = text.substring(0, text.length() - 1);
        unit = BigInteger.ONE.shiftLeft(10 * suffix);
      }
    }
    if (!digits.matches(hex ? "0[xX][0-9a-fA-F]+" : "[0-9]+(\\.[0-9]*)?")) {
      return OptionalLong.empty();
    }
    BigInteger bytes = hex
        ? new BigInteger(digits.substring(2), 16).multiply(unit)
        : new BigDecimal(digits).multiply(new BigDecimal(unit)).toBigInteger();
    return bytes.compareTo(LIMIT) < 0 ? OptionalLong.of(bytes.longValue()) : OptionalLong.empty();
  }
}
