package thespis.machine.qom;

import java.io.ByteArrayOutputStream;
import thespis.cpu.model.ConfigException;

/// RFC 4648 "Base 64 Encoding" as QEMU reads it: line ends are nothing, an incomplete group at the end is dropped, and what
/// comes after the padding goes on.
public final class Base64Text {
  private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  private static final int GROUP = 4;

  private Base64Text() {}

  /// @throws ConfigException with QEMU's text
  public static byte[] decode(String text) {
    if (!text.matches("[A-Za-z0-9+/=\n]*")) {
      throw new ConfigException("Base64 data contains invalid characters");
    }
    String digits = text.replace("\n", "");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int at = 0; at + GROUP <= digits.length(); at += GROUP) {
      int value = 0;
      for (int i = 0; i < GROUP; i++) {
        value = value << 6 | Math.max(0, ALPHABET.indexOf(digits.charAt(at + i)));
      }
      bytes.write(value >>> 16);
      if (digits.charAt(at + 2) != '=') {
        bytes.write(value >>> 8);
      }
      if (digits.charAt(at + 3) != '=') {
        bytes.write(value);
      }
    }
    return bytes.toByteArray();
  }
}
