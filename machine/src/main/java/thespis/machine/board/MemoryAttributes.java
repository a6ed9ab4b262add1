package thespis.machine.board;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import thespis.cpu.model.ConfigException;
import thespis.machine.acpi.Hmat;

/// Latencies, bandwidths and side caches of NUMA nodes' memory as they are told of one by one, with QEMU's checks in QEMU's
/// words. QEMU's invocation, `-numa hmat-lb` and `-numa hmat-cache`.
final class MemoryAttributes {
  private static final long MIB = 1 << 20;
  private static final int LARGEST_ENTRY = 0xFFFF;
  private static final int ENTRY_BITS = 16;
  private static final int DATA_TYPES = 6;
  private static final int LEVELS = 3;

  // what of a target's attributes is known
  private static final int LATENCY = 1;
  private static final int BANDWIDTH = 2;

  /// @param hierarchy and `dataType`: as {@link Hmat.Measure} has them
  record Sample(
      int initiator, int target, int hierarchy, int dataType, Optional<Long> latency, Optional<Long> bandwidth) {
    boolean isLatency() {
      return dataType <= Hmat.LAST_LATENCY_TYPE;
    }

    private String between() {
      return " between initiator=" + initiator + " and target=" + target + " should ";
    }
  }

  /// What is known of one kind of value.
  private static final class Kind {
    private final List<Hmat.Value> values = new ArrayList<>();

    /// 0 as long as there is no value.
    private long unit;

    /// The largest latency in units, or all bits of all bandwidths.
    private long range;
  }

  /// @param size bytes
  record Cache(long node, int level, long size, int associativity, int policy, int line) {}

  /// By hierarchy and data type.
  private final Map<Integer, Kind> kinds = new TreeMap<>();

  /// By node and level.
  private final Map<Integer, TreeMap<Integer, Cache>> caches = new TreeMap<>();

  private final Map<Integer, Integer> known = new TreeMap<>();

  /// @param nodes how many there are by now
  /// @param hasCpu tells whether a node is known to have processors
  /// @param present tells whether there is a node by now
  void add(Sample sample, int nodes, IntPredicate hasCpu, IntPredicate present) {
    if (sample.initiator > nodes) {
      throw new ConfigException("Invalid initiator=" + sample.initiator + ", it should be less than " + nodes);
    }
    if (sample.target > nodes) {
      throw new ConfigException("Invalid target=" + sample.target + ", it should be less than " + nodes);
    }
    if (!hasCpu.test(sample.initiator)) {
      throw new ConfigException(
          "Invalid initiator=" + sample.initiator + ", it isn't an initiator proximity domain");
    }
    if (!present.test(sample.target)) {
      throw new ConfigException("The target=" + sample.target + " should point to an existing node");
    }
    Kind kind = kinds.computeIfAbsent(sample.hierarchy * DATA_TYPES + sample.dataType, key -> new Kind());
    long value = value(sample);
    for (Hmat.Value other : kind.values) {
      if (other.initiator() == sample.initiator && other.target() == sample.target) {
        throw new ConfigException("Duplicate configuration of the " + (sample.isLatency() ? "latency" : "bandwidth")
            + " for initiator=" + sample.initiator + " and target=" + sample.target);
      }
    }
    if (sample.isLatency()) {
      scaleLatency(kind, sample, value);
    } else {
      scaleBandwidth(kind, sample, value);
    }
    kind.values.add(new Hmat.Value(sample.initiator, sample.target, value));
  }

  private static long value(Sample sample) {
    Optional<Long> value = sample.isLatency() ? sample.latency : sample.bandwidth;
    Optional<Long> other = sample.isLatency() ? sample.bandwidth : sample.latency;
    String name = sample.isLatency() ? "latency" : "bandwidth";
    if (value.isEmpty()) {
      throw new ConfigException("Missing '" + name + "' option");
    }
    if (other.isPresent()) {
      throw new ConfigException("Invalid option '" + (sample.isLatency() ? "bandwidth" : "latency")
          + "' since the data type is " + name);
    }
    if (!sample.isLatency() && value.get() % MIB != 0) {
      throw new ConfigException(
          "Bandwidth " + Long.toUnsignedString(value.get()) + sample.between() + "be 1MB aligned");
    }
    return value.get();
  }

  /// The unit is the largest power of ten that divides all. QEMU differs: a value is compared in the unit of those before it.
  private void scaleLatency(Kind kind, Sample sample, long value) {
    long before = kind.unit == 0 ? -1 : kind.unit;
    kind.unit = before;
    if (value == 0) {
      return;
    }
    long unit = 1;
    for (long rest = value; Long.remainderUnsigned(rest, 10) == 0; rest = Long.divideUnsigned(rest, 10)) {
      unit *= 10;
    }
    long entry = Math.max(kind.range, Long.divideUnsigned(value, before));
    if (Long.compareUnsigned(entry, LARGEST_ENTRY) >= 0) {
      throw new ConfigException("Latency " + Long.toUnsignedString(value) + sample.between()
          + "not differ from previously entered min or max values on more than " + (LARGEST_ENTRY - 1));
    }
    kind.unit = Long.compareUnsigned(before, unit) < 0 ? before : unit;
    kind.range = entry;
    known.merge(sample.target, LATENCY, (a, b) -> a | b);
  }

  /// The unit is the largest power of two that divides all.
  private void scaleBandwidth(Kind kind, Sample sample, long value) {
    kind.unit = kind.unit == 0 ? 1 : kind.unit;
    if (value == 0) {
      return;
    }
    long bits = kind.range | value;
    int first = Long.numberOfTrailingZeros(bits);
    int last = Long.SIZE - Long.numberOfLeadingZeros(bits);
    if (last - first > ENTRY_BITS || Long.compareUnsigned(value >>> first, LARGEST_ENTRY) >= 0) {
      throw new ConfigException("Bandwidth " + Long.toUnsignedString(value) + sample.between()
          + "not differ from previously entered values on more than " + (LARGEST_ENTRY - 1));
    }
    kind.unit = 1L << first;
    kind.range = bits;
    known.merge(sample.target, BANDWIDTH, (a, b) -> a | b);
  }

  void add(Cache cache, int nodes) {
    if (cache.node >= nodes) {
      throw new ConfigException("Invalid node-id=" + cache.node + ", it should be less than " + nodes);
    }
    int node = (int) cache.node;
    if (known.getOrDefault(node, 0) != (LATENCY | BANDWIDTH)) {
      throw new ConfigException("The latency and bandwidth information of node-id=" + node
          + " should be provided before memory side cache attributes");
    }
    if (cache.level < 1 || cache.level > LEVELS) {
      throw new ConfigException(
          "Invalid level=" + cache.level + ", it should be larger than 0 and less than or equal to " + LEVELS);
    }
    TreeMap<Integer, Cache> own = caches.computeIfAbsent(node, key -> new TreeMap<>());
    if (own.containsKey(cache.level)) {
      throw new ConfigException(
          "Duplicate configuration of the side cache for node-id=" + node + " and level=" + cache.level);
    }
    Cache below = own.get(cache.level - 1);
    if (cache.level > 1 && below == null) {
      throw new ConfigException("Cache level=" + (cache.level - 1) + " shall be defined first");
    }
    if (below != null && Long.compareUnsigned(cache.size, below.size) <= 0) {
      throw new ConfigException("Invalid size=" + Long.toUnsignedString(cache.size) + ", the size of level="
          + cache.level + " should be larger than the size(" + Long.toUnsignedString(below.size) + ") of level="
          + below.level);
    }
    own.put(cache.level, cache);
  }

  /// @param initiatorOf as {@link Hmat} has it, and `initiators`
  Hmat complete(List<Integer> initiatorOf, List<Integer> initiators) {
    List<Hmat.Measure> measures = new ArrayList<>();
    kinds.forEach((key, kind) -> {
      if (!kind.values.isEmpty()) {
        measures.add(
            new Hmat.Measure(key / DATA_TYPES, key % DATA_TYPES, kind.unit, List.copyOf(kind.values)));
      }
    });
    List<Hmat.SideCache> all = new ArrayList<>();
    caches.values().forEach(own -> own.values().forEach(c -> all.add(new Hmat.SideCache(
        (int) c.node, own.size(), c.level, c.size, c.associativity, c.policy, c.line))));
    return new Hmat(initiatorOf, initiators, List.copyOf(measures), List.copyOf(all));
  }
}
