package thespis.qmp.wire;

import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;

/// How a record is written: its components in order, with their names.
final class RecordShape {
  private static final ClassValue<RecordShape> SHAPES = new ClassValue<>() {
    @Override
    protected RecordShape computeValue(Class<?> type) {
      return new RecordShape(type);
    }
  };

  private final String[] names;
  private final Method[] getters;

  private RecordShape(Class<?> type) {
    RecordComponent[] components = type.getRecordComponents();
    names = new String[components.length];
    getters = new Method[components.length];
    for (int i = 0; i < components.length; i++) {
      names[i] = WireNames.of(components[i]);
      getters[i] = components[i].getAccessor();
    }
  }

  static RecordShape of(Class<?> type) {
    return SHAPES.get(type);
  }

  int size() {
    return names.length;
  }

  String name(int i) {
    return names[i];
  }

  Object get(int i, Object record) {
    try {
      return getters[i].invoke(record);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("expected a public record, seen " + record.getClass().getName(), e);
    }
  }
}
