package thespis.qmp.command;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import thespis.qmp.wire.Union;
import thespis.qmp.wire.WireNames;

/// The cases of a {@link Union}.
final class UnionSpec {
  private static final ClassValue<UnionSpec> SPECS = new ClassValue<>() {
    @Override
    protected UnionSpec computeValue(Class<?> type) {
      return new UnionSpec(type);
    }
  };

  private final String tag;
  private final Map<String, Class<?>> cases = new LinkedHashMap<>();
  private final Set<String> common = new TreeSet<>();

  private UnionSpec(Class<?> type) {
    tag = type.getAnnotation(Union.class).value();
    for (Class<?> variant : type.getPermittedSubclasses()) {
      cases.put(WireNames.of(variant), variant);
    }
    for (Method method : type.getDeclaredMethods()) {
      if (Modifier.isAbstract(method.getModifiers())) {
        common.add(method.getName());
      }
    }
  }

  static boolean is(Class<?> type) {
    return type.isAnnotationPresent(Union.class);
  }

  static UnionSpec of(Class<?> type) {
    return SPECS.get(type);
  }

  String tag() {
    return tag;
  }

  /// The record of each case by its name.
  Map<String, Class<?>> cases() {
    return cases;
  }

  /// Every case has this member.
  boolean isCommon(RecordSpec.Member member) {
    return common.contains(member.component());
  }
}
