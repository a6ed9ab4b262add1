package thespis.machine.device.misc;

import thespis.cpu.state.StateIo;
import thespis.machine.bus.BytePorts;
import thespis.machine.bus.Device;
import thespis.machine.bus.IrqLine;

/// Port 0xF0 and IRQ 13: how a PC reports x87 errors while CR0.NE is clear. SDM Vol. 1 "MS-DOS Compatibility Sub-mode";
/// Intel 82371SB "Coprocessor Error Register". A write takes the interrupt back and lets the FPU go on (IGNNE#).
public final class FpuErrorPort implements Device, BytePorts {
  private final IrqLine irq13;
  private boolean ferr, ignne;

  public FpuErrorPort(IrqLine irq13) {
    this.irq13 = irq13;
  }

  @Override
  public String name() {
    return "fpu-error";
  }

  @Override
  public synchronized void reset() {
    ferr = ignne = false;
    irq13.set(false);
  }

  @Override
  public int readByte(int offset) {
    return 0xFF;
  }

  @Override
  public synchronized void writeByte(int offset, int value) {
    if (ferr) {
      ferr = false;
      ignne = true;
      irq13.set(false);
    }
  }

  @Override
  public synchronized void state(StateIo io) {
    ferr = io.bool("ferr", ferr);
    ignne = io.bool("ignne", ignne);
  }

  /// FERR# of the processor: an unmasked x87 error is pending.
  public synchronized void error(boolean pending) {
    ignne &= pending;
    ferr = pending && !ignne;
    irq13.set(ferr);
  }

  /// IGNNE#: the next x87 instruction runs in spite of the pending error.
  public synchronized boolean ignoreError() {
    return ignne;
  }
}
