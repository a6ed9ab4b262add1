package thespis.machine.board;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import thespis.cpu.mmu.GuestRam;
import thespis.cpu.mmu.Mem;
import thespis.machine.bus.GuestMemory;

class MachineRamTest {
  @ParameterizedTest
  @ValueSource(longs = {1L << 20, 128L << 20, 5L << 30, 64L << 30})
  void anySizeIsZeroAndWritableAtBothEnds(long size) {
    try (GuestRam ram = MachineRam.allocate(size)) {
      assertEquals(0, Mem.load64(ram.host()));
      assertEquals(0, Mem.load64(ram.host() + size - 8));
      Mem.store64(ram.host() + size - 8, 0x1122334455667788L);
      assertEquals(0x1122334455667788L, Mem.load64(ram.host() + size - 8));
    }
  }

  @Test
  void aPartOfAPageIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> MachineRam.allocate(4095));
    assertThrows(IllegalArgumentException.class, () -> MachineRam.allocate(0));
  }

  /// As `info mtree` of QEMU 7.2 shows it.
  @ParameterizedTest(name = "{0} with {1} MiB")
  @CsvSource({
    "pc,  128,  128,  0",
    "pc,  3583, 3583, 0",
    "pc,  3584, 3072, 512",
    "pc,  5120, 3072, 2048",
    "q35, 128,  128,  0",
    "q35, 2815, 2815, 0",
    "q35, 2816, 2048, 768",
    "q35, 5120, 2048, 3072",
  })
  void ramIsSplitRoundThePciHole(String board, long mib, long below, long above) {
    RamLayout layout = board.equals("pc") ? RamLayout.pc(mib << 20) : RamLayout.q35(mib << 20);
    assertEquals(new RamLayout(below << 20, above << 20), layout);
    assertEquals(above == 0 ? below << 20 : (4096 + above) << 20, layout.end());
  }

  @Test
  void highRamFollowsLowRamInTheBlock() {
    try (GuestRam ram = MachineRam.allocate(4 << 20)) {
      GuestMemory memory = new GuestMemory(ram, 3 << 20);
      memory.put32(GuestMemory.FOUR_GIB, 0xCAFE);
      assertEquals(0xCAFE, Mem.load32(ram.host() + (3 << 20)));
      assertEquals(1 << 20, memory.above4g());
      assertThrows(IllegalArgumentException.class, () -> memory.get8(3 << 20));
      assertThrows(IllegalArgumentException.class, () -> memory.get32((3 << 20) - 2));
      assertThrows(IllegalArgumentException.class, () -> memory.get8(GuestMemory.FOUR_GIB + (1 << 20)));
      assertThrows(IllegalArgumentException.class, () -> memory.get8(-1));
    }
  }
}
