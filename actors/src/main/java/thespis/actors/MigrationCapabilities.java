package thespis.actors;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import thespis.cpu.model.ConfigException;
import thespis.qmp.command.MigrationCommands.CapabilityStatus;
import thespis.qmp.command.MigrationCommands.MigrationCapability;
import thespis.qmp.wire.WireNames;

/// What a migration may do, and which of that excludes each other. QEMU QMP reference "MigrationCapability".
final class MigrationCapabilities {
  /// They change what is sent, or how, and are not to be had here. The others say how hard to try.
  private static final Set<MigrationCapability> MISSING = EnumSet.of(
      MigrationCapability.XBZRLE, MigrationCapability.COMPRESS, MigrationCapability.POSTCOPY_RAM,
      MigrationCapability.X_COLO, MigrationCapability.MULTIFD, MigrationCapability.VALIDATE_UUID,
      MigrationCapability.BACKGROUND_SNAPSHOT);

  /// In the order in which QEMU finds them.
  private static final List<MigrationCapability> NOT_WITH_SNAPSHOT = List.of(
      MigrationCapability.POSTCOPY_RAM, MigrationCapability.DIRTY_BITMAPS, MigrationCapability.POSTCOPY_BLOCKTIME,
      MigrationCapability.LATE_BLOCK_ACTIVATE, MigrationCapability.RETURN_PATH, MigrationCapability.MULTIFD,
      MigrationCapability.PAUSE_BEFORE_SWITCHOVER, MigrationCapability.AUTO_CONVERGE, MigrationCapability.RELEASE_RAM,
      MigrationCapability.RDMA_PIN_ALL, MigrationCapability.COMPRESS, MigrationCapability.XBZRLE,
      MigrationCapability.X_COLO, MigrationCapability.VALIDATE_UUID, MigrationCapability.ZERO_COPY_SEND);

  private final Set<MigrationCapability> on = EnumSet.noneOf(MigrationCapability.class);

  boolean has(MigrationCapability capability) {
    return on.contains(capability);
  }

  List<CapabilityStatus> all() {
    return Stream.of(MigrationCapability.values()).map(c -> new CapabilityStatus(c, on.contains(c))).toList();
  }

  /// All changes or none.
  ///
  /// @throws ConfigException with QEMU's text
  void change(List<CapabilityStatus> changes) {
    Set<MigrationCapability> next = EnumSet.noneOf(MigrationCapability.class);
    next.addAll(on);
    for (CapabilityStatus c : changes) {
      if (c.state()) {
        next.add(c.capability());
      } else {
        next.remove(c.capability());
      }
    }
    check(next);
    on.clear();
    on.addAll(next);
  }

  /// A migration begins.
  ///
  /// @throws ConfigException if it shall do what it can't
  void refuseMissing() {
    on.stream().filter(MISSING::contains).findFirst().ifPresent(c -> {
      throw new ConfigException("migration capability '" + WireNames.of(c) + "' is not supported");
    });
  }

  private static void check(Set<MigrationCapability> on) {
    boolean postcopy = on.contains(MigrationCapability.POSTCOPY_RAM);
    boolean multifd = on.contains(MigrationCapability.MULTIFD);
    boolean compress = on.contains(MigrationCapability.COMPRESS);
    if (postcopy && on.contains(MigrationCapability.X_IGNORE_SHARED)) {
      throw new ConfigException("Postcopy is not compatible with ignore-shared");
    }
    if (on.contains(MigrationCapability.BACKGROUND_SNAPSHOT)) {
      NOT_WITH_SNAPSHOT.stream().filter(on::contains).findFirst().ifPresent(c -> {
        throw new ConfigException("Background-snapshot is not compatible with " + WireNames.of(c));
      });
    }
    if (on.contains(MigrationCapability.ZERO_COPY_SEND) && !multifd) {
      throw new ConfigException("Zero copy only available for non-compressed non-TLS multifd migration");
    }
    if (on.contains(MigrationCapability.POSTCOPY_PREEMPT) && !postcopy) {
      throw new ConfigException("Postcopy preempt requires postcopy-ram");
    }
    if (multifd && compress) {
      throw new ConfigException("Multifd is not compatible with compress");
    }
  }
}
