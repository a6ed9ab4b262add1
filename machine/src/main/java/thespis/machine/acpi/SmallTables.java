package thespis.machine.acpi;

/// Tables of a line or two.
final class SmallTables {
  static final int FACS_LENGTH = 64;

  private static final int PM_TIMER_NEEDS_ONE_READ = 2;
  private static final int LAST_BUS = 255;

  private SmallTables() {}

  /// ACPI 6.5 "Firmware ACPI Control Structure (FACS)": no waking vector, global lock free.
  static byte[] facs() {
    return Table.bare().text("FACS").u32(FACS_LENGTH).zeros(FACS_LENGTH - 8).raw();
  }

  /// "IA-PC HPET Specification", "The ACPI 2.0 HPET Description Table".
  static byte[] hpet() {
    return Table.of("HPET", 1).u32(Chipset.HPET_ID).u32(0).u64(Chipset.HPET).u8(0).u16(0).u8(0).build();
  }

  /// PCI Firmware Specification 3.3 "MCFG Table Description".
  static byte[] mcfg() {
    return Table.of("MCFG", 1).u64(0).u64(Chipset.MMCONFIG).u16(0).u8(0).u8(LAST_BUS).u32(0).build();
  }

  /// "Windows ACPI Emulated Devices Table": which work-arounds for real chips can be left out.
  static byte[] waet() {
    return Table.of("WAET", 1).u32(PM_TIMER_NEEDS_ONE_READ).build();
  }

  /// ACPI 6.5 "Root System Description Pointer (RSDP)", the 20 bytes of revision 0.
  static byte[] rsdp(int rsdt) {
    return Table.bare().text("RSD PTR ").u8(0).text("BOCHS ").u8(0).u32(rsdt).raw();
  }
}
