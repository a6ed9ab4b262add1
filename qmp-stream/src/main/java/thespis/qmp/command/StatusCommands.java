package thespis.qmp.command;

import java.util.Optional;
import thespis.hotplug.RebootAction;
import thespis.hotplug.RunState;
import thespis.hotplug.ShutdownAction;
import thespis.qmp.wire.WireName;

/// The machine's run state and its end. QEMU QMP reference "VM run state" and "Miscellanea".
public sealed interface StatusCommands<R> extends BoardCommand<R> {

  @Preconfig
  record QueryStatus() implements StatusCommands<StatusInfo> {}

  record Stop() implements StatusCommands<QmpCommand.Nothing> {}

  record Cont() implements StatusCommands<QmpCommand.Nothing> {}

  @WireName("system_reset")
  record SystemReset() implements StatusCommands<QmpCommand.Nothing> {}

  @WireName("system_powerdown")
  record SystemPowerdown() implements StatusCommands<QmpCommand.Nothing> {}

  @WireName("system_wakeup")
  record SystemWakeup() implements StatusCommands<QmpCommand.Nothing> {}

  @Preconfig
  record Quit() implements StatusCommands<QmpCommand.Nothing> {}

  record InjectNmi() implements StatusCommands<QmpCommand.Nothing> {}

  /// What is done from now on when the guest reboots, shuts down, panics, or its watchdog expires.
  @Preconfig
  record SetAction(
      Optional<RebootAction> reboot,
      Optional<ShutdownAction> shutdown,
      Optional<PanicAction> panic,
      Optional<WatchdogAction> watchdog)
      implements StatusCommands<QmpCommand.Nothing> {}

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

  enum WatchdogAction {
    RESET,
    SHUTDOWN,
    POWEROFF,
    PAUSE,
    DEBUG,
    NONE,
    INJECT_NMI
  }
}
