package thespis.qmp.command;

import java.util.List;
import java.util.Optional;
import thespis.qmp.command.QmpCommand.Nothing;
import thespis.qmp.wire.Union;
import thespis.qmp.wire.Unsigned;
import thespis.qmp.wire.WireName;

/// Images as nodes of a graph, and copies of them that are made in the background. QEMU QMP reference "Block devices".
public sealed interface NodeCommands<R> extends BoardCommand<R> {

  record BlockdevAdd(@Boxed BlockdevOptions options) implements NodeCommands<Nothing>, Preconfig {}

  record BlockdevReopen(List<BlockdevOptions> options) implements NodeCommands<Nothing>, Preconfig {}

  record BlockdevCreate(String jobId, CreateOptions options) implements NodeCommands<Nothing>, Preconfig {}

  @Features(Features.UNSTABLE)
  record XBlockdevAmend(String jobId, String nodeName, AmendOptions options, Optional<Boolean> force)
      implements NodeCommands<Nothing>, Preconfig {}

  record BlockdevDel(String nodeName) implements NodeCommands<Nothing>, Preconfig {}

  record BlockResize(Optional<String> device, Optional<String> nodeName, long size)
      implements NodeCommands<Nothing>, Underscored, Preconfig {}

  record BlockSetWriteThreshold(String nodeName, @Unsigned(64) long writeThreshold)
      implements NodeCommands<Nothing>, Preconfig {}

  @Features(Features.UNSTABLE)
  record XBlockdevChange(String parent, Optional<String> child, Optional<String> node)
      implements NodeCommands<Nothing>, Preconfig {}

  @Features(Features.UNSTABLE)
  record XBlockdevSetIothread(String nodeName, StringOrNull iothread, Optional<Boolean> force)
      implements NodeCommands<Nothing>, Preconfig {}

  @Features(Features.UNSTABLE)
  record XDebugQueryBlockGraph() implements NodeCommands<BlockGraph>, Preconfig {}

  record ChangeBackingFile(String device, String imageNodeName, String backingFile)
      implements NodeCommands<Nothing>, Preconfig {}

  @Features("allow-write-only-overlay")
  record BlockdevSnapshot(String node, String overlay) implements NodeCommands<Nothing>, Preconfig {}

  record BlockdevSnapshotSync(
      Optional<String> device,
      Optional<String> nodeName,
      String snapshotFile,
      Optional<String> snapshotNodeName,
      Optional<String> format,
      Optional<NewImageMode> mode)
      implements NodeCommands<Nothing>, Preconfig {}

  record BlockdevSnapshotInternalSync(String device, String name) implements NodeCommands<Nothing>, Preconfig {}

  record BlockdevSnapshotDeleteInternalSync(String device, Optional<String> id, Optional<String> name)
      implements NodeCommands<SnapshotInfo>, Preconfig {}

  record BlockStream(
      Optional<String> jobId,
      String device,
      Optional<String> base,
      Optional<String> baseNode,
      Optional<String> backingFile,
      Optional<String> bottom,
      Optional<Long> speed,
      Optional<OnError> onError,
      Optional<String> filterNodeName,
      Optional<Boolean> autoFinalize,
      Optional<Boolean> autoDismiss)
      implements NodeCommands<Nothing>, Preconfig {}

  record BlockCommit(
      Optional<String> jobId,
      String device,
      Optional<String> baseNode,
      @Features(Features.DEPRECATED) Optional<String> base,
      Optional<String> topNode,
      @Features(Features.DEPRECATED) Optional<String> top,
      Optional<String> backingFile,
      Optional<Long> speed,
      Optional<OnError> onError,
      Optional<String> filterNodeName,
      Optional<Boolean> autoFinalize,
      Optional<Boolean> autoDismiss)
      implements NodeCommands<Nothing>, Preconfig {}

  record DriveMirror(
      Optional<String> jobId,
      String device,
      String target,
      Optional<String> format,
      Optional<String> nodeName,
      Optional<String> replaces,
      SyncMode sync,
      Optional<NewImageMode> mode,
      Optional<Long> speed,
      @Unsigned(32) Optional<Long> granularity,
      Optional<Long> bufSize,
      Optional<OnError> onSourceError,
      Optional<OnError> onTargetError,
      Optional<Boolean> unmap,
      Optional<CopyMode> copyMode,
      Optional<Boolean> autoFinalize,
      Optional<Boolean> autoDismiss)
      implements NodeCommands<Nothing>, Preconfig {}

  record BlockdevMirror(
      Optional<String> jobId,
      String device,
      String target,
      Optional<String> replaces,
      SyncMode sync,
      Optional<Long> speed,
      @Unsigned(32) Optional<Long> granularity,
      Optional<Long> bufSize,
      Optional<OnError> onSourceError,
      Optional<OnError> onTargetError,
      Optional<String> filterNodeName,
      Optional<CopyMode> copyMode,
      Optional<Boolean> autoFinalize,
      Optional<Boolean> autoDismiss)
      implements NodeCommands<Nothing>, Preconfig {}

  @Features(Features.DEPRECATED)
  record DriveBackup(
      Optional<String> jobId,
      String device,
      SyncMode sync,
      Optional<Long> speed,
      Optional<String> bitmap,
      Optional<BitmapMode> bitmapMode,
      Optional<Boolean> compress,
      Optional<OnError> onSourceError,
      Optional<OnError> onTargetError,
      Optional<Boolean> autoFinalize,
      Optional<Boolean> autoDismiss,
      Optional<String> filterNodeName,
      @Features(Features.UNSTABLE) Optional<BackupPerf> xPerf,
      String target,
      Optional<String> format,
      Optional<NewImageMode> mode)
      implements NodeCommands<Nothing>, Preconfig {}

  record BlockdevBackup(
      Optional<String> jobId,
      String device,
      SyncMode sync,
      Optional<Long> speed,
      Optional<String> bitmap,
      Optional<BitmapMode> bitmapMode,
      Optional<Boolean> compress,
      Optional<OnError> onSourceError,
      Optional<OnError> onTargetError,
      Optional<Boolean> autoFinalize,
      Optional<Boolean> autoDismiss,
      Optional<String> filterNodeName,
      @Features(Features.UNSTABLE) Optional<BackupPerf> xPerf,
      String target)
      implements NodeCommands<Nothing>, Preconfig {}

  record BackupPerf(Optional<Boolean> useCopyRange, Optional<Long> maxWorkers, Optional<Long> maxChunk) {}

  /// An image to be made. Only files can be.
  @Union("driver")
  sealed interface CreateOptions {
    record File(
        String filename,
        @Unsigned(64) long size,
        Optional<Preallocation> preallocation,
        Optional<Boolean> nocow,
        @Unsigned(64) Optional<Long> extentSizeHint)
        implements CreateOptions {}

    @WireName("host_device")
    record HostDevice() implements CreateOptions {}

    record NullAio() implements CreateOptions {}

    record NullCo() implements CreateOptions {}

    record Raw() implements CreateOptions {}
  }

  enum Preallocation {
    OFF,
    METADATA,
    FALLOC,
    FULL
  }

  /// How an image is to be changed. None that we have can be.
  @Union("driver")
  sealed interface AmendOptions {
    record File() implements AmendOptions {}

    @WireName("host_device")
    record HostDevice() implements AmendOptions {}

    record NullAio() implements AmendOptions {}

    record NullCo() implements AmendOptions {}

    record Raw() implements AmendOptions {}
  }

  enum NewImageMode {
    EXISTING,
    ABSOLUTE_PATHS
  }

  enum OnError {
    REPORT,
    IGNORE,
    ENOSPC,
    STOP,
    AUTO
  }

  enum SyncMode {
    TOP,
    FULL,
    NONE,
    INCREMENTAL,
    BITMAP
  }

  enum BitmapMode {
    ON_SUCCESS,
    NEVER,
    ALWAYS
  }

  enum CopyMode {
    BACKGROUND,
    WRITE_BLOCKING
  }

  record SnapshotInfo(
      String id,
      String name,
      long vmStateSize,
      long dateSec,
      long dateNsec,
      long vmClockSec,
      long vmClockNsec,
      Optional<Long> icount) {}

  record BlockGraph(List<GraphNode> nodes, List<GraphEdge> edges) {}

  record GraphNode(@Unsigned(64) long id, GraphNodeType type, String name) {}

  record GraphEdge(
      @Unsigned(64) long parent, @Unsigned(64) long child, String name, List<Permission> perm,
      List<Permission> sharedPerm) {}

  enum GraphNodeType {
    BLOCK_BACKEND,
    BLOCK_JOB,
    BLOCK_DRIVER
  }

  enum Permission {
    CONSISTENT_READ,
    WRITE,
    WRITE_UNCHANGED,
    RESIZE
  }
}
