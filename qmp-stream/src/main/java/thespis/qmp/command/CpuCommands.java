package thespis.qmp.command;

import java.util.List;
import java.util.Optional;
import thespis.qmp.command.MachineCommands.TargetArch;
import thespis.qmp.wire.Unsigned;

/// Processors, present and possible. QEMU QMP reference "Machines": "query-cpus-fast", "query-hotpluggable-cpus".
public sealed interface CpuCommands<R> extends BoardCommand<R> {

  record QueryCpusFast() implements CpuCommands<List<CpuInfoFast>> {}

  record QueryHotpluggableCpus() implements CpuCommands<List<HotpluggableCpu>>, Preconfig {}

  /// Plugs the processor with this index. QEMU had it up to 5.1 (QMP reference of 5.1, "cpu-add"); here it is always
  /// on.
  record CpuAdd(long id) implements CpuCommands<QmpCommand.Nothing>, Extension {}

  record QueryVcpuDirtyLimit() implements CpuCommands<List<DirtyLimitInfo>> {}

  record SetVcpuDirtyLimit(Optional<Long> cpuIndex, @Unsigned(64) long dirtyRate)
      implements CpuCommands<QmpCommand.Nothing> {}

  record CancelVcpuDirtyLimit(Optional<Long> cpuIndex) implements CpuCommands<QmpCommand.Nothing> {}

  record DirtyLimitInfo(long cpuIndex, long limitRate, long currentRate) {}

  record CpuInfoFast(long threadId, CpuInstanceProperties props, String qomPath, long cpuIndex, TargetArch target) {}

  record HotpluggableCpu(CpuInstanceProperties props, long vcpusCount, Optional<String> qomPath, String type) {}

  record CpuInstanceProperties(
      Optional<Long> nodeId,
      Optional<Long> socketId,
      Optional<Long> dieId,
      Optional<Long> clusterId,
      Optional<Long> coreId,
      Optional<Long> threadId) {}
}
