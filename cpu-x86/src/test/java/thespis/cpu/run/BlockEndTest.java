package thespis.cpu.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import thespis.cpu.state.Cpu;

/// Instructions behind which no block goes on: the next one is executed, once.
class BlockEndTest {
  private static final int CODE = 0x8000;
  private static final int PAGES = 0x4000;

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({
    "insb, 6C", "rep insb, F36C", "outsb, 6E", "rep outsd, F36F", "xrstor, 0FAE2F", "fxrstor, 0FAE0F", "popf, 9C9D",
    "mov ds, 8CD88ED8", "rdtsc, 0F31", "cpuid, 0FA2", "cli, FA", "sti, FB", "clts, 0F06", "stac, 0F01CB",
    "clac, 0F01CA", "wbinvd, 0F09", "mov to cr3, 0F20D80F22D8", "mov to dr7, 0F21F80F23F8", "in, EC", "out, EE",
    "xsetbv, B9000000000F01D00F01D1", "invlpg, 0F013F", "lgdt, 0F01070F0117", "push and pop fs, 0FA00FA1",
    "push and pop gs, 0FA80FA9",
    "loop, E2000000", "jrcxz, E300"
  })
  void theInstructionBehindIsExecutedOnce(String name, String code) {
    for (Engine engine : Engine.values()) {
      try (TestMachine m = new TestMachine(engine, 1, 4 << 20)) {
        m.start64(0, CODE, PAGES, 0x1800);
        m.map2M(PAGES);
        String end = "FFC3 F4"; // inc ebx; hlt
        m.load(CODE, code + end);
        Cpu cpu = m.cpu();
        cpu.cr4 |= Cpu.CR4_OSXSAVE | Cpu.CR4_OSFXSR;
        cpu.setReg(Cpu.XCR0, 7);
        cpu.setReg(Cpu.RSP, 0x7000);
        cpu.setReg(Cpu.RDI, 0x10000);
        cpu.setReg(Cpu.RSI, 0x20000);
        cpu.setReg(Cpu.RCX, 3);
        m.put32(0x10000 + 24, 0x1F80);
        assertEquals(Exit.HALTED, m.run(0), name);
        boolean writesEbx = name.equals("cpuid");
        assertEquals(writesEbx ? 0 : 1, cpu.reg(Cpu.RBX), () -> engine + " " + name + "\n" + m.core(0).dump());
      }
    }
  }

  /// NOP has no code of its own, so what stands behind it may be taken for the next of a row.
  @ParameterizedTest
  @EnumSource(Engine.class)
  void theAddressIsRightBehindANop(Engine engine) {
    try (TestMachine m = new TestMachine(engine, 1, 4 << 20)) {
      m.start64(0, CODE, PAGES, 0x1800);
      m.map2M(PAGES);
      m.load(CODE, "0F31 0F1F00 F4"); // rdtsc; nop; hlt
      assertEquals(Exit.HALTED, m.run(0));
      assertEquals(CODE + 6, m.cpu().rip());
    }
  }
}
