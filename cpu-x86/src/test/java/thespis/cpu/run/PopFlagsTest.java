package thespis.cpu.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import thespis.cpu.state.Cpu;

/// POPF in loops that get translated: what it may change depends on the privilege, and some of that is seen at once. SDM
/// Vol. 2B "POPF/POPFD/POPFQ".
class PopFlagsTest {
  private static final int R13 = 104;
  private static final int R14 = 112;
  private static final int R15 = 120;

  /// l: push rax; popfq; pushfq; pop rdx; or r14,rdx; not rdx; or r15,rdx; dec ebx; jnz l; syscall
  private static final String USER = "50 9d 9c 5a 4909d6 48f7d2 4909d7 ffcb 75ef 0f05";

  private static final String STOP = "f4";

  private static Cpu start(TestMachine m, long popped) {
    m.put64(0x43000 + 8 * 6, 0x6007); // the stack is the user's too
    Cpu cpu = m.cpu();
    cpu.setReg(Cpu.RAX, popped);
    cpu.setReg(Cpu.RBX, 100);
    return cpu;
  }

  private static Cpu run(TestMachine m, long popped) {
    Cpu cpu = start(m, popped);
    assertEquals(Exit.HALTED, m.run(0));
    assertEquals(0, cpu.reg(R13), "no fault");
    return cpu;
  }

  @ParameterizedTest
  @EnumSource(Engine.class)
  void theUserKeepsWhatIsTheKernels(Engine engine) {
    try (TestMachine m = SystemCallTest.machine(engine, USER, STOP, 0x202)) {
      Cpu cpu = run(m, 0x0020_7CD5);
      assertEquals(0x0020_4ED7, cpu.reg(R14), "set");
      assertEquals(~0x0020_4ED7L, cpu.reg(R15), "clear");
    }
  }

  @ParameterizedTest
  @EnumSource(Engine.class)
  void theUserMayOwnTheInterruptFlag(Engine engine) {
    try (TestMachine m = SystemCallTest.machine(engine, USER, STOP, 0x3202)) {
      Cpu cpu = run(m, 2);
      assertEquals(0x3002, cpu.reg(R14), "set");
      assertEquals(~0x3002L, cpu.reg(R15), "clear");
    }
  }

  @ParameterizedTest
  @EnumSource(Engine.class)
  void aStepBeginsAtOnce(Engine engine) {
    // l: dec ebx; sete ah; push rax; popfq; inc edi; inc esi; jmp l
    try (TestMachine m = SystemCallTest.machine(engine, "ffcb 0f94c4 50 9d ffc7 ffc6 ebf3", STOP, 0x202)) {
      Cpu cpu = start(m, 2);
      assertEquals(Exit.HALTED, m.run(0));
      assertEquals(1, cpu.reg(R13), "vector");
      assertEquals(100, cpu.reg(Cpu.RDI));
      assertEquals(99, cpu.reg(Cpu.RSI));
    }
  }

  /// POPF has no shadow.
  @Test
  void aPendingInterruptComesRightBehind() {
    // l: cli; send; push 202h; popfq; inc edi; dec ecx; jnz l; hlt
    long at = BareCore.CODE + 20 + 1 + 12 + 5 + 1;
    try (BareCore c = InterruptFlagTest.core(
        "fa" + InterruptFlagTest.SEND + "6802020000 9d ffc7 ffc9 75e7 f4", at)) {
      c.run();
      assertEquals(InterruptFlagTest.ROUNDS, c.reg(R14));
      assertEquals(0, c.reg(R15), "all came at the same place");
      assertEquals(InterruptFlagTest.ROUNDS, c.reg(Cpu.RDI));
    }
  }
}
