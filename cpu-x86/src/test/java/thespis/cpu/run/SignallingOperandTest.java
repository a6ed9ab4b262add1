package thespis.cpu.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import thespis.cpu.mmu.Mem;
import thespis.cpu.state.Cpu;

/// x87 arithmetic with a signalling NaN in memory and a quiet one in ST(0): the quiet one is the result, whatever the
/// significands are. SDM Vol. 1 "Rules for Handling NaNs".
class SignallingOperandTest {
  private static final long CODE = 0x8000;
  private static final long DATA = 0x20000;
  private static final int IE = 1;

  @ParameterizedTest(name = "{0}")
  @CsvSource({"fadd m32, D807, FF9B850F", "fmul m32, D80F, FF9B850F", "fdivr m32, D83F, FF9B850F",
    "fsub m64, DC27, FFF71234567890AB", "fmul m64, DC0F, FFF71234567890AB"})
  void theQuietOneIsTheResult(String name, String code, String operand) {
    for (Engine engine : Engine.values()) {
      try (TestMachine m = new TestMachine(engine, 1, 4 << 20)) {
        m.start64(0, CODE, 0x4000, 0x1800);
        m.map2M(0x4000);
        m.load(CODE, code + "F4");
        m.put64(DATA, Long.parseUnsignedLong(operand, 16));
        Cpu cpu = m.cpu();
        cpu.cr0 = cpu.cr0 & ~Cpu.CR0_EM | Cpu.CR0_NE;
        cpu.setReg(Cpu.RDI, DATA);
        Mem.put16(cpu.st + Cpu.FCW, (short) 0x37F);
        Mem.put16(cpu.st + Cpu.FTW, (short) 1);
        Mem.put64(cpu.st + Cpu.FPR, 0xC000_0000_0000_0001L);
        Mem.put16(cpu.st + Cpu.FPR + 8, (short) 0x7FFF);
        m.run(0);
        assertEquals(0xC000_0000_0000_0001L, Mem.get64(cpu.st + Cpu.FPR), engine + " " + name);
        assertEquals(IE, Mem.get16(cpu.st + Cpu.FSW) & IE, engine + " " + name);
      }
    }
  }
}
