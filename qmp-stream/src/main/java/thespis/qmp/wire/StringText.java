package thespis.qmp.wire;

/// What stands between the quotes of a JSON string: escapes (RFC 8259 "Strings", and `\'`) and UTF-8.
final class StringText {
  private final byte[] text;
  private final int end;
  private int pos;

  StringText(byte[] text, int start, int end) {
    this.text = text;
    this.pos = start;
    this.end = end;
  }

  String decode() throws JsonSyntaxException {
    StringBuilder out = new StringBuilder(end - pos);
    while (pos < end) {
      if (text[pos] == '\\') {
        escape(out);
      } else {
        character(out);
      }
    }
    return out.toString();
  }

  private void character(StringBuilder out) throws JsonSyntaxException {
    int codePoint = ModifiedUtf8.codePoint(text, pos, end);
    if (codePoint < 0) {
      throw new JsonSyntaxException("invalid UTF-8 sequence in string");
    }
    out.appendCodePoint(codePoint);
    pos += ModifiedUtf8.length(text, pos, end);
  }

  private void escape(StringBuilder out) throws JsonSyntaxException {
    int start = pos++;
    byte letter = text[pos++];
    switch (letter) {
      case '"', '\'', '\\', '/' -> out.append((char) letter);
      case 'b' -> out.append('\b');
      case 'f' -> out.append('\f');
      case 'n' -> out.append('\n');
      case 'r' -> out.append('\r');
      case 't' -> out.append('\t');
      case 'u' -> unicode(start, out);
      default -> throw new JsonSyntaxException("invalid escape sequence in string");
    }
  }

  private void unicode(int start, StringBuilder out) throws JsonSyntaxException {
    int codePoint = hex4(pos);
    pos += 4;
    if (codePoint >= 0xD800 && codePoint <= 0xDBFF && at(pos) == '\\' && at(pos + 1) == 'u') {
      int low = hex4(pos + 2);
      if (low >= 0xDC00 && low <= 0xDFFF) {
        codePoint = Character.toCodePoint((char) codePoint, (char) low);
        pos += 6;
      }
    }
    if (!ModifiedUtf8.isCharacter(codePoint)) {
      // The closing quote is part of what is shown if the digits ended too soon.
      String shown = ModifiedUtf8.lenient(text, start, Math.min(pos, end + 1));
      throw new JsonSyntaxException(shown + " is not a valid Unicode character");
    }
    out.appendCodePoint(codePoint);
  }

  private int at(int index) {
    return index < end ? text[index] : -1;
  }

  private int hex4(int from) {
    int value = 0;
    for (int i = from; i < from + 4; i++) {
      int digit = Character.digit(at(i), 16);
      if (digit < 0) {
        return -1;
      }
      value = value << 4 | digit;
    }
    return value;
  }
}
