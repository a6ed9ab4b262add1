package thespis.machine.acpi;

import java.util.function.BooleanSupplier;
import thespis.cpu.state.StateIo;
import thespis.machine.bus.Device;
import thespis.machine.bus.PortHandler;

/// Which events raise a system management interrupt. ICH9 "SMI_EN: SMI Control and Enable Register", "SMI_STS". There
/// is no firmware to run in system management mode, so nothing ever does; only whole registers can be accessed.
final class SmiControl implements Device, PortHandler {
  static final int LENGTH = 8;
  private static final int SMI_EN = 0;

  private static final int TCO_EN = 1 << 13;

  private final BooleanSupplier tcoLocked;
  private int enable;

  SmiControl(BooleanSupplier tcoLocked) {
    this.tcoLocked = tcoLocked;
  }

  @Override
  public String name() {
    return "smi-control";
  }

  @Override
  public void reset() {
    enable = 0;
  }

  @Override
  public int read(int offset, int size) {
    return offset == SMI_EN && size == 4 ? enable : 0;
  }

  @Override
  public void write(int offset, int size, int value) {
    if (offset == SMI_EN && size == 4) {
      enable = tcoLocked.getAsBoolean() ? value & ~TCO_EN | enable & TCO_EN : value;
    }
  }

  @Override
  public void state(StateIo io) {
    enable = io.u32("smi-enable", enable);
  }
}
