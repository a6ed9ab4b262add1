package thespis.cpu.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import thespis.cpu.state.Cpu;

/// SDM Vol. 2B "PAUSE-Spin Loop Hint".
@Timeout(30)
class PauseTest {
  private static final int CODE = 0x8000;
  private static final int PAGES = 0x4000;

  @ParameterizedTest
  @EnumSource(value = Engine.class, names = "VERIFIED", mode = EnumSource.Mode.EXCLUDE)
  void oneThatSpinsGivesItsThreadAway(Engine engine) {
    try (TestMachine m = new TestMachine(engine, 1, 4 << 20)) {
      m.start64(0, CODE, PAGES, 0x1800);
      m.map2M(PAGES);
      // l: cmp rbx,1 (CF while rbx is 0); pause; sbb rax,0; inc rcx; jmp l
      m.load(CODE, "4883fb01 f390 4883d800 48ffc1 ebf1");
      int exit;
      do {
        exit = m.core(0).run(100_000);
      } while (exit == Exit.BUDGET);
      assertEquals(Exit.YIELD, exit);
      Cpu cpu = m.cpu();
      long rounds = cpu.reg(Cpu.RCX);
      assertEquals(-rounds, cpu.reg(Cpu.RAX), "no flag changes");
      assertEquals(CODE + 6, cpu.rip(), "behind the PAUSE");
    }
  }
}
