package thespis.cpu.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import thespis.cpu.state.Cpu;

/// Small programs, long enough to be compiled on the way: what they compute must not show it.
class InterpreterTest {
  private static final int R8 = 64;
  private static final int R9 = 72;
  private static final int R10 = 80;

  @Test
  void aLoopComputesTheSameBeforeAndAfterItIsCompiled() {
    // xor eax,eax; mov ecx,100000; l: add rax,rcx; dec ecx; jnz l; hlt
    try (BareCore c = new BareCore("31c0 b9a0860100 4801c8 ffc9 75f9 f4")) {
      c.run();
      assertEquals(100_000L * 100_001 / 2, c.reg(Cpu.RAX));
    }
  }

  @Test
  void codeThatRewritesItsOwnLoopSeesEachChange() {
    // mov ecx,60000; l: add eax,imm8; mov [l+2],cl; sub ecx,1; jnz l; hlt: adds what the last round stored
    try (BareCore c = new BareCore("31c0 b960ea0000 83c005 880df9ffffff 83e901 75f2 f4")) {
      c.run();
      int sum = 5;
      for (int cx = 60_000; cx > 1; cx--) {
        sum += (byte) cx;
      }
      assertEquals(sum & 0xFFFF_FFFFL, c.reg(Cpu.RAX));
    }
  }

  @Test
  void aFaultInACompiledLoopNamesItsInstructionAndFlags() {
    // l: xor eax,eax; mov edx,[rsi]; add eax,1; cmp edi,1; cmovz rsi,rbx; sub edi,1; jns l; hlt
    try (BareCore c = new BareCore("be00000200 bf50c30000 31c0 8b16 83c001 83ff01 480f44f3 83ef01 79ed f4")) {
      c.load(BareCore.HANDLER, "58 4158 4159 415a f4"); // pop rax; pop r8; pop r9; pop r10; hlt
      c.core.cpu().setReg(Cpu.RBX, 0x4000_0000L);
      c.run();
      assertEquals(0, c.reg(Cpu.RAX), "error code: a read of a page that is not present, by the supervisor");
      assertEquals(BareCore.CODE + 0xC, c.reg(R8));
      assertEquals(8, c.reg(R9));
      assertEquals(Cpu.RF | Cpu.ZF | Cpu.PF | 2, c.reg(R10), "flags of the XOR before it");
      assertEquals(0x4000_0000L, c.core.cpu().cr2());
      assertEquals(0, c.reg(Cpu.RDI));
    }
  }

  @Test
  void stringsGoOverPageEdgesAndOverThemselves() {
    // stosb 3 x 11h before the edge; movsb onto the byte behind: the pattern runs on; repe scasb finds its end
    try (BareCore c = new BareCore(
        "bffd0f0200 b011 b903000000 f3aa befd0f0200 bffe0f0200 b988130000 f3a4 bffd0f0200 b011 b970170000 f3ae f4")) {
      c.run();
      assertEquals(0x11, c.get8(BareCore.DATA + 0xFFE + 4999));
      assertEquals(0, c.get8(BareCore.DATA + 0xFFE + 5000));
      assertEquals(BareCore.DATA + 0xFFD + 5002, c.reg(Cpu.RDI));
    }
  }

  @Test
  void anInstructionOverAPageEdgeIsFetchedFromBothPages() {
    // jmp to the page's last byte, where mov eax,0x12345678 begins
    try (BareCore c = new BareCore("e9fa0f0000")) {
      c.load(0x10FFF, "b878563412f4");
      c.run();
      assertEquals(0x12345678, c.reg(Cpu.RAX));
    }
  }

  @Test
  void anUnknownInstructionRaisesInvalidOpcode() {
    try (BareCore c = new BareCore("0f0b")) {
      c.load(BareCore.HANDLER, "415841594157 f4"); // pop r8 (RIP); pop r9 (CS)
      c.run();
      assertEquals(BareCore.CODE, c.reg(R8));
    }
  }
}
