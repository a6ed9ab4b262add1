package thespis.cpu.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import thespis.cpu.jit.NativeEngine;
import thespis.cpu.state.Cpu;

/// The text of `info jit`, and the counters behind it.
class TranslationStateTest {
  private static TranslationState state(long blocks, long longest, long polls) {
    return new TranslationState(1024, 4096, blocks, 100, longest, 1, 6, 2, 8, 16, 12, 3, 4, 5, 6, 7, 80, 9, 1, 0, 0,
        List.of(new TranslationState.Exits("polls", polls)));
  }

  @Test
  void laidOutAsInQemu() {
    assertEquals("""
        Translation buffer state:
        gen code size       1024/4096
        TB count            10
        TB avg target size  10 max=30 bytes
        TB avg host size    102 bytes (expansion ratio: 10.2)
        cross page TB count 1 (10%)
        direct jump count   6 (60%) (2 jumps=2 20%)
        TB hash buckets     8/16 (50.00% head buckets used)
        TB hash avg chain   1.500 buckets

        Statistics:
        TB flush count      3
        TB invalidate count 4
        TLB full flushes    5
        TLB partial flushes 6
        TLB elided flushes  0
        TLB fills           7
        decoded instructions 80
        TBs translated      9
        TBs from the cache  1
        exits: polls        2
        [TCG profiler not compiled]
        """, state(10, 30, 2).text());
  }

  @Test
  void coresAreAddedUp() {
    TranslationState sum = TranslationState.NONE.plus(state(10, 30, 2)).plus(state(4, 20, 3));
    assertEquals(14, sum.blocks());
    assertEquals(30, sum.longest());
    assertEquals(200, sum.guestBytes());
    assertEquals(List.of(new TranslationState.Exits("polls", 5)), sum.exits());
  }

  @Test
  void nothingTranslatedIsNoError() {
    assertTrue(TranslationState.NONE.text().contains("TB avg target size  0 max=0 bytes\n"));
  }

  @Test
  void aCoreCountsWhatItTranslates() {
    assumeTrue(NativeEngine.available());
    try (TestMachine m = new TestMachine(Engine.NATIVE, 1, 4 << 20)) {
      m.start64(0, 0x8000, 0x4000, 0x1800);
      m.map2M(0x4000);
      m.load(0x8000, "B9 00100000 FFC9 75FC F4"); // mov ecx,1000h; dec ecx; jnz; hlt
      m.cpu().setReg(Cpu.RSP, 0x7000);
      m.run(0);
      TranslationState s = m.core(0).inspect().translation();
      assertEquals(2, s.blocks(), "the whole and, from its second run on, the loop");
      assertEquals(10 + 5, s.guestBytes());
      assertEquals(10, s.longest());
      assertEquals(2, s.branching());
      assertTrue(s.codeBytes() > 0 && s.codeBytes() < s.codeRoom());
    }
  }
}
