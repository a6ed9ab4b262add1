package thespis.machine.bus;

import thespis.cpu.state.StateIo;

/// A chip: named, reset by the board, saved and loaded by one walk over its state.
public interface Device {
  /// The chip's QOM type or a short name, unique on its board.
  String name();

  /// Power-on or system reset.
  default void reset() {}

  /// The one list of what migrates; the same walk saves, loads and fingerprints.
  default void state(StateIo io) {}
}
