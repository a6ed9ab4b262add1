package thespis.cpu.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import thespis.cpu.mmu.Mem;

/// Blocks that come and go, in numbers that make the table of chains grow, and what is remembered of those found last.
class BlockChainsTest {
  private static final int BLOCKS = 20_000;
  private static final int MODE = 5;

  private final long memory = Mem.allocate((long) BLOCKS * Block.HEADER);
  private final BlockChains chains = new BlockChains();
  private final RecentBlocks recent = new RecentBlocks();

  @AfterEach
  void close() {
    recent.close();
    Mem.free(memory);
  }

  private long block(int n) {
    return memory + (long) n * Block.HEADER;
  }

  private static long rip(int n) {
    return 0xFFFF_FFFF_8100_0000L + 16L * n;
  }

  private static long host(int n) {
    return 0x7F00_0000_0000L + 16L * n;
  }

  private void addAll() {
    for (int n = 0; n < BLOCKS; n++) {
      Block.init(block(n), rip(n), host(n), MODE, 16, 0, 0);
      chains.add(block(n));
    }
  }

  @Test
  void eachIsFoundUntilItIsRemoved() {
    addAll();
    for (int n = 0; n < BLOCKS; n += 3) {
      chains.remove(block(n));
      Block.kill(block(n));
    }
    for (int n = 0; n < BLOCKS; n++) {
      assertEquals(n % 3 == 0 ? 0 : block(n), chains.find(host(n), rip(n), MODE));
    }
    Set<Long> all = new HashSet<>();
    chains.forEach(all::add);
    assertEquals(BLOCKS - (BLOCKS + 2) / 3, all.size());
    chains.clear();
    assertEquals(0, chains.find(host(1), rip(1), MODE));
  }

  @Test
  void anotherPlaceModeOrAddressIsAnotherBlock() {
    addAll();
    assertEquals(0, chains.find(host(7), rip(8), MODE));
    assertEquals(0, chains.find(host(8), rip(7), MODE));
    assertEquals(0, chains.find(host(7), rip(7), MODE + 1));
  }

  @Test
  void twoThatShareAPlaceAreBothRemembered() {
    addAll();
    long other = memory;
    Block.init(other, rip(9) ^ 0x1_0001_0000_0000L, host(0), MODE, 16, 0, 0); // the same hash
    recent.remember(block(9), rip(9));
    recent.remember(other, Mem.get64(other + Block.RIP));
    assertEquals(block(9), recent.find(rip(9), MODE));
    assertEquals(other, recent.find(Mem.get64(other + Block.RIP), MODE));
    assertEquals(0, recent.find(rip(9), MODE + 1));
    Block.kill(block(9));
    assertEquals(0, recent.find(rip(9), MODE));
  }
}
