package thespis.actors;

import thespis.hotplug.Cause;
import thespis.hotplug.MachineEvent;
import thespis.hotplug.RunState;
import thespis.hotplug.WatchdogAction;

/// What is done when the guest has not fed its watchdog. QEMU QMP reference "WatchdogAction".
final class Watchdog {
  private final Board board;
  private final Events events;
  private WatchdogAction action;

  Watchdog(Board board, Events events, WatchdogAction action) {
    this.board = board;
    this.events = events;
    this.action = action;
  }

  void action(WatchdogAction next) {
    action = next;
  }

  /// The event comes before what is done.
  void expired() {
    events.publish(new MachineEvent.WatchdogExpired(action));
    switch (action) {
      case RESET -> board.run().guestReset();
      case SHUTDOWN -> board.powerDown(done -> {});
      case POWEROFF -> board.run().quit(Cause.GUEST_SHUTDOWN, done -> {});
      case PAUSE -> board.run().stop(RunState.WATCHDOG, done -> {});
      case DEBUG -> board.report("watchdog: timer fired");
      case INJECT_NMI -> board.injectNmi(done -> {});
      case NONE -> { }
    }
  }
}
