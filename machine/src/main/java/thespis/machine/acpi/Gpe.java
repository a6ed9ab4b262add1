package thespis.machine.acpi;

import thespis.cpu.state.StateIo;
import thespis.machine.bus.BytePorts;
import thespis.machine.bus.Device;

/// A block of general-purpose events: status bits that a one clears, then as many enable bits. ACPI 6.5
/// "General-Purpose Event Register Blocks". Not synchronised: {@link PowerManagement} is.
final class Gpe implements Device, BytePorts {
  private final byte[] status;
  private final byte[] enable;
  private final Runnable changed;

  /// @param length of the block in bytes
  /// @param changed told when {@link #pending} may have changed
  Gpe(int length, Runnable changed) {
    status = new byte[length / 2];
    enable = new byte[length / 2];
    this.changed = changed;
  }

  @Override
  public String name() {
    return "gpe";
  }

  @Override
  public void reset() {
    for (int i = 0; i < status.length; i++) {
      status[i] = enable[i] = 0;
    }
    changed.run();
  }

  @Override
  public int readByte(int offset) {
    return offset < status.length ? status[offset] : enable[offset - status.length];
  }

  @Override
  public void writeByte(int offset, int value) {
    if (offset < status.length) {
      status[offset] &= (byte) ~value;
    } else {
      enable[offset - status.length] = (byte) value;
    }
    changed.run();
  }

  @Override
  public void state(StateIo io) {
    io.bytes("gpe-status", status);
    io.bytes("gpe-enable", enable);
  }

  /// An event happens; it stays until the guest clears it, enabled or not.
  void raise(int bit) {
    status[bit >>> 3] |= (byte) (1 << (bit & 7));
    changed.run();
  }

  /// Is the system control interrupt wanted? QEMU differs: only the first eight events can.
  boolean pending() {
    return (status[0] & enable[0]) != 0;
  }
}
