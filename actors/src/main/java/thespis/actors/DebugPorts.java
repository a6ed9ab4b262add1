package thespis.actors;

import java.util.function.IntConsumer;
import thespis.machine.board.Board;
import thespis.machine.bus.PortHandler;
import thespis.machine.device.misc.DebugConsole;
import thespis.machine.device.misc.IsaDebugExit;

/// Devices for those who debug guests and firmware, at ports that the user chooses.
final class DebugPorts {
  private static final int PORTS = 0x1_0000;

  private DebugPorts() {}

  /// @param exit is told of the status with which a guest wants the emulator to end
  static void map(Board board, MachineConfig.DebugPort port, IntConsumer exit) {
    switch (port) {
      case MachineConfig.ExitPort(int base, int length) -> map(board, base, length, new IsaDebugExit(exit));
      case MachineConfig.ConsolePort(int base, int answer, var sink) ->
        map(board, base, 1, new DebugConsole(sink, answer));
      case MachineConfig.TestDevice() -> board.addTestDevice();
    }
  }

  /// Ports past the end of the port space are not there, as in QEMU.
  private static void map(Board board, int base, int length, PortHandler handler) {
    int there = Math.min(length, PORTS - base);
    if (there > 0) {
      board.ports().map("debug-" + Integer.toHexString(base), base, there, handler);
    }
  }
}
