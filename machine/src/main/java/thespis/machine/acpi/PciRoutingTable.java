package thespis.machine.acpi;

import thespis.machine.bus.GuestMemory;

/// Which input of the interrupt router each pin of a PCI slot leads to. "PCI BIOS Specification" 2.1, "Get PCI Interrupt
/// Routing Options", in the form that Microsoft's "PCI IRQ Routing Table Specification" 1.0 puts into memory. SeaBIOS
/// 1.16.2 has the same one for both boards, made for the i440FX with five slots.
public final class PciRoutingTable {
  private static final int LENGTH = 128;
  private static final int ROUTER = 1 << 3;
  private static final long PIIX = 0x122E_8086L;
  private static final int CHECKSUM = 31;
  private static final int DEVICES = 6;
  private static final int FIRST_LINK = 0x60;
  private static final int POSSIBLE_LINES = 0xDEF8;

  private PciRoutingTable() {}

  public static void install(GuestMemory memory) {
    Table table = Table.bare().text("$PIR").u16(0x0100).u16(LENGTH).u8(0).u8(ROUTER).u16(0).u32(PIIX).u32(0).zeros(12);
    for (int device = 1; device <= DEVICES; device++) {
      table.u8(0).u8(device << 3);
      for (int pin = 0; pin < 4; pin++) {
        table.u8(FIRST_LINK + (device - 1 + pin & 3)).u16(POSSIBLE_LINES);
      }
      table.u8(device - 1).u8(0);
    }
    memory.write(BiosArea.F_SEGMENT_END, Table.sealed(table.raw(), CHECKSUM));
  }
}
