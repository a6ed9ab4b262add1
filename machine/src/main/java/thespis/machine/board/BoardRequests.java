package thespis.machine.board;

import thespis.machine.acpi.PowerManagement;
import thespis.machine.acpi.WakeReason;

/// What guest code asks of the machine as a whole. Called in the middle of a register access, or of a timer's end: the
/// listener takes note and returns.
public interface BoardRequests extends PowerManagement.Listener {
  BoardRequests NONE = new BoardRequests() {
    @Override
    public void reset() {}

    @Override
    public void powerOff() {}

    @Override
    public void suspend() {}

    @Override
    public void wake(WakeReason reason) {}

    @Override
    public void hibernated() {}

    @Override
    public void debugExit(int status) {}
  };

  /// A reset register: 0xCF9, 0x92, the keyboard controller.
  void reset();

  /// The isa-debug-exit device.
  void debugExit(int status);
}
