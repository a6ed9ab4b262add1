package thespis.qmp.command;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.LinkedHashMap;
import java.util.List;
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
  private final List<String> before;
  private final Map<String, Class<?>> cases = new LinkedHashMap<>();
  private final Set<String> common = new TreeSet<>();

  private UnionSpec(Class<?> type) {
    tag = type.getAnnotation(Union.class).value();
    before = List.of(type.getAnnotation(Union.class).after());
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

  /// The members that are looked at before the tag is.
  List<RecordSpec.Member> beforeTheTag() {
    return before.isEmpty() ? List.of() : RecordSpec.of(cases.values().iterator().next()).members().stream()
        .filter(member -> before.contains(member.name()))
        .toList();
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
