package thespis.qmp.wire;

/// Finds JSON values in a stream of bytes that is not cut into lines: a value ends when its brackets are balanced. An
/// error drops what was collected and reading goes on with the next token, so one bad line can make several errors. A
/// value is bounded in depth, tokens and bytes. Bytes are fed in pieces; {@link #next} is asked until it has no more.
public final class JsonReader {
  private static final int DEPTH_LIMIT = 1024;
  private static final int COUNT_LIMIT = 2 << 20;

  private final TokenBuffer tokens = new TokenBuffer();
  private final JsonLexer lexer;
  private final int sizeLimit;
  private byte[] piece = {};
  private int pos;
  private int end;
  private int braces;
  private int brackets;

  public JsonReader() {
    this(JsonLexer.TOKEN_LIMIT);
  }

  /// For tests: a smaller limit than the 64 MiB of a value.
  JsonReader(int sizeLimit) {
    this.sizeLimit = sizeLimit;
    lexer = new JsonLexer(tokens, sizeLimit);
  }

  /// Gives the next bytes. They are read later, by {@link #next}, so the array must be left alone.
  public void feed(byte[] bytes, int start, int length) {
    if (pos < end) {
      throw new IllegalStateException("expected all bytes to be read, but " + (end - pos) + " are left");
    }
    piece = bytes;
    pos = start;
    end = start + length;
  }

  /// The next value or error in what was fed, or null if more bytes are needed.
  public Input next() {
    while (pos < end) {
      pos = lexer.scan(piece, pos, end);
      if (lexer.kind() != JsonLexer.NONE) {
        Input input = token(lexer.kind());
        if (input != null) {
          return input;
        }
      }
    }
    return null;
  }

  private Input token(char kind) {
    switch (kind) {
      case JsonLexer.STRAY -> {
        String shown = ModifiedUtf8.lenient(tokens.text(), tokens.openStart(), tokens.textLength());
        return reject("JSON parse error, stray '" + shown + "'");
      }
      case JsonLexer.TOO_LONG -> {
        return reject("JSON token size limit exceeded");
      }
      case '{' -> braces++;
      case '}' -> braces--;
      case '[' -> brackets++;
      case ']' -> brackets--;
      default -> {}
    }
    if (tokens.textLength() >= sizeLimit) {
      return reject("JSON token size limit exceeded");
    }
    if (tokens.count() + 1 > COUNT_LIMIT) {
      return reject("JSON token count limit exceeded");
    }
    if (braces + brackets > DEPTH_LIMIT) {
      return reject("JSON nesting depth limit exceeded");
    }
    tokens.keep(kind);
    boolean open = (braces > 0 || brackets > 0) && braces >= 0 && brackets >= 0;
    return open ? null : parse();
  }

  private Input parse() {
    try {
      return new Input.Value(TokenParser.parse(tokens));
    } catch (JsonSyntaxException e) {
      return new Input.Malformed("JSON parse error, " + e.getMessage());
    } finally {
      forget();
    }
  }

  private Input reject(String desc) {
    forget();
    return new Input.Malformed(desc);
  }

  private void forget() {
    tokens.clear();
    braces = 0;
    brackets = 0;
  }
}
