package thespis.qmp.command;

import java.util.List;
import java.util.Optional;
import thespis.qmp.wire.Union;
import thespis.qmp.wire.WireName;

/// An entity of the schema: a command, an event, or a type that they mention. QEMU QMP reference "QMP introspection".
@Union("meta-type")
public sealed interface SchemaInfo {
  String name();

  Optional<List<String>> features();

  record Builtin(String name, Optional<List<String>> features, JsonType jsonType) implements SchemaInfo {}

  record Enum(String name, Optional<List<String>> features, List<EnumMember> members, @Features(Features.DEPRECATED)
      List<String> values) implements SchemaInfo {}

  record Array(String name, Optional<List<String>> features, String elementType) implements SchemaInfo {}

  record Object(
      String name,
      Optional<List<String>> features,
      List<ObjectMember> members,
      Optional<String> tag,
      Optional<List<Variant>> variants)
      implements SchemaInfo {}

  record Alternate(String name, Optional<List<String>> features, List<AlternateMember> members)
      implements SchemaInfo {}

  record Command(
      String name, Optional<List<String>> features, String argType, String retType, Optional<Boolean> allowOob)
      implements SchemaInfo {}

  record Event(String name, Optional<List<String>> features, String argType) implements SchemaInfo {}

  /// @param defaultValue there and null if the member is optional
  record ObjectMember(
      String name,
      String type,
      @WireName("default") Optional<java.lang.Object> defaultValue,
      Optional<List<String>> features) {}

  record EnumMember(String name, Optional<List<String>> features) {}

  record AlternateMember(String type) {}

  record Variant(@WireName("case") String name, String type) {}

  enum JsonType {
    STRING,
    NUMBER,
    INT,
    BOOLEAN,
    NULL,
    OBJECT,
    ARRAY,
    VALUE
  }
}
