package thespis.qmp.command;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import thespis.qmp.wire.Union;
import thespis.qmp.wire.Unsigned;

/// One thing to know of the machine's NUMA nodes. QEMU QMP reference "NumaOptions".
@Union("type")
public sealed interface NumaOptions {
  record Node(
      @Unsigned(16) Optional<Long> nodeid,
      Optional<List<Long>> cpus,
      @Unsigned(64) Optional<Long> mem,
      Optional<String> memdev,
      @Unsigned(16) Optional<Long> initiator)
      implements NumaOptions {}

  record Dist(@Unsigned(16) long src, @Unsigned(16) long dst, @Unsigned(8) long val) implements NumaOptions {}

  record Cpu(
      Optional<Long> nodeId,
      Optional<Long> socketId,
      Optional<Long> dieId,
      Optional<Long> clusterId,
      Optional<Long> coreId,
      Optional<Long> threadId)
      implements NumaOptions {}

  record HmatLb(
      @Unsigned(16) long initiator,
      @Unsigned(16) long target,
      Hierarchy hierarchy,
      DataType dataType,
      @Unsigned(64) Optional<Long> latency,
      @Unsigned(64) Optional<Long> bandwidth)
      implements NumaOptions {}

  record HmatCache(
      @Unsigned(32) long nodeId,
      @Unsigned(64) long size,
      @Unsigned(8) long level,
      Associativity associativity,
      WritePolicy policy,
      @Unsigned(16) long line)
      implements NumaOptions {}

  /// "HmatLBMemoryHierarchy".
  enum Hierarchy {
    MEMORY,
    FIRST_LEVEL,
    SECOND_LEVEL,
    THIRD_LEVEL
  }

  /// "HmatLBDataType".
  enum DataType {
    ACCESS_LATENCY,
    READ_LATENCY,
    WRITE_LATENCY,
    ACCESS_BANDWIDTH,
    READ_BANDWIDTH,
    WRITE_BANDWIDTH
  }

  /// "HmatCacheAssociativity".
  enum Associativity {
    NONE,
    DIRECT,
    COMPLEX
  }

  /// "HmatCacheWritePolicy".
  enum WritePolicy {
    NONE,
    WRITE_BACK,
    WRITE_THROUGH
  }

  /// Reads what stands behind `-numa` as text.
  static NumaOptions of(Map<String, List<String>> values) throws ArgumentException {
    return (NumaOptions) KeyvalDecoder.decode(UnionSpec.of(NumaOptions.class), values);
  }
}
