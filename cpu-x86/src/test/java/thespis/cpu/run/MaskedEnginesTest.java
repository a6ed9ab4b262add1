package thespis.cpu.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import thespis.cpu.jit.NativeEngine;
import thespis.cpu.mmu.Mem;
import thespis.cpu.state.Cpu;

/// Masked moves and gathers as host code against records: random masks and indices around the end of a page behind which
/// nothing is, and around another frame's begin. SDM Vol. 2C "VPMASKMOV", "VPGATHERDD/VPGATHERDQ".
class MaskedEnginesTest {
  private static final int CODE = 0x8000;
  private static final int HANDLER = 0x9000;
  private static final int PAGES = 0x4000;
  private static final int IDT = 0x2000;
  private static final int DATA = 0x20000;
  private static final int STACK = 0x7000;
  private static final int STATES = 300;
  private static final int VECTORS = 16 * 32;

  /// Two pages of data, of which the second lies elsewhere; then nothing.
  private static TestMachine machine(Engine engine, String code) {
    TestMachine m = new TestMachine(engine, 1, 4 << 20);
    m.start64(0, CODE, PAGES, 0x1800);
    m.mapPages(PAGES);
    m.put64(PAGES + 0x3000 + 8 * (DATA >> 12) + 8, 0x30003);
    m.put64(PAGES + 0x3000 + 8 * (DATA >> 12) + 16, 0);
    m.put64(IDT + 16 * 14, HANDLER & 0xFFFF | 8 << 16 | 0x8E00L << 32);
    m.load(HANDLER, "f4");
    // two of them in a row, with something between that wants registers: vpaddd ymm5,ymm1,ymm1; ...; vpaddd ymm6,ymm5,ymm1
    m.load(CODE, "C5F5FEE9" + code + "C5D5FEF1" + code + "f4");
    Cpu cpu = m.cpu();
    cpu.idtBase = IDT;
    cpu.idtLimit = 0xFFF;
    cpu.cr4 |= Cpu.CR4_OSFXSR | Cpu.CR4_OSXSAVE;
    cpu.setReg(Cpu.XCR0, 7);
    return m;
  }

  /// Indices of a few bytes to either side, masks that choose every other element on average.
  private static void fill(TestMachine m, Random random, int indexBytes) {
    Cpu cpu = m.cpu();
    cpu.halted = false;
    cpu.setRip(CODE);
    cpu.setReg(Cpu.RSP, STACK);
    cpu.setCr2(0);
    int edge = random.nextInt(4) == 0 ? 0x2000 : random.nextInt(4) == 0 ? 0x800 : 0x1000;
    cpu.setReg(Cpu.RBX, DATA + edge - random.nextInt(48));
    for (int at = 0; at < VECTORS; at += 8) {
      Mem.put64(cpu.st + Cpu.XMM + at, random.nextLong());
    }
    for (int at = 0; at < 32; at += indexBytes) {
      long index = random.nextInt(24) - 12;
      if (indexBytes == 8) {
        Mem.put64(cpu.st + Cpu.XMM + 3 * 32 + at, index);
      } else {
        Mem.put32(cpu.st + Cpu.XMM + 3 * 32 + at, (int) index);
      }
    }
    for (int at = 0; at < 0x1000; at += 8) {
      m.put64(DATA + at, at * 0x1234567L);
      m.put64(0x30000 + at, at * 0x7654321L);
    }
  }

  private static void compare(TestMachine a, TestMachine b, String what) {
    for (int at = 0; at < VECTORS; at += 8) {
      assertEquals(Mem.get64(a.cpu().st + Cpu.XMM + at), Mem.get64(b.cpu().st + Cpu.XMM + at), what + ": YMM" + at / 32);
    }
    assertEquals(a.cpu().reg(Cpu.RSP), b.cpu().reg(Cpu.RSP), what);
    assertEquals(a.cpu().cr2(), b.cpu().cr2(), what);
    assertEquals(a.get64(STACK - 40), b.get64(STACK - 40), what);
    for (int at = 0; at < 0x1000; at += 8) {
      assertEquals(a.get64(DATA + at), b.get64(DATA + at), what);
      assertEquals(a.get64(0x30000 + at), b.get64(0x30000 + at), what);
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "vpmaskmovd ymm1 ymm2 [rbx], C4E26D8C0B, 4", "vpmaskmovq xmm1 xmm2 [rbx], C4E2E98C0B, 4",
    "vmaskmovpd ymm1 ymm2 [rbx], C4E26D2D0B, 4", "vpmaskmovd [rbx] xmm2 xmm1, C4E2698E0B, 4",
    "vpmaskmovq [rbx] ymm2 ymm1, C4E2ED8E0B, 4", "vmaskmovps [rbx] ymm2 ymm1, C4E26D2E0B, 4",
    "vpgatherdd ymm1 [rbx+4*ymm3] ymm2, C4E26D900C9B, 4", "vpgatherdd xmm1 [rbx+xmm3] xmm2, C4E269900C1B, 4",
    "vpgatherdq ymm1 [rbx+8*xmm3+16] ymm2, C4E2ED904CDB10, 4", "vpgatherqd xmm1 [rbx+2*ymm3] xmm2, C4E26D910C5B, 8",
    "vpgatherqq ymm1 [rbx+8*ymm3] ymm2, C4E2ED910CDB, 8", "vgatherqps xmm1 [ebx+4*xmm3] xmm2, 67C4E269930C9B, 8",
    "vgatherdpd ymm1 [rbx+xmm3] ymm2, C4E2ED920C1B, 4",
  })
  void enginesAgree(String what, String code, int indexBytes) {
    for (Engine engine : new Engine[] {Engine.NATIVE, Engine.VERIFIED}) {
      try (TestMachine a = machine(Engine.RECORDS, code); TestMachine b = machine(engine, code)) {
        for (int state = 0; state < STATES; state++) {
          fill(a, new Random(state), indexBytes);
          fill(b, new Random(state), indexBytes);
          assertEquals(a.run(0), b.run(0), what);
          compare(a, b, what + ", state " + state);
        }
        if (engine == Engine.NATIVE && NativeEngine.available()) {
          long calls = b.core(0).engine().exits(NativeEngine.exitNames().indexOf("calls"));
          assertTrue(calls <= STATES, "calls: " + calls); // of HLT
        }
      }
    }
  }
}
