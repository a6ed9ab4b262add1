package thespis.qmp.command;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import thespis.qmp.wire.WireName;

/// Plugging and unplugging. QEMU QMP reference "Device infrastructure (qdev)" and "query-acpi-ospm-status".
public sealed interface DeviceCommands<R> extends BoardCommand<R> {

  /// Its arguments are options.
  ///
  /// @param driver null if missing
  /// @param options all that was given, driver, bus and id included, in the order given
  @Features({"json-cli", "json-cli-hotplug"})
  record DeviceAdd(String driver, Optional<String> bus, Optional<String> id, Map<String, String> options)
      implements DeviceCommands<QmpCommand.Nothing>, Underscored {}

  /// @param id a device's id or its QOM path
  record DeviceDel(String id) implements DeviceCommands<QmpCommand.Nothing>, Underscored {}

  record QueryAcpiOspmStatus() implements DeviceCommands<List<AcpiOstInfo>> {}

  record AcpiOstInfo(Optional<String> device, String slot, AcpiSlotType slotType, long source, long status) {}

  enum AcpiSlotType {
    @WireName("DIMM")
    DIMM,
    @WireName("CPU")
    CPU
  }
}
