package thespis.machine.device.misc;

import thespis.cpu.state.StateIo;
import thespis.machine.bus.BytePorts;
import thespis.machine.bus.Device;

/// Port 0xCF9 of the south bridge: Intel 82371SB "RC: Reset Control Register", ICH9 "RST_CNT: Reset Control Register".
/// Setting bit 2 resets the machine.
public final class ResetControl implements Device, BytePorts {
  public static final int PORT = 0xCF9;

  private static final int RESET_CPU = 0x04;

  private final int kept;
  private final Runnable systemReset;
  private int value;

  private ResetControl(int kept, Runnable systemReset) {
    this.kept = kept;
    this.systemReset = systemReset;
  }

  /// Board `pc`: bit 1 chooses a hard reset.
  public static ResetControl piix3(Runnable systemReset) {
    return new ResetControl(0x02, systemReset);
  }

  /// Board `q35`: also bit 3, full reset.
  public static ResetControl ich9(Runnable systemReset) {
    return new ResetControl(0x0A, systemReset);
  }

  @Override
  public String name() {
    return "reset-control";
  }

  @Override
  public synchronized void reset() {
    value = 0;
  }

  @Override
  public synchronized int readByte(int offset) {
    return value;
  }

  @Override
  public void writeByte(int offset, int next) {
    if ((next & RESET_CPU) != 0) {
      systemReset.run();
    } else {
      synchronized (this) {
        value = next & kept;
      }
    }
  }

  @Override
  public synchronized void state(StateIo io) {
    value = io.u8("rcr", value);
  }
}
