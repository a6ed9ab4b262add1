package thespis.qmp.wire;

import java.util.Arrays;

/// The tokens of the value being read: kinds, and their text in one run of bytes. Kept as primitive arrays since a
/// client may send two million tokens before the value ends.
final class TokenBuffer {
  private static final int SMALL_TEXT = 4096;
  private static final int SMALL_COUNT = 128;

  private byte[] text = new byte[SMALL_TEXT];
  private int textLength;
  private char[] kinds = new char[SMALL_COUNT];
  private int[] ends = new int[SMALL_COUNT];
  private int count;

  /// Adds a byte to the token that is still open.
  void append(byte b) {
    if (textLength == text.length) {
      text = Arrays.copyOf(text, textLength * 2);
    }
    text[textLength++] = b;
  }

  void append(byte[] from, int start, int end) {
    int length = end - start;
    if (textLength + length > text.length) {
      text = Arrays.copyOf(text, Math.max(text.length * 2, textLength + length));
    }
    System.arraycopy(from, start, text, textLength, length);
    textLength += length;
  }

  /// Ends the open token.
  void keep(char kind) {
    if (count == kinds.length) {
      kinds = Arrays.copyOf(kinds, count * 2);
      ends = Arrays.copyOf(ends, count * 2);
    }
    kinds[count] = kind;
    ends[count++] = textLength;
  }

  /// Forgets the open token.
  void discard() {
    textLength = openStart();
  }

  /// Forgets everything, and gives back what an unusually big value took.
  void clear() {
    textLength = 0;
    count = 0;
    if (text.length > 16 * SMALL_TEXT || kinds.length > 16 * SMALL_COUNT) {
      text = new byte[SMALL_TEXT];
      kinds = new char[SMALL_COUNT];
      ends = new int[SMALL_COUNT];
    }
  }

  int count() {
    return count;
  }

  char kind(int token) {
    return kinds[token];
  }

  int start(int token) {
    return token == 0 ? 0 : ends[token - 1];
  }

  int end(int token) {
    return ends[token];
  }

  /// Where the open token starts, that is how long all finished tokens are together.
  int openStart() {
    return count == 0 ? 0 : ends[count - 1];
  }

  int openLength() {
    return textLength - openStart();
  }

  int textLength() {
    return textLength;
  }

  byte[] text() {
    return text;
  }
}
