package thespis.cpu.exec;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import thespis.cpu.mmu.Mem;
import thespis.cpu.silicon.Batches;
import thespis.cpu.silicon.Cases;
import thespis.cpu.silicon.Model;
import thespis.cpu.silicon.Operands;
import thespis.cpu.silicon.Silicon;
import thespis.cpu.state.Cpu;
import thespis.cpu.state.GuestFault;

/// VGATHER against the host: destination YMM1, indices YMM2 of both signs and scaled by 2, mask YMM3.
class GatherSiliconTest {
  private static final int MIDDLE = Silicon.MEM + 416;
  private static final int BATCHES = 2;

  private final Model model = new Model();
  private final Cases cases = new Cases(17);
  private final Operands operands = new Operands(18);

  @AfterEach
  void close() {
    model.close();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "vpgatherdd xmm, C4C261908C57, 4", "vpgatherdd ymm, C4C265908C57, 4", "vpgatherdq xmm, C4C2E1908C57, 4",
    "vpgatherdq ymm, C4C2E5908C57, 4", "vpgatherqd xmm, C4C261918C57, 8", "vpgatherqd ymm, C4C265918C57, 8",
    "vpgatherqq xmm, C4C2E1918C57, 8", "vpgatherqq ymm, C4C2E5918C57, 8", "vgatherdps ymm, C4C265928C57, 4",
    "vgatherqpd ymm, C4C2E5938C57, 8"
  })
  void elementsAreThoseOfTheHost(String name, String opcode, int indexSize) {
    Silicon.assume("avx2");
    String code = opcode + String.format("%08X", Integer.reverseBytes(MIDDLE));
    model.instruction(code);
    Batches.compare(code, BATCHES, (host, i) -> {
      cases.fill(host, i);
      host.xmm(i, 2, index(indexSize), index(indexSize));
      host.ymmUpper(i, 2, index(indexSize), index(indexSize));
    }, (host, i) -> {
      model.load(host, i);
      int vector = model.run();
      return vector >= 0 ? "fault " + vector : model.difference(host, i, 0x8D5, 0xFFFF);
    });
  }

  private long index(int size) {
    return size == 8 ? operands.below(400) - 200L : Lanes.pair(operands.below(400) - 200, operands.below(400) - 200);
  }

  /// The first 2 MiB.
  private void identityMap(Cpu cpu) {
    long ram = model.memory() - 0x4000 - Silicon.MEM;
    Mem.put64(ram + 0x10000, 0x11003);
    Mem.put64(ram + 0x11000, 0x12003);
    Mem.put64(ram + 0x12000, 0x83);
    cpu.cr3 = 0x10000;
    cpu.cr4 |= Cpu.CR4_PAE;
    cpu.cr0 |= Cpu.CR0_PG;
    cpu.updateMode();
  }

  @Test
  void aFaultLeavesTheMaskOfWhatIsStillToDo() {
    Cpu cpu = model.cpu;
    long ymm1 = cpu.st + Cpu.XMM + 32;
    long ymm2 = ymm1 + 32;
    long ymm3 = ymm2 + 32;
    model.area();
    Mem.put64(model.memory() + 416, 0x1122_3344_5566_7788L);
    Vectors.set(ymm2, 0, 1L << 30); // not mapped
    Vectors.set(ymm2 + 16, 0, 0);
    Vectors.set(ymm3, -1, -1);
    Vectors.set(ymm3 + 16, -1, -1);
    Vectors.set(ymm1, 0, 5);
    Vectors.set(ymm1 + 16, 6, 7);
    model.instruction("C4C2E5918C57" + String.format("%08X", Integer.reverseBytes(MIDDLE)));
    identityMap(cpu);
    assertEquals(GuestFault.PF, model.run());
    assertEquals(0x1122_3344_5566_7788L, Mem.get64(ymm1));
    assertEquals(5, Mem.get64(ymm1 + 8));
    assertEquals(0, Mem.get64(ymm3));
    assertEquals(-1, Mem.get64(ymm3 + 8));
    assertEquals(7, Mem.get64(ymm1 + 24));
  }
}
