package thespis.hotplug;

import java.util.Optional;

/// What happened to the machine, as told to everyone who subscribed, in the order in which it happened. The first group
/// is what QMP calls events; the others are for the Java API and the demo.
public sealed interface MachineEvent {
  /// STOP.
  record Stopped() implements MachineEvent {}

  /// RESUME.
  record Resumed() implements MachineEvent {}

  /// RESET.
  record WasReset(Cause cause) implements MachineEvent {}

  /// SHUTDOWN.
  record ShutDown(Cause cause) implements MachineEvent {}

  /// SUSPEND: the guest sleeps in state S3.
  record Suspended() implements MachineEvent {}

  /// SUSPEND_DISK: the guest has entered state S4; it powers off.
  record SuspendedToDisk() implements MachineEvent {}

  /// WAKEUP.
  record WokeUp() implements MachineEvent {}

  /// BALLOON_CHANGE.
  ///
  /// @param actual bytes that the guest has now
  record BalloonChanged(long actual) implements MachineEvent {}

  /// POWERDOWN.
  record PowerButtonPressed() implements MachineEvent {}

  /// WATCHDOG: the guest has not fed it, and this is done about it.
  record WatchdogExpired(WatchdogAction action) implements MachineEvent {}

  /// ACPI_DEVICE_OST.
  record OstReported(OstInfo info) implements MachineEvent {}

  /// DEVICE_DELETED.
  record DeviceDeleted(Optional<String> device, String path) implements MachineEvent {}

  /// The guest refused to give up a CPU. QMP clients that asked for it hear DEVICE_UNPLUG_GUEST_ERROR.
  record UnplugRejected(Optional<String> device, String path) implements MachineEvent {}

  /// All is in place: the CPUs run, or wait for `cont`.
  record Ready() implements MachineEvent {}

  /// What was asked for cannot be; {@link Ended} follows.
  record NotReady(Failure failure) implements MachineEvent {}

  /// For the user's eyes; QEMU prints such texts to standard error.
  ///
  /// @param where the option that it is about; empty for none
  record Warning(String where, String text) implements MachineEvent {
    public Warning(String text) {
      this("", text);
    }
  }

  /// Of what a QMP client asked for, for the eyes of whoever looks after the process: QEMU prints such texts to standard
  /// error without its own name before them.
  record CommandWarning(String text) implements MachineEvent {}

  /// Something failed, for the user's eyes; QEMU prints such texts to standard error.
  record Reported(String text) implements MachineEvent {}

  /// This CPU met a debugger's breakpoint, or has done its one instruction: the machine is being stopped.
  record DebugStopped(int slot) implements MachineEvent {}

  /// A vCPU hit an error of ours; the report has its registers and code bytes.
  record VcpuBroke(int slot, String report) implements MachineEvent {}

  /// A slot took a step of a hot-add or a removal.
  record SlotStep(int slot, HotplugStep step, String detail) implements MachineEvent {}

  /// The last event: everything is closed. `exitStatus` is what the process should return.
  record Ended(int exitStatus) implements MachineEvent {}
}
