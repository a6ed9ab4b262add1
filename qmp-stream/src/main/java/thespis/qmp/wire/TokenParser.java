package thespis.qmp.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;

/// Makes a tree of the tokens of one value. Integers are int64 or uint64, anything else that looks like a number is a
/// double (so 1e400 is infinite). The first thing wrong is the one reported.
final class TokenParser {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final BigInteger UINT64_MAX = BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);

  private final TokenBuffer tokens;
  private int next;

  private TokenParser(TokenBuffer tokens) {
    this.tokens = tokens;
  }

  static JsonNode parse(TokenBuffer tokens) throws JsonSyntaxException {
    return new TokenParser(tokens).value();
  }

  private JsonNode value() throws JsonSyntaxException {
    int token = take("expecting value");
    return switch (tokens.kind(token)) {
      case '{' -> object();
      case '[' -> array();
      case JsonLexer.STRING -> NODES.textNode(string(token));
      case JsonLexer.INTEGER -> integer(asciiText(token));
      case JsonLexer.FLOAT -> NODES.numberNode(Double.parseDouble(asciiText(token)));
      case JsonLexer.WORD -> word(asciiText(token));
      default -> throw new JsonSyntaxException("expecting value");
    };
  }

  private JsonNode object() throws JsonSyntaxException {
    ObjectNode object = NODES.objectNode();
    if (takeIf('}')) {
      return object;
    }
    do {
      member(object);
    } while (another('}', "expected separator in dict"));
    return object;
  }

  private void member(ObjectNode object) throws JsonSyntaxException {
    JsonNode key = value();
    if (!key.isTextual()) {
      throw new JsonSyntaxException("key is not a string in object");
    }
    if (tokens.kind(take("premature EOI")) != ':') {
      throw new JsonSyntaxException("missing : in object pair");
    }
    JsonNode value = value();
    if (object.putIfAbsent(key.textValue(), value) != null) {
      throw new JsonSyntaxException("duplicate key");
    }
  }

  private JsonNode array() throws JsonSyntaxException {
    ArrayNode array = NODES.arrayNode();
    if (takeIf(']')) {
      return array;
    }
    do {
      array.add(value());
    } while (another(']', "expected separator in list"));
    return array;
  }

  private boolean another(char closer, String otherwise) throws JsonSyntaxException {
    char kind = tokens.kind(take("premature EOI"));
    if (kind != closer && kind != ',') {
      throw new JsonSyntaxException(otherwise);
    }
    return kind == ',';
  }

  private boolean takeIf(char kind) {
    if (next < tokens.count() && tokens.kind(next) == kind) {
      next++;
      return true;
    }
    return false;
  }

  private int take(String otherwise) throws JsonSyntaxException {
    if (next == tokens.count()) {
      throw new JsonSyntaxException(otherwise);
    }
    return next++;
  }

  private String asciiText(int token) {
    int start = tokens.start(token);
    return new String(tokens.text(), start, tokens.end(token) - start, StandardCharsets.ISO_8859_1);
  }

  private static JsonNode word(String word) throws JsonSyntaxException {
    return switch (word) {
      case "true" -> NODES.booleanNode(true);
      case "false" -> NODES.booleanNode(false);
      case "null" -> NODES.nullNode();
      default -> throw new JsonSyntaxException("invalid keyword '" + word + "'");
    };
  }

  private static JsonNode integer(String digits) {
    if (digits.length() < 19) {
      return NODES.numberNode(Long.parseLong(digits));
    }
    if (digits.length() <= 20) {
      BigInteger value = new BigInteger(digits);
      if (value.bitLength() < Long.SIZE) {
        return NODES.numberNode(value.longValue());
      }
      if (value.signum() > 0 && value.compareTo(UINT64_MAX) <= 0) {
        return NODES.numberNode(value);
      }
    }
    return NODES.numberNode(Double.parseDouble(digits));
  }

  private String string(int token) throws JsonSyntaxException {
    int start = tokens.start(token) + 1;
    int end = tokens.end(token) - 1;
    byte[] text = tokens.text();
    for (int i = start; i < end; i++) {
      if (text[i] < 0 || text[i] == '\\') {
        return new StringText(text, start, end).decode();
      }
    }
    return new String(text, start, end - start, StandardCharsets.ISO_8859_1);
  }
}
