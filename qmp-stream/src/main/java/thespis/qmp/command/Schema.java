package thespis.qmp.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import thespis.qmp.command.SchemaInfo.AlternateMember;
import thespis.qmp.command.SchemaInfo.EnumMember;
import thespis.qmp.command.SchemaInfo.JsonType;
import thespis.qmp.command.SchemaInfo.ObjectMember;
import thespis.qmp.command.SchemaInfo.Variant;
import thespis.qmp.wire.WireNames;

/// `query-qmp-schema`, made of the records that arguments are read into and answers are written from, so that it can't
/// promise what is not kept. As with QEMU the names of types mean nothing: they are numbers, in the order in which types
/// are first mentioned. QAPI code generator documentation "Client JSON Protocol introspection".
public final class Schema {
  private record Empty() {}

  /// The members of one case of a union that the others do not have.
  private record Case(Class<?> union, Class<?> variant) {}

  /// The words for the cases of a union.
  private record Tag(Class<?> union) {}

  private static final Map<Type, String> BUILTINS = Map.of(
      String.class, "str",
      long.class, "int",
      Long.class, "int",
      double.class, "number",
      boolean.class, "bool",
      Boolean.class, "bool",
      JsonNode.class, "any",
      Object.class, "any");
  private static final Map<String, JsonType> JSON_TYPES = Map.of(
      "str", JsonType.STRING,
      "int", JsonType.INT,
      "number", JsonType.NUMBER,
      "bool", JsonType.BOOLEAN,
      "null", JsonType.NULL,
      "any", JsonType.VALUE);

  private final List<SchemaInfo> entities = new ArrayList<>();
  private final Map<Object, String> names = new LinkedHashMap<>();
  private final Deque<Runnable> mentioned = new ArrayDeque<>();
  private int numbered;

  private Schema() {}

  /// @param events records whose components are the event's data
  public static List<SchemaInfo> of(Iterable<CommandSpec> commands, Iterable<Class<?>> events) {
    Schema schema = new Schema();
    commands.forEach(schema::command);
    events.forEach(schema::event);
    while (!schema.mentioned.isEmpty()) {
      schema.mentioned.remove().run();
    }
    return List.copyOf(schema.entities);
  }

  private void command(CommandSpec spec) {
    RecordSpec arguments = RecordSpec.of(spec.type());
    entities.add(new SchemaInfo.Command(
        spec.name(),
        some(spec.features()),
        type(arguments.boxed() ? arguments.member(0).type() : spec.type()),
        type(spec.returns()),
        spec.outOfBand() ? Optional.of(true) : Optional.empty()));
  }

  private void event(Class<?> type) {
    entities.add(new SchemaInfo.Event(WireNames.ofEvent(type), Optional.empty(), type(type)));
  }

  private String type(Type type) {
    String builtin = BUILTINS.get(type);
    if (builtin != null) {
      return builtin(builtin);
    }
    if (type == StringOrNull.class) {
      return number(type, name -> entities.add(new SchemaInfo.Alternate(
          name,
          Optional.empty(),
          List.of(new AlternateMember(builtin("str")), new AlternateMember(builtin("null"))))));
    }
    if (type == TraceCommands.StatsValue.class) {
      String numbers = array(builtin("int"));
      return number(type, name -> entities.add(new SchemaInfo.Alternate(name, Optional.empty(),
          List.of(new AlternateMember(builtin("int")), new AlternateMember(builtin("bool")), new AlternateMember(numbers)))));
    }
    if (type instanceof ParameterizedType list && list.getRawType() == List.class) {
      return array(type(list.getActualTypeArguments()[0]));
    }
    Class<?> c = (Class<?>) type;
    if (c.isEnum()) {
      return number(c, name -> enumeration(name, Arrays.stream(c.getEnumConstants())
          .map(constant -> new EnumMember(WireNames.of((Enum<?>) constant), Optional.empty()))
          .toList()));
    }
    if (c.isAnnotationPresent(Alternate.class)) {
      return alternate(c);
    }
    return UnionSpec.is(c) ? union(c) : struct(c, members(RecordSpec.of(c)));
  }

  private String array(String element) {
    String name = "[" + element + "]";
    return name(name, name, () -> entities.add(new SchemaInfo.Array(name, Optional.empty(), element)));
  }

  private String alternate(Class<?> type) {
    return number(type, name -> entities.add(new SchemaInfo.Alternate(name, Optional.empty(),
        Arrays.stream(type.getPermittedSubclasses())
            .map(variant -> new AlternateMember(type(RecordSpec.of(variant).member(0).type())))
            .toList())));
  }

  private String builtin(String word) {
    return name(word, word, () ->
        entities.add(new SchemaInfo.Builtin(word, Optional.empty(), JSON_TYPES.get(word))));
  }

  private String union(Class<?> type) {
    UnionSpec union = UnionSpec.of(type);
    return number(type, name -> {
      List<ObjectMember> members = new ArrayList<>();
      members.add(new ObjectMember(union.tag(), tag(type, union), Optional.empty(), Optional.empty()));
      RecordSpec.of(union.cases().values().iterator().next()).members().stream()
          .filter(union::isCommon)
          .forEach(member -> members.add(member(member)));
      List<Variant> variants = new ArrayList<>();
      union.cases().forEach((word, variant) -> {
        List<RecordSpec.Member> own = RecordSpec.of(variant).members().stream()
            .filter(member -> !union.isCommon(member))
            .toList();
        variants.add(new Variant(word, struct(new Case(type, variant), own)));
      });
      entities.add(new SchemaInfo.Object(
          name, Optional.empty(), members, Optional.of(union.tag()), Optional.of(variants)));
    });
  }

  private String tag(Class<?> type, UnionSpec union) {
    List<EnumMember> words = new ArrayList<>();
    union.cases().forEach((word, variant) -> {
      Features features = variant.getAnnotation(Features.class);
      words.add(new EnumMember(word, some(features == null ? List.of() : List.of(features.value()))));
    });
    return number(new Tag(type), name -> enumeration(name, words));
  }

  /// What an option parser takes beyond the members it knows is not told.
  private static List<RecordSpec.Member> members(RecordSpec spec) {
    return spec.members().stream().filter(member -> !member.rest()).toList();
  }

  private String struct(Object key, List<RecordSpec.Member> members) {
    return number(members.isEmpty() ? Empty.class : key, name -> entities.add(new SchemaInfo.Object(
        name, Optional.empty(), members.stream().map(this::member).toList(), Optional.empty(), Optional.empty())));
  }

  private ObjectMember member(RecordSpec.Member member) {
    return new ObjectMember(
        member.name(),
        type(member.type()),
        member.optional() ? Optional.of(NullNode.getInstance()) : Optional.empty(),
        some(member.features()));
  }

  private void enumeration(String name, List<EnumMember> members) {
    entities.add(new SchemaInfo.Enum(
        name, Optional.empty(), members, members.stream().map(EnumMember::name).toList()));
  }

  private interface Definition {
    void under(String name);
  }

  private String number(Object key, Definition definition) {
    String known = names.get(key);
    if (known != null) {
      return known;
    }
    String name = Integer.toString(numbered++);
    return name(key, name, () -> definition.under(name));
  }

  private String name(Object key, String name, Runnable definition) {
    if (names.putIfAbsent(key, name) == null) {
      mentioned.add(definition);
    }
    return name;
  }

  private static Optional<List<String>> some(List<String> features) {
    return features.isEmpty() ? Optional.empty() : Optional.of(features);
  }
}
