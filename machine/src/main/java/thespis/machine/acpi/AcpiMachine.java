package thespis.machine.acpi;

import java.util.List;

/// What the tables tell of a machine: everything that differs from one to the next.
///
/// @param processors all that can be, by id
/// @param lowRamEnd first address above the RAM that starts at 0
/// @param highRamEnd first address above the RAM that starts at 4 GiB; 4 GiB if there is none
/// @param pci the root bus
/// @param powerBase where firmware puts the power management registers of both chip sets
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
    SleepStates sleep,
    int powerBase) {
  private static final long GIB = 1L << 30;

  /// With the registers where firmware puts them for these tables.
  public AcpiMachine(
      Chipset chipset, List<AcpiProcessor> processors, long lowRamEnd, long highRamEnd, boolean hpet, PciBusAml pci,
      Numa numa, SmiFeatures smi, SleepStates sleep) {
    this(chipset, processors, lowRamEnd, highRamEnd, hpet, pci, numa, smi, sleep, Chipset.PM_BASE);
  }

  int pm1Event() {
    return powerBase;
  }

  int pm1Control() {
    return powerBase + 4;
  }

  int pmTimer() {
    return powerBase + 8;
  }

  /// The first general purpose event register; on Q35 it is one of the power management block.
  int gpe() {
    return chipset == Chipset.Q35 ? chipset.gpe - Chipset.PM_BASE + powerBase : chipset.gpe;
  }

  /// Where PCI's addresses above the RAM start.
  long highHole() {
    return highRamEnd + GIB - 1 & -GIB;
  }
}
