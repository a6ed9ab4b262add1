package thespis.actors.gdb;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/// Bytes and numbers as the protocol writes them: hexadecimal digits.
final class Hex {
  private static final HexFormat FORMAT = HexFormat.of();

  private Hex() {}

  static String of(byte[] bytes) {
    return FORMAT.formatHex(bytes);
  }

  static String of(String text) {
    return of(text.getBytes(StandardCharsets.UTF_8));
  }

  /// @throws BadPacket if these are not whole bytes
  static byte[] bytes(String digits) {
    try {
      return FORMAT.parseHex(digits);
    } catch (IllegalArgumentException e) {
      throw new BadPacket();
    }
  }

  /// @throws BadPacket if this is no number
  static long number(String digits) {
    try {
      return Long.parseUnsignedLong(digits, 16);
    } catch (NumberFormatException e) {
      throw new BadPacket();
    }
  }
}
