package thespis.machine.device.misc;

import thespis.machine.bus.BytePorts;
import thespis.machine.bus.Device;

/// Port 0x80: POST codes go nowhere, and Linux writes it to pass the time of an ISA cycle.
public final class PostPort implements Device, BytePorts {
  @Override
  public String name() {
    return "ioport80";
  }

  @Override
  public int readByte(int offset) {
    return 0xFF;
  }

  @Override
  public void writeByte(int offset, int value) {}

  @Override
  public boolean ignoresWrites() {
    return true;
  }
}
