package thespis.qmp.wire;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
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
  private final MethodHandle[] getters;

  private RecordShape(Class<?> type) {
    RecordComponent[] components = type.getRecordComponents();
    names = new String[components.length];
    getters = new MethodHandle[components.length];
    for (int i = 0; i < components.length; i++) {
      names[i] = WireNames.of(components[i]);
      try {
        getters[i] = MethodHandles.publicLookup()
            .unreflect(components[i].getAccessor())
            .asType(MethodType.methodType(Object.class, Object.class));
      } catch (IllegalAccessException e) {
        throw new IllegalStateException("expected a public record, seen " + type.getName(), e);
      }
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
      return (Object) getters[i].invokeExact(record);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("reading " + names[i], e);
    }
  }
}
