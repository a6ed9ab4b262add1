package thespis.qmp.command;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import thespis.qmp.wire.Union;
import thespis.qmp.wire.Unsigned;

/// One thing to know of the machine's NUMA nodes. QEMU QMP reference "NumaOptions". Tables of latencies (HMAT) are not
/// there yet.
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

  /// Reads what stands behind `-numa` as text.
  static NumaOptions of(Map<String, List<String>> values) throws ArgumentException {
    return (NumaOptions) KeyvalDecoder.decode(UnionSpec.of(NumaOptions.class), values);
  }
}
