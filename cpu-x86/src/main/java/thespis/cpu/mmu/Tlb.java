package thespis.cpu.mmu;

/// A translation lookaside buffer: direct-mapped tables in native memory, which translated code searches too. SDM Vol. 3A
/// "Translation Lookaside Buffers (TLBs)".
///
/// An entry is 32 bytes: tag for reads, for writes, for fetches, and the page's host address. A tag that must not match
/// (write to a clean page, code page, MMIO) has low bits set, so that the fast comparison fails and the {@link Mmu} looks
/// closer. There is one table for each privilege that changes what an access may do: supervisor, user, supervisor under
/// SMAP. A table reaches over 64 MiB, so that a kernel's code and data have places of their own; the host gives memory for
/// what is used of it.
public final class Tlb implements AutoCloseable {
  public static final int ENTRIES = 16384;
  public static final int ENTRY_BYTES = 32;
  public static final int TAG_READ = 0;
  public static final int TAG_WRITE = 8;
  public static final int TAG_FETCH = 16;
  public static final int HOST = 24;
  public static final long PAGE_MASK = -4096L;

  /// log2: linear address >>> 7 gives page number * ENTRY_BYTES.
  public static final int INDEX_SHIFT = 7;

  public static final int INDEX_MASK = (ENTRIES - 1) * ENTRY_BYTES;

  public static final int TABLE_BYTES = ENTRIES * ENTRY_BYTES;

  private static final int TABLES = 3;
  public static final int TABLES_BYTES = TABLES * TABLE_BYTES;

  /// The tables.
  public static final int SUPERVISOR = 0;

  public static final int USER = 1;
  public static final int SMAP = 2;

  // ---- why a tag does not match: its low bits
  /// Nothing is known about this access. Every tag with low bits set also has {@link #ELSEWHERE} flipped: it names a page
  /// that no address leads to from this entry, so that a comparison by difference fails too.
  static final long INVALID = 1;

  private static final long ELSEWHERE = 0x2000;

  /// The page is not memory ({@link #HOST} is the guest-physical address).
  static final long MMIO = 2;

  /// A write tag's: memory, but somebody wants to know of each write.
  static final long NOTIFY = 4;

  /// A data breakpoint lies in the page.
  static final long WATCH = 8;

  /// A write tag's: memory, but what it holds is to be copied before translated code writes there.
  static final long HELD = 16;

  private static final int WRITERS = 1 << 16;
  private static final int MANY = -1;

  private final long block;

  /// Entries filled since the last flush with translations of this address space, and of all: no others are valid.
  private final FilledEntries local = new FilledEntries(TABLES * ENTRIES);

  private final FilledEntries global = new FilledEntries(TABLES * ENTRIES);

  /// Which entry lets a host page be written to: its number plus 1, 0 for none, {@link #MANY} where there were several;
  /// by the page's number, of which some share a place.
  private final long writers = Mem.allocateSparse(4L * WRITERS);

  /// @param block {@link #TABLES_BYTES} of native memory, all zero
  Tlb(long block) {
    this.block = block;
    invalidateEnds();
  }

  /// Where the table of a privilege lies.
  long table(int privilege) {
    return block + (long) privilege * TABLE_BYTES;
  }

  // ---- tags

  static long unmatched(long page, long why) {
    return (page ^ ELSEWHERE) | why;
  }

  /// Has accesses by this tag go the slow way.
  static void flag(long tag, long why) {
    long was = Mem.get64(tag);
    Mem.put64(tag, unmatched(page(was), was & 0xFFF | why));
  }

  /// The page that a tag is about, whether it may match or not.
  private static long page(long tag) {
    return (tag & 0xFFF) == 0 ? tag : (tag & PAGE_MASK) ^ ELSEWHERE;
  }

  /// Does the entry say something about this access to this address?
  static boolean knows(long e, long la, int access) {
    long tag = Mem.get64(e + 8L * access);
    return page(tag) == (la & PAGE_MASK) && (tag & INVALID) == 0;
  }

  static boolean isMemory(long tag) {
    return (tag & MMIO) == 0;
  }

  // ---- entries

  private int number(long e) {
    return (int) (e - block) / ENTRY_BYTES;
  }

  /// An entry is about to be filled.
  ///
  /// @param everywhere its translation is that of every address space
  void fills(long e, boolean everywhere) {
    (everywhere ? global : local).add(number(e));
  }

  /// Does the entry, which is known, say the same in every address space?
  boolean isGlobal(long e) {
    int n = number(e);
    return global.has(n) && !local.has(n);
  }

  /// The entry is about to let this host page be written to.
  void opens(long e, long host) {
    int n = number(e) + 1;
    long writer = writer(host);
    int known = Mem.get32(writer);
    Mem.put32(writer, known == 0 || known == n ? n : MANY);
  }

  private long writer(long host) {
    return writers + 4 * (host >>> 12 & WRITERS - 1);
  }

  private void invalidate(long e) {
    long none = unmatched((long) number(e) % ENTRIES << 12, INVALID);
    Mem.put64(e + TAG_READ, none);
    Mem.put64(e + TAG_WRITE, none);
    Mem.put64(e + TAG_FETCH, none);
  }

  /// Zeroes in an entry are tags of page 0, which is reached from the first one, or from the last one by an access that
  /// goes over the end of the address space.
  private void invalidateEnds() {
    for (long table = block; table < block + TABLES_BYTES; table += TABLE_BYTES) {
      invalidate(table);
      invalidate(table + TABLE_BYTES - ENTRY_BYTES);
    }
  }

  // ---- flushing

  void flush() {
    drop(local, true);
    drop(global, true);
  }

  /// All but global pages.
  void flushLocal() {
    drop(local, false);
  }

  /// @param all other entries go too
  private void drop(FilledEntries entries, boolean all) {
    for (int i = entries.size() - 1; i >= 0; i--) {
      int n = entries.get(i);
      long e = block + n * (long) ENTRY_BYTES;
      long writer = writer(Mem.get64(e + HOST));
      if (all || Mem.get32(writer) == n + 1) {
        Mem.put32(writer, 0);
      }
      invalidate(e);
    }
    entries.clear();
  }

  /// What is known of one 4 KiB page.
  void flushPage(long la) {
    for (int t = 0; t < TABLES; t++) {
      long e = table(t) + (la >>> INDEX_SHIFT & INDEX_MASK);
      long page = la & PAGE_MASK;
      if (page(Mem.get64(e + TAG_READ)) == page || page(Mem.get64(e + TAG_WRITE)) == page
          || page(Mem.get64(e + TAG_FETCH)) == page) {
        invalidate(e);
      }
    }
  }

  // ---- host pages whose writes matter

  /// Writes to this host page must be noticed from now on.
  void watchPage(long hostPage) {
    int writer = Mem.get32(writer(hostPage));
    if (writer == MANY) {
      watch(local, hostPage);
      watch(global, hostPage);
    } else if (writer != 0) {
      watchEntry(block + (writer - 1) * (long) ENTRY_BYTES, hostPage);
    }
  }

  private void watch(FilledEntries entries, long hostPage) {
    for (int i = entries.size() - 1; i >= 0; i--) {
      watchEntry(block + entries.get(i) * (long) ENTRY_BYTES, hostPage);
    }
  }

  private static void watchEntry(long e, long hostPage) {
    long tag = Mem.get64(e + TAG_WRITE);
    if ((tag & 0xFFF & ~(WATCH | HELD)) == 0 && Mem.get64(e + HOST) == hostPage) {
      flag(e + TAG_WRITE, NOTIFY);
    }
  }

  @Override
  public void close() {
    Mem.freeSparse(writers, 4L * WRITERS);
  }
}
