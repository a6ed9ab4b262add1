package thespis.machine.time;

import thespis.cpu.run.GuestClock;
import thespis.machine.bus.Device;

/// A guest clock as the owner of a machine has it: it begins paused, at zero, and goes with the machine where that moves.
public interface MachineClock extends GuestClock, Device, AutoCloseable {
  void resume();

  void pause();

  @Override
  default String name() {
    return "clock";
  }

  /// Drops all timers. Closing twice is fine.
  @Override
  void close();
}
