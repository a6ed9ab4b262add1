package thespis.qmp.command;

import java.util.List;
import java.util.Optional;
import thespis.qmp.command.JobCommands.JobStatus;
import thespis.qmp.command.QmpCommand.Nothing;
import thespis.qmp.wire.SnakeCase;
import thespis.qmp.wire.Union;
import thespis.qmp.wire.Unsigned;
import thespis.qmp.wire.WireName;

/// Disks, their images and what is done with them in the background. QEMU QMP reference "Block devices". Members of
/// results that QEMU may leave out are not listed where there is nothing to put in them.
public sealed interface BlockCommands<R> extends BoardCommand<R> {

  record QueryBlock() implements BlockCommands<List<BlockInfo>>, Preconfig {}

  record QueryBlockstats(Optional<Boolean> queryNodes) implements BlockCommands<List<BlockStats>>, Preconfig {}

  record QueryNamedBlockNodes(Optional<Boolean> flat) implements BlockCommands<List<BlockDeviceInfo>>, Preconfig {}

  record QueryBlockJobs() implements BlockCommands<List<BlockJobInfo>>, Preconfig {}

  record QueryBlockExports() implements BlockCommands<List<BlockExportInfo>>, Preconfig {}

  record QueryPrManagers() implements BlockCommands<List<PrManagerInfo>>, Preconfig {}

  record BlockJobPause(String device) implements BlockCommands<Nothing>, Preconfig {}

  record BlockJobResume(String device) implements BlockCommands<Nothing>, Preconfig {}

  record BlockJobCancel(String device, Optional<Boolean> force) implements BlockCommands<Nothing>, Preconfig {}

  record BlockJobComplete(String device) implements BlockCommands<Nothing>, Preconfig {}

  record BlockJobSetSpeed(String device, long speed) implements BlockCommands<Nothing>, Preconfig {}

  record BlockJobDismiss(String id) implements BlockCommands<Nothing>, Preconfig {}

  record BlockJobFinalize(String id) implements BlockCommands<Nothing>, Preconfig {}

  record BlockInfo(String device, String type, boolean removable, boolean locked, Optional<BlockDeviceInfo> inserted) {}

  @SnakeCase
  record BlockDeviceInfo(
      String file,
      @WireName("node-name") Optional<String> nodeName,
      boolean ro,
      String drv,
      long backingFileDepth,
      boolean encrypted,
      DetectZeroes detectZeroes,
      long bps,
      long bpsRd,
      long bpsWr,
      long iops,
      long iopsRd,
      long iopsWr,
      ImageInfo image,
      CacheInfo cache,
      long writeThreshold,
      @WireName("dirty-bitmaps") Optional<List<DirtyInfo>> dirtyBitmaps) {}

  record ImageInfo(
      String filename,
      String format,
      long virtualSize,
      Optional<Long> actualSize,
      Optional<Boolean> dirtyFlag) {}

  record DirtyInfo(
      String name, long count, @Unsigned(32) long granularity, boolean recording, boolean busy, boolean persistent) {}

  record CacheInfo(boolean writeback, boolean direct, boolean noFlush) {}

  enum DetectZeroes {
    OFF,
    ON,
    UNMAP
  }

  /// @param parent those of the node that this one stands on
  record BlockStats(
      Optional<String> device,
      Optional<String> qdev,
      Optional<String> nodeName,
      DeviceStats stats,
      Optional<DriverStats> driverSpecific,
      Optional<BlockStats> parent) {}

  /// What only this kind of node counts.
  @Union("driver")
  sealed interface DriverStats {
    record File(
        @Unsigned(64) long discardNbOk, @Unsigned(64) long discardNbFailed, @Unsigned(64) long discardBytesOk)
        implements DriverStats {}

    @WireName("host_device")
    record HostDevice(
        @Unsigned(64) long discardNbOk, @Unsigned(64) long discardNbFailed, @Unsigned(64) long discardBytesOk)
        implements DriverStats {}
  }

  @SnakeCase
  record DeviceStats(
      long rdBytes,
      long wrBytes,
      long unmapBytes,
      long rdOperations,
      long wrOperations,
      long flushOperations,
      long unmapOperations,
      long rdTotalTimeNs,
      long wrTotalTimeNs,
      long flushTotalTimeNs,
      long unmapTotalTimeNs,
      long wrHighestOffset,
      long rdMerged,
      long wrMerged,
      long unmapMerged,
      Optional<Long> idleTimeNs,
      long failedRdOperations,
      long failedWrOperations,
      long failedFlushOperations,
      long failedUnmapOperations,
      long invalidRdOperations,
      long invalidWrOperations,
      long invalidFlushOperations,
      long invalidUnmapOperations,
      boolean accountInvalid,
      boolean accountFailed,
      List<TimedStats> timedStats) {}

  @SnakeCase
  record TimedStats(
      long intervalLength,
      long minRdLatencyNs,
      long maxRdLatencyNs,
      long avgRdLatencyNs,
      long minWrLatencyNs,
      long maxWrLatencyNs,
      long avgWrLatencyNs,
      long minFlushLatencyNs,
      long maxFlushLatencyNs,
      long avgFlushLatencyNs,
      double avgRdQueueDepth,
      double avgWrQueueDepth) {}

  record BlockJobInfo(
      String type,
      String device,
      long len,
      long offset,
      boolean busy,
      boolean paused,
      long speed,
      IoStatus ioStatus,
      boolean ready,
      JobStatus status,
      boolean autoFinalize,
      boolean autoDismiss) {}

  enum IoStatus {
    OK,
    FAILED,
    NOSPACE
  }

  record BlockExportInfo(String id, ExportType type, String nodeName, boolean shuttingDown) {}

  enum ExportType {
    NBD,
    VHOST_USER_BLK,
    FUSE,
    VDUSE_BLK
  }

  record PrManagerInfo(String id, boolean connected) {}
}
