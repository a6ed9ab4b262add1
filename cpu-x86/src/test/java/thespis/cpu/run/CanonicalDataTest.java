package thespis.cpu.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import thespis.cpu.state.Cpu;
import thespis.cpu.state.GuestFault;

/// Data at addresses that are not canonical: #SS(0) through the stack segment, else #GP(0), and nothing has changed. SDM
/// Vol. 1 "Canonical Addressing", "Default Segment Selection Rules".
class CanonicalDataTest {
  private static final long CODE = 0x8000;
  private static final long PAGES = 0x4000;
  private static final long IDT = 0x2000;
  private static final long TSS = 0x3000;
  private static final long STACK = 0x7000;
  private static final long OUTSIDE = 0x1234_5678_9ABC_DEF0L;

  private enum At { RAX, RBP, RSP }

  static Stream<Arguments> accesses() {
    return Stream.of(Engine.values()).flatMap(engine -> Stream.of(
        Arguments.of(engine, GuestFault.GP, At.RAX, "80 08 00"), // or byte [rax], 0
        Arguments.of(engine, GuestFault.SS, At.RBP, "80 4D 00 00"), // or byte [rbp], 0
        Arguments.of(engine, GuestFault.SS, At.RSP, "80 0C 24 00"), // or byte [rsp], 0
        Arguments.of(engine, GuestFault.GP, At.RBP, "64 80 4D 00 00"), // or byte fs:[rbp], 0
        Arguments.of(engine, GuestFault.SS, At.RBP, "3E 48 8B 4D 00"), // mov rcx, ds:[rbp]: the override is ignored
        Arguments.of(engine, GuestFault.GP, At.RAX, "48 8B 08"), // mov rcx, [rax]
        Arguments.of(engine, GuestFault.SS, At.RBP, "D9 45 00"), // fld [rbp]
        Arguments.of(engine, GuestFault.GP, At.RAX, "FF 30"), // push [rax]
        Arguments.of(engine, GuestFault.SS, At.RSP, "53"), // push rbx
        Arguments.of(engine, GuestFault.SS, At.RSP, "59"), // pop rcx
        Arguments.of(engine, GuestFault.SS, At.RSP, "E8 00 00 00 00"), // call
        Arguments.of(engine, GuestFault.SS, At.RSP, "C3"))); // ret
  }

  @ParameterizedTest(name = "{0}, #{1} at {2}, {3}")
  @MethodSource("accesses")
  void faultsAsItsSegmentSays(Engine engine, int vector, At at, String access) {
    try (TestMachine m = new TestMachine(engine, 1, 4 << 20)) {
      m.start64(0, CODE, PAGES, 0x1800);
      m.map2M(PAGES);
      m.load(CODE, "FF C3 " + access); // inc ebx
      m.load(CODE + 0x100, "F4");
      m.load(CODE + 0x200, "F4");
      gate(m, GuestFault.SS, CODE + 0x100);
      gate(m, GuestFault.GP, CODE + 0x200);
      m.cpu().idtBase = IDT;
      m.cpu().idtLimit = 511;
      m.cpu().setBase(Cpu.TR, TSS);
      m.cpu().limit[Cpu.TR] = 0x67;
      m.cpu().attr[Cpu.TR] = 0x8B;
      m.put64(TSS + 0x24, STACK);
      for (int i = 1; i < 4; i++) {
        m.cpu().setReg(Cpu.RAX, at == At.RAX ? OUTSIDE : 0x3800);
        m.cpu().setReg(Cpu.RBP, at == At.RBP ? OUTSIDE : 0x3800);
        m.cpu().setReg(Cpu.RSP, at == At.RSP ? OUTSIDE : 0x3900);
        m.cpu().setRip(CODE);
        m.cpu().halted = false;
        m.run(0);
        long frame = m.cpu().reg(Cpu.RSP);
        assertEquals(vector == GuestFault.SS ? CODE + 0x101 : CODE + 0x201, m.cpu().rip());
        assertEquals(0, m.get64(frame), "error code");
        assertEquals(CODE + 2, m.get64(frame + 8), "RIP");
        assertEquals(at == At.RSP ? OUTSIDE : 0x3900, m.get64(frame + 32), "RSP");
        assertEquals(i, m.cpu().reg(Cpu.RBX));
      }
    }
  }

  /// On a stack of its own.
  private static void gate(TestMachine m, int vector, long handler) {
    m.put64(IDT + 16 * vector, handler | 8 << 16 | 0x8E01L << 32);
    m.put64(IDT + 16 * vector + 8, 0);
  }
}
