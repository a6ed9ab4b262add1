package thespis.machine.device.pci;

import thespis.cpu.mmu.GuestRam;
import thespis.cpu.mmu.PhysMap;
import thespis.cpu.mmu.PhysMap.Range;
import thespis.machine.bus.MmioHandler;

/// Intel 82G33 (MCH): host bridge of the `q35` board. Intel 3 Series Express Chipset "PAM0-PAM6", "SMRAM", "ESMRAMC",
/// "PCIEXBAR: PCI Express Register Range Base Address". There is no system management mode to look into TSEG, nor into the
/// memory at 0x30000 that QEMU's register at 0x9C closes: processors see ones there, and what they write is lost.
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
  private static final int TSEG_SIZE = 0x06;
  private static final int TSEG_ENABLE = 0x01;
  private static final long MIB = 1 << 20;
  private static final long SMBASE = 0x30000;
  private static final long SMBASE_SIZE = 0x20000;
  private static final String MMCONFIG = "pcie-mmcfg-mmio";
  private static final String TSEG_HOLE = "tseg-blackhole";
  private static final String SMBASE_HOLE = "smbase-blackhole";

  /// How much memory firmware can close to all but system management mode.
  ///
  /// @param atSmbase that at 0x30000, too
  /// @param extendedMib the fourth size of TSEG; 0 if there is none
  public record ManagementRam(boolean atSmbase, int extendedMib) {
    public static final ManagementRam USUAL = new ManagementRam(true, 16);
  }

  private final MemoryWindows windows;
  private final PhysMap map;
  private final boolean vga;
  private final ManagementRam management;
  private final long below4g;
  private long tseg;
  private boolean smbaseClosed;

  /// Firmware has asked for it.
  private boolean offered;

  /// @param below4g where RAM ends there, with TSEG
  /// @param vga an adapter decodes the legacy video area
  public Mch(PhysMap map, GuestRam ram, long below4g, boolean vga, ManagementRam management) {
    super("mch", 0x8086, 0x29C0, 0x00, 0x060000);
    this.windows = new MemoryWindows(map, ram);
    this.map = map;
    this.vga = vga;
    this.management = management;
    this.below4g = below4g;
    preset(EXT_TSEG_MBYTES, management.extendedMib & 0xFF, management.extendedMib >>> 8);
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
      negotiateSmbase();
      lockManagementRam();
    }
    if (touches(offset, size, PAM0, 7) || touches(offset, size, F_SMBASE, 3)) {
      apply();
    }
    if (touches(offset, size, PCIEXBAR, 8)) {
      applyMmconfig();
    }
  }

  @Override
  protected void configLoaded() {
    lockManagementRam();
    if (management.atSmbase && config8(F_SMBASE) != 0) {
      offered = true;
      setWritable(F_SMBASE, F_SMBASE_LOCK & ~config8(F_SMBASE));
    }
    apply();
    applyMmconfig();
  }

  private void unlock() {
    offered = false;
    setWritable(F_SMBASE, 0xFF);
    setWritable(SMRAM, SMRAM_OPEN | SMRAM_CLOSE | SMRAM_LOCK | SMRAM_ENABLE);
    setWritable(ESMRAMC, ESMRAMC_WRITABLE);
  }

  /// D_LCK closes SMRAM for good.
  private void lockManagementRam() {
    if ((config8(SMRAM) & SMRAM_LOCK) != 0) {
      setConfig8(SMRAM, config8(SMRAM) & ~SMRAM_OPEN);
      setWritable(SMRAM, SMRAM_CLOSE);
      setWritable(ESMRAMC, 0);
    }
  }

  /// The register at 0x9C is QEMU's own: firmware asks with FF whether there is SMRAM at the default SMBASE, gets 1, and may
  /// lock it. Before that nothing else can be written.
  private void negotiateSmbase() {
    if (!management.atSmbase) {
      return;
    }
    if (config8(F_SMBASE) == F_SMBASE_QUERY) {
      offered = true;
      setConfig8(F_SMBASE, F_SMBASE_PRESENT);
      setWritable(F_SMBASE, F_SMBASE_LOCK);
    } else if (!offered) {
      setConfig8(F_SMBASE, 0);
    } else if ((config8(F_SMBASE) & F_SMBASE_LOCK) != 0) {
      setConfig8(F_SMBASE, F_SMBASE_LOCK);
      setWritable(F_SMBASE, 0);
    }
  }

  private long tsegSize() {
    if ((config8(SMRAM) & SMRAM_ENABLE) == 0 || (config8(ESMRAMC) & TSEG_ENABLE) == 0) {
      return 0;
    }
    return switch (config8(ESMRAMC) & TSEG_SIZE) {
      case 0 -> MIB;
      case 2 -> 2 * MIB;
      case 4 -> 8 * MIB;
      default -> management.extendedMib * MIB;
    };
  }

  private void closeManagementRam() {
    long size = tsegSize();
    if (size != tseg) {
      tseg = size;
      close(TSEG_HOLE, below4g - size, size);
    }
    boolean closed = management.atSmbase && (config8(F_SMBASE) & F_SMBASE_LOCK) != 0;
    if (closed != smbaseClosed) {
      smbaseClosed = closed;
      close(SMBASE_HOLE, SMBASE, closed ? SMBASE_SIZE : 0);
    }
  }

  private void close(String name, long base, long size) {
    if (size == 0) {
      map.unmap(name);
      bus().memory().unmap(name);
    } else {
      bus().memory().map(name, base, size, Closed.CLOSED);
      map.map(new Range(name, base, size, 0, 0));
    }
  }

  private enum Closed implements MmioHandler {
    CLOSED;

    @Override
    public long read(long offset, int size) {
      return -1;
    }

    @Override
    public void write(long offset, int size, long value) {}
  }

  private void apply() {
    int[] pam = new int[7];
    for (int i = 0; i < pam.length; i++) {
      pam[i] = config8(PAM0 + i);
    }
    windows.pam(pam);
    closeManagementRam();
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
