package thespis.cpu.prop;

import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;
import thespis.cpu.model.ConfigException;

/// A named setting of objects of class `T`: what introspection tells of it, and how it is read and written. Values
/// read are plain data: Boolean, Long, String, List, Map. Whether an object may still be written is the object's
/// rule, which it takes from {@link #when}.
///
/// @param type as introspection names it
/// @param description null if there is none
/// @param defaultValue null if it is not told
/// @param alias name of the property this is another name of, or null
/// @param reader null if it can't be read
/// @param writer null if it can't be written
/// @param member true if it belongs to single objects, and is not told of the class
public record Property<T>(
    String name,
    String type,
    String description,
    Object defaultValue,
    When when,
    String alias,
    boolean member,
    Function<T, Object> reader,
    Writer<T> writer) {
  /// When it may be written.
  public enum When { UNTIL_REALIZED, ALWAYS, NEVER }

  /// Puts a value in; `name` is what the user called the property.
  public interface Writer<T> {
    void write(T target, String name, Input value);
  }

  /// Sets a primitive field.
  public interface BoolSetter<T> {
    void set(T target, boolean value);
  }

  /// Sets a primitive field.
  public interface IntSetter<T> {
    void set(T target, int value);
  }

  /// Sets a primitive field.
  public interface LongSetter<T> {
    void set(T target, long value);
  }

  public static <T> Property<T> bool(String name, Predicate<T> get, BoolSetter<T> set) {
    return of(name, "bool", get::test, (t, n, in) -> set.set(t, in.bool(n)));
  }

  public static <T> Property<T> uint32(String name, ToIntFunction<T> get, IntSetter<T> set) {
    return unsigned(name, 32, get, set);
  }

  public static <T> Property<T> int32(String name, ToIntFunction<T> get, IntSetter<T> set) {
    return of(name, "int32", t -> (long) get.applyAsInt(t), (t, n, in) -> {
      long value = in.int64(n);
      if (value != (int) value) {
        throw new ConfigException("Parameter '" + n + "' expects int32_t");
      }
      set.set(t, (int) value);
    });
  }

  /// Unsigned 64 bits kept in a long; read as BigInteger where the sign bit is set.
  public static <T> Property<T> uint64(String name, ToLongFunction<T> get, Writer<T> set) {
    return of(name, "uint64", t -> {
      long bits = get.applyAsLong(t);
      return bits >= 0 ? (Object) bits : new BigInteger(Long.toUnsignedString(bits));
    }, set);
  }

  /// An int64 within limits, of the kind that can be written at any time.
  public static <T> Property<T> range(String name, long min, long max, ToLongFunction<T> get, LongSetter<T> set) {
    Property<T> plain = of(name, "int", get::applyAsLong, (t, n, in) -> {
      long value = in.int64(n);
      if (value < min || value > max) {
        throw new ConfigException(
            "Property ." + name + " doesn't take value " + value + " (minimum: " + min + ", maximum: " + max + ")");
      }
      set.set(t, value);
    });
    return plain.always();
  }

  /// Of any type; it can't be written.
  public static <T> Property<T> readOnly(String name, String type, Function<T, Object> get) {
    return of(name, type, get, null).when(When.NEVER);
  }

  public static <T> Property<T> of(String name, String type, Function<T, Object> get, Writer<T> set) {
    return new Property<>(name, type, null, null, When.UNTIL_REALIZED, null, false, get, set);
  }

  /// One of a few words.
  public static <T> Writer<T> oneOf(List<String> words, BiConsumer<T, String> set) {
    return (t, n, in) -> {
      String value = in.string(n);
      if (!words.contains(value)) {
        throw new ConfigException("Parameter '" + n + "' does not accept value '" + value + "'");
      }
      set.accept(t, value);
    };
  }

  public Property<T> withDefault(Object value) {
    return new Property<>(name, type, description, value, when, alias, member, reader, writer);
  }

  public Property<T> described(String text) {
    return new Property<>(name, type, text, defaultValue, when, alias, member, reader, writer);
  }

  public Property<T> always() {
    return when(When.ALWAYS);
  }

  public Property<T> asMember() {
    return new Property<>(name, type, description, defaultValue, when, alias, true, reader, writer);
  }

  /// The same property under another name.
  public Property<T> named(String other) {
    return new Property<>(other, type, description, defaultValue, when, name, true, reader, writer);
  }

  /// The same property of the objects that hold a `T`.
  public <U> Property<U> on(Function<U, T> holder) {
    return new Property<>(name, type, description, defaultValue, when, alias, member,
        reader == null ? null : u -> reader.apply(holder.apply(u)),
        writer == null ? null : (u, n, in) -> writer.write(holder.apply(u), n, in));
  }

  /// Name of the property itself, whatever it was called.
  public String realName() {
    return alias == null ? name : alias;
  }

  public Object read(T target) {
    return reader.apply(target);
  }

  public void write(T target, Input value) {
    writer.write(target, name, value);
  }

  /// What introspection tells: name, type, description and default where there are some.
  public Map<String, Object> info(boolean withDefault) {
    Map<String, Object> info = new LinkedHashMap<>();
    if (withDefault && defaultValue != null) {
      info.put("default-value", defaultValue);
    }
    info.put("name", name);
    if (description != null) {
      info.put("description", description);
    }
    info.put("type", type);
    return info;
  }

  private Property<T> when(When other) {
    return new Property<>(name, type, description, defaultValue, other, alias, member, reader, writer);
  }

  /// An unsigned number of so many bits, kept in an int.
  public static <T> Property<T> unsigned(String name, int bits, ToIntFunction<T> get, IntSetter<T> set) {
    long mask = -1L >>> 64 - bits;
    return of(name, "uint" + bits, t -> get.applyAsInt(t) & mask, (t, n, in) -> {
      long value = in.uint64(n);
      if ((value & ~mask) != 0) {
        throw new ConfigException("Parameter '" + n + "' expects uint" + bits + "_t");
      }
      set.set(t, (int) value);
    });
  }
}
