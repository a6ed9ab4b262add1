package thespis.qmp.command;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import thespis.qmp.wire.WireName;

/// Plugging and unplugging. QEMU QMP reference "Device infrastructure (qdev)" and "query-acpi-ospm-status".
public sealed interface DeviceCommands<R> extends BoardCommand<R> {

  /// @param driver null if missing
  /// @param options all that was given, driver, bus and id included, in the order given
  @WireName("device_add")
  record DeviceAdd(String driver, Optional<String> bus, Optional<String> id, @Rest Map<String, String> options)
      implements DeviceCommands<QmpCommand.Nothing> {}

  /// @param id a device's id or its QOM path
  @WireName("device_del")
  record DeviceDel(String id) implements DeviceCommands<QmpCommand.Nothing> {}

  record QueryAcpiOspmStatus() implements DeviceCommands<List<AcpiOstInfo>> {}

  record AcpiOstInfo(Optional<String> device, String slot, AcpiSlotType slotType, long source, long status) {}

  enum AcpiSlotType {
    @WireName("DIMM")
    DIMM,
    @WireName("CPU")
    CPU
  }
}
