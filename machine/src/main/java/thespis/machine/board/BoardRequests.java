package thespis.machine.board;

/// What guest code asks of the machine as a whole. Called on a vCPU's thread in the middle of a register access: the
/// listener takes note and returns.
public interface BoardRequests {
  BoardRequests NONE = new BoardRequests() {
    @Override
    public void reset() {}

    @Override
    public void powerOff() {}

    @Override
    public void debugExit(int status) {}
  };

  /// A reset register: 0xCF9, 0x92, the keyboard controller.
  void reset();

  /// Sleep state S5.
  void powerOff();

  /// The isa-debug-exit device.
  void debugExit(int status);
}
