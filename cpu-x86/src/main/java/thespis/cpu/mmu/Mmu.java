package thespis.cpu.mmu;

import thespis.cpu.exec.Breakpoints;
import thespis.cpu.run.IoBus;
import thespis.cpu.state.Cpu;
import thespis.cpu.state.CpuFeatures;
import thespis.cpu.state.GuestFault;

/// Linear memory as one CPU sees it: a direct-mapped translation cache in native memory in front of {@link PageWalk}.
/// An entry is 32 bytes: tag for reads, for writes, for fetches, and the page's host address. A tag that must not match
/// (write to a clean page, code page, MMIO) has low bits set, so that the fast comparison fails and {@link #slowLoad}
/// and {@link #slowStore} look closer. There is one table for each privilege that changes what an access may do:
/// supervisor, user, supervisor under SMAP. A table reaches over 64 MiB, so that a kernel's code and data have places of
/// their own; the host gives memory for what is used of it.
public final class Mmu implements AutoCloseable {
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

  /// Supervisor, user, supervisor under SMAP.
  public static final int TABLES_BYTES = 3 * TABLE_BYTES;

  /// Low bits of a tag: nothing is known about this access. Every tag with low bits set also has {@link #ELSEWHERE}
  /// flipped: it names a page that no address leads to from this entry, so that a comparison by difference fails too.
  private static final long INVALID = 1;

  private static final long ELSEWHERE = 0x2000;

  /// Low bits of a tag: the page is not memory ({@link #HOST} is the guest-physical address).
  private static final long MMIO = 2;

  /// Low bits of a write tag: memory, but somebody wants to know of each write.
  private static final long NOTIFY = 4;

  /// Low bits of a tag: a data breakpoint lies in the page.
  private static final long WATCH = 8;

  /// Low bits of a write tag: memory, but what it holds is to be copied before translated code writes there.
  private static final long HELD = 16;

  /// The tables.
  public static final int SUPERVISOR = 0;

  public static final int USER = 1;
  public static final int SMAP = 2;

  public static final int LOAD = 0;
  public static final int STORE = 1;
  public static final int FETCH = 2;

  private static final int WRITERS = 1 << 16;
  private static final int MANY = -1;

  private final Cpu cpu;
  private final PhysMap phys;
  private final GuestRam ram;
  private final IoBus bus;
  private final CodeWatch code;
  private final PageWalk walk;
  private final long block;

  /// Entries filled since the last flush with translations of this address space, and of all: no others are valid.
  private final FilledEntries local = new FilledEntries(3 * ENTRIES);

  private final FilledEntries global = new FilledEntries(3 * ENTRIES);

  /// Table of the current privilege.
  public long tlb;

  private int table;

  /// Emptied whenever a mapping goes.
  private final JumpTable jumps = new JumpTable();

  /// Where pages are copied that translated code is about to write to, or null: then nobody wants that.
  private PageCopies copies;

  private final LongStack opened = new LongStack();

  /// Which entry lets a host page be written to: its number plus 1, 0 for none, {@link #MANY} where there were several;
  /// by the page's number, of which some share a place.
  private final long writers = Mem.allocateSparse(4L * WRITERS);

  /// What translates instead of {@link #walk}, or null.
  private SecondView view;

  /// Counters for `info jit` and tests.
  public long flushes;

  public long partialFlushes;

  public long fills;

  /// What the CPU's block cache and those of its siblings want to hear.
  public interface CodeWatch {
    /// This CPU is about to write there; may throw to have the instruction executed another way.
    default void beforeWrite(long hostAddress, int bytes) {}

    /// This CPU wrote `bytes` bytes at a host address in a page that holds decoded code (after the write).
    void written(long hostAddress, int bytes);
  }

  public Mmu(Cpu cpu, PhysMap phys, GuestRam ram, IoBus bus, CodeWatch code) {
    this.cpu = cpu;
    this.phys = phys;
    this.ram = ram;
    this.bus = bus;
    this.code = code;
    this.walk = new PageWalk(cpu, phys);
    this.block = cpu.st + Cpu.TLB;
    this.tlb = block;
    invalidateEnds();
    flush();
  }

  /// A second processor's, which sees and does not touch the memory of a first.
  public Mmu(Cpu cpu, Mmu first, PageCopies copies, IoBus bus) {
    this(cpu, first.phys, first.ram, bus, (host, bytes) -> {});
    view = new SecondView(first, copies);
  }

  public PhysMap phys() {
    return phys;
  }

  public GuestRam ram() {
    return ram;
  }

  // ---- flushing

  /// Everything, global pages too.
  public void flush() {
    flushes++;
    TssWindow.close(cpu);
    walk.forget();
    jumps.forgetAll();
    drop(local, true);
    drop(global, true);
  }

  /// What another address space may translate differently: all but global pages. SDM Vol. 3A "Operations that
  /// Invalidate TLBs and Paging-Structure Caches".
  public void flushLocal() {
    partialFlushes++;
    TssWindow.close(cpu);
    walk.forgetTables();
    jumps.forgetLocal();
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

  /// Zeroes in an entry are tags of page 0, which is reached from the first one, or from the last one by an access that
  /// goes over the end of the address space.
  private void invalidateEnds() {
    for (long table = block; table < block + TABLES_BYTES; table += TABLE_BYTES) {
      invalidate(table);
      invalidate(table + TABLE_BYTES - ENTRY_BYTES);
    }
  }

  private void invalidate(long e) {
    long none = unmatched((e - block) / ENTRY_BYTES % ENTRIES << 12, INVALID);
    Mem.put64(e + TAG_READ, none);
    Mem.put64(e + TAG_WRITE, none);
    Mem.put64(e + TAG_FETCH, none);
  }

  private static long unmatched(long page, long why) {
    return (page ^ ELSEWHERE) | why;
  }

  /// Has accesses by this tag go the slow way.
  private static void flag(long tag, long why) {
    long was = Mem.get64(tag);
    Mem.put64(tag, unmatched(page(was), was & 0xFFF | why));
  }

  /// The page that a tag is about, whether it may match or not.
  private static long page(long tag) {
    return (tag & 0xFFF) == 0 ? tag : (tag & PAGE_MASK) ^ ELSEWHERE;
  }

  /// INVLPG. SDM Vol. 2A "INVLPG". A large page may fill several entries: then all goes.
  public void flushPage(long linear) {
    if (walk.mayBeLarge(linear)) {
      flush();
      return;
    }
    partialFlushes++;
    TssWindow.close(cpu);
    walk.forgetTables();
    jumps.forgetPage(linear);
    for (int t = 0; t < 3; t++) {
      long e = block + (long) t * TABLE_BYTES + (linear >>> INDEX_SHIFT & INDEX_MASK);
      long page = linear & PAGE_MASK;
      if (page(Mem.get64(e + TAG_READ)) == page || page(Mem.get64(e + TAG_WRITE)) == page
          || page(Mem.get64(e + TAG_FETCH)) == page) {
        invalidate(e);
      }
    }
  }

  /// Writes to this host page must be noticed from now on.
  public void watchPage(long hostPage) {
    int writer = Mem.get32(writer(hostPage));
    if (writer == MANY) {
      watch(local, hostPage);
      watch(global, hostPage);
    } else if (writer != 0) {
      watchEntry(block + (writer - 1) * (long) ENTRY_BYTES, hostPage);
    }
  }

  private long writer(long host) {
    return writers + 4 * (host >>> 12 & WRITERS - 1);
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

  /// CPL, CR4.SMAP, EFLAGS.AC or CR0.PG changed.
  public void privilegeChanged() {
    int t = cpu.cpl == 3 ? USER : (cpu.cr4 & Cpu.CR4_SMAP) != 0 && !cpu.flag(Cpu.AC) ? SMAP : SUPERVISOR;
    table = t;
    tlb = block + (long) t * TABLE_BYTES;
    int bounds = cpu.bounds.enabled(cpu.cpl) ? Cpu.MODE_BOUNDS : 0;
    int code = cpu.mode & ((1 << Cpu.MODE_TABLE_SHIFT) - 1 | Cpu.MODE_FLAT);
    cpu.mode = code | t << Cpu.MODE_TABLE_SHIFT | bounds;
    jumps.select(cpu, (code & Cpu.MODE_FLAT) == 0 ? t : t + JumpTable.CODE_32);
    Mem.put32(cpu.st + Cpu.SUPERVISOR, cpu.cpl == 0 ? 1 : 0);
  }

  public JumpTable jumps() {
    return jumps;
  }

  /// Is this address, whose page is known, translated the same in every address space?
  public boolean isGlobal(long la) {
    int n = (int) (tlb - block + (la >>> INDEX_SHIFT & INDEX_MASK)) / ENTRY_BYTES;
    return global.has(n) && !local.has(n);
  }

  /// What {@link #prime} says where translated code can go on.
  public static final int READY = -1;

  /// What it says where the access needs the interpreter.
  public static final int MORE = -2;

  /// Makes the translation of `la` known, as an access would.
  ///
  /// @return one of the above, or the error code of the page fault that the access raises: see {@link #pageFault}
  public int prime(long la, int access) {
    long e = tlb + (la >>> INDEX_SHIFT & INDEX_MASK);
    if (!knows(e, la, access)) {
      int error = attempt(e, la, access);
      if (error != PageWalk.DONE) {
        return error == PageWalk.NO_ADDRESS ? MORE : error;
      }
    }
    return (Mem.get64(e + 8L * access) & 0xFFF) == 0 || access == STORE && open(la) ? READY : MORE;
  }

  /// #PF. SDM Vol. 3A "Interrupt 14-Page-Fault Exception (#PF)".
  public GuestFault pageFault(long la, int error) {
    cpu.setCr2(la);
    return cpu.raise(GuestFault.PF, error);
  }

  // ---- copies of what translated code overwrites

  /// From now on pages are copied before translated code writes to them, once after each {@link #hold}.
  public void copyBeforeWrites(PageCopies to) {
    copies = to;
    flush();
  }

  /// Lets translated code write to a page that is held for its copy, and for nothing else. False: it is not.
  public boolean open(long la) {
    long e = tlb + (la >>> INDEX_SHIFT & INDEX_MASK);
    if (copies == null || Mem.get64(e + TAG_WRITE) != unmatched(la & PAGE_MASK, HELD)) {
      return false;
    }
    copies.keep(Mem.get64(e + HOST));
    Mem.put64(e + TAG_WRITE, la & PAGE_MASK);
    opened.push(e);
    return true;
  }

  public boolean copiesBeforeWrites() {
    return copies != null;
  }

  /// Holds all pages that were opened.
  public void hold() {
    while (!opened.isEmpty()) {
      long tag = opened.pop() + TAG_WRITE;
      if ((Mem.get64(tag) & 0xFFF) == 0) {
        flag(tag, HELD);
      }
    }
  }

  /// Is this a supervisor access that SMAP keeps from user pages?
  boolean smapForbids() {
    return table == 2;
  }

  // ---- data accesses at linear addresses, with the current privilege

  public byte load8(long la) {
    long e = tlb + (la >>> INDEX_SHIFT & INDEX_MASK);
    if (Mem.get64(e) == (la & PAGE_MASK)) {
      return Mem.load8((la & 0xFFF) + Mem.get64(e + HOST));
    }
    return (byte) slowLoad(la, 1);
  }

  public short load16(long la) {
    long e = tlb + (la >>> INDEX_SHIFT & INDEX_MASK);
    if (Mem.get64(e) == (la + 1 & PAGE_MASK)) {
      return Mem.load16((la & 0xFFF) + Mem.get64(e + HOST));
    }
    return (short) slowLoad(la, 2);
  }

  public int load32(long la) {
    long e = tlb + (la >>> INDEX_SHIFT & INDEX_MASK);
    if (Mem.get64(e) == (la + 3 & PAGE_MASK)) {
      return Mem.load32((la & 0xFFF) + Mem.get64(e + HOST));
    }
    return (int) slowLoad(la, 4);
  }

  public long load64(long la) {
    long e = tlb + (la >>> INDEX_SHIFT & INDEX_MASK);
    if (Mem.get64(e) == (la + 7 & PAGE_MASK)) {
      return Mem.load64((la & 0xFFF) + Mem.get64(e + HOST));
    }
    return slowLoad(la, 8);
  }

  public void store8(long la, byte v) {
    long e = tlb + (la >>> INDEX_SHIFT & INDEX_MASK);
    if (Mem.get64(e + TAG_WRITE) == (la & PAGE_MASK)) {
      Mem.store8((la & 0xFFF) + Mem.get64(e + HOST), v);
    } else {
      slowStore(la, 1, v);
    }
  }

  public void store16(long la, short v) {
    long e = tlb + (la >>> INDEX_SHIFT & INDEX_MASK);
    if (Mem.get64(e + TAG_WRITE) == (la + 1 & PAGE_MASK)) {
      Mem.store16((la & 0xFFF) + Mem.get64(e + HOST), v);
    } else {
      slowStore(la, 2, v);
    }
  }

  public void store32(long la, int v) {
    long e = tlb + (la >>> INDEX_SHIFT & INDEX_MASK);
    if (Mem.get64(e + TAG_WRITE) == (la + 3 & PAGE_MASK)) {
      Mem.store32((la & 0xFFF) + Mem.get64(e + HOST), v);
    } else {
      slowStore(la, 4, v);
    }
  }

  public void store64(long la, long v) {
    long e = tlb + (la >>> INDEX_SHIFT & INDEX_MASK);
    if (Mem.get64(e + TAG_WRITE) == (la + 7 & PAGE_MASK)) {
      Mem.store64((la & 0xFFF) + Mem.get64(e + HOST), v);
    } else {
      slowStore(la, 8, v);
    }
  }

  /// By size (log2), sign-extended.
  public long load(long la, int size) {
    return switch (size) {
      case 0 -> load8(la);
      case 1 -> load16(la);
      case 2 -> load32(la);
      default -> load64(la);
    };
  }

  public void store(long la, int size, long v) {
    switch (size) {
      case 0 -> store8(la, (byte) v);
      case 1 -> store16(la, (short) v);
      case 2 -> store32(la, (int) v);
      default -> store64(la, v);
    }
  }

  // ---- slow ways

  private long slowLoad(long la, int bytes) {
    if ((la & 0xFFF) + bytes > 4096) {
      long v = 0;
      for (int i = 0; i < bytes; i++) {
        v |= (load8(la + i) & 0xFFL) << 8 * i;
      }
      return v;
    }
    long e = entry(la, LOAD);
    long a = (la & 0xFFF) + Mem.get64(e + HOST);
    if ((Mem.get64(e) & WATCH) != 0) {
      Breakpoints.data(cpu, la, bytes, false);
    }
    if ((Mem.get64(e) & MMIO) != 0) {
      return mmioRead(a, bytes);
    }
    return switch (bytes) {
      case 1 -> Mem.load8(a);
      case 2 -> Mem.load16(a);
      case 4 -> Mem.load32(a);
      default -> Mem.load64(a);
    };
  }

  private void slowStore(long la, int bytes, long v) {
    if ((la & 0xFFF) + bytes > 4096) {
      entry(la, STORE); // both pages must take the write before any byte is written
      entry(la + bytes - 1, STORE);
      for (int i = 0; i < bytes; i++) {
        store8(la + i, (byte) (v >>> 8 * i));
      }
      return;
    }
    long e = entry(la, STORE);
    long tag = Mem.get64(e + TAG_WRITE);
    long a = (la & 0xFFF) + Mem.get64(e + HOST);
    if ((tag & WATCH) != 0) {
      Breakpoints.data(cpu, la, bytes, true);
    }
    if ((tag & MMIO) != 0) {
      mmioWrite(a, bytes, v);
      return;
    }
    if ((tag & NOTIFY) != 0) {
      code.beforeWrite(a, bytes);
    }
    switch (bytes) {
      case 1 -> Mem.store8(a, (byte) v);
      case 2 -> Mem.store16(a, (short) v);
      case 4 -> Mem.store32(a, (int) v);
      default -> Mem.store64(a, v);
    }
    if ((tag & NOTIFY) != 0) {
      written(a, bytes);
      unwatch(e, la & PAGE_MASK, a);
    }
  }

  /// The page's last piece of code may have gone with the write.
  private void unwatch(long e, long page, long host) {
    long tag = Mem.get64(e + TAG_WRITE) & ~HELD;
    if (tag == unmatched(page, NOTIFY) && !holdsCode(host)) {
      openToWrites(e, page, host);
    }
  }

  private boolean holdsCode(long host) {
    return ram.holds(host) && (Mem.get8(ram.flagsOf(host)) & GuestRam.CODE) != 0;
  }

  private void openToWrites(long e, long page, long host) {
    int n = (int) (e - block) / ENTRY_BYTES + 1;
    long writer = writer(host);
    int known = Mem.get32(writer);
    Mem.put32(writer, known == 0 || known == n ? n : MANY);
    ram.written(host);
    Mem.put64(e + TAG_WRITE, copies == null ? page : unmatched(page, HELD));
    // another CPU may have marked the page as code since: look again, now that the tag can be seen
    Mem.fullFence();
    if (holdsCode(host)) {
      Mem.put64(e + TAG_WRITE, unmatched(page, NOTIFY));
    }
  }

  /// To be called after a write through {@link #hostForWrite} too.
  public void written(long host, int bytes) {
    ram.written(host);
    if (holdsCode(host)) {
      code.written(host, bytes);
    }
  }

  private long mmioRead(long gpa, int bytes) {
    if (cpu.apic != null && cpu.apic.covers(gpa)) {
      return cpu.apic.read((int) (gpa & 0xFFF), bytes);
    }
    if (cpu.log != null && !bus.hasMmio(gpa)) {
      cpu.log.unassigned(gpa, bytes, false);
    }
    return bus.mmioRead(gpa, bytes);
  }

  private void mmioWrite(long gpa, int bytes, long v) {
    if (cpu.apic != null && cpu.apic.covers(gpa)) {
      cpu.apic.write((int) (gpa & 0xFFF), bytes, (int) v);
    } else {
      if (cpu.log != null && !bus.hasMmio(gpa)) {
        cpu.log.unassigned(gpa, bytes, true);
      }
      bus.mmioWrite(gpa, bytes, v);
    }
  }

  /// Host address for a block access that stays in one page, or 0 if it must go byte by byte (MMIO).
  public long hostForRead(long la) {
    long e = entry(la, LOAD);
    return (Mem.get64(e) & MMIO) != 0 ? 0 : (la & 0xFFF) + Mem.get64(e + HOST);
  }

  /// Host address for a write that stays in one page; 0 for MMIO and ROM. Call {@link #written} afterwards if
  /// {@link #notifies} says so.
  public long hostForWrite(long la) {
    long e = entry(la, STORE);
    return (Mem.get64(e + TAG_WRITE) & MMIO) != 0 ? 0 : (la & 0xFFF) + Mem.get64(e + HOST);
  }

  public boolean notifies(long la) {
    return (Mem.get64(tlb + (la >>> INDEX_SHIFT & INDEX_MASK) + TAG_WRITE) & NOTIFY) != 0;
  }

  /// Host address of the byte to fetch, or 0 if code lies in MMIO. Raises #PF.
  public long hostForFetch(long la) {
    long e = entry(la, FETCH);
    return (Mem.get64(e + TAG_FETCH) & MMIO) != 0 ? 0 : (la & 0xFFF) + Mem.get64(e + HOST);
  }

  /// Guest-physical address of a fetch (for code in MMIO).
  public long physForFetch(long la) {
    return (la & 0xFFF) + Mem.get64(entry(la, FETCH) + HOST);
  }

  /// What is to be added to linear addresses of a range for their host address, or 0 if the range is not in one page that is
  /// known and may be accessed so without further ado.
  public long window(long la, int bytes, int access) {
    long e = tlb + (la >>> INDEX_SHIFT & INDEX_MASK);
    long page = la & PAGE_MASK;
    return (la & 0xFFF) + bytes <= 4096 && Mem.get64(e + 8L * access) == page ? Mem.get64(e + HOST) - page : 0;
  }

  /// The entry that translates `la` for `access`; filled if need be. Raises #PF, #GP, #SS.
  long entry(long la, int access) {
    long e = tlb + (la >>> INDEX_SHIFT & INDEX_MASK);
    if (!knows(e, la, access)) {
      fill(e, la, access);
    }
    return e;
  }

  private static boolean knows(long e, long la, int access) {
    long tag = Mem.get64(e + 8L * access);
    return page(tag) == (la & PAGE_MASK) && (tag & INVALID) == 0;
  }

  /// The same with the privilege of a table.
  long entry(long la, int access, int privilege) {
    int saved = table;
    use(privilege);
    try {
      return entry(la, access);
    } finally {
      use(saved);
    }
  }

  private void use(int privilege) {
    table = privilege;
    tlb = block + (long) privilege * TABLE_BYTES;
  }

  static boolean isMemory(long tag) {
    return (tag & MMIO) == 0;
  }

  private void fill(long e, long la, int access) {
    if (view != null) {
      fillFromView(e, la, access);
      return;
    }
    int error = attempt(e, la, access);
    if (error == PageWalk.NO_ADDRESS) {
      throw cpu.gp();
    }
    if (error != PageWalk.DONE) {
      throw pageFault(la, error);
    }
  }

  /// What {@link PageWalk#translate} says; if that is well the entry has it.
  private int attempt(long e, long la, int access) {
    fills++;
    int error = walk.translate(la, access, table == USER);
    if (error != PageWalk.DONE) {
      return error;
    }
    enter(e, la, access);
    if (cpu.breakpoints && Breakpoints.watches(cpu, la & PAGE_MASK)) {
      for (long tag = e; tag <= e + TAG_WRITE; tag += TAG_WRITE) {
        flag(tag, WATCH);
      }
    }
    return error;
  }

  private void fillFromView(long e, long la, int access) {
    if (view.look(la, access, table)) {
      drop(local, false);
    }
    local.add((int) (e - block) / ENTRY_BYTES);
    long page = la & PAGE_MASK;
    long other = unmatched(page, view.memory ? INVALID : MMIO);
    Mem.put64(e + HOST, view.host);
    Mem.put64(e + TAG_READ, view.memory ? page : other);
    Mem.put64(e + TAG_WRITE, view.memory && access == STORE ? page : other);
    Mem.put64(e + TAG_FETCH, view.memory && view.executable ? page : other);
  }

  private void enter(long e, long la, int access) {
    (walk.global ? global : local).add((int) (e - block) / ENTRY_BYTES);
    long page = la & PAGE_MASK;
    long gpa = walk.physical & PAGE_MASK;
    PhysMap.Range range = phys.find(gpa);
    long host = range == null ? 0 : range.readable(gpa);
    boolean apicPage = cpu.apic != null && cpu.apic.covers(gpa);
    if (apicPage || host == 0) {
      Mem.put64(e + HOST, gpa);
      Mem.put64(e + TAG_READ, unmatched(page, walk.readable ? MMIO : INVALID));
      Mem.put64(e + TAG_WRITE, unmatched(page, walk.writable ? MMIO : INVALID));
      Mem.put64(e + TAG_FETCH, unmatched(page, walk.executable ? MMIO : INVALID));
      return;
    }
    if (access == STORE && !range.writable()) {
      // ROM: writes go to the bus, which drops them; reads of the page will fill again
      Mem.put64(e + HOST, gpa);
      Mem.put64(e + TAG_READ, unmatched(page, INVALID));
      Mem.put64(e + TAG_WRITE, unmatched(page, MMIO));
      Mem.put64(e + TAG_FETCH, unmatched(page, INVALID));
      return;
    }
    Mem.put64(e + HOST, host);
    Mem.put64(e + TAG_READ, walk.readable ? page : unmatched(page, INVALID));
    Mem.put64(e + TAG_FETCH, walk.executable ? page : unmatched(page, INVALID));
    if (!walk.writable || !range.writable()) {
      Mem.put64(e + TAG_WRITE, unmatched(page, INVALID));
    } else if (holdsCode(host)) {
      Mem.put64(e + TAG_WRITE, unmatched(page, NOTIFY));
    } else {
      openToWrites(e, page, host);
    }
  }

  /// Raises the fault that a write of this range would raise; changes nothing but A and D bits.
  public void checkWrite(long la, int bytes) {
    entry(la, STORE);
    if ((la & 0xFFF) + bytes > 4096) {
      entry(la + bytes - 1, STORE);
    }
  }

  /// One locked compare-and-exchange; true if memory held `old` (compared at operand size) and now holds `v`. SDM
  /// Vol. 3A "Locked Atomic Operations". Operands that span a page edge or lie in a device are done under one lock.
  public boolean compareAndStore(long la, int size, long old, long v) {
    int bytes = 1 << size;
    checkWrite(la, bytes);
    if ((la & 0xFFF) + bytes > 4096 || hostForWrite(la) == 0) {
      synchronized (phys) {
        if (load(la, size) != old) {
          return false;
        }
        store(la, size, v);
        return true;
      }
    }
    watched(la, bytes);
    long a = hostForWrite(la);
    boolean done =
        switch (size) {
          case 3 -> Mem.cas64(a, old, v);
          case 2 -> Mem.cas32(a, (int) old, (int) v);
          default -> casSmall(a, bytes, old, v);
        };
    if (done && notifies(la)) {
      written(a, bytes);
    }
    return done;
  }

  private void watched(long la, int bytes) {
    if (cpu.breakpoints) {
      Breakpoints.data(cpu, la, bytes, true);
    }
  }

  /// LOCK CMPXCHG16B on an aligned address; memory's old content goes to `old`.
  public boolean compareAndStore16(long la, long low, long high, long nextLow, long nextHigh, long[] old) {
    long a = hostForWrite(la);
    boolean done;
    watched(la, 16);
    if (a != 0) {
      done = Cas128.compareAndSet(a, low, high, nextLow, nextHigh, old);
      if (notifies(la)) {
        written(a, 16);
      }
      return done;
    }
    old[0] = load64(la);
    old[1] = load64(la + 8);
    done = old[0] == low && old[1] == high;
    store64(la, done ? nextLow : old[0]);
    store64(la + 8, done ? nextHigh : old[1]);
    return done;
  }

  /// Bytes and words through the dword that holds them (or, where a word spans two, the quadword at its address).
  private static boolean casSmall(long a, int bytes, long old, long v) {
    long at = a & -4L;
    int shift = (int) (a - at) * 8;
    long mask = (1L << 8 * bytes) - 1;
    if (shift + 8 * bytes > 32) {
      at = a & -8L;
      shift = (int) (a - at) * 8;
      if (shift + 8 * bytes > 64) {
        at = a - 3; // a word over a quadword edge: a split lock, as the guest asked for
        shift = 24;
      }
      while (true) {
        long now = Mem.getVolatile64(at);
        if ((now >>> shift & mask) != (old & mask)) {
          return false;
        }
        if (Mem.cas64(at, now, now & ~(mask << shift) | (v & mask) << shift)) {
          return true;
        }
      }
    }
    while (true) {
      int now = Mem.getVolatile32(at);
      if ((now >>> shift & mask) != (old & mask)) {
        return false;
      }
      if (Mem.cas32(at, now, (int) (now & ~(mask << shift) | (v & mask) << shift))) {
        return true;
      }
    }
  }

  // ---- accesses of the processor itself (descriptor tables, TSS): always supervisor, never stopped by SMAP

  public long systemLoad(long la, int size) {
    int saved = enterSystem();
    try {
      return load(la, size);
    } finally {
      leaveSystem(saved);
    }
  }

  /// A word, zero-extended.
  public int systemLoad16(long la) {
    long e = block + (la >>> INDEX_SHIFT & INDEX_MASK);
    if (Mem.get64(e) == (la + 1 & PAGE_MASK)) {
      return Mem.load16((la & 0xFFF) + Mem.get64(e + HOST)) & 0xFFFF;
    }
    return (int) systemLoad(la, 1) & 0xFFFF;
  }

  /// Where a byte of memory lies that {@link #systemLoad16} has just read, or 0.
  long hostOfSystemPage(long la) {
    long e = block + (la >>> INDEX_SHIFT & INDEX_MASK);
    return Mem.get64(e) == (la & PAGE_MASK) ? Mem.get64(e + HOST) + (la & 0xFFF) : 0;
  }

  public void systemStore(long la, int size, long v) {
    int saved = enterSystem();
    try {
      store(la, size, v);
    } finally {
      leaveSystem(saved);
    }
  }

  private int enterSystem() {
    int saved = table;
    use(0);
    return saved;
  }

  private void leaveSystem(int saved) {
    use(saved);
  }

  /// For debuggers and dumps: guest-physical address or -1, no fault, no side effect on A and D bits.
  public long probe(long la) {
    return walk.probe(la);
  }

  /// #GP or #SS for a linear address that is not canonical. SDM Vol. 1 "Canonical Addressing".
  public boolean canonical(long la) {
    return canonical(la, (cpu.cr4 & Cpu.CR4_LA57) != 0);
  }

  /// What base registers take: as wide as the processor can be told to address. Intel "5-Level Paging and 5-Level EPT",
  /// "Canonicality Checking on RIP", "Canonicality Checking on Other Loads".
  public boolean canonicalBase(long la) {
    return canonical(la, cpu.features.has(CpuFeatures.Word.L7_ECX, 16));
  }

  private static boolean canonical(long la, boolean wide) {
    int bits = wide ? 57 : 48;
    return la << 64 - bits >> 64 - bits == la;
  }


  @Override
  public void close() {
    jumps.close();
    Mem.freeSparse(writers);
  }
}
