package thespis.machine.device.timer;

import thespis.cpu.state.StateIo;
import thespis.machine.bus.BytePorts;
import thespis.machine.bus.Device;

/// Port 0x61 of a PC: gate and output of the 8254's counter 2, and the refresh toggle that old delay loops poll. Intel
/// 82371SB "NMI Status and Control Register". There is no speaker to be heard; NMI sources are left out.
public final class Port61 implements Device, BytePorts {
  private static final int GATE2 = 0x01, SPEAKER = 0x02, REFRESH = 0x10, OUT2 = 0x20;
  private static final int SPEAKER_COUNTER = 2;

  private final I8254 pit;
  private boolean speaker;
  private int refresh;

  public Port61(I8254 pit) {
    this.pit = pit;
  }

  @Override
  public String name() {
    return "isa-pcspk";
  }

  @Override
  public synchronized void reset() {
    speaker = false;
    refresh = 0;
  }

  /// QEMU differs: refresh toggles with each read, not every 15 us.
  @Override
  public synchronized int readByte(int offset) {
    refresh ^= REFRESH;
    return (pit.gate(SPEAKER_COUNTER) ? GATE2 : 0) | (speaker ? SPEAKER : 0) | refresh
        | (pit.out(SPEAKER_COUNTER) ? OUT2 : 0);
  }

  @Override
  public synchronized void writeByte(int offset, int value) {
    speaker = (value & SPEAKER) != 0;
    pit.gate(SPEAKER_COUNTER, (value & GATE2) != 0);
  }

  @Override
  public synchronized void state(StateIo io) {
    speaker = io.bool("data-on", speaker);
    refresh = io.u8("dummy-refresh-clock", refresh);
  }
}
