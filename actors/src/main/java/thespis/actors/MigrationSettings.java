package thespis.actors;

import java.util.Optional;
import thespis.cpu.model.ConfigException;
import thespis.qmp.command.MigrationCommands.MigrateSetParameters;
import thespis.qmp.command.MigrationCommands.MigrationParameters;
import thespis.qmp.command.MigrationCommands.MultifdCompression;
import thespis.qmp.command.StringOrNull;

/// The numbers that a migration goes by, with QEMU 7.2's defaults and limits.
final class MigrationSettings {
  private static final long PAGE = 4096;
  private static final long LONGEST_DOWNTIME = 2_000_000;

  private MigrationParameters now = new MigrationParameters(
      Optional.of(50L),
      Optional.of(550L),
      Optional.of(5L),
      Optional.of(100L),
      Optional.of(1L),
      Optional.of(8L),
      Optional.of(true),
      Optional.of(2L),
      Optional.of(50L),
      Optional.of(20L),
      Optional.of(10L),
      Optional.of(false),
      Optional.of(""),
      Optional.of(""),
      Optional.of(""),
      Optional.of(128L << 20),
      Optional.of(300L),
      Optional.of(20_000L),
      Optional.of(false),
      Optional.of(2L),
      Optional.of(64L << 20),
      Optional.of(0L),
      Optional.of(99L),
      Optional.of(MultifdCompression.NONE),
      Optional.of(1L),
      Optional.of(1L),
      Optional.empty());

  MigrationParameters now() {
    return now;
  }

  /// All of what is given, or nothing of it.
  ///
  /// @throws ConfigException with QEMU's text
  void set(MigrateSetParameters set) {
    MigrationParameters next = new MigrationParameters(
        set.announceInitial().or(now::announceInitial),
        set.announceMax().or(now::announceMax),
        set.announceRounds().or(now::announceRounds),
        set.announceStep().or(now::announceStep),
        set.compressLevel().or(now::compressLevel),
        set.compressThreads().or(now::compressThreads),
        set.compressWaitThread().or(now::compressWaitThread),
        set.decompressThreads().or(now::decompressThreads),
        set.throttleTriggerThreshold().or(now::throttleTriggerThreshold),
        set.cpuThrottleInitial().or(now::cpuThrottleInitial),
        set.cpuThrottleIncrement().or(now::cpuThrottleIncrement),
        set.cpuThrottleTailslow().or(now::cpuThrottleTailslow),
        text(set.tlsCreds(), now.tlsCreds()),
        text(set.tlsHostname(), now.tlsHostname()),
        text(set.tlsAuthz(), now.tlsAuthz()),
        set.maxBandwidth().or(now::maxBandwidth),
        set.downtimeLimit().or(now::downtimeLimit),
        set.xCheckpointDelay().or(now::xCheckpointDelay),
        set.blockIncremental().or(now::blockIncremental),
        set.multifdChannels().or(now::multifdChannels),
        set.xbzrleCacheSize().or(now::xbzrleCacheSize),
        set.maxPostcopyBandwidth().or(now::maxPostcopyBandwidth),
        set.maxCpuThrottle().or(now::maxCpuThrottle),
        set.multifdCompression().or(now::multifdCompression),
        set.multifdZlibLevel().or(now::multifdZlibLevel),
        set.multifdZstdLevel().or(now::multifdZstdLevel),
        set.blockBitmapMapping().or(now::blockBitmapMapping));
    check(set, next);
    now = next;
  }

  private static void check(MigrateSetParameters set, MigrationParameters next) {
    within("compress_level", set.compressLevel(), 0, 9);
    within("compress_threads", set.compressThreads(), 1, 255);
    within("decompress_threads", set.decompressThreads(), 1, 255);
    inRange("throttle_trigger_threshold", set.throttleTriggerThreshold(), 1, "1 to 100", 100);
    inRange("cpu_throttle_initial", set.cpuThrottleInitial(), 1, "1 to 99", 99);
    inRange("cpu_throttle_increment", set.cpuThrottleIncrement(), 1, "1 to 99", 99);
    inRange("downtime_limit", set.downtimeLimit(), 0, "0 to (2000 * 1000) ms", LONGEST_DOWNTIME);
    within("multifd_channels", set.multifdChannels(), 1, 255);
    set.xbzrleCacheSize().filter(size -> size < PAGE || Long.bitCount(size) != 1).ifPresent(size -> {
      throw expects("xbzrle_cache_size", "a power of two no less than the target page size");
    });
    inRange("max_cpu_throttle", set.maxCpuThrottle(), next.cpuThrottleInitial().orElseThrow(),
        "cpu_throttle_initial to 99", 99);
    within("announce_initial", set.announceInitial(), 0, 100_000);
    within("announce_max", set.announceMax(), 0, 100_000);
    within("announce_rounds", set.announceRounds(), 0, 1000);
    within("announce_step", set.announceStep(), 1, 10_000);
  }

  private static Optional<String> text(Optional<StringOrNull> set, Optional<String> now) {
    return set.map(s -> Optional.ofNullable(s.text()).orElse("")).or(() -> now);
  }

  /// QEMU differs from itself: what it says of the steps' lower limit is not what it holds to.
  private static void within(String name, Optional<Long> value, long least, long most) {
    value.filter(v -> v < least || v > most).ifPresent(v -> {
      long said = name.equals("announce_step") ? 0 : least;
      throw expects(name, "a value between " + said + " and " + most);
    });
  }

  private static void inRange(String name, Optional<Long> value, long least, String range, long most) {
    value.filter(v -> v < least || v > most).ifPresent(v -> {
      throw expects(name, "an integer in the range of " + range);
    });
  }

  private static ConfigException expects(String name, String what) {
    return new ConfigException("Parameter '" + name + "' expects " + what);
  }
}
