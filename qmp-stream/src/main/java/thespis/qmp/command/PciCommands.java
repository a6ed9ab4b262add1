package thespis.qmp.command;

import java.util.List;
import java.util.Optional;
import thespis.qmp.wire.SnakeCase;
import thespis.qmp.wire.WireName;

/// The PCI buses. QEMU QMP reference "PCI".
public sealed interface PciCommands<R> extends BoardCommand<R> {

  record QueryPci() implements PciCommands<List<PciInfo>> {}

  record PciInfo(long bus, List<PciDeviceInfo> devices) {}

  /// @param irq the interrupt line register, for devices that have a pin
  @SnakeCase
  record PciDeviceInfo(
      long bus,
      long slot,
      long function,
      PciClass classInfo,
      PciId id,
      Optional<Long> irq,
      long irqPin,
      String qdevId,
      Optional<PciBridgeInfo> pciBridge,
      List<PciRegion> regions) {}

  /// @param devices of the bus behind it, once that has a number
  record PciBridgeInfo(PciBusInfo bus, Optional<List<PciDeviceInfo>> devices) {}

  /// @param number of the bus that the bridge is on
  @SnakeCase
  record PciBusInfo(
      long number,
      long secondary,
      long subordinate,
      PciMemoryRange ioRange,
      PciMemoryRange memoryRange,
      PciMemoryRange prefetchableRange) {}

  record PciMemoryRange(long base, long limit) {}

  /// @param desc there for the classes whose name is known
  @SnakeCase
  record PciClass(Optional<String> desc, @WireName("class") long code) {}

  record PciId(long device, long vendor, Optional<Long> subsystem, Optional<Long> subsystemVendor) {}

  /// @param address -1 while nothing is decoded
  @SnakeCase
  record PciRegion(
      long bar,
      String type,
      long address,
      long size,
      Optional<Boolean> prefetch,
      @WireName("mem_type_64") Optional<Boolean> memType64) {}
}
