package thespis.cpu.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import thespis.cpu.mmu.Mem;
import thespis.cpu.state.Cpu;

/// Moves whose destination is ModRM.rm, from a register to itself, at the register's first use in a block.
class StoreFormTest {
  private static final long CODE = 0x8000;
  private static final int XMM12 = Cpu.XMM + 32 * 12;

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "movups, 450F11E4, 7", "movupd, 66450F11E4, 7", "movss, F3450F11E4, 7", "movsd, F2450F11E4, 7", "movaps, 450F29E4, 7",
    "movdqa, 66450F7FE4, 7", "movdqu, F3450F7FE4, 7", "movq, 66450FD6E4, 0"
  })
  void keepTheRegister(String name, String code, long high) {
    for (Engine engine : Engine.values()) {
      try (TestMachine m = new TestMachine(engine, 1, 4 << 20)) {
        m.start64(0, CODE, 0x4000, 0x1800);
        m.map2M(0x4000);
        m.load(CODE, code + "F4");
        Cpu cpu = m.cpu();
        cpu.cr0 &= ~Cpu.CR0_EM;
        cpu.cr4 |= Cpu.CR4_OSFXSR;
        Mem.put64(cpu.st + XMM12, 5);
        Mem.put64(cpu.st + XMM12 + 8, 7);
        m.run(0);
        assertEquals(5, Mem.get64(cpu.st + XMM12), engine + " " + name);
        assertEquals(high, Mem.get64(cpu.st + XMM12 + 8), engine + " " + name);
      }
    }
  }
}
