package thespis.cpu.mmu;

import java.util.Arrays;
import thespis.cpu.state.Cpu;
import thespis.cpu.state.CpuFeatures;

/// Translation of linear addresses through the guest's page tables: no paging, 32-bit, PAE, 4-level and 5-level, with
/// large pages, accessed and dirty bits, and the access rights of SDM Vol. 3A "Paging".
final class PageWalk {
  private static final long P = 1;
  private static final long RW = 2;
  private static final long US = 4;
  private static final long A = 0x20;
  private static final long D = 0x40;
  private static final long PS = 0x80;
  private static final long G = 0x100;
  private static final long NX = 1L << 63;

  /// Protection key, in the leaf.
  private static final int KEY_SHIFT = 59;

  private static final int ACCESS_DISABLED = 1;
  private static final int WRITE_DISABLED = 2;

  private static final int TABLES = 64;
  private static final long NO_KEY = -1L << 1;

  private static final int ERR_P = 1;
  private static final int ERR_WR = 2;
  private static final int ERR_US = 4;
  private static final int ERR_RSVD = 8;
  private static final int ERR_ID = 16;
  private static final int ERR_PK = 32;

  private final Cpu cpu;
  private final PhysMap phys;
  private final GuestRam ram;

  // ---- the answer of the last translation
  long physical;

  boolean readable;

  /// May be written without another walk: allowed, and the dirty bit is set.
  boolean writable;

  boolean executable;

  /// The translation stays when another address space is selected: SDM Vol. 3A "Global Pages".
  boolean global;

  /// Page tables that were reached lately, by the 2 MiB they map: address bits, host address, rights on the way. SDM
  /// Vol. 3A "Paging-Structure Caches".
  private final long[] tableKey = new long[TABLES];

  private final long[] tableHost = new long[TABLES];
  private final long[] tableRights = new long[TABLES];

  /// Where large pages were used since the last flush of everything, by 2 MiB and by 1 GiB; several addresses share a
  /// bit.
  private final long[] large = new long[64];

  private long huge;

  // ---- the leaf, between the parts of a walk
  private long leafHost;
  private long leaf;
  private long rights;
  private boolean leaf64;

  PageWalk(Cpu cpu, PhysMap phys, GuestRam ram) {
    this.cpu = cpu;
    this.phys = phys;
    this.ram = ram;
    forget();
  }

  /// What {@link #translate} says if it has an answer.
  static final int DONE = -1;

  /// What it says of an address that is not canonical.
  static final int NO_ADDRESS = -2;

  /// @param access one of {@link Mmu#LOAD}, {@link Mmu#STORE}, {@link Mmu#FETCH}
  /// @param privilege one of {@link Tlb}'s tables
  /// @return one of the above, or the error code of the page fault that the access would raise
  int translate(long la, int access, int privilege) {
    if ((cpu.cr0 & Cpu.CR0_PG) == 0) {
      physical = la & 0xFFFF_FFFFL;
      readable = writable = executable = true;
      global = false;
      return DONE;
    }
    if (cpu.longMode() && !Canonical.isAddress(cpu, la)) {
      return NO_ADDRESS;
    }
    int error = find(la, true);
    return error >= 0 ? error | code(access, privilege == Tlb.USER) : check(access, privilege);
  }

  private int code(int access, boolean user) {
    int c = access == Mmu.STORE ? ERR_WR : 0;
    if (user) {
      c |= ERR_US;
    }
    // I/D is reported where NX or SMEP can make a difference
    if (access == Mmu.FETCH && ((cpu.efer & Cpu.EFER_NXE) != 0 && wide() || (cpu.cr4 & Cpu.CR4_SMEP) != 0)) {
      c |= ERR_ID;
    }
    return c;
  }

  private boolean wide() {
    return (cpu.cr4 & Cpu.CR4_PAE) != 0;
  }

  /// Access rights, then the accessed and dirty bits of the leaf. SDM Vol. 3A "Determination of Access Rights".
  private int check(int access, int privilege) {
    boolean user = privilege == Tlb.USER;
    boolean userPage = (rights & US) != 0;
    boolean writeAllowed = (rights & RW) != 0;
    boolean noExecute = (rights & NX) != 0;
    boolean mayWrite;
    boolean mayExecute = !noExecute;
    boolean mayRead = true;
    if (user) {
      mayRead = userPage;
      mayWrite = userPage && writeAllowed;
      mayExecute &= userPage;
    } else {
      mayWrite = writeAllowed || (cpu.cr0 & Cpu.CR0_WP) == 0;
      if (userPage) {
        mayExecute &= (cpu.cr4 & Cpu.CR4_SMEP) == 0;
        if ((cpu.cr4 & Cpu.CR4_SMAP) != 0 && privilege == Tlb.SMAP) {
          mayRead = mayWrite = false;
        }
      }
    }
    int key = keyRights(userPage);
    boolean keyReads = (key & ACCESS_DISABLED) == 0;
    boolean keyWrites = keyReads && ((key & WRITE_DISABLED) == 0 || !user && (cpu.cr0 & Cpu.CR0_WP) == 0);
    int keyError = access == Mmu.LOAD && !keyReads || access == Mmu.STORE && !keyWrites ? ERR_PK : 0;
    mayRead &= keyReads;
    mayWrite &= keyWrites;
    boolean ok =
        switch (access) {
          case Mmu.LOAD -> mayRead;
          case Mmu.STORE -> mayWrite;
          default -> mayExecute;
        };
    if (!ok) {
      return ERR_P | keyError | code(access, user);
    }
    long set = A | (access == Mmu.STORE ? D : 0);
    if ((leaf & set) != set) {
      leaf = mark(leafHost, leaf, set, leaf64);
    }
    readable = mayRead;
    writable = mayWrite && mayRead && (leaf & D) != 0;
    executable = mayExecute;
    global = (leaf & G) != 0 && (cpu.cr4 & Cpu.CR4_PGE) != 0;
    return DONE;
  }

  /// What PKRU or IA32_PKRS say about the page's key; fetches are not their business. SDM Vol. 3A "Protection Keys".
  private int keyRights(boolean userPage) {
    if ((cpu.cr4 & (userPage ? Cpu.CR4_PKE : Cpu.CR4_PKS)) == 0 || !cpu.longMode()) {
      return 0;
    }
    int rights = userPage ? cpu.pkru : cpu.msrs.pkrs;
    return rights >>> 2 * (int) (leaf >>> KEY_SHIFT & 15) & (ACCESS_DISABLED | WRITE_DISABLED);
  }

  /// Sets bits in a table entry as the processor does: with a locked cycle.
  private long mark(long host, long entry, long bits, boolean wide) {
    while (true) {
      boolean done = wide ? Mem.cas64(host, entry, entry | bits) : Mem.cas32(host, (int) entry, (int) (entry | bits));
      if (done) {
        ram.written(host);
        return entry | bits;
      }
      long now = wide ? Mem.load64(host) : Mem.load32(host) & 0xFFFF_FFFFL;
      if ((now & P) == 0) {
        return entry | bits; // the guest took the page away meanwhile: the translation was read before
      }
      entry = now;
    }
  }

  /// Walks to the leaf. -1, or the P and RSVD bits of the page-fault error code.
  private int find(long la, boolean markAccessed) {
    if (!wide()) {
      return find32((int) la, markAccessed);
    }
    leaf64 = true;
    boolean lma = cpu.longMode();
    long reservedNx = (cpu.efer & Cpu.EFER_NXE) == 0 ? NX : 0;
    long reserved = reservedNx | ~(-1L >>> 64 - cpu.features.physBits()) & 0x000F_FFFF_FFFF_F000L;
    int slot = (int) (la >>> 21) & TABLES - 1;
    if (lma && tableKey[slot] == la >>> 21) {
      rights = tableRights[slot];
      return leaf(la, tableHost[slot] + (la >>> 12 & 0x1FF) * 8, reserved);
    }
    long table;
    int shift;
    rights = US | RW;
    if (lma) {
      table = cpu.cr3 & 0x000F_FFFF_FFFF_F000L;
      shift = (cpu.cr4 & Cpu.CR4_LA57) != 0 ? 48 : 39;
    } else {
      table = cpu.cr3 & 0xFFFF_FFE0L;
      shift = 30;
      la &= 0xFFFF_FFFFL;
    }
    while (true) {
      long host = phys.hostForRead(table + (la >>> shift & (lma || shift < 30 ? 0x1FF : 3)) * 8);
      if (host == 0) {
        return 0;
      }
      if (shift == 12) {
        return leaf(la, host, reserved);
      }
      long entry = Mem.load64(host);
      if ((entry & P) == 0) {
        return 0;
      }
      if (!lma && shift == 30) {
        // a PDPTE of PAE paging has no rights
        if ((entry & (reserved | 0x1E6L)) != 0) {
          return ERR_P | ERR_RSVD;
        }
        table = entry & 0x000F_FFFF_FFFF_F000L;
        shift = 21;
        continue;
      }
      if ((entry & reserved) != 0) {
        return ERR_P | ERR_RSVD;
      }
      rights = rights & entry | (rights | entry) & NX;
      boolean large = (entry & PS) != 0;
      if (large && (shift > 30 || shift == 30 && !has1G())) {
        return ERR_P | ERR_RSVD;
      }
      if (large) {
        long offset = (1L << shift) - 1;
        if ((entry & offset & 0x000F_FFFF_FFFF_E000L) != 0) {
          return ERR_P | ERR_RSVD;
        }
        sawLarge(la, shift);
        leafHost = host;
        leaf = entry;
        physical = entry & 0x000F_FFFF_FFFF_F000L & ~offset | la & offset;
        return -1;
      }
      if (markAccessed && (entry & A) == 0) {
        mark(host, entry, A, true);
      }
      table = entry & 0x000F_FFFF_FFFF_F000L;
      shift -= 9;
      if (shift == 12 && lma && markAccessed) {
        tableHost[slot] = phys.hostForRead(table);
        tableRights[slot] = rights;
        tableKey[slot] = tableHost[slot] != 0 ? la >>> 21 : NO_KEY;
      }
    }
  }

  /// The last step of a walk, through a page table entry at a host address.
  private int leaf(long la, long host, long reserved) {
    long entry = Mem.load64(host);
    if ((entry & P) == 0) {
      return 0;
    }
    if ((entry & reserved) != 0) {
      return ERR_P | ERR_RSVD;
    }
    rights = rights & entry | (rights | entry) & NX;
    leafHost = host;
    leaf = entry;
    physical = entry & 0x000F_FFFF_FFFF_F000L | la & 0xFFF;
    return -1;
  }

  private void sawLarge(long la, int shift) {
    if (shift == 30) {
      huge |= 1L << (la >>> 30);
      return;
    }
    for (long at = la & -1L << shift; at >>> shift == la >>> shift; at += 1 << 21) {
      large[largeWord(at)] |= 1L << (at >>> 21);
    }
  }

  private static int largeWord(long la) {
    return (int) (la >>> 27 ^ la >>> 33) & 63;
  }

  /// Might a large page translate this address?
  boolean mayBeLarge(long la) {
    return (large[largeWord(la)] >>> (la >>> 21) & 1) != 0 || (huge >>> (la >>> 30) & 1) != 0;
  }

  /// Everything was flushed.
  void forget() {
    Arrays.fill(large, 0);
    huge = 0;
    forgetTables();
  }

  void forgetTables() {
    Arrays.fill(tableKey, NO_KEY);
  }

  private boolean has1G() {
    return cpu.features.has(CpuFeatures.Word.X1_EDX, 26);
  }

  /// SDM Vol. 3A "32-Bit Paging".
  private int find32(int la, boolean markAccessed) {
    leaf64 = false;
    long host = phys.hostForRead((cpu.cr3 & 0xFFFF_F000L) + (la >>> 22) * 4L);
    if (host == 0) {
      return 0;
    }
    long pde = Mem.load32(host) & 0xFFFF_FFFFL;
    if ((pde & P) == 0) {
      return 0;
    }
    rights = pde & (US | RW);
    if ((pde & PS) != 0 && (cpu.cr4 & Cpu.CR4_PSE) != 0) {
      if ((pde & 1 << 21) != 0) {
        return ERR_P | ERR_RSVD;
      }
      sawLarge(la & 0xFFFF_FFFFL, 22);
      leafHost = host;
      leaf = pde;
      physical = pde & 0xFFC0_0000L | (pde >>> 13 & 0xFF) << 32 | la & 0x3F_FFFF;
      return -1;
    }
    if (markAccessed && (pde & A) == 0) {
      mark(host, pde, A, false);
    }
    host = phys.hostForRead((pde & 0xFFFF_F000L) + (la >>> 12 & 0x3FF) * 4L);
    if (host == 0) {
      return 0;
    }
    long pte = Mem.load32(host) & 0xFFFF_FFFFL;
    if ((pte & P) == 0) {
      return 0;
    }
    rights &= pte;
    leafHost = host;
    leaf = pte;
    physical = pte & 0xFFFF_F000L | la & 0xFFF;
    return -1;
  }

  long probe(long la) {
    if ((cpu.cr0 & Cpu.CR0_PG) == 0) {
      return la & 0xFFFF_FFFFL;
    }
    if (cpu.longMode() && !Canonical.isAddress(cpu, la)) {
      return -1;
    }
    return find(la, false) < 0 ? physical : -1;
  }
}
