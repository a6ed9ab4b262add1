package thespis.cpu.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import thespis.cpu.state.Cpu;

/// CLI and STI in loops that get translated: no interrupt comes between them or in STI's shadow, and none is lost. SDM
/// Vol. 2B "STI".
class InterruptFlagTest {
  static final int ROUNDS = 200;
  private static final int R14 = 112;
  private static final int R15 = 120;

  /// Enables the local APIC at RBX; ECX counts.
  private static final String BEGIN = "bb0000e0fe c783f0000000ff010000 b9c8000000";

  /// An interrupt with vector 30 to itself, and a jump, at which it is seen.
  static final String SEND = "c783000300001e000400 eb00";

  static BareCore core(String code, long expected) {
    BareCore c = new BareCore(BEGIN + code);
    c.put64(0x2000 + 24, 0x4003);
    c.put64(0x4000 + 8 * 0x1F7, 0xFEE0_0083L);
    // push rax; mov rax,[rsp+8]; sub rax,expected; or r15,rax; inc r14; mov dword [rbx+B0h],0; pop rax; iretq
    c.load(BareCore.HANDLER, "50 488b442408 482d" + String.format("%08x", Integer.reverseBytes((int) expected))
        + "4909c7 49ffc6 c783b000000000000000 58 48cf");
    return c;
  }

  @Test
  void aPendingInterruptComesBehindTheInstructionBehindSti() {
    // l: cli; send; sti; inc edi; inc esi; dec ecx; jnz l; hlt
    long at = BareCore.CODE + 20 + 1 + 12 + 1 + 2;
    try (BareCore c = core("fa" + SEND + "fb ffc7 ffc6 ffc9 75ea f4", at)) {
      c.run();
      assertEquals(ROUNDS, c.reg(R14));
      assertEquals(0, c.reg(R15), "all came at the same place");
      assertEquals(ROUNDS, c.reg(Cpu.RDI));
    }
  }

  @Test
  void cliRightBehindStiKeepsInterruptsOut() {
    // l: cli; send; sti; cli; inc edi; dec ecx; jnz l; hlt
    try (BareCore c = core("fa" + SEND + "fb fa ffc7 ffc9 75eb f4", 0)) {
      c.run();
      assertEquals(0, c.reg(R14));
      assertEquals(ROUNDS, c.reg(Cpu.RDI));
    }
  }

  @Test
  void anInterruptPendingBeforeStiAndHltWakesTheProcessor() {
    // l: cli; send; sti; hlt; dec ecx; jnz l; cli; hlt
    long at = BareCore.CODE + 20 + 1 + 12 + 1 + 1;
    try (BareCore c = core("fa" + SEND + "fb f4 ffc9 75ed fa f4", at)) {
      do {
        c.run();
      } while (c.core.hasWork());
      assertEquals(ROUNDS, c.reg(R14));
      assertEquals(0, c.reg(R15));
    }
  }
}
