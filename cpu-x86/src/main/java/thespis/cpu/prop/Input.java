package thespis.cpu.prop;

import java.math.BigInteger;
import java.util.OptionalLong;
import thespis.cpu.model.ConfigException;
import thespis.cpu.model.Numbers;

/// A value on its way into a {@link Property}. Where it comes from decides what is accepted and what a complaint says:
/// text of the command line, text of device_add and `-device`, or JSON. Each method takes the name the user wrote.
public interface Input {
  boolean bool(String name);

  long int64(String name);

  /// The bits of an uint64.
  long uint64(String name);

  String string(String name);

  /// For messages that quote what was given.
  @Override
  String toString();

  /// From `-global` and `-cpu name=value`.
  static Input ofGlobal(String text) {
    return new Text(text, "int64", "uint64");
  }

  /// From device_add (which makes text of its JSON numbers and booleans) and `-device`.
  static Input ofOption(String text) {
    return new Text(text, "integer", "integer");
  }

  /// From a JSON value: Boolean, Long, BigInteger beyond that, Double, String, and anything else for the rest.
  static Input ofJson(Object value) {
    return new Json(value);
  }

  /// Text, with the words for a number that is none.
  record Text(String text, String signed, String unsigned) implements Input {
    @Override
    public boolean bool(String name) {
      return switch (text) {
        case "on", "yes", "true", "y" -> true;
        case "off", "no", "false", "n" -> false;
        default -> throw new ConfigException("Parameter '" + name + "' expects 'on' or 'off'");
      };
    }

    @Override
    public long int64(String name) {
      return number(Numbers.int64(text), name, signed);
    }

    @Override
    public long uint64(String name) {
      return number(Numbers.uint64(text), name, unsigned);
    }

    @Override
    public String string(String name) {
      return text;
    }

    @Override
    public String toString() {
      return text;
    }

    private static long number(OptionalLong value, String name, String expected) {
      return value.orElseThrow(() -> new ConfigException("Parameter '" + name + "' expects " + expected));
    }
  }

  /// JSON, which is not converted.
  record Json(Object value) implements Input {
    private static final BigInteger TWO_64 = BigInteger.ONE.shiftLeft(64);

    @Override
    public boolean bool(String name) {
      if (value instanceof Boolean b) {
        return b;
      }
      throw expected(name, "boolean");
    }

    @Override
    public long int64(String name) {
      if (value instanceof Long || value instanceof Integer) {
        return ((Number) value).longValue();
      }
      throw expected(name, "integer");
    }

    @Override
    public long uint64(String name) {
      if (value instanceof BigInteger big && big.signum() >= 0 && big.compareTo(TWO_64) < 0) {
        return big.longValue();
      }
      if (value instanceof Long || value instanceof Integer) {
        return ((Number) value).longValue();
      }
      throw new ConfigException("Parameter '" + name + "' expects uint64");
    }

    @Override
    public String string(String name) {
      if (value instanceof String s) {
        return s;
      }
      throw expected(name, "string");
    }

    @Override
    public String toString() {
      return String.valueOf(value);
    }

    private static ConfigException expected(String name, String type) {
      return new ConfigException("Invalid parameter type for '" + name + "', expected: " + type);
    }
  }
}
