package thespis.qmp.wire;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/// Writes JSON as QEMU does: ASCII only, a blank after `,` and `:`, and with `pretty=on` four blanks of indent and CR
/// LF at each line's end. Values are JSON trees, maps, lists, records (empty optionals and nulls are left out), enums,
/// strings, numbers and booleans.
public final class JsonWriter {
  private static final byte[] HEX = "0123456789ABCDEF".getBytes(StandardCharsets.US_ASCII);
  private static final int SMALL = 8192;

  private final boolean pretty;
  private byte[] out = new byte[SMALL];
  private int length;
  private int depth;
  private boolean first = true;

  public JsonWriter(boolean pretty) {
    this.pretty = pretty;
  }

  public JsonWriter startObject() {
    return open('{');
  }

  public JsonWriter endObject() {
    return close('}');
  }

  public JsonWriter startArray() {
    return open('[');
  }

  public JsonWriter endArray() {
    return close(']');
  }

  /// The name of the member whose value is written next.
  public JsonWriter name(String name) {
    separate();
    quote(name);
    put(':');
    put(' ');
    first = true;
    return this;
  }

  /// A member of an object; left out if its value is an empty optional or null.
  public JsonWriter member(String name, Object value) {
    Object present = present(value);
    return present == null ? this : name(name).raw(present);
  }

  /// An element of an array.
  public JsonWriter element(Object value) {
    separate();
    return raw(value);
  }

  /// A value on its own.
  public JsonWriter value(Object value) {
    return raw(value);
  }

  /// Ends the message: CR LF.
  public JsonWriter endLine() {
    put('\r');
    put('\n');
    first = true;
    return this;
  }

  /// Bytes written and not taken yet.
  public int size() {
    return length;
  }

  /// All bytes written and not taken yet.
  public byte[] take() {
    byte[] bytes = Arrays.copyOf(out, length);
    length = 0;
    if (out.length > 16 * SMALL) {
      out = new byte[SMALL];
    }
    return bytes;
  }

  private JsonWriter open(char bracket) {
    put(bracket);
    depth++;
    first = true;
    return this;
  }

  private JsonWriter close(char bracket) {
    depth--;
    if (pretty) {
      newLine();
    }
    put(bracket);
    first = false;
    return this;
  }

  private void separate() {
    if (!first) {
      put(',');
      if (!pretty) {
        put(' ');
      }
    }
    if (pretty) {
      newLine();
    }
    first = false;
  }

  private void newLine() {
    put('\r');
    put('\n');
    for (int i = 0; i < 4 * depth; i++) {
      put(' ');
    }
  }

  private static Object present(Object value) {
    return switch (value) {
      case null -> null;
      case Optional<?> o -> o.orElse(null);
      case OptionalInt o -> o.isPresent() ? (Object) o.getAsInt() : null;
      case OptionalLong o -> o.isPresent() ? (Object) o.getAsLong() : null;
      default -> value;
    };
  }

  private JsonWriter raw(Object value) {
    switch (value) {
      case null -> ascii("null");
      case JsonNode node -> tree(node);
      case String text -> quote(text);
      case Integer number -> integer(number);
      case Long number -> integer(number);
      case Boolean truth -> ascii(truth ? "true" : "false");
      case Double number -> ascii(JsonNumbers.text(number));
      case BigInteger number -> ascii(number.toString());
      case Enum<?> constant -> quote(WireNames.of(constant));
      case Record composite -> composite(composite);
      case Map<?, ?> map -> {
        startObject();
        map.forEach((name, member) -> member(name.toString(), member));
        endObject();
      }
      case Iterable<?> list -> {
        startArray();
        list.forEach(this::element);
        endArray();
      }
      default -> throw new IllegalStateException("expected something JSON has, seen " + value.getClass().getName());
    }
    first = false;
    return this;
  }

  private void composite(Record composite) {
    RecordShape shape = RecordShape.of(composite.getClass());
    startObject();
    if (shape.tag() != null) {
      member(shape.tag(), shape.tagValue());
    }
    for (int i = 0; i < shape.size(); i++) {
      member(shape.name(i), shape.get(i, composite));
    }
    endObject();
  }

  private void tree(JsonNode node) {
    switch (node.getNodeType()) {
      case OBJECT -> {
        startObject();
        node.properties().forEach(member -> name(member.getKey()).raw(member.getValue()));
        endObject();
      }
      case ARRAY -> {
        startArray();
        node.forEach(this::element);
        endArray();
      }
      case STRING -> quote(node.textValue());
      case NUMBER -> ascii(JsonNumbers.text(node));
      case BOOLEAN -> ascii(node.booleanValue() ? "true" : "false");
      case NULL -> ascii("null");
      default -> throw new IllegalStateException("expected a JSON value, seen " + node.getNodeType());
    }
  }

  private void integer(long value) {
    ascii(Long.toString(value));
  }

  private void quote(String text) {
    put('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"', '\\' -> escape(c);
        case '\b' -> escape('b');
        case '\f' -> escape('f');
        case '\n' -> escape('n');
        case '\r' -> escape('r');
        case '\t' -> escape('t');
        default -> {
          if (c >= 0x20 && c < 0x7F) {
            put(c);
          } else {
            unicode(c);
          }
        }
      }
    }
    put('"');
  }

  private void escape(char letter) {
    put('\\');
    put(letter);
  }

  private void unicode(char c) {
    escape('u');
    for (int shift = 12; shift >= 0; shift -= 4) {
      put((char) HEX[c >> shift & 0xF]);
    }
  }

  private void ascii(String text) {
    reserve(text.length());
    for (int i = 0; i < text.length(); i++) {
      out[length++] = (byte) text.charAt(i);
    }
  }

  private void put(char c) {
    reserve(1);
    out[length++] = (byte) c;
  }

  private void reserve(int more) {
    if (length + more > out.length) {
      out = Arrays.copyOf(out, Math.max(out.length * 2, length + more));
    }
  }
}
