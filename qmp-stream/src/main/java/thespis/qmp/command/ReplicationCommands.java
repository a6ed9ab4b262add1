package thespis.qmp.command;

import java.util.Optional;
import thespis.qmp.command.QmpCommand.Nothing;

/// A second machine that follows the first, for the day when that fails. QEMU QMP reference "Migration".
public sealed interface ReplicationCommands<R> extends BoardCommand<R> {

  record XenSetReplication(boolean enable, boolean primary, Optional<Boolean> failover)
      implements ReplicationCommands<Nothing> {}

  record QueryXenReplicationStatus() implements ReplicationCommands<ReplicationStatus> {}

  record XenColoDoCheckpoint() implements ReplicationCommands<Nothing> {}

  record XenSetGlobalDirtyLog(boolean enable) implements ReplicationCommands<Nothing> {}

  /// All that a machine is but its memory, to a file.
  record XenSaveDevicesState(String filename, Optional<Boolean> live) implements ReplicationCommands<Nothing> {}

  /// The same from a file.
  record XenLoadDevicesState(String filename) implements ReplicationCommands<Nothing> {}

  @Features(Features.UNSTABLE)
  record XColoLostHeartbeat() implements ReplicationCommands<Nothing> {}

  record ReplicationStatus(boolean error, Optional<String> desc) {}
}
