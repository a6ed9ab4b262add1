package thespis.hotplug;

import java.util.OptionalInt;

/// Where a possible CPU sits. QEMU QMP reference "CpuInstanceProperties".
///
/// @param dieId only on machines with several dies
/// @param nodeId only on machines with NUMA nodes
public record CpuPlace(int socketId, OptionalInt dieId, int coreId, int threadId, OptionalInt nodeId) {
  public static CpuPlace of(int socketId, int coreId, int threadId) {
    return new CpuPlace(socketId, OptionalInt.empty(), coreId, threadId, OptionalInt.empty());
  }
}
