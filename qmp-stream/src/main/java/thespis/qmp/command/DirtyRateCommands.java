package thespis.qmp.command;

import java.util.List;
import java.util.Optional;
import thespis.qmp.command.QmpCommand.Nothing;

/// How fast the guest changes its memory. QEMU QMP reference "Migration".
public sealed interface DirtyRateCommands<R> extends BoardCommand<R> {

  /// @param calcTime in seconds
  /// @param samplePages for each GiB
  record CalcDirtyRate(long calcTime, Optional<Long> samplePages, Optional<DirtyRateMode> mode)
      implements DirtyRateCommands<Nothing> {}

  record QueryDirtyRate() implements DirtyRateCommands<DirtyRateInfo> {}

  /// @param dirtyRate in MiB a second, when it was measured
  /// @param startTime in seconds since the host's start
  record DirtyRateInfo(
      Optional<Long> dirtyRate,
      DirtyRateStatus status,
      long startTime,
      long calcTime,
      long samplePages,
      DirtyRateMode mode,
      Optional<List<VcpuDirtyRate>> vcpuDirtyRate) {}

  record VcpuDirtyRate(long id, long dirtyRate) {}

  enum DirtyRateStatus {
    UNSTARTED,
    MEASURING,
    MEASURED
  }

  enum DirtyRateMode {
    PAGE_SAMPLING,
    DIRTY_RING,
    DIRTY_BITMAP
  }
}
