package thespis.machine.acpi;

import java.util.List;

/// How fast nodes reach each other's memory. ACPI 6.5 "Heterogeneous Memory Attribute Table (HMAT)"; entries and their
/// order as in QEMU 7.2's.
///
/// @param initiatorOf the node whose processors are nearest to each node's memory, or {@link #NONE}
/// @param initiators the nodes that have processors
/// @param measures latencies and bandwidths
/// @param caches on the side of memory
public record Hmat(
    List<Integer> initiatorOf, List<Integer> initiators, List<Measure> measures, List<SideCache> caches) {
  /// QEMU's number for no node at all, which its table shows.
  public static final int NONE = 128;

  /// "Flags" of the hierarchy and "Data Type" are numbers of their own.
  public static final int LAST_LATENCY_TYPE = 2;

  private static final int INITIATOR_VALID = 1;
  private static final long MIB = 1 << 20;

  /// One kind of value between nodes.
  ///
  /// @param unit that all values are multiples of: nanoseconds, or bytes per second
  public record Measure(int hierarchy, int dataType, long unit, List<Value> values) {}

  public record Value(int initiator, int target, long value) {}

  /// @param levels how many the node has
  /// @param associativity "Cache Associativity" and `policy`, "Write Policy", as the table has them
  public record SideCache(int node, int levels, int level, long size, int associativity, int policy, int line) {}

  byte[] build() {
    Table table = Table.of("HMAT", 2).u32(0);
    for (int node = 0; node < initiatorOf.size(); node++) {
      int initiator = initiatorOf.get(node);
      table.u16(0).u16(0).u32(40)
          .u16(initiator == NONE ? 0 : INITIATOR_VALID).u16(0)
          .u32(initiator).u32(node)
          .u32(0).u64(0).u64(0);
    }
    measures.forEach(measure -> measure(table, measure));
    caches.forEach(cache -> table.u16(2).u16(0).u32(32)
        .u32(cache.node).u32(0)
        .u64(cache.size)
        .u32((long) cache.line << 16 | cache.policy << 12 | cache.associativity << 8 | cache.level << 4 | cache.levels)
        .u16(0).u16(0));
    return table.build();
  }

  /// Latencies are in picoseconds, bandwidths in MiB per second.
  private void measure(Table table, Measure measure) {
    int targets = initiatorOf.size();
    int count = initiators.size() * targets;
    table.u16(1).u16(0).u32(32 + 4 * initiators.size() + 4 * targets + 2 * count)
        .u8(measure.hierarchy).u8(measure.dataType).u16(0)
        .u32(initiators.size()).u32(targets).u32(0)
        .u64(measure.dataType <= LAST_LATENCY_TYPE ? measure.unit * 1000 : measure.unit / MIB);
    initiators.forEach(table::u32);
    for (int target = 0; target < targets; target++) {
      table.u32(target);
    }
    int[] entries = new int[count];
    for (Value value : measure.values) {
      entries[initiators.indexOf(value.initiator) * targets + value.target] =
          (int) Long.divideUnsigned(value.value, measure.unit) & 0xFFFF;
    }
    for (int entry : entries) {
      table.u16(entry);
    }
  }
}
