package thespis.actors.hmp;

/// What stands between a command and its argument, as in `x/4xw`: how many, in which notation, how wide.
///
/// @param notation o, d, u, x, i or c
/// @param size bytes of one number; -1 for instructions of whatever length
record DumpFormat(int count, char notation, int size) {

  /// What counts when the user says nothing: what was used last, by any monitor of the process.
  static final class Defaults {
    private char notation = 'x';
    private int size = 4;

    /// @param text after the slash; null if there is none
    /// @throws HumanMonitor.BadLine if it is no format
    synchronized DumpFormat read(String text) {
      if (text == null) {
        return new DumpFormat(1, notation, notation == 'i' ? -1 : size);
      }
      int at = 0;
      int count = 1;
      if (at < text.length() && Character.isDigit(text.charAt(at))) {
        count = 0;
        while (at < text.length() && Character.isDigit(text.charAt(at))) {
          count = count * 10 + Character.digit(text.charAt(at++), 10);
        }
      }
      char letter = 0;
      int width = -1;
      for (; at < text.length(); at++) {
        char c = text.charAt(at);
        switch (c) {
          case 'o', 'd', 'u', 'x', 'i', 'c' -> letter = c;
          case 'b' -> width = 1;
          case 'h' -> width = 2;
          case 'w' -> width = 4;
          case 'g', 'L' -> width = 8;
          default -> throw new HumanMonitor.BadLine("invalid char in format: '" + c + "'");
        }
      }
      notation = letter == 0 ? notation : letter;
      if (notation != 'i') {
        size = width < 0 ? size : width;
        width = size;
      }
      return new DumpFormat(count, notation, width);
    }
  }

  /// One number, with a prefix that tells its base, as `print` has it.
  String print(long value) {
    return switch (notation) {
      case 'o' -> value == 0 ? "0" : "0" + Long.toOctalString(value);
      case 'x' -> value == 0 ? "0" : "0x" + Long.toHexString(value);
      case 'u' -> Long.toUnsignedString(value);
      case 'd', 'i' -> Long.toString(value);
      default -> character((int) value & 0xFF);
    };
  }

  /// One number of a memory dump, in its column.
  String column(long value) {
    int digits = switch (notation) {
      case 'o' -> (size * 8 + 2) / 3;
      case 'x' -> size * 2;
      default -> (size * 80 + 32) / 33;
    };
    return switch (notation) {
      case 'o', 'u', 'd' -> String.format("%" + digits + "s", print(value));
      case 'c' -> character((int) value & 0xFF);
      default -> String.format("0x%0" + digits + "x", value);
    };
  }

  private static String character(int value) {
    return "'" + switch (value) {
      case '\'' -> "\\'";
      case '\\' -> "\\\\";
      case '\n' -> "\\n";
      case '\r' -> "\\r";
      default -> value >= ' ' && value <= '~' ? String.valueOf((char) value) : String.format("\\x%02x", value);
    } + "'";
  }
}
