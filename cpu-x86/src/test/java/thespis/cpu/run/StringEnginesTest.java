package thespis.cpu.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import thespis.cpu.exec.Flags;
import thespis.cpu.mmu.Mem;
import thespis.cpu.state.Cpu;

/// Host code against records: string instructions over small pages, of which two are the same memory, one is not present
/// and one is not writable. Registers, flags, memory and page faults must be the same, both directions.
class StringEnginesTest {
  private static final int ROUNDS = 1500;
  private static final long CODE = 0x8000;
  private static final long HANDLER = 0x9000;
  private static final long PAGES = 0x4000;
  private static final long TABLE = 0x10000;
  private static final long IDT = 0x2000;
  private static final long LINEAR = 0x20_0000;
  private static final long RAM = 0x10_0000;
  private static final int COUNT = 8;
  private static final int SAME = 3;
  private static final int ABSENT = 5;
  private static final int READ_ONLY = 6;

  private static final String[] OPS = {"A4", "A5", "48A5", "66A5", "A6", "A7", "48A7", "AA", "AB", "48AB", "66AB", "AC", "AD",
      "48AD", "AE", "AF", "66AF"};

  private final Random random = new Random(11);

  @ParameterizedTest
  @EnumSource(names = {"NATIVE", "VERIFIED"})
  void enginesAgree(Engine engine) {
    try (TestMachine left = machine(Engine.RECORDS); TestMachine right = machine(engine)) {
      for (int n = 0; n < ROUNDS; n++) {
        String[] prefixes = {"", "F3", "F2", "F3"};
        String op = OPS[random.nextInt(OPS.length)];
        String code = (random.nextInt(6) == 0 ? "65" : "") + prefixes[random.nextInt(4)] + op;
        for (TestMachine m : List.of(left, right)) {
          m.load(CODE, code + "f4");
          m.core(0).invalidateAll();
        }
        for (int state = 0; state < 4; state++) {
          fill(left, right);
          String from = code + " rsi " + Long.toHexString(left.cpu().reg(Cpu.RSI)) + " rdi "
              + Long.toHexString(left.cpu().reg(Cpu.RDI)) + " rcx " + left.cpu().reg(Cpu.RCX) + " flags "
              + Long.toHexString(Flags.rflags(left.cpu()));
          assertEquals(run(left), run(right), from);
          assertEquals(memory(left), memory(right), from);
        }
      }
    }
  }

  @Test
  void operandsMayHaveTheSamePlaceInTheAddressCache() {
    try (TestMachine m = machine(Engine.NATIVE)) {
      long far = 0x4000_0000L; // a multiple of what the cache tells apart
      m.put64(PAGES + 0x1008, PAGES + 0x2003);
      m.load(CODE, "F348A5 48A5 F3A6 f4");
      Cpu cpu = m.cpu();
      cpu.setReg(Cpu.RSI, LINEAR);
      cpu.setReg(Cpu.RDI, far + LINEAR);
      cpu.setReg(Cpu.RCX, 200);
      m.run(0);
      assertEquals(LINEAR + 1608, cpu.reg(Cpu.RSI));
      assertEquals(far + LINEAR + 1608, cpu.reg(Cpu.RDI));
    }
  }

  /// It has no sign: the pages end first.
  @ParameterizedTest
  @CsvSource({"F3A4, 1", "F3AA, 1", "F348AB, 8", "F2AE, 1", "F3A6, 1"})
  void aHugeCountGoesOnToTheEndOfMemory(String code, int size) {
    for (Engine engine : Engine.values()) {
      try (TestMachine m = machine(engine)) {
        m.load(CODE, code + "f4");
        long rdi = LINEAR + 0x1000L * ABSENT - 16;
        m.cpu().setReg(Cpu.RSP, 0x7000);
        m.cpu().setReg(Cpu.RSI, LINEAR + 0x1000L * ABSENT - 16);
        m.cpu().setReg(Cpu.RDI, rdi);
        m.cpu().setReg(Cpu.RAX, code.equals("F2AE") ? 1 : 0);
        m.cpu().setReg(Cpu.RCX, -1L);
        m.run(0);
        assertEquals(-1L - 16 / size, m.cpu().reg(Cpu.RCX), engine + " " + code);
        assertEquals(HANDLER + 16 * 14 + 1, m.cpu().rip(), engine + " " + code);
      }
    }
  }

  private static TestMachine machine(Engine engine) {
    TestMachine m = new TestMachine(engine, 1, 4 << 20);
    m.start64(0, CODE, PAGES, 0x1800);
    m.map2M(PAGES);
    m.put64(PAGES + 0x2008, TABLE | 3);
    for (int n = 0; n < COUNT; n++) {
      long page = RAM + 0x1000L * (n == SAME ? n - 1 : n);
      m.put64(TABLE + 8 * n, n == ABSENT ? 0 : page | (n == READ_ONLY ? 1 : 3));
    }
    for (int vector = 0; vector < 32; vector++) {
      m.put64(IDT + 16 * vector, HANDLER + 16 * vector & 0xFFFF | 8 << 16 | 0x8E00L << 32);
      m.load(HANDLER + 16 * vector, "f4");
    }
    m.cpu().idtBase = IDT;
    m.cpu().idtLimit = 511;
    m.cpu().cr0 |= Cpu.CR0_WP;
    m.cpu().setBase(Cpu.GS, 5);
    return m;
  }

  private void fill(TestMachine left, TestMachine right) {
    long rsi = address();
    long rdi = address();
    long rcx = random.nextInt(4) == 0 ? random.nextInt(9000) : random.nextInt(40);
    long rax = random.nextInt(3) == 0 ? 0 : random.nextLong();
    int flags = 2 | random.nextInt(0x1000) & 0x8D5 | (random.nextInt(8) == 0 ? Cpu.DF : 0);
    long fill = random.nextInt(3) == 0 ? random.nextLong() : rax;
    long at = RAM + (random.nextInt(0x1000 * COUNT) & -8L);
    for (TestMachine m : List.of(left, right)) {
      for (int n = 0; n < 0x1000 * COUNT && fill != rax; n += 8) {
        m.put64(RAM + n, (fill & 0xFF) * 0x0101_0101_0101_0101L);
      }
      m.put64(at, fill);
      Cpu cpu = m.cpu();
      cpu.setReg(Cpu.RSI, rsi);
      cpu.setReg(Cpu.RDI, rdi);
      cpu.setReg(Cpu.RCX, rcx);
      cpu.setReg(Cpu.RAX, rax);
      cpu.setReg(Cpu.RSP, 0x7000);
      cpu.setCr2(0);
      Flags.setRflags(cpu, flags);
    }
  }

  private long address() {
    long page = LINEAR + 0x1000L * random.nextInt(COUNT);
    return random.nextInt(3) == 0 ? page + 0x1000 - random.nextInt(64) : page + random.nextInt(0x1000);
  }

  private static String run(TestMachine m) {
    Cpu cpu = m.cpu();
    cpu.setRip(CODE);
    cpu.halted = false;
    int exit = m.run(0);
    StringBuilder s = new StringBuilder("exit " + exit + " at " + Long.toHexString(cpu.rip()) + " cr2 "
        + Long.toHexString(cpu.cr2()) + " flags " + Long.toHexString(Flags.rflags(cpu)));
    for (int r = 0; r < 16; r++) {
      s.append(' ').append(Long.toHexString(cpu.reg(8 * r)));
    }
    for (int n = 0; n < 48; n += 8) {
      s.append(' ').append(Long.toHexString(m.get64(0x7000 - 48 + n)));
    }
    return s.toString();
  }

  private static long memory(TestMachine m) {
    long sum = 0;
    for (int n = 0; n < 0x1000 * COUNT; n += 8) {
      sum = sum * 31 + Mem.get64(m.host(RAM + n));
    }
    return sum;
  }
}
