package thespis.qmp.wire;

/// Cuts a stream of bytes into the tokens of QEMU's JSON dialect: RFC 8259 plus strings in single quotes and bare
/// words. A byte that fits nowhere makes a STRAY token of all that was open, itself included; after it everything is
/// skipped up to the next structural character or control character other than TAB. Behaviour pinned by the
/// `malformed-json` transcript and by answers recorded from QEMU 7.2 (`lexer-answers`).
final class JsonLexer {
  /// Token kinds. The structural ones are their own character.
  static final char NONE = 0;
  static final char STRING = '"';
  static final char INTEGER = '0';
  static final char FLOAT = '.';
  static final char WORD = 'a';
  static final char STRAY = '!';
  static final char TOO_LONG = '>';

  /// A single token may not grow past this.
  static final int TOKEN_LIMIT = 64 << 20;

  private enum State {
    START,
    DOUBLE_QUOTED,
    DOUBLE_QUOTED_ESCAPE,
    SINGLE_QUOTED,
    SINGLE_QUOTED_ESCAPE,
    SIGN,
    ZERO,
    DIGITS,
    POINT,
    FRACTION,
    EXPONENT,
    EXPONENT_SIGN,
    EXPONENT_DIGITS,
    IN_WORD,
    RECOVERY
  }

  private final TokenBuffer tokens;
  private final int tokenLimit;
  private State state = State.START;
  private char kind;

  JsonLexer(TokenBuffer tokens, int tokenLimit) {
    this.tokens = tokens;
    this.tokenLimit = tokenLimit;
  }

  /// What the last {@link #scan} finished: its text is the buffer's open token. NONE if it ran out of bytes.
  char kind() {
    return kind;
  }

  /// Reads on from `pos` until a token is finished or `end` is reached; returns where to go on.
  int scan(byte[] bytes, int pos, int end) {
    kind = NONE;
    while (pos < end && kind == NONE) {
      pos = step(bytes, pos, end);
      if (kind == NONE && tokens.openLength() > tokenLimit) {
        kind = TOO_LONG;
        state = State.START;
      }
    }
    return pos;
  }

  private int step(byte[] bytes, int pos, int end) {
    byte b = bytes[pos];
    return switch (state) {
      case START -> start(b, pos);
      case DOUBLE_QUOTED -> quoted(bytes, pos, end, '"', State.DOUBLE_QUOTED_ESCAPE);
      case DOUBLE_QUOTED_ESCAPE -> escape(b, pos, State.DOUBLE_QUOTED);
      case SINGLE_QUOTED -> quoted(bytes, pos, end, '\'', State.SINGLE_QUOTED_ESCAPE);
      case SINGLE_QUOTED_ESCAPE -> escape(b, pos, State.SINGLE_QUOTED);
      case SIGN -> b == '0' ? go(State.ZERO, b, pos) : isDigit(b) ? go(State.DIGITS, b, pos) : stray(b, pos);
      // QEMU differs from RFC 8259 "Numbers": 0e5 is two tokens.
      case ZERO -> isDigit(b) ? stray(b, pos) : b == '.' ? go(State.POINT, b, pos) : done(INTEGER, pos);
      case DIGITS -> isDigit(b) ? go(State.DIGITS, b, pos) : afterDigits(b, pos);
      case POINT -> isDigit(b) ? go(State.FRACTION, b, pos) : stray(b, pos);
      case FRACTION -> isDigit(b) ? go(State.FRACTION, b, pos) : isE(b) ? go(State.EXPONENT, b, pos) : done(FLOAT, pos);
      case EXPONENT -> b == '-' || b == '+' ? go(State.EXPONENT_SIGN, b, pos) : exponentDigit(b, pos);
      case EXPONENT_SIGN -> exponentDigit(b, pos);
      case EXPONENT_DIGITS -> isDigit(b) ? go(State.EXPONENT_DIGITS, b, pos) : done(FLOAT, pos);
      case IN_WORD -> isLetter(b) ? go(State.IN_WORD, b, pos) : done(WORD, pos);
      case RECOVERY -> recover(b, pos);
    };
  }

  private int start(byte b, int pos) {
    switch (b) {
      case ' ', '\t', '\r', '\n' -> {
        return pos + 1;
      }
      case '{', '}', '[', ']', ':', ',' -> {
        tokens.append(b);
        return done((char) b, pos + 1);
      }
      case '"' -> {
        return go(State.DOUBLE_QUOTED, b, pos);
      }
      case '\'' -> {
        return go(State.SINGLE_QUOTED, b, pos);
      }
      case '-' -> {
        return go(State.SIGN, b, pos);
      }
      case '0' -> {
        return go(State.ZERO, b, pos);
      }
      default -> {
        return isDigit(b) ? go(State.DIGITS, b, pos) : isLetter(b) ? go(State.IN_WORD, b, pos) : stray(b, pos);
      }
    }
  }

  private int quoted(byte[] bytes, int pos, int end, char quote, State escape) {
    int at = pos;
    end = Math.min(end, pos + tokenLimit + 1 - tokens.openLength());
    while (at < end && isText(bytes[at]) && bytes[at] != quote && bytes[at] != '\\') {
      at++;
    }
    tokens.append(bytes, pos, at);
    if (at == end) {
      return at;
    }
    byte b = bytes[at];
    if (b == '\\') {
      return go(escape, b, at);
    }
    if (b == quote) {
      tokens.append(b);
      return done(STRING, at + 1);
    }
    return stray(b, at);
  }

  private int escape(byte b, int pos, State back) {
    return isText(b) ? go(back, b, pos) : stray(b, pos);
  }

  private int afterDigits(byte b, int pos) {
    return b == '.' ? go(State.POINT, b, pos) : isE(b) ? go(State.EXPONENT, b, pos) : done(INTEGER, pos);
  }

  private int exponentDigit(byte b, int pos) {
    return isDigit(b) ? go(State.EXPONENT_DIGITS, b, pos) : stray(b, pos);
  }

  private int recover(byte b, int pos) {
    boolean over = switch (b) {
      case '{', '}', '[', ']', ':', ',' -> true;
      default -> !isText(b) && b != '\t';
    };
    if (over) {
      state = State.START;
      return pos;
    }
    return pos + 1;
  }

  private int go(State next, byte b, int pos) {
    tokens.append(b);
    state = next;
    return pos + 1;
  }

  private int done(char finished, int next) {
    kind = finished;
    state = State.START;
    return next;
  }

  private int stray(byte b, int pos) {
    tokens.append(b);
    kind = STRAY;
    state = State.RECOVERY;
    return pos + 1;
  }

  /// Bytes a string may hold as they are: no control character, and neither of the two that UTF-8 never uses.
  private static boolean isText(byte b) {
    int unsigned = b & 0xFF;
    return unsigned >= 0x20 && unsigned < 0xFE;
  }

  private static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }

  private static boolean isLetter(byte b) {
    return b >= 'a' && b <= 'z';
  }

  private static boolean isE(byte b) {
    return b == 'e' || b == 'E';
  }
}
