package thespis.qmp;

import java.util.Optional;
import thespis.hotplug.Cause;
import thespis.hotplug.MachineEvent;
import thespis.qmp.command.DeviceCommands.AcpiOstInfo;
import thespis.qmp.wire.WireNames;

/// What clients are told without asking. The record's name is the event's, its components are `data`. QEMU QMP
/// reference "VM run state", "Device infrastructure (qdev)", "ACPI".
public sealed interface QmpEvent {
  record Stop() implements QmpEvent {}

  record Resume() implements QmpEvent {}

  record Powerdown() implements QmpEvent {}

  record Reset(boolean guest, Cause reason) implements QmpEvent {}

  record Shutdown(boolean guest, Cause reason) implements QmpEvent {}

  record AcpiDeviceOst(AcpiOstInfo info) implements QmpEvent {}

  record DeviceDeleted(Optional<String> device, String path) implements QmpEvent {}

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
      case MachineEvent.PowerButtonPressed() -> new Powerdown();
      case MachineEvent.WasReset(var cause) -> new Reset(cause.guest(), cause);
      case MachineEvent.ShutDown(var cause) -> new Shutdown(cause.guest(), cause);
      case MachineEvent.OstReported(var info) -> new AcpiDeviceOst(BoardReplies.ost(info));
      case MachineEvent.DeviceDeleted(var device, var path) -> new DeviceDeleted(device, path);
      case MachineEvent.Ready _,
          MachineEvent.NotReady _,
          MachineEvent.Warning _,
          MachineEvent.VcpuBroke _,
          MachineEvent.SlotStep _,
          MachineEvent.Ended _ -> null;
    });
  }
}
