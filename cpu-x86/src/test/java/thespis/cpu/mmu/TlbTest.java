package thespis.cpu.mmu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The tables by themselves: what is known, and what is no longer after a flush.
class TlbTest {
  private static final long LINEAR = 0x7FFF_1234_5000L;

  private final long block = Mem.allocateSparse(Tlb.TABLES_BYTES);

  /// Only an address: nothing is read there.
  private final long page = 0x5555_0000_7000L;

  private final Tlb tlb = new Tlb(block);

  @AfterEach
  void close() {
    tlb.close();
    Mem.freeSparse(block, Tlb.TABLES_BYTES);
  }

  private long entry(int table, long la) {
    return tlb.table(table) + (la >>> Tlb.INDEX_SHIFT & Tlb.INDEX_MASK);
  }

  private long fill(int table, long la, boolean everywhere) {
    long e = entry(table, la);
    tlb.fills(e, everywhere);
    tlb.opens(e, page);
    Mem.put64(e + Tlb.HOST, page);
    for (int tag = 0; tag <= Tlb.TAG_FETCH; tag += 8) {
      Mem.put64(e + tag, la & Tlb.PAGE_MASK);
    }
    return e;
  }

  @Test
  void anEmptyTableHasNoTagOfPageZeroWhereAnAccessMayLookForIt() {
    for (int table = Tlb.SUPERVISOR; table <= Tlb.SMAP; table++) {
      for (int tag = 0; tag <= Tlb.TAG_FETCH; tag += 8) {
        assertNotEquals(0, Mem.get64(entry(table, 0) + tag));
        assertNotEquals(0, Mem.get64(entry(table, -1) + tag), "a word at the end of the address space ends in page 0");
      }
    }
  }

  @Test
  void aFlushOfAnAddressSpaceLeavesGlobalPages() {
    long mine = fill(Tlb.USER, LINEAR, false);
    long everybodys = fill(Tlb.SUPERVISOR, 0xFFFF_8000_0000_3000L, true);
    assertFalse(tlb.isGlobal(mine));
    assertTrue(tlb.isGlobal(everybodys));
    tlb.flushLocal();
    assertFalse(Tlb.knows(mine, LINEAR, Mmu.LOAD));
    assertTrue(Tlb.knows(everybodys, 0xFFFF_8000_0000_3000L, Mmu.FETCH));
    tlb.flush();
    assertFalse(Tlb.knows(everybodys, 0xFFFF_8000_0000_3000L, Mmu.FETCH));
  }

  @Test
  void aFlushOfAPageIsOneOfAllPrivilegesAndOfNoOtherPage() {
    long user = fill(Tlb.USER, LINEAR, false);
    long smap = fill(Tlb.SMAP, LINEAR, false);
    long other = fill(Tlb.USER, LINEAR + 4096, false);
    tlb.flushPage(LINEAR + 0xABC);
    assertFalse(Tlb.knows(user, LINEAR, Mmu.LOAD));
    assertFalse(Tlb.knows(smap, LINEAR, Mmu.STORE));
    assertTrue(Tlb.knows(other, LINEAR + 4096, Mmu.LOAD));
  }

  @Test
  void allEntriesThatOpenAHostPageAreWatched() {
    long one = fill(Tlb.USER, LINEAR, false);
    tlb.watchPage(page);
    assertEquals(Tlb.NOTIFY, Mem.get64(one + Tlb.TAG_WRITE) & 0xFFF);
    assertTrue(Tlb.knows(one, LINEAR, Mmu.STORE), "known, but not to be written to at once");
    Mem.put64(one + Tlb.TAG_WRITE, LINEAR);
    long two = fill(Tlb.SUPERVISOR, LINEAR + 0x10000, true);
    tlb.watchPage(page);
    assertEquals(Tlb.NOTIFY, Mem.get64(one + Tlb.TAG_WRITE) & 0xFFF);
    assertEquals(Tlb.NOTIFY, Mem.get64(two + Tlb.TAG_WRITE) & 0xFFF);
    assertEquals(LINEAR, Mem.get64(one + Tlb.TAG_READ), "reads stay as fast");
  }

  @Test
  void aPageThatIsFlaggedTwiceIsStillTheSame() {
    long e = fill(Tlb.USER, LINEAR, false);
    Tlb.flag(e, Tlb.WATCH);
    Tlb.flag(e, Tlb.HELD);
    assertTrue(Tlb.knows(e, LINEAR, Mmu.LOAD));
    assertEquals(Tlb.WATCH | Tlb.HELD, Mem.get64(e) & 0xFFF);
  }
}
