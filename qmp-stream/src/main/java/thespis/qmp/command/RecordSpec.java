package thespis.qmp.command;

import java.lang.reflect.Constructor;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import thespis.qmp.wire.WireNames;

/// The members of a record that stands for a QAPI struct, and how to make one.
final class RecordSpec {
  /// @param component its name in Java
  /// @param type without the `Optional` round it
  /// @param rest it takes all arguments as text
  record Member(String component, String name, Type type, boolean optional, boolean rest, List<String> features) {}

  private static final ClassValue<RecordSpec> SPECS = new ClassValue<>() {
    @Override
    protected RecordSpec computeValue(Class<?> type) {
      return new RecordSpec(type);
    }
  };

  private final Member[] members;
  private final Constructor<?> constructor;
  private final boolean lenient;
  private final boolean boxed;

  private RecordSpec(Class<?> type) {
    RecordComponent[] components = type.getRecordComponents();
    members = Stream.of(components).map(RecordSpec::member).toArray(Member[]::new);
    lenient = Stream.of(members).anyMatch(Member::rest);
    boxed = components.length == 1 && components[0].isAnnotationPresent(Boxed.class);
    Class<?>[] types = Stream.of(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
    try {
      constructor = type.getConstructor(types);
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException("expected a public record, seen " + type.getName(), e);
    }
  }

  static RecordSpec of(Class<?> type) {
    return SPECS.get(type);
  }

  private static Member member(RecordComponent component) {
    Type type = component.getGenericType();
    boolean optional = component.getType() == Optional.class;
    Type inner = optional ? ((ParameterizedType) type).getActualTypeArguments()[0] : type;
    Features features = component.getAnnotation(Features.class);
    return new Member(
        component.getName(),
        WireNames.of(component),
        inner,
        optional,
        component.getType() == Map.class,
        features == null ? List.of() : List.of(features.value()));
  }

  int size() {
    return members.length;
  }

  List<Member> members() {
    return List.of(members);
  }

  Member member(int i) {
    return members[i];
  }

  boolean has(String name) {
    return Stream.of(members).anyMatch(member -> member.name().equals(name));
  }

  /// Arguments are options: see {@link QmpCommand}.
  boolean lenient() {
    return lenient;
  }

  /// Its one member is all of the arguments.
  boolean boxed() {
    return boxed;
  }

  Object create(Object[] values) {
    try {
      return constructor.newInstance(values);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("making a " + constructor.getDeclaringClass().getName(), e);
    }
  }
}
