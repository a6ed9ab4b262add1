package thespis.cpu.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import thespis.cpu.exec.Flags;
import thespis.cpu.mmu.Mem;
import thespis.cpu.silicon.Operands;
import thespis.cpu.silicon.Silicon;
import thespis.cpu.state.Cpu;

/// Host code against records: floating-point and vector instructions, alone and several in a row, on the same random
/// state. Registers, the whole x87 and SSE state with its pointers, memory, and where a fault came must be the same. The
/// instructions are those that the families are held against real processors with.
class FloatingEnginesTest {
  private static final int STATES = Integer.getInteger("thespis.floating.states", 12);
  private static final int STREAMS = Integer.getInteger("thespis.floating.streams", 300);
  private static final long CODE = 0x8000;
  private static final long HANDLER = 0x9000;
  private static final long PAGES = 0x4000;
  private static final long IDT = 0x2000;
  private static final long AREA = 0x20000;
  private static final int R15 = 120;
  private static final int MEMORY_BYTES = 128;

  private final Operands operands = new Operands(17);
  private final Random random = new Random(3);

  @ParameterizedTest(name = "{0}, {1}")
  @CsvSource({"x87.csv, 1", "x87.csv, 6", "simd.csv, 1", "simd.csv, 6", "avx.csv, 1", "avx.csv, 6",
    "simd.csv avx.csv, 8"})
  void enginesAgree(String table, int length) throws IOException {
    List<String> rows = rows(table);
    Engine other = length == 1 ? Engine.NATIVE : Engine.VERIFIED;
    try (TestMachine left = machine(Engine.RECORDS); TestMachine right = machine(other)) {
      int count = length == 1 ? rows.size() : STREAMS;
      for (int n = 0; n < count; n++) {
        StringBuilder code = new StringBuilder();
        for (int i = 0; i < length; i++) {
          code.append(rows.get(length == 1 ? n : random.nextInt(rows.size())));
        }
        for (TestMachine m : List.of(left, right)) {
          m.load(CODE, code + "f4");
          m.core(0).invalidateAll();
        }
        for (int state = 0; state < STATES; state++) {
          fill(left, right);
          String what = code + " from fcw " + Integer.toHexString(Mem.get16(left.cpu().st + Cpu.FCW)) + " mxcsr "
              + Integer.toHexString(Mem.get32(left.cpu().st + Cpu.MXCSR));
          assertEquals(run(left), run(right), what);
          assertEquals("", difference(left, right), what);
        }
      }
    }
  }

  private List<String> rows(String tables) throws IOException {
    List<String> rows = new ArrayList<>();
    for (String table : tables.split(" ")) {
      rows.addAll(rowsOf(table));
    }
    if (tables.contains("avx.csv")) {
      rows.addAll(Collections.nCopies(rows.size() / 20, "C5F877")); // VZEROUPPER
    }
    return rows;
  }

  private List<String> rowsOf(String table) throws IOException {
    String area = String.format("%08X", Integer.reverseBytes(Silicon.MEM));
    try (var in = new BufferedReader(new InputStreamReader(
        getClass().getResourceAsStream("/silicon/" + table), StandardCharsets.US_ASCII))) {
      return in.lines().skip(1).map(l -> l.substring(l.lastIndexOf(',') + 1).replace("MEM", area)).toList();
    }
  }

  private static TestMachine machine(Engine engine) {
    TestMachine m = new TestMachine(engine, 1, 4 << 20);
    m.start64(0, CODE, PAGES, 0x1800);
    m.map2M(PAGES);
    for (int vector = 0; vector < 32; vector++) {
      m.put64(IDT + 16 * vector, HANDLER + 16 * vector & 0xFFFF | 8 << 16 | 0x8E00L << 32);
      m.load(HANDLER + 16 * vector, "f4");
    }
    Cpu cpu = m.cpu();
    cpu.idtBase = IDT;
    cpu.idtLimit = 511;
    cpu.cr0 = cpu.cr0 & ~Cpu.CR0_EM | Cpu.CR0_NE | Cpu.CR0_MP;
    cpu.cr4 |= Cpu.CR4_OSXSAVE | Cpu.CR4_OSFXSR | Cpu.CR4_OSXMMEXCPT;
    cpu.setReg(Cpu.XCR0, 7);
    return m;
  }

  private static String run(TestMachine m) {
    m.cpu().setRip(CODE);
    m.cpu().halted = false;
    return "exit " + m.run(0) + " at " + Long.toHexString(m.cpu().rip());
  }

  private void fill(TestMachine left, TestMachine right) {
    Cpu cpu = left.cpu();
    long st = cpu.st;
    for (int r = 0; r < 15; r++) {
      Mem.put64(st + 8L * r, r == 4 ? 0x7000 : operands.pattern());
    }
    Mem.put64(st + R15, AREA - Silicon.MEM);
    Flags.setRflags(cpu, 2 | operands.below(0x1000) & 0x8D5);
    int masks = operands.below(6) != 0 ? 0x3F : operands.below(64);
    Mem.put16(st + Cpu.FCW, (short) (0x40 | (operands.below(2) == 0 ? 0x300 : operands.below(16) << 8) | masks));
    int status = operands.below(0x10000) & 0x4700 | operands.below(64) & masks;
    Mem.put16(st + Cpu.FSW, (short) (operands.below(8) << 11 | status));
    Mem.put16(st + Cpu.FTW, (short) (operands.below(2) == 0 ? 0xFF : operands.below(256)));
    for (int n = 0; n < 8; n++) {
      Mem.put64(st + Cpu.FPR + 16L * n, operands.f80());
      Mem.put64(st + Cpu.FPR + 16L * n + 8, operands.se());
    }
    int mxcsr = 0x1F80 | operands.below(64);
    Mem.put32(st + Cpu.MXCSR, operands.below(6) == 0 ? mxcsr ^ operands.below(0x400) << 6 & 0xFFC0 : mxcsr);
    int kind = operands.below(3);
    for (int n = 0; n < 64; n++) {
      Mem.put64(st + Cpu.XMM + 8L * n, number(kind));
    }
    for (int n = 0; n < MEMORY_BYTES; n += 8) {
      left.put64(AREA + n, number(kind));
      right.put64(AREA + n, left.get64(AREA + n));
    }
    int ts = operands.below(30) == 0 ? Cpu.CR0_TS : 0;
    for (TestMachine m : List.of(left, right)) {
      m.cpu().cr0 = m.cpu().cr0 & ~Cpu.CR0_TS | ts;
    }
    byte[] block = new byte[Cpu.XCR0];
    Mem.copyOut(st, block, 0, block.length);
    int attention = Mem.get32(right.cpu().st + Cpu.ATTENTION);
    Mem.copyIn(block, 0, right.cpu().st, block.length);
    Mem.put32(right.cpu().st + Cpu.ATTENTION, attention);
  }

  private long number(int kind) {
    return switch (kind) {
      case 0 -> operands.f64();
      case 1 -> operands.f32() & 0xFFFF_FFFFL | (long) operands.f32() << 32;
      default -> operands.pattern();
    };
  }

  private static String difference(TestMachine left, TestMachine right) {
    StringBuilder s = new StringBuilder();
    long a = left.cpu().st;
    long b = right.cpu().st;
    for (int r = 0; r < 16; r++) {
      differ(s, "gpr" + r, Mem.get64(a + 8L * r), Mem.get64(b + 8L * r));
    }
    differ(s, "flags", Flags.rflags(left.cpu()), Flags.rflags(right.cpu()));
    differ(s, "mxcsr", Mem.get32(a + Cpu.MXCSR), Mem.get32(b + Cpu.MXCSR));
    for (int at = Cpu.FCW; at < Cpu.FPR; at += 2) {
      differ(s, "x87 at " + (at - Cpu.FCW), Mem.get16(a + at), Mem.get16(b + at));
    }
    for (int n = 0; n < 8; n++) {
      differ(s, "fpr" + n, Mem.get64(a + Cpu.FPR + 16L * n), Mem.get64(b + Cpu.FPR + 16L * n));
      differ(s, "fpr" + n + ".se", Mem.get16(a + Cpu.FPR + 16L * n + 8), Mem.get16(b + Cpu.FPR + 16L * n + 8));
    }
    for (int n = 0; n < 64; n++) {
      differ(s, "ymm" + n / 4 + "." + n % 4, Mem.get64(a + Cpu.XMM + 8L * n), Mem.get64(b + Cpu.XMM + 8L * n));
    }
    for (int n = 0; n < MEMORY_BYTES; n += 8) {
      differ(s, "memory " + n, left.get64(AREA + n), right.get64(AREA + n));
    }
    return s.toString();
  }

  private static void differ(StringBuilder s, String what, long left, long right) {
    if (left != right) {
      s.append(String.format(" %s %X, %X;", what, left, right));
    }
  }
}
