package thespis.machine.device.pci;

import thespis.cpu.state.StateIo;

/// Intel ICH9, device 31 function 3: SMBus controller of the `q35` board. ICH9 "SMBus Controller Registers (D31:F3)".
public final class Ich9Smbus extends PciDevice {
  public static final int HOSTC = 0x40;

  private final SmbusHost host = new SmbusHost(pinLine(), 0);

  public Ich9Smbus() {
    super("ICH9-SMB", 0x8086, 0x2930, 0x02, 0x0C0500);
    multifunction();
    interruptPin(1);
    writeMask(HOSTC, 0xF7);
    ioBar(4, 64, host);
  }

  @Override
  public void reset() {
    super.reset();
    host.reset();
  }

  @Override
  public void state(StateIo io) {
    super.state(io);
    host.state(io);
  }
}
