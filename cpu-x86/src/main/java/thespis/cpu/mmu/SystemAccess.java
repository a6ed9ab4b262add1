package thespis.cpu.mmu;

import static thespis.cpu.mmu.Tlb.*;

/// Accesses of the processor itself, to descriptor tables and the TSS: always supervisor, never stopped by SMAP. SDM
/// Vol. 3A "Determination of Access Rights", implicit supervisor-mode accesses.
public final class SystemAccess {
  private final Mmu mmu;

  /// The TLB's table of the supervisor.
  private final long table;

  SystemAccess(Mmu mmu, long table) {
    this.mmu = mmu;
    this.table = table;
  }

  /// @param size log2 of the bytes; sign-extended
  public long load(long la, int size) {
    int saved = mmu.use(SUPERVISOR);
    try {
      return mmu.load(la, size);
    } finally {
      mmu.use(saved);
    }
  }

  /// A word, zero-extended.
  public int load16(long la) {
    long e = table + (la >>> INDEX_SHIFT & INDEX_MASK);
    if (Mem.get64(e) == (la + 1 & PAGE_MASK)) {
      return Mem.load16((la & 0xFFF) + Mem.get64(e + HOST)) & 0xFFFF;
    }
    return (int) load(la, 1) & 0xFFFF;
  }

  public void store(long la, int size, long v) {
    int saved = mmu.use(SUPERVISOR);
    try {
      mmu.store(la, size, v);
    } finally {
      mmu.use(saved);
    }
  }

  /// Where a byte of memory lies that {@link #load16} has just read, or 0.
  long host(long la) {
    long e = table + (la >>> INDEX_SHIFT & INDEX_MASK);
    return Mem.get64(e) == (la & PAGE_MASK) ? Mem.get64(e + HOST) + (la & 0xFFF) : 0;
  }
}
