package thespis.machine.device.pci;

import thespis.cpu.mmu.GuestRam;
import thespis.cpu.mmu.PhysMap;
import thespis.machine.bus.MmioHandler;

/// Intel 82G33 (MCH): host bridge of the `q35` board. Intel 3 Series Express Chipset "PAM0-PAM6", "SMRAM", "ESMRAMC",
/// "PCIEXBAR: PCI Express Register Range Base Address". Left out: TSEG, which only firmware with SMM code uses.
public final class Mch extends PciDevice {
  public static final int PCIEXBAR = 0x60;
  public static final int PAM0 = 0x90;
  public static final int SMRAM = 0x9D;
  private static final int EXT_TSEG_MBYTES = 0x50;
  private static final int F_SMBASE = 0x9C;
  private static final int ESMRAMC = 0x9E;

  private static final int SMRAM_OPEN = 0x40;
  private static final int SMRAM_CLOSE = 0x20;
  private static final int SMRAM_LOCK = 0x10;
  private static final int SMRAM_ENABLE = 0x08;
  private static final int SMRAM_SEGMENT = 0x02;
  private static final int ESMRAMC_WRITABLE = 0x87;
  private static final int F_SMBASE_QUERY = 0xFF;
  private static final int F_SMBASE_PRESENT = 0x01;
  private static final int F_SMBASE_LOCK = 0x02;
  private static final int RESERVED_LENGTH = 3;
  private static final String MMCONFIG = "pcie-mmcfg-mmio";

  private final MemoryWindows windows;
  private final boolean vga;

  /// @param vga an adapter decodes the legacy video area
  public Mch(PhysMap map, GuestRam ram, boolean vga) {
    super("mch", 0x8086, 0x29C0, 0x00, 0x060000);
    this.windows = new MemoryWindows(map, ram);
    this.vga = vga;
    preset(EXT_TSEG_MBYTES, 16);
    preset(PCIEXBAR, 0, 0, 0, 0xB0);
    preset(SMRAM, SMRAM_SEGMENT, 0x38);
    unlock();
  }

  @Override
  public void reset() {
    super.reset();
    unlock();
    apply();
    applyMmconfig();
  }

  @Override
  protected void configWritten(int offset, int size) {
    if (touches(offset, size, F_SMBASE, 3)) {
      lockManagementRam();
    }
    if (touches(offset, size, PAM0, 7) || touches(offset, size, SMRAM, 1)) {
      apply();
    }
    if (touches(offset, size, PCIEXBAR, 8)) {
      applyMmconfig();
    }
  }

  @Override
  protected void configLoaded() {
    lockManagementRam();
    apply();
    applyMmconfig();
  }

  private void unlock() {
    setWritable(F_SMBASE, 0xFF);
    setWritable(SMRAM, SMRAM_OPEN | SMRAM_CLOSE | SMRAM_LOCK | SMRAM_ENABLE);
    setWritable(ESMRAMC, ESMRAMC_WRITABLE);
  }

  /// D_LCK closes SMRAM for good. The register at 0x9C is QEMU's own: firmware asks with FF whether there is SMRAM at
  /// the default SMBASE, gets 1, and may lock it.
  private void lockManagementRam() {
    if ((config8(SMRAM) & SMRAM_LOCK) != 0) {
      setConfig8(SMRAM, config8(SMRAM) & ~SMRAM_OPEN);
      setWritable(SMRAM, SMRAM_CLOSE);
      setWritable(ESMRAMC, 0);
    }
    if (config8(F_SMBASE) == F_SMBASE_QUERY) {
      setConfig8(F_SMBASE, F_SMBASE_PRESENT);
      setWritable(F_SMBASE, F_SMBASE_LOCK);
    } else if ((config8(F_SMBASE) & F_SMBASE_LOCK) != 0) {
      setWritable(F_SMBASE, 0);
    }
  }

  private void apply() {
    int[] pam = new int[7];
    for (int i = 0; i < pam.length; i++) {
      pam[i] = config8(PAM0 + i);
    }
    windows.pam(pam);
    windows.video(vga && (config8(SMRAM) & SMRAM_OPEN) == 0);
  }

  /// 256, 128 or 64 MiB of configuration space for as many buses; the fourth length changes nothing.
  private void applyMmconfig() {
    int low = config32(PCIEXBAR);
    int length = low >>> 1 & 3;
    if ((low & 1) == 0) {
      bus().memory().unmap(MMCONFIG);
    } else if (length != RESERVED_LENGTH) {
      long size = 0x1000_0000L >>> length;
      long base = ((long) config32(PCIEXBAR + 4) << 32 | low & 0xFFFF_FFFFL) & 0xF_FFFF_FFFFL & -size;
      bus().memory().map(MMCONFIG, base, size, new Mmconfig());
    }
  }

  /// PCI Express Base Specification "PCI Express Enhanced Configuration Access Mechanism (ECAM)". Nothing answers past
  /// the first 256 bytes of a conventional function.
  private final class Mmconfig implements MmioHandler {
    @Override
    public long read(long offset, int size) {
      if (size == 8) {
        return read(offset, 4) & 0xFFFF_FFFFL | read(offset + 4, 4) << 32;
      }
      return bus().read((int) (offset >>> 20), (int) (offset >>> 12) & 0xFF, (int) offset & 0xFFF, size);
    }

    @Override
    public void write(long offset, int size, long value) {
      if (size == 8) {
        write(offset, 4, value);
        write(offset + 4, 4, value >>> 32);
      } else {
        bus().write((int) (offset >>> 20), (int) (offset >>> 12) & 0xFF, (int) offset & 0xFFF, size, (int) value);
      }
    }
  }
}
