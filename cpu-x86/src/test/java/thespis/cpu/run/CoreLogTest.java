package thespis.cpu.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import thespis.cpu.jit.NativeEngine;
import thespis.cpu.jit.PerfMap;
import thespis.cpu.jit.TranslationWatch;
import thespis.cpu.run.EngineLog.Item;
import thespis.cpu.run.EngineLog.Range;
import thespis.cpu.state.Cpu;

/// What is logged of guest code that runs, in QEMU's lines.
class CoreLogTest {
  private static final long CODE = 0x8000;

  @TempDir
  static Path folder;

  private final StringBuilder text = new StringBuilder();
  private final EngineLog log = new EngineLog(text::append);

  /// mov ecx,3; dec ecx; jnz; ud2, and as handler: hlt.
  private String run(Engine engine, Item... items) {
    log.set(List.of(items));
    run(engine, new Observation(log, Optional.empty()));
    return text.toString();
  }

  private static void run(Engine engine, Observation observation) {
    try (TestMachine m = new TestMachine(engine, 1, 4 << 20, observation)) {
      m.start64(0, CODE, 0x4000, 0x1800);
      m.map2M(0x4000);
      m.load(CODE, "B9 03000000 FFC9 75FC 0F0B");
      m.load(CODE + 0x100, "F4");
      m.put64(0x2000 + 6 * 16, CODE + 0x100 | 8 << 16 | 0x8E00L << 32);
      m.cpu().idtBase = 0x2000;
      m.cpu().idtLimit = 511;
      m.cpu().setReg(Cpu.RSP, 0x7000);
      m.run(0);
    }
  }

  private int count(String what) {
    return (text.length() - text.toString().replace(what, "").length()) / what.length();
  }

  @Test
  void guestCodeIsListedWhenItIsFound() {
    String s = run(Engine.RECORDS, Item.IN_ASM);
    assertTrue(s.startsWith("""
        ----------------
        IN:\s
        0x00008000:  b9 03 00 00 00           mov      ecx, 0x3
        0x00008005:  ff c9                    dec      ecx
        0x00008007:  75 fc                    jne      0x8005
        """), s);
    assertTrue(s.contains("0x00008100:  f4                       hlt\n"), s);
  }

  @Test
  void onlyCodeInTheFilterIsListed() {
    log.filter(List.of(new Range(0x8100, 0x8200)));
    String s = run(Engine.RECORDS, Item.IN_ASM, Item.EXEC);
    assertTrue(s.contains("IN: \n0x00008100:"), s);
    assertTrue(!s.contains("0x00008000:") && !s.contains("0000000000008000/"), s);
  }

  @Test
  void anExceptionIsLoggedWithTheRegistersBefore() {
    String s = run(Engine.RECORDS, Item.INT);
    assertTrue(s.startsWith("""
        check_exception old: 0xffffffff new 0x6
             0: v=06 e=0000 i=0 cpl=0 IP=0008:0000000000008009 pc=0000000000008009 SP=0010:0000000000007000\
         env->regs[R_EAX]=0000000000000000
        RAX=0000000000000000 RBX=0000000000000000 RCX=0000000000000000 RDX=""".replace("\\\n", "")), s);
    assertTrue(s.contains("CCS=0000000000000044 CCD=0000000000000000 CCO=EFLAGS\nEFER=0000000000000500\n"), s);
  }

  @Test
  void everyBlockIsTracedWhereNoneLeadsToAnother() {
    assumeTrue(NativeEngine.available());
    run(Engine.NATIVE, Item.EXEC, Item.NOCHAIN);
    assertEquals(2, count("/0000000000008005/"), text::toString);
  }

  @Test
  void registersComeBeforeABlock() {
    String s = run(Engine.RECORDS, Item.CPU, Item.FPU);
    assertTrue(s.startsWith("RAX=0000000000000000"), s);
    assertTrue(s.contains("RIP=0000000000008005 RFL=00000002"), s);
    assertTrue(s.contains("XMM00="), s);
  }

  @Test
  void hostCodeIsWrittenInBytes() {
    assumeTrue(NativeEngine.available());
    String s = run(Engine.NATIVE, Item.OUT_ASM);
    assertTrue(s.matches("(?s)OUT: \\[size=\\d+]\n  -- guest addr 0x0000000000008000\nOBJD-H: [0-9a-f]+\n.*"), s);
  }

  @Test
  void aResetIsLoggedWithTheStateBefore() {
    assertTrue(run(Engine.RECORDS, Item.CPU_RESET).startsWith("CPU Reset (CPU 0)\nEAX=00000000"));
  }

  @Test
  void nothingIsLoggedUnasked() {
    assertEquals("", run(Engine.NATIVE));
  }

  @Test
  void perfLearnsNamesOfTranslations() throws Exception {
    assumeTrue(NativeEngine.available());
    Path file = folder.resolve("perf.map");
    try (PerfMap map = new PerfMap(file)) {
      run(Engine.NATIVE, new Observation(log, Optional.<TranslationWatch>of(map)));
    }
    List<String> lines = Files.readAllLines(file);
    assertTrue(lines.getFirst().matches("[0-9a-f]+ [0-9a-f]+ guest-0x8000 \\[vcpu 0]"), lines::toString);
  }

  @ParameterizedTest
  @CsvSource({"0x1000+0x10, 1000, 100f", "0x1000-0x10, ff1, 1000", "16..010, -, -", "0x10..0x20, 10, 20", "8+1, 8, 8"})
  void rangesAreReadAsInQemu(String range, String first, String last) {
    if (first.equals("-")) {
      assertThrows(IllegalArgumentException.class, () -> EngineLog.ranges(range));
    } else {
      assertEquals(List.of(new Range(Long.parseLong(first, 16), Long.parseLong(last, 16))), EngineLog.ranges(range));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "foo, Bad range specifier", "0x10, Bad range specifier", "0x10..0x8, Invalid range",
    "0x10+, Invalid number to the right of +", "zz+5, Invalid number to the left of +",
    "10..zz, Invalid number to the right of ..", "0x10+0, Invalid range"
  })
  void wrongRangesAreRefusedInQemusWords(String range, String words) {
    assertEquals(words, assertThrows(IllegalArgumentException.class, () -> EngineLog.ranges(range)).getMessage());
  }
}
