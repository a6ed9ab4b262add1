package thespis.machine.acpi;

import thespis.machine.board.CpuAddress;
import thespis.machine.board.CpuSlot;

/// A place for a processor, as the tables describe it.
///
/// @param id ACPI processor ID: the index among the possible CPUs
/// @param node NUMA node, or {@link #NO_NODE}
public record AcpiProcessor(int id, int apicId, boolean present, int node) {
  public static final int NO_NODE = CpuAddress.UNSET;

  public static AcpiProcessor of(CpuSlot slot, boolean present) {
    return new AcpiProcessor(slot.index(), slot.apicId(), present, slot.nodeId());
  }

  /// APIC IDs from 255 on do not fit an 8-bit local APIC entry.
  boolean needsX2Apic() {
    return Integer.compareUnsigned(apicId, 255) >= 0;
  }
}
