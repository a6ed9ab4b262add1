package thespis.cpu.mmu;

import thespis.cpu.state.Cpu;

/// The guest's page tables read from end to end, for monitors: 32-bit, PAE, 4-level and 5-level. SDM Vol. 3A "Paging".
/// Nothing is marked as accessed. What the guest changes meanwhile may be seen or not.
public final class PageTables {
  public static final long PRESENT = 1;
  public static final long WRITABLE = 2;
  public static final long USER = 4;
  public static final long WRITE_THROUGH = 8;
  public static final long CACHE_DISABLED = 0x10;
  public static final long ACCESSED = 0x20;
  public static final long DIRTY = 0x40;
  public static final long LARGE = 0x80;
  public static final long GLOBAL = 0x100;
  public static final long NO_EXECUTE = 1L << 63;

  private static final long ADDRESS = 0x000F_FFFF_FFFF_F000L;
  private static final long PAGE = 4096;

  /// Hears the pages in ascending order.
  public interface Visitor {
    /// @param linear address, sign-extended where that makes it canonical
    /// @param entry of the last table, with {@link #LARGE} only where it means a large page
    /// @param rights {@link #USER} and {@link #WRITABLE} as all tables on the way grant them
    /// @return false to stop
    boolean page(long linear, long bytes, long physical, long entry, long rights);
  }

  private final Cpu cpu;
  private final PhysMap phys;

  public PageTables(Cpu cpu, PhysMap phys) {
    this.cpu = cpu;
    this.phys = phys;
  }

  public void visit(Visitor visitor) {
    if ((cpu.cr4 & Cpu.CR4_PAE) == 0) {
      visit32(visitor);
    } else if (cpu.longMode()) {
      int levels = (cpu.cr4 & Cpu.CR4_LA57) != 0 ? 5 : 4;
      visit(visitor, cpu.cr3 & ADDRESS, levels, 512, 0, USER | WRITABLE);
    } else {
      visit(visitor, cpu.cr3 & 0xFFFF_FFE0L, 3, 4, 0, USER | WRITABLE);
    }
  }

  private boolean visit(Visitor visitor, long table, int level, int entries, long linear, long rights) {
    int shift = 12 + 9 * (level - 1);
    for (int i = 0; i < entries; i++) {
      long host = phys.hostForRead(table + 8L * i);
      long entry = host == 0 ? 0 : Mem.load64(host);
      if ((entry & PRESENT) == 0) {
        continue;
      }
      long at = linear | (long) i << shift;
      boolean directoryPointer = entries == 4;
      long granted = directoryPointer ? rights : rights & entry;
      boolean large = (level == 2 || level == 3 && !directoryPointer) && (entry & LARGE) != 0;
      boolean goOn = level == 1 || large
          ? visitor.page(canonical(at), 1L << shift, entry & ADDRESS & -1L << shift,
              large ? entry : entry & ~LARGE, granted)
          : visit(visitor, entry & ADDRESS, level - 1, 512, at, granted);
      if (!goOn) {
        return false;
      }
    }
    return true;
  }

  private void visit32(Visitor visitor) {
    boolean big = (cpu.cr4 & Cpu.CR4_PSE) != 0;
    for (long i = 0; i < 1024; i++) {
      long directory = load32((cpu.cr3 & 0xFFFF_F000L) + 4 * i);
      if ((directory & PRESENT) == 0) {
        continue;
      }
      long rights = directory & (USER | WRITABLE);
      if (big && (directory & LARGE) != 0) {
        long physical = directory & 0xFFC0_0000L | (directory >>> 13 & 0xFF) << 32;
        if (!visitor.page(i << 22, 1L << 22, physical, directory, rights)) {
          return;
        }
        continue;
      }
      for (long j = 0; j < 1024; j++) {
        long entry = load32((directory & 0xFFFF_F000L) + 4 * j);
        if ((entry & PRESENT) != 0
            && !visitor.page(i << 22 | j << 12, PAGE, entry & 0xFFFF_F000L, entry & ~LARGE, rights & entry)) {
          return;
        }
      }
    }
  }

  private long load32(long address) {
    long host = phys.hostForRead(address);
    return host == 0 ? 0 : Mem.load32(host) & 0xFFFF_FFFFL;
  }

  private long canonical(long linear) {
    int unused = !cpu.longMode() ? 0 : (cpu.cr4 & Cpu.CR4_LA57) != 0 ? 7 : 16;
    return linear << unused >> unused;
  }
}
