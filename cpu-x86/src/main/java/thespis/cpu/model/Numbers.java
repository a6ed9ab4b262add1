package thespis.cpu.model;

import java.math.BigInteger;
import java.util.OptionalLong;

/// Numbers as QEMU's options spell them: C's `strtoll(s, NULL, 0)` and `strtoull`, with nothing left over at the end.
/// So `0x10`, `010` (octal), ` 5` and `+5` are numbers; `5 `, `1.5`, `3G` and the empty string are none.
public final class Numbers {
  private static final BigInteger UNSIGNED_MAX = BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);
  private static final BigInteger SIGNED_MAX = BigInteger.valueOf(Long.MAX_VALUE);
  private static final BigInteger SIGNED_MIN = BigInteger.valueOf(Long.MIN_VALUE);

  private Numbers() {}

  /// The value as int64; empty if it is no number or out of range.
  public static OptionalLong int64(String text) {
    BigInteger n = parse(text);
    return n == null || n.compareTo(SIGNED_MAX) > 0 || n.compareTo(SIGNED_MIN) < 0
        ? OptionalLong.empty()
        : OptionalLong.of(n.longValue());
  }

  /// The value as uint64 (its bits in a long). A minus sign wraps round as in C; a magnitude over 64 bits is refused.
  public static OptionalLong uint64(String text) {
    BigInteger n = parse(text);
    return n == null || n.abs().compareTo(UNSIGNED_MAX) > 0 ? OptionalLong.empty() : OptionalLong.of(n.longValue());
  }

  private static BigInteger parse(String text) {
    int at = 0;
    while (at < text.length() && " \t\n\u000b\f\r".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    boolean minus = false;
    if (at < text.length() && (text.charAt(at) == '-' || text.charAt(at) == '+')) {
      minus = text.charAt(at++) == '-';
    }
    int radix = 10;
    if (text.startsWith("0x", at) || text.startsWith("0X", at)) {
      radix = 16;
      at += 2;
    } else if (text.startsWith("0", at)) {
      radix = 8;
    }
    for (int i = at; i < text.length(); i++) {
      if (text.charAt(i) > 'f' || Character.digit(text.charAt(i), radix) < 0) {
        return null;
      }
    }
    if (at == text.length()) {
      return null;
    }
    BigInteger n = new BigInteger(text.substring(at), radix);
    return minus ? n.negate() : n;
  }
}
