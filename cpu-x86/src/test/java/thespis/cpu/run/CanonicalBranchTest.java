package thespis.cpu.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import thespis.cpu.state.Cpu;

/// Near branches to addresses that are not canonical: #GP(0) comes from the branch itself, before it moves RSP or pushes.
/// SDM Vol. 1 "Canonical Addressing"; Vol. 2A "CALL", "JMP", Vol. 2B "RET".
class CanonicalBranchTest {
  private static final long CODE = 0x8000;
  private static final long PAGES = 0x4000;
  private static final long STACK = 0x7000;
  private static final long OUTSIDE = 0x1234_5678_9ABC_DEF0L;

  static Stream<Arguments> branches() {
    return Stream.of(Engine.values()).flatMap(engine -> Stream.of(
        Arguments.of(engine, "C3"), // ret
        Arguments.of(engine, "C2 10 00"), // ret 16
        Arguments.of(engine, "FF E0"), // jmp rax
        Arguments.of(engine, "FF 20"), // jmp [rax]
        Arguments.of(engine, "FF D3"), // call rbx
        Arguments.of(engine, "FF 13"))); // call [rbx]
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("branches")
  void faultsWhereItStands(Engine engine, String branch) {
    boolean memory = branch.endsWith(" 20") || branch.endsWith(" 13");
    try (TestMachine m = new TestMachine(engine, 1, 4 << 20)) {
      m.start64(0, CODE, PAGES, 0x1800);
      m.map2M(PAGES);
      m.load(CODE, "FF C1 " + branch);
      m.load(CODE + 0x100, "F4");
      m.put64(0x2000 + 13 * 16, CODE + 0x100 | 8 << 16 | 0x8E00L << 32);
      m.cpu().idtBase = 0x2000;
      m.cpu().idtLimit = 511;
      m.put64(0x3000, OUTSIDE);
      for (int i = 1; i < 4; i++) {
        m.put64(STACK, OUTSIDE);
        m.cpu().setReg(Cpu.RSP, STACK);
        m.cpu().setReg(Cpu.RAX, memory ? 0x3000 : OUTSIDE);
        m.cpu().setReg(Cpu.RBX, memory ? 0x3000 : OUTSIDE);
        m.cpu().setRip(CODE);
        m.cpu().halted = false;
        m.run(0);
        long frame = m.cpu().reg(Cpu.RSP);
        assertEquals(CODE + 0x101, m.cpu().rip());
        assertEquals(0, m.get64(frame), "error code");
        assertEquals(CODE + 2, m.get64(frame + 8), "RIP");
        assertEquals(STACK, m.get64(frame + 32), "RSP");
        assertEquals(i, m.cpu().reg(Cpu.RCX));
      }
    }
  }
}
