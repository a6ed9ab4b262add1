package thespis.machine.qom;

import java.util.List;
import java.util.Map;
import thespis.cpu.prop.Property;

/// The `lapic` of a processor, as the object model shows it.
///
/// @param id initial APIC ID
public record ApicType(int id) {
  static Map<String, Property<QomObject>> properties() {
    return ObjectTypes.table(List.of(
        Property.<QomObject>of("vapic", "bool", o -> true, (o, n, in) -> in.bool(n))
            .described("on/off").withDefault(true),
        Property.<QomObject>unsigned("version", 8, o -> 20, (o, v) -> {}).withDefault(20L),
        Property.of("legacy-instance-id", "bool", o -> false, (o, n, in) -> in.bool(n)),
        Property.<QomObject>uint32("id", o -> o.state(ApicType.class).id, (o, id) -> {}).asMember()));
  }
}
