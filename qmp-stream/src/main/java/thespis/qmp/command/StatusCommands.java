package thespis.qmp.command;

import java.util.Optional;
import thespis.hotplug.RebootAction;
import thespis.hotplug.RunState;
import thespis.hotplug.ShutdownAction;
import thespis.hotplug.WatchdogAction;

/// The machine's run state and its end. QEMU QMP reference "VM run state" and "Miscellanea".
public sealed interface StatusCommands<R> extends BoardCommand<R> {

  record QueryStatus() implements StatusCommands<StatusInfo>, Preconfig {}

  record Stop() implements StatusCommands<QmpCommand.Nothing> {}

  record Cont() implements StatusCommands<QmpCommand.Nothing> {}

  record SystemReset() implements StatusCommands<QmpCommand.Nothing>, Underscored {}

  record SystemPowerdown() implements StatusCommands<QmpCommand.Nothing>, Underscored {}

  record SystemWakeup() implements StatusCommands<QmpCommand.Nothing>, Underscored {}

  record Quit() implements StatusCommands<QmpCommand.Nothing>, Preconfig {}

  record InjectNmi() implements StatusCommands<QmpCommand.Nothing> {}

  /// What is done from now on when the guest reboots, shuts down, panics, or its watchdog expires.
  record SetAction(
      Optional<RebootAction> reboot,
      Optional<ShutdownAction> shutdown,
      Optional<PanicAction> panic,
      Optional<WatchdogAction> watchdog)
      implements StatusCommands<QmpCommand.Nothing>, Preconfig {}

  /// The older way to say what an expired watchdog does.
  record WatchdogSetAction(WatchdogAction action) implements StatusCommands<QmpCommand.Nothing> {}

  /// What has been translated, as `info jit` has it. QEMU QMP reference "x-query-jit".
  @Features(Features.UNSTABLE)
  record XQueryJit() implements StatusCommands<HumanReadableText> {}

  /// A monitor's text for people.
  record HumanReadableText(String humanReadableText) {}

  record StatusInfo(boolean running, boolean singlestep, RunState status) {
    public static StatusInfo of(RunState state) {
      return new StatusInfo(state.running(), false, state);
    }
  }

  enum PanicAction {
    PAUSE,
    SHUTDOWN,
    EXIT_FAILURE,
    NONE
  }
}
