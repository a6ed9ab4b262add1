package thespis.machine.device.misc;

import thespis.cpu.state.StateIo;
import thespis.machine.bus.BytePorts;
import thespis.machine.bus.Device;
import thespis.machine.bus.IrqLine;

/// Port 0x92, IBM PS/2 "System Control Port A": fast reset and the fast A20 gate.
public final class Port92 implements Device, BytePorts {
  private static final int FAST_RESET = 0x01, A20 = 0x02;

  private final IrqLine a20;
  private final Runnable systemReset;
  private int value;

  public Port92(IrqLine a20, Runnable systemReset) {
    this.a20 = a20;
    this.systemReset = systemReset;
  }

  @Override
  public String name() {
    return "port92";
  }

  @Override
  public synchronized void reset() {
    value &= ~FAST_RESET;
  }

  @Override
  public synchronized int readByte(int offset) {
    return value;
  }

  @Override
  public void writeByte(int offset, int next) {
    boolean pulse;
    synchronized (this) {
      pulse = (next & ~value & FAST_RESET) != 0;
      value = next;
      a20.set((next & A20) != 0);
    }
    if (pulse) {
      systemReset.run();
    }
  }

  @Override
  public synchronized void state(StateIo io) {
    value = io.u8("outport", value);
  }
}
