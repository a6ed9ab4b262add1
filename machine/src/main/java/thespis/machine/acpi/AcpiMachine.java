package thespis.machine.acpi;

import java.util.List;

/// What the tables tell of a machine: everything that differs from one to the next.
///
/// @param processors all that can be, by id
/// @param lowRamEnd first address above the RAM that starts at 0
/// @param highRamEnd first address above the RAM that starts at 4 GiB; 4 GiB if there is none
/// @param pci the root bus
/// @param smi what firmware has agreed to; {@link SmiFeatures#NONE} without firmware
public record AcpiMachine(
    Chipset chipset,
    List<AcpiProcessor> processors,
    long lowRamEnd,
    long highRamEnd,
    boolean hpet,
    PciBusAml pci,
    Numa numa,
    SmiFeatures smi,
    SleepStates sleep) {
  private static final long GIB = 1L << 30;

  /// Where PCI's addresses above the RAM start.
  long highHole() {
    return highRamEnd + GIB - 1 & -GIB;
  }
}
