package thespis.qmp.command;

import java.lang.reflect.Constructor;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import thespis.qmp.wire.Unsigned;
import thespis.qmp.wire.WireNames;

/// The members of a record that stands for a QAPI struct, and how to make one.
final class RecordSpec {
  /// @param component its name in Java
  /// @param type without the `Optional` round it
  /// @param rest it takes all arguments as text
  /// @param bits of a number without sign; 0 for any other
  record Member(
      String component, String name, Type type, boolean optional, boolean rest, int bits, List<String> features) {}

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
    Unsigned width = component.getAnnotation(Unsigned.class);
    Features features = component.getAnnotation(Features.class);
    return new Member(
        component.getName(),
        WireNames.of(component),
        inner,
        optional,
        component.getType() == Map.class,
        width == null ? 0 : width.value(),
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

  /// The name under which a record is a case of a union.
  static String caseName(Record value) {
    return WireNames.of(value.getClass());
  }

  /// A record's members by name, without those that were left out: what it could have been read from.
  static Map<String, Object> values(Record value) {
    Map<String, Object> values = new LinkedHashMap<>();
    RecordSpec spec = of(value.getClass());
    RecordComponent[] components = value.getClass().getRecordComponents();
    for (int i = 0; i < components.length; i++) {
      Object plain = plain(read(components[i], value));
      if (plain != null) {
        values.put(spec.members[i].name(), plain);
      }
    }
    return values;
  }

  private static Object read(RecordComponent component, Record value) {
    try {
      return component.getAccessor().invoke(value);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("reading a " + value.getClass().getName(), e);
    }
  }

  private static Object plain(Object value) {
    return switch (value) {
      case Optional<?> o -> plain(o.orElse(null));
      case Enum<?> constant -> WireNames.of(constant);
      case Record composite -> values(composite);
      case List<?> list -> list.stream().map(RecordSpec::plain).toList();
      case null, default -> value;
    };
  }
}
