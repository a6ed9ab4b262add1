package thespis.qmp.wire;

import java.lang.reflect.RecordComponent;
import java.util.Locale;

/// Java names to QAPI names: `QomPath` and `qomPath` are `qom-path`, `HOST_ERROR` is `host-error`, unless {@link
/// WireName} or {@link SnakeCase} says otherwise.
public final class WireNames {
  private static final ClassValue<String[]> ENUMS = new ClassValue<>() {
    @Override
    protected String[] computeValue(Class<?> type) {
      Object[] constants = type.getEnumConstants();
      String[] names = new String[constants.length];
      for (int i = 0; i < names.length; i++) {
        names[i] = nameOf((Enum<?>) constants[i]);
      }
      return names;
    }
  };

  private WireNames() {}

  public static String of(Class<?> type) {
    WireName given = type.getAnnotation(WireName.class);
    return given == null ? kebab(type.getSimpleName()) : given.value();
  }

  /// Events are in capitals: `DeviceDeleted` is `DEVICE_DELETED`.
  public static String ofEvent(Class<?> type) {
    return kebab(type.getSimpleName()).replace('-', '_').toUpperCase(Locale.ROOT);
  }

  public static String of(RecordComponent component) {
    WireName given = component.getAnnotation(WireName.class);
    if (given != null) {
      return given.value();
    }
    String kebab = kebab(component.getName());
    return component.getDeclaringRecord().isAnnotationPresent(SnakeCase.class) ? kebab.replace('-', '_') : kebab;
  }

  public static String of(Enum<?> value) {
    return ENUMS.get(value.getDeclaringClass())[value.ordinal()];
  }

  private static String nameOf(Enum<?> value) {
    try {
      WireName given = value.getDeclaringClass().getField(value.name()).getAnnotation(WireName.class);
      return given == null ? value.name().toLowerCase(Locale.ROOT).replace('_', '-') : given.value();
    } catch (NoSuchFieldException e) {
      throw new IllegalStateException("expected " + value + " to be a constant of a public enum", e);
    }
  }

  static String kebab(String name) {
    StringBuilder out = new StringBuilder(name.length() + 4);
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (Character.isUpperCase(c) && i > 0) {
        out.append('-');
      }
      out.append(Character.toLowerCase(c));
    }
    return out.toString();
  }
}
