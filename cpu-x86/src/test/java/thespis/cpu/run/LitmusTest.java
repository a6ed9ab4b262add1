package thespis.cpu.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import thespis.cpu.state.Cpu;

/// What several cores on threads of their own may see of each other's memory accesses, and that locked ones are atomic.
/// SDM Vol. 3A "Memory Ordering", "Locked Atomic Operations", "Handling Self- and Cross-Modifying Code". Store buffering
/// without a fence is allowed; how often it was seen is reported, since a host that never shows it could not show a
/// missing fence either. `-Dthespis.litmus=N` multiplies the rounds.
class LitmusTest {
  private static final int MORE = Integer.getInteger("thespis.litmus", 1);
  private static final int ROUNDS = 2000 * MORE;
  private static final int PAGES = 0x4000;
  private static final int CODE = 0x8000;
  private static final int BARRIER = 0x20000;
  private static final int X = 0x10_0000;
  private static final int Y = 0x40_0000;
  private static final int SEEN = 0x80_0000;
  private static final int SEEN_BYTES = 0x10_0000;
  private static final long RAM = 16L << 20;

  /// Waits in each round until all cores are there: r8 counts, r9 is the number of cores, rbx the barrier.
  private static final String TOGETHER = "4501c8 f0ff03 8b03 4439c0 7304 f390 ebf5";

  private static final int R8 = 64;
  private static final int R9 = 72;

  private static TestMachine machine(Engine engine, String... codes) {
    TestMachine m = new TestMachine(engine, codes.length, RAM);
    m.put64(PAGES, PAGES + 0x1023);
    m.put64(PAGES + 0x1000, PAGES + 0x2023);
    for (int i = 0; i < RAM >> 21; i++) {
      m.put64(PAGES + 0x2000 + 8 * i, (long) i << 21 | 0xE3);
    }
    for (int i = 0; i < codes.length; i++) {
      int at = CODE + 0x1000 * i + 1; // an odd address: see the cross-modifying code
      m.load(at, codes[i]);
      m.start64(i, at, PAGES, 0x1800);
      Cpu cpu = m.core(i).cpu();
      cpu.setReg(Cpu.RBX, BARRIER);
      cpu.setReg(Cpu.RCX, ROUNDS);
      cpu.setReg(R8, 0);
      cpu.setReg(R9, codes.length);
      cpu.setReg(Cpu.RDX, SEEN + SEEN_BYTES * i);
      cpu.setReg(Cpu.RDI, X);
      cpu.setReg(Cpu.RSI, Y);
    }
    return m;
  }

  private static void registers(TestMachine m, int core, long rdi, long rsi) {
    m.core(core).cpu().setReg(Cpu.RDI, rdi);
    m.core(core).cpu().setReg(Cpu.RSI, rsi);
  }

  private static void runAll(TestMachine m, int cores) throws InterruptedException, ExecutionException {
    try (ExecutorService threads = Executors.newFixedThreadPool(cores)) {
      List<Future<Integer>> ends = new ArrayList<>();
      for (int i = 0; i < cores; i++) {
        Core core = m.core(i);
        ends.add(threads.submit(() -> {
          int exit;
          do {
            exit = core.run(100_000);
            if (exit == Exit.YIELD) {
              Thread.yield();
            }
          } while (exit == Exit.BUDGET || exit == Exit.YIELD);
          return exit;
        }));
      }
      for (Future<Integer> end : ends) {
        assertEquals(Exit.HALTED, end.get());
      }
    }
  }

  private static int bothZero(Engine engine, String store) throws InterruptedException, ExecutionException {
    // store to one's own; mov eax,[rsi]; mov [rdx],eax; next line of each; dec ecx; jnz; hlt
    String body = TOGETHER + store + "8b06 8902 4883c740 4883c640 4883c208 ffc9";
    int length = body.replace(" ", "").length() / 2;
    String code = body + String.format("75%02x", -(length + 2) & 0xFF) + "f4";
    try (TestMachine m = machine(engine, code, code)) {
      registers(m, 1, Y, X);
      runAll(m, 2);
      int n = 0;
      for (int i = 0; i < ROUNDS; i++) {
        if (m.get32(SEEN + 8 * i) == 0 && m.get32(SEEN + SEEN_BYTES + 8 * i) == 0) {
          n++;
        }
      }
      return n;
    }
  }

  @ParameterizedTest
  @EnumSource(Engine.class)
  void fencedStoresAreSeenByOneSideAtLeast(Engine engine, TestReporter reporter, TestInfo info)
      throws InterruptedException, ExecutionException {
    int bare = bothZero(engine, "c70701000000"); // mov dword [rdi],1
    reporter.publishEntry(info.getDisplayName(), "without a fence " + bare + " of " + ROUNDS);
    assertEquals(0, bothZero(engine, "c70701000000 0faef0"), "MFENCE");
    assertEquals(0, bothZero(engine, "b801000000 8707"), "XCHG");
    assertEquals(0, bothZero(engine, "c70701000000 f0830c2500000300 00"), "LOCK OR of something else");
  }

  @ParameterizedTest
  @EnumSource(Engine.class)
  void messagesComeBehindTheirData(Engine engine) throws InterruptedException, ExecutionException {
    String writer = "31c0 ffc0 8907 8906 39c8 75f6 f4"; // data, then flag, counting up
    String reader = "8b06 8b17 39c2 7302 ff03 39c8 7404 f390 ebee f4"; // flag, then data: may not be older
    try (TestMachine m = machine(engine, writer, reader)) {
      m.core(0).cpu().setReg(Cpu.RCX, 50L * ROUNDS);
      m.core(1).cpu().setReg(Cpu.RCX, 50L * ROUNDS);
      runAll(m, 2);
      assertEquals(0, m.get32(BARRIER));
    }
  }

  @ParameterizedTest
  @EnumSource(Engine.class)
  void independentWritesAreSeenInOneOrder(Engine engine) throws InterruptedException, ExecutionException {
    String writer = TOGETHER + "c70701000000 4883c740 ffc9 75e1 f4";
    String reader = TOGETHER + "8b07 8b2e 8902 896a04 4883c740 4883c640 4883c208 ffc9 75d6 f4";
    try (TestMachine m = machine(engine, writer, writer, reader, reader)) {
      int rounds = ROUNDS / 4;
      for (int i = 0; i < 4; i++) {
        m.core(i).cpu().setReg(Cpu.RCX, rounds);
      }
      registers(m, 1, Y, X);
      registers(m, 3, Y, X);
      runAll(m, 4);
      for (int i = 0; i < rounds; i++) {
        long a = m.get64(SEEN + 2L * SEEN_BYTES + 8 * i);
        long b = m.get64(SEEN + 3L * SEEN_BYTES + 8 * i);
        assertEquals(false, a == 1 && b == 1, "X before Y for one reader, Y before X for the other");
      }
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "lock inc, f0ff07 ffc9 75f9 f4, 0, -1", "lock xadd, b801000000 f0480fc107 ffc9 75f2 f4, 0, -1",
    "lock cmpxchg, 488b07 488d5001 f0480fb117 75f5 ffc9 75ee f4, 0, -1",
    "lock cmpxchg of a byte, 8a4701 8d5001 f00fb05701 75f6 ffc9 75ef f4, 1, 255",
    "lock add to a word, 66f083470201 ffc9 75f6 f4, 2, 65535", "lock inc over a line, f048ff473c ffc9 75f7 f4, 60, -1",
    "xchg as a lock, b801000000 8706 85c0 7404 f390 ebf1 8b07 ffc0 8907 c70600000000 ffc9 75e1 f4, 0, -1",
    "lock cmpxchg16b, 4189ca 488b07 488b5708 488d5801 488d4a01 f0480fc70f 75f1 41ffca 75ec f4, 8, -1"
  })
  void fourCoresLoseNoCount(String name, String code, int at, long mask) throws InterruptedException, ExecutionException {
    for (Engine engine : Engine.values()) {
      try (TestMachine m = machine(engine, code, code, code, code)) {
        runAll(m, 4);
        assertEquals(4L * ROUNDS & mask, m.get64(X + at) & mask, engine + " " + name);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Engine.class)
  void codeThatAnotherCoreRewritesNeverGoesBack(Engine engine) throws InterruptedException, ExecutionException {
    String writer = "31c0 ffc0 8907 bac8000000 ffca 75fc 39c8 75ef f4";
    String runner = "31d2 eb03 909090 909090 b800000000 39d0 7302 ff03 89c2 39c8 75e7 f4"; // mov eax, what was written
    try (TestMachine m = machine(engine, writer, runner)) {
      registers(m, 0, CODE + 0x1000 + 1 + 0xB, 0);
      runAll(m, 2);
      assertEquals(0, m.get32(BARRIER));
      assertEquals(ROUNDS, m.core(1).cpu().reg(Cpu.RAX));
    }
  }
}
