package thespis.machine.acpi;

import java.util.List;

/// The interrupt controllers, and which processors there are or can be. ACPI 6.5 "Multiple APIC Description Table
/// (MADT)". QEMU differs: an absent processor has neither the enabled nor the online-capable flag, and revision 1 tells
/// an OS that this is what absent looks like.
final class Madt {
  static final long LOCAL_APIC = 0xFEE0_0000L;
  static final long IO_APIC = 0xFEC0_0000L;
  private static final int PC_AT_COMPATIBLE = 1;
  private static final int ENABLED = 1;

  /// MPS INTI flags: active high, level triggered.
  private static final int ACTIVE_HIGH_LEVEL = 0x0D;

  /// ISA interrupts that PCI devices or the SCI use.
  private static final int[] LEVEL_IRQS = {5, 9, 10, 11};

  private static final int ALL_PROCESSORS = 0xFF;

  private Madt() {}

  static byte[] build(List<AcpiProcessor> processors) {
    Table table = Table.of("APIC", 1).u32(LOCAL_APIC).u32(PC_AT_COMPATIBLE);
    processors.forEach(cpu -> table.put(entry(cpu, cpu.present())));
    table.u8(1).u8(12).u8(0).u8(0).u32(IO_APIC).u32(0);
    override(table, 0, 2, 0);
    for (int irq : LEVEL_IRQS) {
      override(table, irq, irq, ACTIVE_HIGH_LEVEL);
    }
    if (processors.stream().anyMatch(AcpiProcessor::needsX2Apic)) {
      table.u8(0x0A).u8(12).u16(0).u32(0xFFFF_FFFFL).u8(1).zeros(3);
    } else {
      table.u8(4).u8(6).u8(ALL_PROCESSORS).u16(0).u8(1);
    }
    return table.build();
  }

  /// "Processor Local APIC Structure" or, for IDs that do not fit it, "Processor Local x2APIC Structure".
  static byte[] entry(AcpiProcessor cpu, boolean enabled) {
    int flags = enabled ? ENABLED : 0;
    return cpu.needsX2Apic()
        ? Table.bare().u8(9).u8(16).u16(0).u32(cpu.apicId()).u32(flags).u32(cpu.id()).raw()
        : Table.bare().u8(0).u8(8).u8(cpu.id()).u8(cpu.apicId()).u32(flags).raw();
  }

  private static void override(Table table, int isaIrq, int gsi, int flags) {
    table.u8(2).u8(10).u8(0).u8(isaIrq).u32(gsi).u16(flags);
  }
}
