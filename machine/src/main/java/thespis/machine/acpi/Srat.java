package thespis.machine.acpi;

import java.util.List;

/// Which node processors and RAM belong to. ACPI 6.5 "System Resource Affinity Table (SRAT)" and "System Locality
/// Distance Information Table (SLIT)".
final class Srat {
  private static final int ENABLED = 1;
  private static final long VIDEO = 0xA0000;
  private static final long ONE_MIB = 0x100000;
  private static final long FOUR_GIB = 1L << 32;

  /// QEMU differs: it counts on the RAM of two nodes being cut by a hole, and fills up with empty entries.
  private static final int SPARE_ENTRIES = 2;

  /// A piece of a machine's RAM: where it is in the order of bytes, and where it appears.
  private record Piece(long from, long to, long address) {}

  private Srat() {}

  static byte[] build(AcpiMachine machine) {
    Table table = Table.of("SRAT", 1).u32(1).u64(0);
    machine.processors().forEach(cpu -> processor(table, cpu));
    int entries = 0;
    long from = 0;
    List<Long> ram = machine.numa().ram();
    for (int node = 0; node < ram.size(); node++) {
      long to = from + ram.get(node);
      for (Piece piece : pieces(machine)) {
        long start = Math.max(from, piece.from);
        long end = Math.min(to, piece.to);
        if (start < end) {
          memory(table, node, piece.address + start - piece.from, end - start, ENABLED);
          entries++;
        }
      }
      from = to;
    }
    for (; entries < ram.size() + SPARE_ENTRIES; entries++) {
      memory(table, 0, 0, 0, 0);
    }
    return table.build();
  }

  private static List<Piece> pieces(AcpiMachine machine) {
    return List.of(
        new Piece(0, VIDEO, 0),
        new Piece(ONE_MIB, machine.lowRamEnd(), ONE_MIB),
        new Piece(machine.lowRamEnd(), Long.MAX_VALUE, FOUR_GIB));
  }

  private static void processor(Table table, AcpiProcessor cpu) {
    if (cpu.needsX2Apic()) {
      table.u8(2).u8(24).u16(0).u32(cpu.node()).u32(cpu.apicId()).u32(ENABLED).u32(0).u32(0);
    } else {
      table.u8(0).u8(16).u8(cpu.node()).u8(cpu.apicId()).u32(ENABLED).zeros(8);
    }
  }

  private static void memory(Table table, int node, long base, long length, int flags) {
    table.u8(1).u8(40).u32(node).u16(0).u64(base).u64(length).u32(0).u32(flags).u64(0);
  }

  static byte[] slit(Numa numa) {
    Table table = Table.of("SLIT", 1).u64(numa.ram().size());
    numa.distances().forEach(row -> row.forEach(table::u8));
    return table.build();
  }
}
