package thespis.cpu.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import thespis.cpu.mmu.JumpTable;
import thespis.cpu.mmu.Mem;
import thespis.cpu.state.Cpu;
import thespis.cpu.state.NativeState;

/// Addresses that share a place of the table of computed branches.
class JumpTableTest {
  private static final long FIRST = 0x10_0000;

  /// The next address with the same hash.
  private static final long SECOND = 0x11_0010;

  private static final long BESIDE = FIRST ^ 1;

  private final BareCore core = new BareCore("f4");
  private final Cpu cpu = core.core.cpu();
  private final JumpTable jumps = cpu.mmu.jumps();

  /// What translated code finds: at the place of the address, or beside it.
  private long find(long rip) {
    long hash = (rip >>> 12 ^ rip) & JumpTable.ENTRIES - 1;
    long slot = Mem.get64(cpu.st + NativeState.JUMPS) + hash * JumpTable.ENTRY_BYTES;
    long beside = slot ^ JumpTable.ENTRY_BYTES;
    return Mem.get64(slot) == rip ? Mem.get64(slot + 8) : Mem.get64(beside) == rip ? Mem.get64(beside + 8) : 0;
  }

  @Test
  void twoAddressesOfOnePlaceAreBothKnown() {
    jumps.remember(cpu, FIRST, 1, false);
    jumps.remember(cpu, SECOND, 2, false);
    assertEquals(1, find(FIRST));
    assertEquals(2, find(SECOND));
    jumps.remember(cpu, FIRST, 3, false);
    assertEquals(3, find(FIRST));
    assertEquals(2, find(SECOND));
    core.close();
  }

  @Test
  void theLatestIsAlwaysKnown() {
    for (int round = 0; round < 4; round++) {
      for (long rip : new long[] {BESIDE, FIRST, SECOND}) {
        jumps.remember(cpu, rip, 7, false);
        assertEquals(7, find(rip));
      }
    }
    core.close();
  }

  @ParameterizedTest(name = "all but number {0}")
  @ValueSource(ints = {0, 1, 2})
  void twoOfThreeThatAreUsedStay(int unused) {
    long[] all = {BESIDE, FIRST, SECOND};
    for (long rip : all) {
      jumps.remember(cpu, rip, 7, false);
    }
    int missed = 0;
    for (int round = 0; round < 8; round++) {
      missed = 0;
      for (int i = 0; i < all.length; i++) {
        if (i != unused && find(all[i]) == 0) {
          missed++;
          jumps.remember(cpu, all[i], 7, false);
        }
      }
    }
    assertEquals(0, missed);
    core.close();
  }

  @Test
  void onlyPagesWithAddressesMatter() {
    jumps.remember(cpu, FIRST, 1, false);
    cpu.mmu.flushPage(SECOND);
    assertEquals(1, find(FIRST));
    cpu.mmu.flushPage(FIRST + 5);
    assertEquals(0, find(FIRST));
    core.close();
  }

  @Test
  void whatHasMovedIsForgottenToo() {
    jumps.remember(cpu, FIRST, 1, false);
    jumps.remember(cpu, SECOND, 2, false);
    jumps.forget(FIRST);
    assertEquals(0, find(FIRST));
    assertEquals(2, find(SECOND));
    jumps.remember(cpu, FIRST, 1, true);
    jumps.forgetAll();
    assertEquals(0, find(FIRST));
    assertEquals(0, find(SECOND));
    core.close();
  }
}
