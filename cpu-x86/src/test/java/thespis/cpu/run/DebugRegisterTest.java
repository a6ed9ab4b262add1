package thespis.cpu.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import thespis.cpu.mmu.Mem;
import thespis.cpu.state.Cpu;

/// Breakpoints by DR0 to DR3, single steps, and what DR6 says of them. SDM Vol. 3B "Debug Exceptions". The handler logs
/// RIP and DR6 of each debug exception and returns with RF set.
class DebugRegisterTest {
  private static final int CODE = 0x8000;
  private static final int PAGES = 0x4000;
  private static final int IDT = 0x2000;
  private static final int HANDLER = 0x9000;
  private static final int NMI_HANDLER = 0xA000;
  private static final int LOG = 0x40000;
  private static final int DATA = 0x20000;

  /// push rax; mov rax,[rsp+8]; mov [rbp],rax; mov rax,dr6; mov [rbp+8],rax; xor eax,eax; mov dr6,rax; add rbp,16;
  /// or dword [rsp+24],0x10000; pop rax; iretq
  private static final String LOGGER =
      "50 488B442408 48894500 0F21F0 48894508 31C0 0F23F0 4883C510 814C241800000100 58 48CF";

  private static TestMachine machine(Engine engine, String code) {
    TestMachine m = new TestMachine(engine, 1, 4 << 20);
    m.start64(0, CODE, PAGES, 0x1800);
    m.map2M(PAGES);
    m.put64(IDT + 16, HANDLER | 8 << 16 | 0x8E00L << 32);
    m.load(HANDLER, LOGGER);
    m.load(CODE, code);
    Cpu cpu = m.cpu();
    cpu.idtBase = IDT;
    cpu.idtLimit = 0x1FF;
    cpu.setReg(Cpu.RSP, 0x7000);
    cpu.setReg(Cpu.RBP, LOG);
    cpu.setReg(Cpu.RSI, DATA);
    cpu.setReg(Cpu.RDI, DATA);
    return m;
  }

  /// What was logged: offset of RIP in the code and low word of DR6, for each exception.
  private static String log(TestMachine m) {
    assertEquals(Exit.HALTED, m.run(0), () -> m.core(0).dump());
    StringBuilder s = new StringBuilder();
    for (long at = LOG; at < m.cpu().reg(Cpu.RBP); at += 16) {
      s.append(String.format("%X:%X ", m.get64(at) - CODE, m.get64(at + 8) & 0xE00F));
    }
    return s.toString().trim();
  }

  /// mov eax, DR0's address; mov dr0,rax; mov eax, DR7; mov dr7,rax (16 bytes); then the code; hlt
  private static String armed(int address, int dr7, String code) {
    return "B8" + le(address) + "0F23C0 B8" + le(dr7) + "0F23F8" + code + "F4";
  }

  private static String le(int v) {
    return String.format("%08X", Integer.reverseBytes(v));
  }

  @ParameterizedTest
  @EnumSource(Engine.class)
  void anInstructionBreakpointComesBeforeItsInstructionAndRfLetsItPass(Engine engine) {
    try (TestMachine m = machine(engine, armed(CODE + 0x12, 2, "FFC3 FFC3 FFC3"))) {
      assertEquals("12:1", log(m));
      assertEquals(3, m.cpu().reg(Cpu.RBX));
    }
  }

  @ParameterizedTest
  @EnumSource(Engine.class)
  void anInstructionBreakpointInALoopComesEachRound(Engine engine) {
    // mov ecx,3; l: dec ecx (0x15); jnz l
    try (TestMachine m = machine(engine, armed(CODE + 0x15, 1, "B903000000 FFC9 75FC"))) {
      assertEquals("15:1 15:1 15:1", log(m));
    }
  }

  /// A processor that is halted need not be looked at before something happens, or its thread would never rest.
  @ParameterizedTest
  @EnumSource(Engine.class)
  void breakpointsLetAHaltedProcessorRestAndAreThereWhenItGoesOn(Engine engine) {
    try (TestMachine m = machine(engine, armed(NMI_HANDLER + 2, 2, "F4"))) {
      m.put64(IDT + 2 * 16, NMI_HANDLER | 8 << 16 | 0x8E00L << 32);
      m.load(NMI_HANDLER, "FFC3 FFC3 48CF"); // inc ebx; inc ebx; iretq
      assertEquals("", log(m));
      assertEquals("", log(m), "it is still halted");
      assertEquals(0, Mem.get32(m.cpu().st + Cpu.ATTENTION));
      m.cpu().nmiPending = true;
      m.cpu().attention();
      assertEquals("2002:1", log(m));
      assertEquals(2, m.cpu().reg(Cpu.RBX));
    }
  }

  @ParameterizedTest(name = "{0}: DR7 {2}")
  @CsvSource({
    "write dword, 8906, D0001, 12:1", "read where writes are watched, 8B06, D0001, ''", "read, 8B06, F0001, 12:1",
    "byte beside the watched byte, 884601, 10001, ''", "byte inside a watched quadword, 884607, 90001, 13:1",
    "byte behind a watched quadword, 884608, 90001, ''", "write before and into it, 488946FC, D0001, 14:1",
    "locked add, F0830601, D0001, 14:1", "lock cmpxchg16b, F0480FC70E, D0001, 15:1", "push, 56, D0001, ''",
    "movups, 0F1106, D0001, 13:1", "stosq, 48AB, D0001, 12:1", "not enabled, 8906, D0000, ''"
  })
  void aDataBreakpointComesBehindTheAccess(String name, String code, String dr7, String expected) {
    for (Engine engine : Engine.values()) {
      try (TestMachine m = machine(engine, armed(DATA, Integer.parseInt(dr7, 16), code + "90"))) {
        m.cpu().cr4 |= Cpu.CR4_OSFXSR;
        assertEquals(expected, log(m), engine::toString);
      }
    }
  }

  @Test
  void aRepeatedStoreTrapsBehindTheElementThatHits() {
    // mov ecx,4; rep stosd: the third element is watched; the instruction goes on afterwards
    try (TestMachine m = machine(Engine.RECORDS, armed(DATA + 8, 0xD_0001, "B904000000 F3AB"))) {
      assertEquals("15:1", log(m));
      assertEquals(DATA + 16, m.cpu().reg(Cpu.RDI));
    }
  }

  @Test
  void aPortBreakpointNeedsDebugExtensions() {
    try (TestMachine m = machine(Engine.RECORDS, armed(0x61, 0x2_0001, "E461 90"))) {
      m.cpu().cr4 |= Cpu.CR4_DE;
      assertEquals("12:1", log(m));
    }
  }

  @ParameterizedTest
  @EnumSource(Engine.class)
  void singleStepsBeginBehindTheInstructionAfterPopfEvenWithInterruptsOff(Engine engine) {
    // push 0x102; popfq; nop; nop; push 2; popfq; nop; hlt
    try (TestMachine m = machine(engine, "6802010000 9D 90 90 6A02 9D 90 F4")) {
      assertEquals("7:4000 8:4000 A:4000 B:4000", log(m));
    }
  }

  @ParameterizedTest
  @EnumSource(Engine.class)
  void aLoadOfSsIsNotSteppedBehind(Engine engine) {
    // mov eax,ss; push 0x102; popfq; mov ss,eax; nop; push 2; popfq; nop; hlt
    try (TestMachine m = machine(engine, "8CD0 6802010000 9D 8ED0 90 6A02 9D 90 F4")) {
      assertEquals("B:4000 D:4000 E:4000", log(m));
    }
  }

  @ParameterizedTest
  @CsvSource({"F1, 16:1", "90, 16:1", "CD01, 1000:1 17:0"})
  void aWatchpointOnALoadOfSsWaitsForTheNextInstruction(String next, String expected) {
    // mov word [rsi],ss; mov DR0, DR7: two bytes of reads and writes; mov ss,[rsi]; then it; hlt
    try (TestMachine m = machine(Engine.RECORDS, "8C16 90" + armed(DATA, 0x7_0001, "8E16" + next))) {
      assertEquals(expected, log(m));
    }
  }

  @Test
  void debugRegistersUnderGeneralDetectTrap() {
    // mov eax,0x2000; mov dr7,rax; mov rcx,dr0: the fault clears GD, so the second try passes
    try (TestMachine m = machine(Engine.RECORDS, "B800200000 0F23F8 0F21C1 F4")) {
      assertEquals("8:2000", log(m));
    }
  }

  @Test
  void withoutBreakpointsNothingRunsStepByStep() {
    try (TestMachine m = machine(Engine.RECORDS, armed(DATA, 0xD_0001, "31C0 0F23F8 8906"))) {
      assertEquals("", log(m));
      assertEquals(false, m.cpu().breakpoints);
    }
  }
}
