package thespis.qmp.wire;

import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.math.BigInteger;
import java.util.Optional;

/// How a record is written: its components in order, with their names. If it is a case of a {@link Union}, the case is
/// written first.
final class RecordShape {
  private static final ClassValue<RecordShape> SHAPES = new ClassValue<>() {
    @Override
    protected RecordShape computeValue(Class<?> type) {
      return new RecordShape(type);
    }
  };

  private final String[] names;
  private final Method[] getters;
  private final boolean[] unsigned;
  private final String tag;
  private final String tagValue;

  private RecordShape(Class<?> type) {
    RecordComponent[] components = type.getRecordComponents();
    names = new String[components.length];
    getters = new Method[components.length];
    unsigned = new boolean[components.length];
    for (int i = 0; i < components.length; i++) {
      names[i] = WireNames.of(components[i]);
      getters[i] = components[i].getAccessor();
      Unsigned width = components[i].getAnnotation(Unsigned.class);
      unsigned[i] = width != null && width.value() == Long.SIZE;
    }
    String found = null;
    for (Class<?> above : type.getInterfaces()) {
      Union union = above.getAnnotation(Union.class);
      found = union == null ? found : union.value();
    }
    tag = found;
    tagValue = WireNames.of(type);
  }

  static RecordShape of(Class<?> type) {
    return SHAPES.get(type);
  }

  /// The member that says which case of a union this is; null if it is none.
  String tag() {
    return tag;
  }

  String tagValue() {
    return tagValue;
  }

  int size() {
    return names.length;
  }

  String name(int i) {
    return names[i];
  }

  Object get(int i, Object record) {
    try {
      Object value = getters[i].invoke(record);
      return unsigned[i] ? unsigned(value) : value;
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("expected a public record, seen " + record.getClass().getName(), e);
    }
  }

  private static Object unsigned(Object value) {
    Object plain = value instanceof Optional<?> o ? o.orElse(null) : value;
    return plain instanceof Long bits && bits < 0 ? new BigInteger(Long.toUnsignedString(bits)) : plain;
  }
}
