package thespis.qmp.wire;

/// UTF-8 as QEMU reads it in JSON strings: U+0000 may be written as C0 80, sequences are up to six bytes long, and
/// surrogates, noncharacters and overlong forms are invalid (Unicode "Noncharacters", RFC 3629 "UTF-8 definition").
final class ModifiedUtf8 {
  private static final int[] SMALLEST = {0, 0, 0x80, 0x800, 0x10000, 0x200000, 0x4000000};

  private ModifiedUtf8() {}

  /// The code point at `pos`, or -1; {@link #length} says how many bytes that took.
  static int codePoint(byte[] bytes, int pos, int end) {
    int first = bytes[pos] & 0xFF;
    if (first < 0x80) {
      return first == 0 ? -1 : first;
    }
    int length = announced(first);
    if (length < 2 || pos + length > end) {
      return -1;
    }
    long value = first & (0x7F >> length);
    for (int i = 1; i < length; i++) {
      if ((bytes[pos + i] & 0xC0) != 0x80) {
        return -1;
      }
      value = value << 6 | bytes[pos + i] & 0x3F;
    }
    boolean zero = value == 0 && length == 2;
    return value <= 0x10FFFF && isCharacter((int) value) && (value >= SMALLEST[length] || zero) ? (int) value : -1;
  }

  /// Bytes that belong to what starts at `pos`, valid or not: an invalid sequence ends before the byte that broke it.
  static int length(byte[] bytes, int pos, int end) {
    int announced = announced(bytes[pos] & 0xFF);
    int length = 1;
    while (length < announced && pos + length < end && (bytes[pos + length] & 0xC0) == 0x80) {
      length++;
    }
    return length;
  }

  /// True for what may stand in a string: not a surrogate, not a noncharacter, not past the last plane.
  static boolean isCharacter(int codePoint) {
    return codePoint >= 0
        && codePoint <= 0x10FFFF
        && (codePoint & 0xFFFE) != 0xFFFE
        && !(codePoint >= 0xFDD0 && codePoint <= 0xFDEF)
        && !(codePoint >= 0xD800 && codePoint <= 0xDFFF);
  }

  /// For texts about bad input: what is invalid becomes U+FFFD, and as in a C string the first zero byte ends it.
  static String lenient(byte[] bytes, int start, int end) {
    StringBuilder out = new StringBuilder(end - start);
    for (int pos = start; pos < end && bytes[pos] != 0; pos += length(bytes, pos, end)) {
      int codePoint = codePoint(bytes, pos, end);
      out.appendCodePoint(codePoint < 0 ? 0xFFFD : codePoint);
    }
    return out.toString();
  }

  private static int announced(int first) {
    return first < 0xC0 || first >= 0xFE ? 1 : Integer.numberOfLeadingZeros(~(first << 24));
  }
}
