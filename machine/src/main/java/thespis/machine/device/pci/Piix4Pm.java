package thespis.machine.device.pci;

import thespis.cpu.state.StateIo;
import thespis.machine.bus.IrqLine;
import thespis.machine.bus.PortHandler;

/// Intel 82371AB (PIIX4), function 3: power management and SMBus of the `pc` board. The power management registers
/// are handed in; here is where they appear. SMBus interrupts are left out. 82371AB "PMBA: Power Management Base
/// Address", "PMREGMISC", "SMBBA".
public final class Piix4Pm extends PciDevice {
  public static final int PMBASE = 0x40;
  public static final int DEVACTB = 0x58;
  public static final int PMREGMISC = 0x80;
  public static final int SMBBASE = 0x90;
  public static final int SMBHSTCFG = 0xD2;
  private static final int PM_LENGTH = 64;
  private static final int SMB_LENGTH = 64;

  private final PortHandler pm;
  private final SmbusHost smbus = new SmbusHost(IrqLine.none(), 2);

  /// @param pm event, control and timer registers, from PMBASE on
  /// @param serialPorts how many UARTs the board has: the chip reports which ones it decodes
  public Piix4Pm(PortHandler pm, int serialPorts, boolean parallelPort) {
    super("PIIX4_PM", 0x8086, 0x7113, 0x03, 0x068000);
    this.pm = pm;
    preset(STATUS, 0x80, 0x02);
    interruptPin(1);
    preset(PMBASE, 0x01);
    preset(0x5F, 0x10 | (parallelPort ? 0x80 : 0));
    preset(0x63, 0x60);
    preset(0x67, (serialPorts > 0 ? 0x08 : 0) | (serialPorts > 1 ? 0x90 : 0));
    preset(SMBBASE, 0x01, 0xB1);
    preset(SMBHSTCFG, 0x09);
  }

  @Override
  public void reset() {
    super.reset();
    smbus.reset();
    decode();
  }

  @Override
  public void state(StateIo io) {
    super.state(io);
    smbus.state(io);
  }

  @Override
  protected void configWritten(int offset, int size) {
    if (touches(offset, size, PMBASE, 4)
        || touches(offset, size, PMREGMISC, 1)
        || touches(offset, size, SMBBASE, 4)
        || touches(offset, size, SMBHSTCFG, 1)) {
      decode();
    }
  }

  @Override
  protected void configLoaded() {
    decode();
  }

  private void decode() {
    place("piix4-pm", (config8(PMREGMISC) & 1) != 0, config16(PMBASE) & 0xFFC0, PM_LENGTH, pm);
    place("pm-smbus", (config8(SMBHSTCFG) & 1) != 0, config16(SMBBASE) & 0xFFC0, SMB_LENGTH, smbus);
  }

  private void place(String label, boolean enabled, int base, int length, PortHandler handler) {
    if (enabled) {
      bus().ports().map(label, base, length, handler);
    } else {
      bus().ports().unmap(label);
    }
  }
}
