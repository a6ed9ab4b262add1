package thespis.cpu.mmu;

import java.util.Arrays;
import thespis.cpu.state.Cpu;
import thespis.cpu.state.NativeState;

/// Where translated code finds the code for an address that a branch computed: pairs of RIP and code in native memory,
/// one table for each of the {@link Mmu}'s, and as many for 32-bit code: they hold code that was made for it. What
/// another address drives out of its
/// place moves to the place beside it, or if somebody has that for his own every other time, so that in the end two of them
/// stay that are used. Right only as long as no mapping goes: then everything is forgotten.
public final class JumpTable implements AutoCloseable {
  public static final int ENTRIES = 16384;

  public static final int ENTRY_BYTES = 16;

  private static final long TABLE_BYTES = ENTRIES * (long) ENTRY_BYTES;

  /// From the number of a table to that of the one for 32-bit code, and how far apart they are.
  public static final int CODE_32 = 3;

  public static final int CODE_32_BYTES = CODE_32 * ENTRIES * ENTRY_BYTES;

  /// Not canonical: no code is there.
  private static final long NO_RIP = 0x8080_8080_8080_8080L;

  /// The supervisor's tables have addresses that mean something else in another address space.
  private boolean local;

  private static final int PAGE_BITS = 1 << 15;
  private static final int TABLES = 2 * CODE_32;
  private static final long ALL_BYTES = TABLES * TABLE_BYTES + ENTRY_BYTES;
  private static final int USER = 1;

  private final long allocated = Mem.allocateSparse(ALL_BYTES);

  /// Neighbours differ in one bit of their address.
  private final long block = allocated + ENTRY_BYTES & -2L * ENTRY_BYTES;

  private boolean turn;

  /// Pages that addresses were remembered of; several share a bit.
  private final long[] pages = new long[PAGE_BITS >>> 6];

  /// What the user's and the supervisor's tables hold.
  private final FilledEntries user = new FilledEntries(TABLES * ENTRIES);

  private final FilledEntries supervisor = new FilledEntries(TABLES * ENTRIES);

  /// Zeroes are no code for RIP 0: only its two places may not have them.
  JumpTable() {
    for (int table = 0; table < TABLES; table++) {
      Mem.fill(table(table), 2 * ENTRY_BYTES, (byte) NO_RIP);
    }
  }

  /// The table of a privilege becomes the one that translated code sees.
  void select(Cpu cpu, int table) {
    Mem.put64(cpu.st + NativeState.JUMPS, table(table));
  }

  /// Where it lies.
  public long table(int table) {
    return block + table * TABLE_BYTES;
  }

  /// Code for this RIP, to be found by computed branches of the current privilege.
  ///
  /// @param global the address means the same in every address space
  public void remember(Cpu cpu, long rip, long code, boolean global) {
    local |= !global && cpu.cpl != 3;
    FilledEntries filled = cpu.cpl == 3 ? user : supervisor;
    long slot = slot(Mem.get64(cpu.st + NativeState.JUMPS), rip);
    long other = Mem.get64(slot);
    if (other != rip && other != NO_RIP && other != 0 && isFree(slot ^ ENTRY_BYTES)) {
      put(filled, slot ^ ENTRY_BYTES, other, Mem.get64(slot + 8));
    }
    put(filled, slot, rip, code);
    int bit = bit(rip);
    pages[bit >>> 6] |= 1L << bit;
  }

  /// Has nobody whose own place it is, or it is his turn to go.
  private boolean isFree(long slot) {
    long rip = Mem.get64(slot);
    boolean own = rip != NO_RIP && (slot - block & TABLE_BYTES - 1) == hash(rip);
    turn ^= own;
    return !own || turn;
  }

  private static int bit(long rip) {
    return (int) (rip >>> 12 ^ rip >>> 27) & PAGE_BITS - 1;
  }

  private void put(FilledEntries filled, long slot, long rip, long code) {
    Mem.put64(slot, rip);
    Mem.put64(slot + 8, code);
    filled.add((int) (slot - block) / ENTRY_BYTES);
  }

  /// Code at this RIP is gone.
  public void forget(long rip) {
    for (long table = block; table < block + TABLES * TABLE_BYTES; table += TABLE_BYTES) {
      long slot = slot(table, rip);
      forgetAt(slot, rip);
      forgetAt(slot ^ ENTRY_BYTES, rip);
    }
  }

  private static void forgetAt(long slot, long rip) {
    if (Mem.get64(slot) == rip) {
      Mem.put64(slot, NO_RIP);
    }
  }

  /// The hash that translated code computes too.
  private static long slot(long table, long rip) {
    return table + hash(rip);
  }

  private static long hash(long rip) {
    return ((rip >>> 12 ^ rip) & ENTRIES - 1) * ENTRY_BYTES;
  }

  /// The page at this address is no longer what it was.
  void forgetPage(long address) {
    int bit = bit(address);
    if ((pages[bit >>> 6] >>> bit & 1) != 0) {
      forgetAll();
    }
  }

  public void forgetAll() {
    forget(user);
    forget(supervisor);
    Arrays.fill(pages, 0);
    local = false;
  }

  /// Another address space was selected.
  void forgetLocal() {
    if (local) {
      forgetAll();
    } else {
      forget(user);
    }
  }

  private void forget(FilledEntries entries) {
    for (int i = 0; i < entries.size(); i++) {
      Mem.put64(block + (long) ENTRY_BYTES * entries.get(i), NO_RIP);
    }
    entries.clear();
  }

  @Override
  public void close() {
    Mem.freeSparse(allocated, ALL_BYTES);
  }
}
