package thespis.machine.acpi;

import java.util.List;
import thespis.machine.bus.GuestMemory;

/// The table of processors and interrupts from before ACPI, for operating systems that do without ACPI. Intel
/// "MultiProcessor Specification" 1.4, "MP Configuration Table"; order and values are SeaBIOS 1.16.2's on a QEMU
/// machine: only the first processor of each package is listed.
public final class MpTable {
  private static final int POINTER_LENGTH = 16;
  private static final int HEADER_LENGTH = 44;
  private static final int CONFIG_CHECKSUM = 7;
  private static final int POINTER_CHECKSUM = 10;
  private static final int REVISION_1_4 = 4;

  private static final long LOCAL_APIC = 0xFEE0_0000L;
  private static final long IO_APIC = 0xFEC0_0000L;
  private static final int LOCAL_APIC_VERSION = 0x14;
  private static final int IO_APIC_VERSION = 0x11;
  private static final int ENABLED = 1;
  private static final int BOOT_PROCESSOR = 2;

  private static final int PCI_BUS = 0;
  private static final int ISA_BUS = 1;
  private static final int ACTIVE_HIGH = 1;
  private static final int INT = 0;
  private static final int EXT_INT = 3;
  private static final int NMI = 1;
  private static final int ALL_APICS = 0xFF;

  /// Lines that can belong to PCI.
  private static final List<Integer> NOT_ISA = List.of(5, 9, 10, 11);

  private final Table entries = Table.bare();
  private int count;

  /// The first processor of a package.
  public record Package(int apicId, boolean present) {}

  /// An interrupt of a PCI device, by its firmware's choice of line.
  ///
  /// @param pin 0 is INTA#
  public record PciInterrupt(int device, int pin, int line) {}

  /// @param packages in the order of their APIC IDs; the first has the boot processor
  /// @param interrupts one for each device and pin
  /// @param signature CPUID 1 EAX
  /// @param features CPUID 1 EDX
  public MpTable(List<Package> packages, int signature, int features, List<PciInterrupt> interrupts) {
    for (int i = 0; i < packages.size(); i++) {
      processor(packages.get(i), i == 0 ? BOOT_PROCESSOR : 0, signature, features);
    }
    add(Table.bare().u8(1).u8(PCI_BUS).text("PCI   "));
    add(Table.bare().u8(1).u8(ISA_BUS).text("ISA   "));
    add(Table.bare().u8(2).u8(0).u8(IO_APIC_VERSION).u8(ENABLED).u32(IO_APIC));
    for (PciInterrupt each : interrupts) {
      interrupt(3, INT, ACTIVE_HIGH, PCI_BUS, each.device << 2 | each.pin, 0, each.line);
    }
    for (int irq = 0; irq < 16; irq++) {
      // The timer is on pin 2, where the cascade would be.
      if (irq != 2 && !NOT_ISA.contains(irq)) {
        interrupt(3, INT, 0, ISA_BUS, irq, 0, irq == 0 ? 2 : irq);
      }
    }
    interrupt(4, EXT_INT, 0, ISA_BUS, 0, 0, 0);
    interrupt(4, NMI, 0, ISA_BUS, 0, ALL_APICS, 1);
  }

  private void processor(Package first, int flags, int signature, int features) {
    add(Table.bare()
        .u8(0).u8(first.apicId).u8(LOCAL_APIC_VERSION).u8(flags | (first.present ? ENABLED : 0))
        .u32(signature).u32(features).u32(0).u32(0));
  }

  private void interrupt(int type, int kind, int flags, int bus, int source, int apic, int pin) {
    add(Table.bare().u8(type).u8(kind).u16(flags).u8(bus).u8(source).u8(apic).u8(pin));
  }

  private void add(Table entry) {
    entries.put(entry.raw());
    count++;
  }

  /// The floating pointer and what it points to, in the range where an OS looks for it.
  public void install(BiosArea area, GuestMemory memory) {
    int length = HEADER_LENGTH + entries.size();
    long at = area.take(POINTER_LENGTH + length);
    byte[] pointer = Table.bare()
        .text("_MP_").u32(at + POINTER_LENGTH).u8(POINTER_LENGTH / 16).u8(REVISION_1_4).zeros(6).raw();
    byte[] config = Table.bare()
        .text("PCMP").u16(length).u8(REVISION_1_4).u8(0)
        .text("BOCHSCPU").text("0.1         ")
        .u32(0).u16(0).u16(count).u32(LOCAL_APIC).u32(0)
        .put(entries.raw())
        .raw();
    memory.write(at, Table.sealed(pointer, POINTER_CHECKSUM));
    memory.write(at + POINTER_LENGTH, Table.sealed(config, CONFIG_CHECKSUM));
  }
}
