package thespis.cpu.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import thespis.cpu.mmu.Mem;

class RecentBlocksTest {
  private static final int BLOCKS = 20_000;
  private static final int MODE = 3;

  /// As many as a busy guest has, a few bytes apart; the table grows to hold nearly all of them.
  @Test
  void manyBlocksAreFoundAndNeverAnotherOne() {
    long blocks = Mem.allocateSparse(BLOCKS * Block.HEADER);
    try (RecentBlocks recent = new RecentBlocks()) {
      for (int round = 0; round < 4; round++) {
        for (int i = 0; i < BLOCKS; i++) {
          long h = blocks + i * Block.HEADER;
          Mem.put64(h + Block.RIP, rip(i));
          Mem.put32(h + Block.MODE, MODE);
          if (recent.find(rip(i), MODE) == 0) {
            recent.remember(h, rip(i));
          }
          assertEquals(h, recent.find(rip(i), MODE));
          assertEquals(0, recent.find(rip(i), MODE + 1));
        }
      }
      int found = 0;
      for (int i = 0; i < BLOCKS; i++) {
        long h = recent.find(rip(i), MODE);
        assertTrue(h == 0 || h == blocks + i * Block.HEADER);
        found += h == 0 ? 0 : 1;
      }
      assertTrue(found > BLOCKS * 0.9, "found " + found);
      recent.clear();
      assertEquals(0, recent.find(rip(BLOCKS - 1), MODE));
    } finally {
      Mem.freeSparse(blocks, BLOCKS * Block.HEADER);
    }
  }

  private static long rip(int i) {
    return 0xFFFF_FFFF_8100_0000L + i * 13L;
  }
}
