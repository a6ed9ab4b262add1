package thespis.cpu.mmu;

import static thespis.cpu.mmu.Tlb.*;

import thespis.cpu.exec.Breakpoints;
import thespis.cpu.run.IoBus;
import thespis.cpu.state.CodeMode;
import thespis.cpu.state.Cpu;
import thespis.cpu.state.GuestFault;
import thespis.cpu.state.NativeState;

/// Linear memory as one CPU sees it, with the privilege that it has: the {@link Tlb} in front of {@link PageWalk}. What the
/// TLB's tags let through goes to host memory at once; {@link #slowLoad} and {@link #slowStore} look closer.
public final class Mmu implements AutoCloseable {
  public static final int LOAD = 0;
  public static final int STORE = 1;
  public static final int FETCH = 2;

  private final Cpu cpu;
  private final PhysMap phys;
  private final GuestRam ram;
  private final CodeWatch code;
  private final PageWalk walk;
  private final Tlb translations;
  private final HeldPages held = new HeldPages();
  private final TlbFill fill;
  private final DeviceAccess devices;
  public final LockedAccess locked;
  public final SystemAccess system;

  /// Table of the current privilege, and its number.
  public long tlb;

  private int table;

  /// Emptied whenever a mapping goes.
  private final JumpTable jumps = new JumpTable();

  /// Counters for `info jit` and tests.
  public long flushes;

  public long partialFlushes;

  public Mmu(Cpu cpu, PhysMap phys, GuestRam ram, IoBus bus, CodeWatch code) {
    this(cpu, phys, ram, bus, code, null);
  }

  /// A second processor's, which sees and does not touch the memory of a first.
  public Mmu(Cpu cpu, Mmu first, PageCopies copies, IoBus bus) {
    this(cpu, first.phys, first.ram, bus, (host, bytes) -> {}, new SecondView(first, copies));
  }

  private Mmu(Cpu cpu, PhysMap phys, GuestRam ram, IoBus bus, CodeWatch code, SecondView view) {
    this.cpu = cpu;
    this.phys = phys;
    this.ram = ram;
    this.code = code;
    this.walk = new PageWalk(cpu, phys, ram);
    this.translations = new Tlb(cpu.st + Cpu.TLB);
    this.fill = new TlbFill(cpu, phys, ram, translations, walk, held, view);
    this.devices = new DeviceAccess(cpu, bus);
    this.locked = new LockedAccess(cpu, this);
    this.tlb = translations.table(SUPERVISOR);
    this.system = new SystemAccess(this, tlb);
    flush();
  }

  /// So many walks through the guest's page tables were made to fill the TLB.
  public long fills() {
    return fill.count;
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
    translations.flush();
  }

  /// What another address space may translate differently: all but global pages. SDM Vol. 3A "Operations that
  /// Invalidate TLBs and Paging-Structure Caches".
  public void flushLocal() {
    partialFlushes++;
    TssWindow.close(cpu);
    walk.forgetTables();
    jumps.forgetLocal();
    translations.flushLocal();
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
    translations.flushPage(linear);
  }

  /// Writes to this host page must be noticed from now on.
  public void watchPage(long hostPage) {
    translations.watchPage(hostPage);
  }

  /// CPL, CR4.SMAP, EFLAGS.AC or CR0.PG changed.
  public void privilegeChanged() {
    int t = cpu.cpl == 3 ? USER : (cpu.cr4 & Cpu.CR4_SMAP) != 0 && !cpu.flag(Cpu.AC) ? SMAP : SUPERVISOR;
    use(t);
    int bounds = cpu.bounds.enabled(cpu.cpl) ? CodeMode.BOUNDS : 0;
    int code = cpu.mode & ((1 << CodeMode.TABLE_SHIFT) - 1 | CodeMode.FLAT);
    cpu.mode = code | t << CodeMode.TABLE_SHIFT | bounds;
    jumps.select(cpu, (code & CodeMode.FLAT) == 0 ? t : t + JumpTable.CODE_32);
    Mem.put32(cpu.st + NativeState.SUPERVISOR, cpu.cpl == 0 ? 1 : 0);
  }

  public JumpTable jumps() {
    return jumps;
  }

  /// Is this address, whose page is known, translated the same in every address space?
  public boolean isGlobal(long la) {
    return translations.isGlobal(place(la));
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
      int error = fill.attempt(e, la, access, table);
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
    held.want(to);
    flush();
  }

  public boolean copiesBeforeWrites() {
    return held.wanted();
  }

  /// Lets translated code write to a page that is held for its copy, and for nothing else. False: it is not.
  public boolean open(long la) {
    return held.open(place(la), la);
  }

  /// Holds all pages that were opened.
  public void hold() {
    held.hold();
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
      return devices.read(a, bytes);
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
      devices.write(a, bytes, v);
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
      fill.unwatch(e, la & PAGE_MASK, a);
    }
  }

  /// To be called after a write through {@link #hostForWrite} too.
  public void written(long host, int bytes) {
    ram.written(host);
    if (ram.holdsCode(host)) {
      code.written(host, bytes);
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
      miss(e, la, access);
    }
    return e;
  }

  /// The same with the privilege of a table.
  long entry(long la, int access, int privilege) {
    int saved = use(privilege);
    try {
      return entry(la, access);
    } finally {
      use(saved);
    }
  }

  /// The place of the entry that translates `la`, if one does.
  private long place(long la) {
    return tlb + (la >>> INDEX_SHIFT & INDEX_MASK);
  }

  private void miss(long e, long la, int access) {
    int error = fill.attempt(e, la, access, table);
    if (error == PageWalk.NO_ADDRESS) {
      throw access == FETCH ? cpu.gp() : cpu.notCanonical();
    }
    if (error != PageWalk.DONE) {
      throw pageFault(la, error);
    }
  }

  /// From now on accesses are of this privilege.
  ///
  /// @return of which they were
  int use(int privilege) {
    int saved = table;
    table = privilege;
    tlb = translations.table(privilege);
    return saved;
  }

  /// Raises the fault that a write of this range would raise; changes nothing but A and D bits.
  public void checkWrite(long la, int bytes) {
    entry(la, STORE);
    if ((la & 0xFFF) + bytes > 4096) {
      entry(la + bytes - 1, STORE);
    }
  }

  /// For debuggers and dumps: guest-physical address or -1, no fault, no side effect on A and D bits.
  public long probe(long la) {
    return walk.probe(la);
  }

  @Override
  public void close() {
    jumps.close();
    translations.close();
  }
}
