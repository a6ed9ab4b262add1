package thespis.qmp;

import java.util.List;
import java.util.Optional;
import thespis.hotplug.Cause;
import thespis.hotplug.HotplugStep;
import thespis.hotplug.MachineEvent;
import thespis.hotplug.WatchdogAction;
import thespis.qmp.command.DeviceCommands.AcpiOstInfo;
import thespis.qmp.command.Extension;
import thespis.qmp.command.JobCommands.JobStatus;
import thespis.qmp.command.MemoryCommands.DumpQueryResult;
import thespis.qmp.command.MigrationCommands.MigrationStatus;
import thespis.qmp.wire.Unsigned;
import thespis.qmp.wire.WireNames;

/// What clients are told without asking. The record's name is the event's, its components are `data`. QEMU QMP
/// reference "VM run state", "Device infrastructure (qdev)", "ACPI".
public sealed interface QmpEvent {
  record Stop() implements QmpEvent {}

  record Resume() implements QmpEvent {}

  record Suspend() implements QmpEvent {}

  record SuspendDisk() implements QmpEvent {}

  record Wakeup() implements QmpEvent {}

  record Powerdown() implements QmpEvent {}

  /// The guest has another amount of memory.
  record BalloonChange(long actual) implements QmpEvent {}

  record Reset(boolean guest, Cause reason) implements QmpEvent {}

  record Shutdown(boolean guest, Cause reason) implements QmpEvent {}

  record Watchdog(WatchdogAction action) implements QmpEvent {}

  record AcpiDeviceOst(AcpiOstInfo info) implements QmpEvent {}

  record DeviceDeleted(Optional<String> device, String path) implements QmpEvent {}

  /// The guest refused to give up a CPU. QEMU differs: its QMP reference promises this event, its CPU hotplug does not
  /// send it.
  record DeviceUnplugGuestError(Optional<String> device, String path) implements QmpEvent {}

  /// A background job took a step.
  record JobStatusChange(String id, JobStatus status) implements QmpEvent {}

  /// An image was written to beyond a place that somebody had marked.
  record BlockWriteThreshold(
      String nodeName, @Unsigned(64) long amountExceeded, @Unsigned(64) long writeThreshold) implements QmpEvent {}

  /// An image is not offered to others any more.
  record BlockExportDeleted(String id) implements QmpEvent {}

  /// A picture of the memory is complete, or will not be.
  record DumpCompleted(DumpQueryResult result, Optional<String> error) implements QmpEvent {}

  /// A migration is in another state; for clients that asked for it by the capability `events`.
  record Migration(MigrationStatus status) implements QmpEvent {}

  /// It begins to send, for the so-manieth time, what was written since.
  record MigrationPass(long pass) implements QmpEvent {}

  /// A slot took a step of a hot-add or a removal.
  record XThespisSlot(long slot, HotplugStep step, Optional<String> detail) implements QmpEvent, Extension {}

  /// For clients that asked for more than QEMU tells.
  default boolean extension() {
    return this instanceof DeviceUnplugGuestError || this instanceof XThespisSlot;
  }

  static List<Class<?>> all() {
    return List.of(QmpEvent.class.getPermittedSubclasses());
  }

  /// Those that QEMU has too.
  static List<Class<?>> qemus() {
    return all().stream().filter(event -> !Extension.class.isAssignableFrom(event)).toList();
  }

  /// Events without data have no `data` member.
  default boolean hasData() {
    return getClass().getRecordComponents().length > 0;
  }

  default String name() {
    return WireNames.ofEvent(getClass());
  }

  /// The event that clients of QMP hear of this, if they do.
  static Optional<QmpEvent> of(MachineEvent event) {
    return Optional.ofNullable(switch (event) {
      case MachineEvent.Stopped() -> new Stop();
      case MachineEvent.Resumed() -> new Resume();
      case MachineEvent.Suspended() -> new Suspend();
      case MachineEvent.SuspendedToDisk() -> new SuspendDisk();
      case MachineEvent.WokeUp() -> new Wakeup();
      case MachineEvent.PowerButtonPressed() -> new Powerdown();
      case MachineEvent.BalloonChanged(long actual) -> new BalloonChange(actual);
      case MachineEvent.WasReset(var cause) -> new Reset(cause.guest(), cause);
      case MachineEvent.ShutDown(var cause) -> new Shutdown(cause.guest(), cause);
      case MachineEvent.WatchdogExpired(var action) -> new Watchdog(action);
      case MachineEvent.OstReported(var info) -> new AcpiDeviceOst(BoardReplies.ost(info));
      case MachineEvent.DeviceDeleted(var device, var path) -> new DeviceDeleted(device, path);
      case MachineEvent.UnplugRejected(var device, var path) -> new DeviceUnplugGuestError(device, path);
      case MachineEvent.SlotStep(int slot, var step, String detail) ->
        new XThespisSlot(slot, step, detail.isEmpty() ? Optional.empty() : Optional.of(detail));
      case MachineEvent.Ready _,
          MachineEvent.NotReady _,
          MachineEvent.Warning _,
          MachineEvent.CommandWarning _,
          MachineEvent.Reported _,
          MachineEvent.DebugStopped _,
          MachineEvent.VcpuBroke _,
          MachineEvent.Ended _ -> null;
    });
  }
}
