package thespis.qmp.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;
import thespis.qmp.wire.WireName;

/// The object model: types, objects by path, their properties. QEMU QMP reference "QEMU Object Model (QOM)" and
/// "device-list-properties".
public sealed interface ObjectCommands<R> extends BoardCommand<R> {

  record QomList(String path) implements ObjectCommands<List<ObjectPropertyInfo>>, Preconfig {}

  /// Returns whatever the property holds.
  record QomGet(String path, String property) implements ObjectCommands<Object>, Preconfig {}

  record QomSet(String path, String property, JsonNode value)
      implements ObjectCommands<QmpCommand.Nothing>, Preconfig {}

  record QomListTypes(
      @WireName("implements") Optional<String> implementing, @WireName("abstract") Optional<Boolean> withAbstract)
      implements ObjectCommands<List<ObjectTypeInfo>>, Preconfig {}

  record QomListProperties(String typename) implements ObjectCommands<List<ObjectPropertyInfo>>, Preconfig {}

  record ObjectAdd(@Boxed ObjectOptions options) implements ObjectCommands<QmpCommand.Nothing>, Preconfig {}

  record ObjectDel(String id) implements ObjectCommands<QmpCommand.Nothing>, Preconfig {}

  record DeviceListProperties(String typename) implements ObjectCommands<List<ObjectPropertyInfo>> {}

  record ObjectPropertyInfo(
      String name, String type, Optional<String> description, Optional<Object> defaultValue) {}

  record ObjectTypeInfo(
      String name, @WireName("abstract") Optional<Boolean> isAbstract, Optional<String> parent) {}
}
