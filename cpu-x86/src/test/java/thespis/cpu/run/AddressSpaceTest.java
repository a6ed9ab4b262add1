package thespis.cpu.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import thespis.cpu.state.Cpu;

/// What the processor may remember of page tables when they change. SDM Vol. 3A "Caching Translation Information".
class AddressSpaceTest {
  private static final int CODE = 0x8000;

  /// Two address spaces that share the first 2 MiB; the second 2 MiB begin with another frame in each.
  private static final int FIRST = 0x1_0000;

  private static final int SECOND = 0x2_0000;
  private static final int PRESENT = 3;
  private static final int GLOBAL = 0x100;

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "a global page stays when CR3 is loaded, 100, 0F22DB, 11",
    "other pages go when CR3 is loaded, 0, 0F22DB, 22",
    "global pages go when CR4.PGE changes, 100, 0F22DB 0F20E0 3480 0F22E0, 22",
    "INVLPG takes a global page, 100, 0F22DB 0F013E, 22",
  })
  void aReadSeesTheFrame(String name, String global, String code, String expected) {
    for (Engine engine : Engine.values()) {
      try (TestMachine m = new TestMachine(engine, 1, 4 << 20)) {
        m.start64(0, CODE, FIRST, 0x1800);
        space(m, FIRST, 0x3_0000, Integer.parseInt(global, 16));
        space(m, SECOND, 0x3_1000, Integer.parseInt(global, 16));
        m.put64(0x3_0000, 0x11);
        m.put64(0x3_1000, 0x22);
        m.load(CODE, "8A06 " + code + " 8A06 F4"); // mov al,[rsi]; ...; mov al,[rsi]; hlt
        Cpu cpu = m.cpu();
        cpu.cr4 |= Cpu.CR4_PGE;
        cpu.setReg(Cpu.RSI, 0x20_0000);
        cpu.setReg(Cpu.RBX, SECOND);
        assertEquals(Exit.HALTED, m.run(0));
        assertEquals(Integer.parseInt(expected, 16), (int) cpu.reg(Cpu.RAX) & 0xFF, engine + ": " + name);
      }
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "a page table is found anew after INVLPG of one of its pages, 0F013E",
    "a page table is found anew after CR3 is loaded, 0F20D80F22D8"
  })
  void aPageTableIsReplaced(String name, String code) {
    for (Engine engine : Engine.values()) {
      try (TestMachine m = new TestMachine(engine, 1, 4 << 20)) {
        m.start64(0, CODE, FIRST, 0x1800);
        space(m, FIRST, 0x3_0000, 0);
        space(m, SECOND, 0x3_1000, 0);
        m.put64(0x3_1000, 0x22);
        // mov al,[rsi]; mov [directory entry],ebx; ...; mov al,[rsi]; hlt
        m.load(CODE, "8A06 891C2508200100 " + code + " 8A06 F4");
        Cpu cpu = m.cpu();
        cpu.setReg(Cpu.RSI, 0x20_0000);
        cpu.setReg(Cpu.RBX, SECOND + 0x4000 + PRESENT);
        assertEquals(Exit.HALTED, m.run(0));
        assertEquals(0x22, (int) cpu.reg(Cpu.RAX) & 0xFF, engine + ": " + name);
      }
    }
  }

  private static void space(TestMachine m, int at, long frame, int global) {
    m.mapPages(at);
    m.put64(at + 0x2008, at + 0x4000 + PRESENT);
    m.put64(at + 0x4000, frame | PRESENT | global);
  }
}
