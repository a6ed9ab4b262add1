package thespis.cpu.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import thespis.cpu.mmu.Mem;
import thespis.cpu.state.Cpu;

/// The guest's MXCSR holds for all its SSE instructions and for nothing else. SDM Vol. 1 "MXCSR Control and Status
/// Register".
class RoundingTest {
  private static final int CODE = 0x8000;
  private static final int PAGES = 0x4000;
  private static final int DATA = 0x20000;
  private static final int R8 = 64;

  @ParameterizedTest
  @EnumSource(Engine.class)
  void aPageThatIsMissedBetweenTwoInstructionsChangesNothing(Engine engine) {
    try (TestMachine m = new TestMachine(engine, 1, 4 << 20)) {
      m.start64(0, CODE, PAGES, 0x1800);
      m.mapPages(PAGES);
      m.put32(DATA, 0x7F80); // towards zero, all masked
      m.put32(DATA + 4, Float.floatToRawIntBits(2.75f));
      // ldmxcsr [rsi]; l: cvtss2si eax,[rsi+4]; mov ecx,[rdi]; cvtss2si edx,[rsi+4]; add rdi,1000h; add r8d,eax;
      // add r8d,edx; dec ebx; jnz l; stmxcsr [rsi]; hlt
      m.load(CODE, "0fae16 f30f2d4604 8b0f f30f2d5604 4881c700100000 4101c0 4101d0 ffcb 75e3 0fae1e f4");
      Cpu cpu = m.cpu();
      cpu.cr4 |= Cpu.CR4_OSFXSR;
      Mem.put32(cpu.st + Cpu.MXCSR, 0x1F80);
      cpu.setReg(Cpu.RSI, DATA);
      cpu.setReg(Cpu.RDI, DATA + 0x1000);
      cpu.setReg(Cpu.RBX, 20);
      double third = 1.0;
      assertEquals(Exit.HALTED, m.run(0));
      assertEquals(0x3FD5_5555_5555_5555L, Double.doubleToRawLongBits(third / 3.0));
      assertEquals(0x3FE5_5555_5555_5555L, Double.doubleToRawLongBits(third * 2 / 3.0));
      assertEquals(80, cpu.reg(R8), "each was 2");
      assertEquals(0x7FA0, m.get32(DATA), "inexact");
    }
  }
}
