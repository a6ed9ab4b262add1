package thespis.machine.device.pci;

import thespis.cpu.mmu.GuestRam;
import thespis.cpu.mmu.PhysMap;

/// Intel 82441FX (PMC): host bridge of the `pc` board. Only the registers that change what a CPU sees have an effect;
/// DRAM timing and the like are stored.
public final class I440fx extends PciDevice {
  public static final int PAM0 = 0x59;
  public static final int SMRAM = 0x72;
  private static final int SMRAM_OPEN = 0x40;

  private final MemoryWindows windows;
  private final boolean vga;

  /// @param vga an adapter decodes the legacy video area
  public I440fx(PhysMap map, GuestRam ram, boolean vga) {
    super("i440FX", 0x8086, 0x1237, 0x02, 0x060000);
    this.windows = new MemoryWindows(map, ram);
    this.vga = vga;
    preset(0x57, 0x10);
    preset(SMRAM, 0x02);
  }

  @Override
  public void reset() {
    super.reset();
    apply();
  }

  @Override
  protected void configWritten(int offset, int size) {
    if (touches(offset, size, PAM0, 7) || touches(offset, size, SMRAM, 1)) {
      apply();
    }
  }

  @Override
  protected void configLoaded() {
    apply();
  }

  private void apply() {
    int[] pam = new int[7];
    for (int i = 0; i < pam.length; i++) {
      pam[i] = config8(PAM0 + i);
    }
    windows.pam(pam);
    windows.video(vga && (config8(SMRAM) & SMRAM_OPEN) == 0);
  }
}
