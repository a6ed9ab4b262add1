package thespis.qmp.command;

import java.util.List;
import java.util.Optional;
import thespis.qmp.wire.Unsigned;

/// Moving a machine to another process. QEMU QMP reference "Migration".
public sealed interface MigrationCommands<R> extends BoardCommand<R> {

  record QueryMigrate() implements MigrationCommands<MigrationInfo> {}

  record QueryMigrateCapabilities() implements MigrationCommands<List<CapabilityStatus>> {}

  record MigrateSetCapabilities(List<CapabilityStatus> capabilities)
      implements MigrationCommands<QmpCommand.Nothing> {}

  record QueryMigrateParameters() implements MigrationCommands<MigrationParameters> {}

  record MigrateSetParameters(
      @Unsigned(64) Optional<Long> announceInitial,
      @Unsigned(64) Optional<Long> announceMax,
      @Unsigned(64) Optional<Long> announceRounds,
      @Unsigned(64) Optional<Long> announceStep,
      @Unsigned(8) Optional<Long> compressLevel,
      @Unsigned(8) Optional<Long> compressThreads,
      Optional<Boolean> compressWaitThread,
      @Unsigned(8) Optional<Long> decompressThreads,
      @Unsigned(8) Optional<Long> throttleTriggerThreshold,
      @Unsigned(8) Optional<Long> cpuThrottleInitial,
      @Unsigned(8) Optional<Long> cpuThrottleIncrement,
      Optional<Boolean> cpuThrottleTailslow,
      Optional<StringOrNull> tlsCreds,
      Optional<StringOrNull> tlsHostname,
      Optional<StringOrNull> tlsAuthz,
      @Unsigned(64) Optional<Long> maxBandwidth,
      @Unsigned(64) Optional<Long> downtimeLimit,
      @Features(Features.UNSTABLE) @Unsigned(32) Optional<Long> xCheckpointDelay,
      Optional<Boolean> blockIncremental,
      @Unsigned(8) Optional<Long> multifdChannels,
      @Unsigned(64) Optional<Long> xbzrleCacheSize,
      @Unsigned(64) Optional<Long> maxPostcopyBandwidth,
      @Unsigned(8) Optional<Long> maxCpuThrottle,
      Optional<MultifdCompression> multifdCompression,
      @Unsigned(8) Optional<Long> multifdZlibLevel,
      @Unsigned(8) Optional<Long> multifdZstdLevel,
      Optional<List<BitmapNodeAlias>> blockBitmapMapping)
      implements MigrationCommands<QmpCommand.Nothing> {}

  record Migrate(
      String uri, Optional<Boolean> blk, Optional<Boolean> inc, Optional<Boolean> detach, Optional<Boolean> resume)
      implements MigrationCommands<QmpCommand.Nothing> {}

  record MigrateIncoming(String uri) implements MigrationCommands<QmpCommand.Nothing> {}

  record MigrateCancel() implements MigrationCommands<QmpCommand.Nothing>, Underscored {}

  record MigrateContinue(MigrationStatus state) implements MigrationCommands<QmpCommand.Nothing> {}

  record MigrateStartPostcopy() implements MigrationCommands<QmpCommand.Nothing> {}

  record MigratePause() implements MigrationCommands<QmpCommand.Nothing>, OutOfBand {}

  record MigrateRecover(String uri) implements MigrationCommands<QmpCommand.Nothing>, OutOfBand {}

  record QueryColoStatus() implements MigrationCommands<ColoStatus> {}

  /// @param status there once a migration was asked for
  /// @param ram there while one is under way and when it is complete, as are the times; all are milliseconds
  /// @param socketAddress where one is waited for
  record MigrationInfo(
      Optional<MigrationStatus> status,
      Optional<RamStatistics> ram,
      Optional<Long> totalTime,
      Optional<Long> expectedDowntime,
      Optional<Long> downtime,
      Optional<Long> setupTime,
      Optional<String> errorDesc,
      Optional<List<SocketAddress>> socketAddress) {
    public static final MigrationInfo NOTHING = new MigrationInfo(Optional.empty());

    /// Without figures.
    public MigrationInfo(Optional<MigrationStatus> status) {
      this(status, Optional.empty(), Optional.empty());
    }

    /// The same, with what went wrong, or where one is waited for.
    public MigrationInfo(
        Optional<MigrationStatus> status, Optional<String> errorDesc, Optional<List<SocketAddress>> socketAddress) {
      this(status, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), errorDesc,
          socketAddress);
    }
  }

  /// @param duplicate pages that are zero
  /// @param normal pages that were sent as they are
  /// @param precopyBytes what was sent while the guest ran
  /// @param downtimeBytes what was sent while it stood still
  record RamStatistics(
      long transferred,
      long remaining,
      long total,
      long duplicate,
      long skipped,
      long normal,
      long normalBytes,
      long dirtyPagesRate,
      double mbps,
      long dirtySyncCount,
      long postcopyRequests,
      long pageSize,
      long multifdBytes,
      long pagesPerSecond,
      long precopyBytes,
      long downtimeBytes,
      long postcopyBytes,
      long dirtySyncMissedZeroCopy) {}

  enum MigrationStatus {
    NONE,
    SETUP,
    CANCELLING,
    CANCELLED,
    ACTIVE,
    POSTCOPY_ACTIVE,
    POSTCOPY_PAUSED,
    POSTCOPY_RECOVER,
    COMPLETED,
    FAILED,
    COLO,
    PRE_SWITCHOVER,
    DEVICE,
    WAIT_UNPLUG
  }

  record CapabilityStatus(MigrationCapability capability, boolean state) {}

  enum MigrationCapability {
    XBZRLE,
    RDMA_PIN_ALL,
    AUTO_CONVERGE,
    ZERO_BLOCKS,
    COMPRESS,
    EVENTS,
    POSTCOPY_RAM,
    X_COLO,
    RELEASE_RAM,
    BLOCK,
    RETURN_PATH,
    PAUSE_BEFORE_SWITCHOVER,
    MULTIFD,
    DIRTY_BITMAPS,
    POSTCOPY_BLOCKTIME,
    LATE_BLOCK_ACTIVATE,
    X_IGNORE_SHARED,
    VALIDATE_UUID,
    BACKGROUND_SNAPSHOT,
    ZERO_COPY_SEND,
    POSTCOPY_PREEMPT
  }

  record MigrationParameters(
      @Unsigned(64) Optional<Long> announceInitial,
      @Unsigned(64) Optional<Long> announceMax,
      @Unsigned(64) Optional<Long> announceRounds,
      @Unsigned(64) Optional<Long> announceStep,
      @Unsigned(8) Optional<Long> compressLevel,
      @Unsigned(8) Optional<Long> compressThreads,
      Optional<Boolean> compressWaitThread,
      @Unsigned(8) Optional<Long> decompressThreads,
      @Unsigned(8) Optional<Long> throttleTriggerThreshold,
      @Unsigned(8) Optional<Long> cpuThrottleInitial,
      @Unsigned(8) Optional<Long> cpuThrottleIncrement,
      Optional<Boolean> cpuThrottleTailslow,
      Optional<String> tlsCreds,
      Optional<String> tlsHostname,
      Optional<String> tlsAuthz,
      @Unsigned(64) Optional<Long> maxBandwidth,
      @Unsigned(64) Optional<Long> downtimeLimit,
      @Features(Features.UNSTABLE) @Unsigned(32) Optional<Long> xCheckpointDelay,
      Optional<Boolean> blockIncremental,
      @Unsigned(8) Optional<Long> multifdChannels,
      @Unsigned(64) Optional<Long> xbzrleCacheSize,
      @Unsigned(64) Optional<Long> maxPostcopyBandwidth,
      @Unsigned(8) Optional<Long> maxCpuThrottle,
      Optional<MultifdCompression> multifdCompression,
      @Unsigned(8) Optional<Long> multifdZlibLevel,
      @Unsigned(8) Optional<Long> multifdZstdLevel,
      Optional<List<BitmapNodeAlias>> blockBitmapMapping) {}

  enum MultifdCompression {
    NONE,
    ZLIB,
    ZSTD
  }

  record BitmapNodeAlias(String nodeName, String alias, List<BitmapAlias> bitmaps) {}

  record BitmapAlias(String name, String alias, Optional<BitmapTransform> transform) {}

  record BitmapTransform(Optional<Boolean> persistent) {}

  record ColoStatus(ColoMode mode, ColoMode lastMode, ColoExitReason reason) {}

  enum ColoMode {
    NONE,
    PRIMARY,
    SECONDARY
  }

  enum ColoExitReason {
    NONE,
    REQUEST,
    ERROR,
    PROCESSING
  }
}
