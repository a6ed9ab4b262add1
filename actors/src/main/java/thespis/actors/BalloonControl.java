package thespis.actors;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import thespis.hotplug.MachineEvent;
import thespis.machine.device.virtio.VirtioBalloon;
import thespis.hotplug.ErrorClass;
import thespis.qmp.command.MemoryCommands;
import thespis.qmp.QmpReply;

/// `balloon` and `query-balloon`, and the event about what the guest did: at most one in a second, the last one of those
/// that came meanwhile. QEMU QMP reference "BALLOON_CHANGE".
final class BalloonControl {
  private static final Duration BETWEEN = Duration.ofSeconds(1);

  private final Hardware hardware;
  private final Consumer<MachineEvent> events;
  private final BiFunction<Duration, Runnable, Runnable> alarm;
  private boolean quiet;
  private OptionalLong waiting = OptionalLong.empty();

  /// @param alarm runs something later, on the board's thread
  BalloonControl(Hardware hardware, Consumer<MachineEvent> events, BiFunction<Duration, Runnable, Runnable> alarm) {
    this.hardware = hardware;
    this.events = events;
    this.alarm = alarm;
  }

  QmpReply query() {
    return hardware.balloon()
        .<QmpReply>map(balloon -> new QmpReply.Ok(new MemoryCommands.BalloonInfo(balloon.actual())))
        .orElseGet(BalloonControl::none);
  }

  QmpReply target(long bytes) {
    if (hardware.balloon().isEmpty()) {
      return none();
    }
    if (bytes <= 0) {
      return QmpReply.fail("Parameter 'target' expects a size");
    }
    VirtioBalloon balloon = hardware.balloon().get();
    balloon.target(bytes);
    return QmpReply.done();
  }

  private static QmpReply none() {
    return new QmpReply.Fail(ErrorClass.DEVICE_NOT_ACTIVE, "No balloon device has been activated");
  }

  /// The guest has another amount of memory.
  void changed(long actual) {
    if (quiet) {
      waiting = OptionalLong.of(actual);
      return;
    }
    quiet = true;
    events.accept(new MachineEvent.BalloonChanged(actual));
    alarm.apply(BETWEEN, this::again);
  }

  private void again() {
    quiet = false;
    OptionalLong last = waiting;
    waiting = OptionalLong.empty();
    last.ifPresent(this::changed);
  }
}
