package thespis.machine.acpi;

/// Where the fixed hardware registers are. ACPI 6.5 "Fixed ACPI Description Table (FADT)", at the revisions QEMU 7.2
/// gives: 1 on `pc`, 3 with a reset register on Q35.
final class Fadt {
  /// Offsets of the pointers to other tables.
  static final int FACS = 36;

  static final int DSDT = 40;
  static final int X_DSDT = 140;

  private static final int WBINVD = 1;
  private static final int PROC_C1 = 1 << 2;
  private static final int SLP_BUTTON = 1 << 5;
  private static final int RTC_S4 = 1 << 7;
  private static final int RESET_REG_SUP = 1 << 10;
  private static final int USE_PLATFORM_CLOCK = 1 << 15;
  private static final int FORCE_APIC_CLUSTER_MODEL = 1 << 18;

  /// What flat addressing of local APICs reaches.
  private static final int FLAT_PROCESSORS = 8;

  private static final int HAS_8042 = 1 << 1;
  private static final int NO_C_STATE = 0xFFF;
  private static final int CMOS_CENTURY = 0x32;
  private static final int RESET_VALUE = 0x0F;
  private static final int EVENT_LENGTH = 4;
  private static final int CONTROL_LENGTH = 2;
  private static final int TIMER_LENGTH = 4;

  private Fadt() {}

  /// @param facs and `dsdt`: offsets of these tables from where the pointers will be relative to
  static byte[] build(AcpiMachine machine, int facs, int dsdt) {
    Chipset chipset = machine.chipset();
    boolean q35 = chipset == Chipset.Q35;
    int flags = WBINVD | PROC_C1 | SLP_BUTTON | RTC_S4 | USE_PLATFORM_CLOCK
        | (q35 ? RESET_REG_SUP : 0)
        | (machine.processors().size() > FLAT_PROCESSORS ? FORCE_APIC_CLUSTER_MODEL : 0);
    Table table = Table.of("FACP", q35 ? 3 : 1)
        .u32(facs)
        .u32(dsdt)
        .u8(1) // interrupt model: ACPI 1.0's "multiple APIC"
        .u8(0) // profile: unspecified
        .u16(Chipset.SCI)
        .u32(Chipset.SMI_COMMAND)
        .u8(chipset.acpiEnable)
        .u8(chipset.acpiDisable)
        .u8(0) // S4BIOS
        .u8(0) // performance states
        .u32(machine.pm1Event()).u32(0)
        .u32(machine.pm1Control()).u32(0)
        .u32(0) // PM2
        .u32(machine.pmTimer())
        .u32(machine.gpe()).u32(0)
        .u8(EVENT_LENGTH).u8(CONTROL_LENGTH).u8(0).u8(TIMER_LENGTH).u8(chipset.gpeLength).u8(0)
        .u8(0) // GPE1 base
        .u8(0) // C states
        .u16(NO_C_STATE).u16(NO_C_STATE)
        .u16(0).u16(0) // cache flush
        .u8(0).u8(0) // duty cycle
        .u8(0).u8(0).u8(CMOS_CENTURY)
        .u16(q35 ? HAS_8042 : 0)
        .u8(0)
        .u32(flags);
    if (q35) {
      table.ports(Chipset.RESET_CONTROL, 1)
          .u8(RESET_VALUE)
          .zeros(3)
          .u64(0) // the FACS is below 4 GiB
          .u64(dsdt)
          .ports(machine.pm1Event(), EVENT_LENGTH).ports(0, 0)
          .ports(machine.pm1Control(), CONTROL_LENGTH).ports(0, 0)
          .ports(0, 0)
          .ports(machine.pmTimer(), TIMER_LENGTH)
          .ports(machine.gpe(), chipset.gpeLength).ports(0, 0);
    }
    return table.build();
  }
}
