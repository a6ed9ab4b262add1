package thespis.cpu.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import thespis.cpu.mmu.Mem;
import thespis.cpu.state.Cpu;

/// Access rights of 4-level paging, the error code of the page fault, accessed and dirty bits; delivery on the stacks of
/// the TSS, double and triple faults. SDM Vol. 3A "Determination of Access Rights", "Page-Fault Exceptions", "Interrupt
/// Stack Table", "Interrupt 8-Double Fault Exception (#DF)".
class PageFaultTest {
  static final int CODE = 0x8000;
  private static final int PAGES = 0x40000;
  private static final int LEAF = PAGES + 0x3000;
  private static final int IDT = 0x2000;
  private static final int TSS = 0x3000;
  static final int HANDLER = 0x9000;
  static final int PROBED = 0x20000;
  static final int R8 = 64;
  static final int R9 = 72;

  /// pop r8; pop r9; hlt: what was on top of the stack
  private static final String HANDLER_CODE = "4158 4159 F4";

  /// One page at {@link #PROBED}, which RSI points to and which holds a HLT, with these bits in its entry; code runs at
  /// this privilege level, and faults leave their error code in R8, the instruction's address in R9.
  static TestMachine machine(int cpl, long pte, String code) {
    return machine(Engine.RECORDS, cpl, pte, code);
  }

  static TestMachine machine(Engine engine, int cpl, long pte, String code) {
    TestMachine m = new TestMachine(engine, 1, 4 << 20);
    m.start64(0, CODE, PAGES, 0x1800);
    m.put64(PAGES, PAGES + 0x1007);
    m.put64(PAGES + 0x1000, PAGES + 0x2007);
    m.put64(PAGES + 0x2000, LEAF + 7);
    for (int i = 0; i < 512; i++) {
      boolean user = cpl == 3 && i == CODE >> 12;
      m.put64(LEAF + 8 * i, (long) i << 12 | (user ? 7 : 3));
    }
    m.put64(LEAF + 8 * (PROBED >> 12), PROBED | pte);
    for (int v = 0; v < 32; v++) {
      m.put64(IDT + 16 * v, HANDLER + 0x100 * v & 0xFFFF | 8 << 16 | 0x8E00L << 32);
      m.load(HANDLER + 0x100 * v, HANDLER_CODE);
    }
    m.load(CODE, code);
    m.load(PROBED, "F4");
    m.put64(TSS + 4, 0x7000);
    m.put64(TSS + 0x24, 0x6000);
    Cpu cpu = m.cpu();
    cpu.trBase = TSS;
    cpu.limit[Cpu.TR] = 0x67;
    cpu.idtBase = IDT;
    cpu.idtLimit = 0x1FF;
    cpu.cr0 |= Cpu.CR0_WP;
    cpu.efer |= Cpu.EFER_NXE;
    cpu.setReg(Cpu.RSP, 0x7800);
    cpu.setReg(Cpu.RSI, PROBED);
    cpu.cpl = cpl;
    if (cpl == 3) {
      cpu.setSelector(Cpu.CS, 0x33);
      cpu.attr[Cpu.CS] |= 0x60;
      cpu.attr[Cpu.SS] |= 0x60;
    }
    cpu.updateMode();
    return m;
  }

  /// What is not aligned raises #GP wherever it is. SDM Vol. 1 "Memory Alignment" of the chapter on AVX.
  @ParameterizedTest(name = "{0}, at {1}: {2}")
  @CsvSource({"0F2806, 8, 13", "0F2806, 10, 14", "C5FC2806, 10, 13", "C5FC2806, 18, 13", "C5FC2806, 20, 14",
    "C5FC1006, 8, 14"})
  void alignmentComesFirst(String code, String offset, int vector) {
    for (Engine engine : Engine.values()) {
      try (TestMachine m = machine(engine, 0, 2, code)) {
        Cpu cpu = m.cpu();
        cpu.cr0 &= ~Cpu.CR0_EM;
        cpu.cr4 |= Cpu.CR4_OSFXSR | Cpu.CR4_OSXSAVE;
        Mem.put64(cpu.st + Cpu.XCR0, 7);
        cpu.setReg(Cpu.RSI, PROBED + Integer.parseInt(offset, 16));
        assertEquals(Exit.HALTED, m.run(0));
        assertEquals(HANDLER + 0x100 * vector + HANDLER_CODE.replace(" ", "").length() / 2, cpu.rip(), engine.toString());
      }
    }
  }

  @ParameterizedTest(name = "CPL {0}, entry {1}, CR4 {2}, flags {3}: {4} gives {5}")
  @CsvSource({
    // CPL, bits of the entry, CR4 bits, RFLAGS and CR0.WP off as `w`, access, error code (- for none)
    "0, 3, 0, 0, load, -", "0, 2, 0, 0, load, 0", "0, 2, 0, 0, store, 2", "0, 2, 0, 0, fetch, 10", "0, 1, 0, 0, store, 3",
    "0, 1, 0, w, store, -", "0, 3, 0, 0, fetch, -", "0, 8000000000000003, 0, 0, fetch, 11",
    "0, 8000000000000003, 0, 0, load, -", "0, 7, 100000, 0, fetch, 11", "0, 7, 0, 0, fetch, -", "0, 7, 100000, 0, load, -",
    "0, 7, 200000, 0, load, 1", "0, 7, 200000, 0, store, 3", "0, 7, 200000, 40000, load, -", "0, 3, 200000, 0, load, -",
    "3, 7, 0, 0, load, -", "3, 7, 0, 0, store, -", "3, 3, 0, 0, load, 5", "3, 3, 0, 0, store, 7", "3, 5, 0, 0, store, 7",
    "3, 5, 0, w, store, 7", "3, 6, 0, 0, load, 4", "3, 8000000000000007, 0, 0, fetch, 15", "3, 3, 0, 0, fetch, 15",
    "3, 10000000000007, 0, 0, load, -", "3, 40000000007, 0, 0, load, D", "0, 40000000003, 0, 0, store, B"
  })
  void rightsAndErrorCodes(int cpl, String entry, String cr4, String flags, String access, String error) {
    // fetch: jmp rsi
    String code = switch (access) {
      case "load" -> "8B06 0F0B";
      case "store" -> "8906 0F0B";
      default -> "FFE6";
    };
    try (TestMachine m = machine(cpl, Long.parseUnsignedLong(entry, 16), code)) {
      Cpu cpu = m.cpu();
      cpu.cr4 |= Integer.parseInt(cr4, 16);
      if (flags.equals("w")) {
        cpu.cr0 &= ~Cpu.CR0_WP;
      } else {
        cpu.setReg(Cpu.RFLAGS, 2 | Long.parseLong(flags, 16));
      }
      cpu.updateMode();
      assertEquals(Exit.HALTED, m.run(0), () -> m.core(0).dump());
      boolean fault = (cpu.rip() & 0xFF00) == HANDLER + 0xE00;
      assertEquals(error, fault ? Long.toHexString(cpu.reg(R8)).toUpperCase(java.util.Locale.ROOT) : "-",
          () -> m.core(0).dump());
      if (fault) {
        assertEquals(PROBED, cpu.cr2());
        assertEquals(access.equals("fetch") ? PROBED : CODE, cpu.reg(R9));
      } else {
        long bits = m.get64(LEAF + 8 * (PROBED >> 12));
        assertEquals(access.equals("store") ? 0x60 : 0x20, bits & 0x60, "accessed and dirty");
      }
    }
  }

  @ParameterizedTest(name = "IST {0}")
  @CsvSource({"0, 6FE0", "1, 5FE0"})
  void theStackComesFromTheTss(int ist, String sp) {
    try (TestMachine m = machine(3, 3, "8B06")) {
      m.put64(IDT + 16 * 14, HANDLER + 0xE00 | 8 << 16 | (0x8E00L | ist) << 32);
      m.run(0);
      assertEquals(Long.parseLong(sp, 16), m.cpu().reg(Cpu.RSP));
    }
  }

  @Test
  void aFaultWhileAPageFaultIsDeliveredIsADoubleFault() {
    try (TestMachine m = machine(0, 0, "8B06")) {
      m.put64(IDT + 16 * 14, HANDLER + 0xE00 | 8 << 16 | 0x0E00L << 32); // not present: #NP
      m.run(0);
      assertEquals(HANDLER + 0x800 + 5, m.cpu().rip());
      assertEquals(0, m.cpu().reg(R8));
    }
  }

  @Test
  void aFaultWhileADoubleFaultIsDeliveredShutsDown() {
    try (TestMachine m = machine(0, 0, "8B06")) {
      m.cpu().idtLimit = 16 * 8 - 1;
      assertEquals(Exit.SHUTDOWN, m.run(0));
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"sgdt, 0F0106", "sidt, 0F010E", "sldt, 0F0006", "str, 0F000E", "smsw, 0F0126"})
  void userModeInstructionPrevention(String name, String code) {
    try (TestMachine m = machine(3, 7, code + "0F0B")) {
      m.cpu().cr4 |= Cpu.CR4_UMIP;
      m.run(0);
      assertEquals(HANDLER + 0xD00 + 5, m.cpu().rip(), name);
    }
    try (TestMachine m = machine(3, 7, code + "0F0B")) {
      m.run(0);
      assertEquals(HANDLER + 0x600 + 5, m.cpu().rip(), name);
    }
  }
}
