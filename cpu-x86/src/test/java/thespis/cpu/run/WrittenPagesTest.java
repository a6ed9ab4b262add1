package thespis.cpu.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import thespis.cpu.state.Cpu;

/// Whoever sends a guest's memory away while the guest runs hears of every page that is written to, again and again.
class WrittenPagesTest {
  private static final long CODE = 0x1000;
  private static final long GDT = 0x7000;
  private static final long CR3 = 0x8000;
  private static final long TABLE = CR3 + 0x3000;
  private static final long DATA = 0x5000;
  private static final int ROUNDS = 4;

  @ParameterizedTest(name = "{1}")
  @CsvSource(delimiter = '|', textBlock = """
      RECORDS  | mov [rdi], rax          | 488907
      NATIVE   | mov [rdi], rax          | 488907
      COMPILED | mov [rdi], rax          | 488907
      NATIVE   | add byte [rdi], 1       | 800701
      NATIVE   | lock xadd [rdi], rax    | F0480FC107
      NATIVE   | lock cmpxchg [rdi], rcx | F0480FB10F
      NATIVE   | cmpxchg16b [rdi]        | 480FC70F
      NATIVE   | push rax                | 50
      NATIVE   | rep stosb               | F3AA
      NATIVE   | rep movsq               | F348A5
      NATIVE   | fxsave [rdi]            | 0FAE07
      NATIVE   | movups [rdi], xmm0      | 0F1107
      NATIVE   | fstp qword [rdi]        | DD1F
      NATIVE   | sgdt [rdi]              | 0F0107
      RECORDS  | rep stosb               | F3AA
      RECORDS  | cmpxchg16b [rdi]        | 480FC70F
      """)
  void pageIsToldOfOnceAfterEachLook(Engine engine, String name, String instruction) {
    try (TestMachine machine = new TestMachine(engine, 1, 1 << 16)) {
      machine.mapPages(CR3);
      machine.load(CODE, instruction + "F4");
      machine.takeWritten(DATA);
      for (int i = 0; i < ROUNDS; i++) {
        start(machine);
        machine.run(0);
        assertTrue(machine.takeWritten(DATA), "round " + i);
        assertFalse(machine.takeWritten(DATA));
        assertFalse(machine.takeWritten(0x6000), "nobody writes there");
      }
    }
  }

  private static void start(TestMachine machine) {
    machine.start64(0, CODE, CR3, GDT);
    machine.cpu().halted = false;
    machine.cpu().cr4 |= Cpu.CR4_OSFXSR;
    machine.cpu().setReg(Cpu.RDI, DATA);
    machine.cpu().setReg(Cpu.RSI, 0x2000);
    machine.cpu().setReg(Cpu.RSP, DATA + 64);
    machine.cpu().setReg(Cpu.RCX, 16);
  }

  /// A loop keeps the page open, and is made to close it while it runs.
  @ParameterizedTest
  @CsvSource({"RECORDS", "COMPILED", "NATIVE"})
  void pageThatIsOpenIsClosed(Engine engine) {
    try (TestMachine machine = new TestMachine(engine, 1, 1 << 16)) {
      machine.mapPages(CR3);
      machine.load(CODE, "48FF07 EBFB"); // l: inc qword [rdi]; jmp l
      start(machine);
      for (int i = 0; i < ROUNDS; i++) {
        long before = machine.get64(DATA);
        while (machine.get64(DATA) == before) {
          assertEquals(Exit.BUDGET, machine.core(0).run(500));
        }
        assertTrue(machine.takeWritten(DATA), "round " + i);
      }
    }
  }

  /// The processor writes there by itself: accessed and dirty bits.
  @ParameterizedTest
  @CsvSource({"RECORDS", "NATIVE"})
  void tablesAreWrittenToByTheProcessor(Engine engine) {
    try (TestMachine machine = new TestMachine(engine, 1, 1 << 16)) {
      machine.mapPages(CR3);
      machine.load(CODE, "488907F4");
      machine.takeWritten(TABLE);
      start(machine);
      machine.run(0);
      assertTrue(machine.takeWritten(TABLE));
      start(machine);
      machine.run(0);
      assertFalse(machine.takeWritten(TABLE), "the bits are set");
    }
  }

  /// Code and data in one page.
  @ParameterizedTest
  @CsvSource({"RECORDS", "COMPILED", "NATIVE"})
  void pageWithCodeIsToldOfToo(Engine engine) {
    try (TestMachine machine = new TestMachine(engine, 1, 1 << 16)) {
      machine.mapPages(CR3);
      machine.load(CODE, "488907F4");
      machine.takeWritten(CODE);
      for (int i = 0; i < ROUNDS; i++) {
        start(machine);
        machine.cpu().setReg(Cpu.RDI, CODE + 0x800);
        machine.run(0);
        assertTrue(machine.takeWritten(CODE), "round " + i);
      }
    }
  }
}
