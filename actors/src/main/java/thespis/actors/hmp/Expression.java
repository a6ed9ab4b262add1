package thespis.actors.hmp;

import java.math.BigInteger;
import java.util.OptionalLong;
import java.util.function.Function;

/// A number in a monitor's line: 64-bit arithmetic with `+ -`, then `& | ^`, then `* / %` binding tighter, signs, `~`,
/// brackets, characters in quotes and registers after a dollar sign. Order and error texts are QEMU 7.2's.
final class Expression {
  private static final BigInteger LIMIT = BigInteger.ONE.shiftLeft(64);

  private final String text;
  private final Function<String, OptionalLong> registers;
  private int at;

  private Expression(String text, int from, Function<String, OptionalLong> registers) {
    this.text = text;
    this.at = from;
    this.registers = registers;
  }

  /// @param end where the text goes on
  record Result(long value, int end) {}

  /// @throws HumanMonitor.BadLine with what is wrong
  static Result read(String text, int from, Function<String, OptionalLong> registers) {
    Expression expression = new Expression(text, from, registers);
    expression.skipBlanks();
    long value = expression.sum();
    return new Result(value, expression.at);
  }

  private char peek() {
    return at < text.length() ? text.charAt(at) : 0;
  }

  private void next() {
    at++;
    skipBlanks();
  }

  private void skipBlanks() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
  }

  private long sum() {
    long value = logic();
    while (peek() == '+' || peek() == '-') {
      boolean plus = peek() == '+';
      next();
      long other = logic();
      value = plus ? value + other : value - other;
    }
    return value;
  }

  private long logic() {
    long value = product();
    while (peek() == '&' || peek() == '|' || peek() == '^') {
      char operator = peek();
      next();
      long other = product();
      value = operator == '&' ? value & other : operator == '|' ? value | other : value ^ other;
    }
    return value;
  }

  private long product() {
    long value = unary();
    while (peek() == '*' || peek() == '/' || peek() == '%') {
      char operator = peek();
      next();
      long other = unary();
      if (operator == '*') {
        value *= other;
      } else if (other == 0) {
        throw new HumanMonitor.BadLine("division by zero");
      } else {
        value = operator == '/' ? value / other : value % other;
      }
    }
    return value;
  }

  private long unary() {
    switch (peek()) {
      case '+' -> {
        next();
        return unary();
      }
      case '-' -> {
        next();
        return -unary();
      }
      case '~' -> {
        next();
        return ~unary();
      }
      case '(' -> {
        next();
        long value = sum();
        if (peek() != ')') {
          throw new HumanMonitor.BadLine("')' expected");
        }
        next();
        return value;
      }
      case '\'' -> {
        return character();
      }
      case '$' -> {
        return register();
      }
      case 0 -> throw new HumanMonitor.BadLine("unexpected end of expression");
      default -> {
        return number();
      }
    }
  }

  private long character() {
    at++;
    if (peek() == 0) {
      throw new HumanMonitor.BadLine("character constant expected");
    }
    char value = peek();
    at++;
    if (peek() != '\'') {
      throw new HumanMonitor.BadLine("missing terminating ' character");
    }
    next();
    return value;
  }

  private long register() {
    int start = ++at;
    while (Character.isLetterOrDigit(peek()) || peek() == '_' || peek() == '.') {
      at++;
    }
    String name = text.substring(start, at);
    skipBlanks();
    return registers.apply(name).orElseThrow(() -> new HumanMonitor.BadLine("unknown register"));
  }

  /// As C's strtoull reads it: the prefix 0x, the prefix 0 for octal, as many digits as there are.
  private long number() {
    int start = at;
    int base = 10;
    if (peek() == '0') {
      boolean hex = at + 2 < text.length() && Character.toLowerCase(text.charAt(at + 1)) == 'x'
          && Character.digit(text.charAt(at + 2), 16) >= 0;
      base = hex ? 16 : 8;
      start += hex ? 2 : 0;
    }
    at = start;
    while (Character.digit(peek(), base) >= 0) {
      at++;
    }
    if (at == start) {
      throw new HumanMonitor.BadLine("invalid char '" + peek() + "' in expression");
    }
    BigInteger value = new BigInteger(text.substring(start, at), base);
    if (value.compareTo(LIMIT) >= 0) {
      throw new HumanMonitor.BadLine("number too large");
    }
    skipBlanks();
    return value.longValue();
  }
}
