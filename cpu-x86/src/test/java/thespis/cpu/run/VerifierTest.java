package thespis.cpu.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import thespis.cpu.jit.NativeEngine;
import thespis.cpu.mmu.Mem;
import thespis.cpu.state.Cpu;

/// What is compared when translated code is verified: code that is right is not disturbed, code that was tampered with
/// is found out.
class VerifierTest {
  private static final long CODE = 0x8000;
  private static final long DATA = 0x20000;
  private static final long PAGES = 0x4000;
  private static final int TRANSLATION = 2000;

  @BeforeEach
  void needsTranslatedCode() {
    assumeTrue(NativeEngine.possible());
  }

  private static TestMachine machine(String code) {
    TestMachine m = new TestMachine(Engine.VERIFIED, 1, 4 << 20);
    m.start64(0, CODE, PAGES, 0x1800);
    m.map2M(PAGES);
    m.load(CODE, code);
    m.cpu().setReg(Cpu.RDI, DATA);
    m.cpu().setReg(Cpu.RSP, 0x7000);
    return m;
  }

  private static void again(TestMachine m) {
    m.cpu().setRip(CODE);
    m.cpu().halted = false;
    m.run(0);
  }

  /// Replaces a constant in the translation of the block at {@link #CODE}.
  private static void tamper(TestMachine m, int constant, int by) {
    tamper(m.core(0).translation(CODE), constant, by, 1);
  }

  private static void tamper(long code, int constant, int by, int which) {
    int left = which;
    for (int i = 0; i < TRANSLATION; i++) {
      if (Mem.get32(code + i) == constant && --left == 0) {
        Mem.put32(code + i, by);
        return;
      }
    }
    throw new IllegalStateException("the translation has no such constant");
  }

  @Test
  void whatAgreesGoesOn() {
    // mov ecx,1000; add [rdi],ecx; push rcx; pop rdx; imul rdx,rcx; shl edx,3; pushfq; pop rax; loop; hlt
    try (TestMachine m = machine("B9 E8 03 00 00  01 0F 51 5A 48 0F AF D1 C1 E2 03 9C 58 E2 F1 F4")) {
      again(m);
      assertEquals(500500, m.get64(DATA));
      assertTrue(m.core(0).compared() >= 1000 / 3, () -> "compared " + m.core(0).compared());
    }
  }

  /// A loop's further turns are other code than its first.
  @Test
  void soIsAWrongFurtherTurn() {
    // l: mov eax,12345678h; dec ecx; jnz l; hlt
    try (TestMachine m = machine("B8 78 56 34 12 FF C9 75 F7 F4")) {
      m.cpu().setReg(Cpu.RCX, 10);
      again(m);
      m.cpu().setReg(Cpu.RCX, 10);
      tamper(m.core(0).translation(CODE), 0x12345678, 0x12345679, 2);
      String report = assertThrows(VerificationFailed.class, () -> again(m)).getMessage();
      assertTrue(report.contains("RAX: 0x12345679; interpreter: 0x12345678"), report);
    }
  }

  @Test
  void aWrongRegisterIsReportedWithTheGuestsCode() {
    // mov eax,12345678h; hlt
    try (TestMachine m = machine("B8 78 56 34 12 F4")) {
      again(m);
      tamper(m, 0x12345678, 0x12345679);
      String report = assertThrows(VerificationFailed.class, () -> again(m)).getMessage();
      assertTrue(report.contains("RAX: 0x12345679; interpreter: 0x12345678\n"), report);
      assertTrue(report.contains("0x8000: b878563412  "), report);
    }
  }

  @Test
  void wrongMemoryIsReportedAndLeftAsTranslatedCodeHasIt() {
    // mov dword [rdi],12345678h; hlt
    try (TestMachine m = machine("C7 07 78 56 34 12 F4")) {
      again(m);
      tamper(m, 0x12345678, 0x12345670);
      String report = assertThrows(VerificationFailed.class, () -> again(m)).getMessage();
      assertTrue(report.contains("memory at RAM offset 0x20000: 0x12345670; interpreter: 0x12345678\n"), report);
      assertEquals(0x12345670, m.get64(DATA));
    }
  }

  @Test
  void aBlockMayEndBehindWhatTheInterpreterHasExecuted() {
    try (TestMachine m = machine("E9 F7 0F 00 00")) { // jmp 8FFCh
      m.load(CODE + 0xFFC, "FF C1 0F A2 FF C2 F4"); // inc ecx; cpuid; in the next page inc edx; hlt
      again(m);
      assertEquals(0, m.cpu().reg(Cpu.RDX));
      assertEquals(CODE + 0x1003, m.cpu().rip());
    }
  }

  @Test
  void aFaultInTheMiddleIsTheSameFault() {
    // inc eax; mov [rdi],eax; mov rbx,[rsi]; inc eax; hlt, and as handler: pop rcx; hlt
    try (TestMachine m = machine("FF C0 89 07 48 8B 1E FF C0 F4")) {
      m.load(CODE + 0x100, "59 F4");
      m.put64(0x2000 + 14 * 16, CODE + 0x100 | 8 << 16 | 0x8E00L << 32);
      m.cpu().idtBase = 0x2000;
      m.cpu().idtLimit = 511;
      for (long i = 0; i < 3; i++) {
        m.cpu().setReg(Cpu.RSP, 0x7000);
        m.cpu().setReg(Cpu.RAX, i);
        m.cpu().setReg(Cpu.RSI, 0x40_0000 + i);
        again(m);
        assertEquals(i + 1, m.cpu().reg(Cpu.RAX));
        assertEquals(i + 1, m.get64(DATA));
        assertEquals(0x40_0000 + i, m.cpu().cr2());
      }
      assertTrue(m.core(0).compared() >= 3);
    }
  }
}
