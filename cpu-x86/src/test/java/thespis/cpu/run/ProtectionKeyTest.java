package thespis.cpu.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static thespis.cpu.run.PageFaultTest.CODE;
import static thespis.cpu.run.PageFaultTest.HANDLER;
import static thespis.cpu.run.PageFaultTest.PROBED;
import static thespis.cpu.run.PageFaultTest.R8;
import static thespis.cpu.run.PageFaultTest.R9;

import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import thespis.cpu.mmu.Mem;
import thespis.cpu.state.Cpu;

/// Protection keys for user and supervisor pages: which data accesses they stop, with which error code, and the
/// instructions and state components that hold their rights. SDM Vol. 3A "Protection Keys", Vol. 2 "RDPKRU", "WRPKRU",
/// Vol. 1 "XSAVE-Enabled Features".
class ProtectionKeyTest {
  private static final String LOAD = "8B06 0F0B";
  private static final String STORE = "8906 0F0B";
  private static final String FETCH = "FFE6";
  private static final String RDPKRU = "0F01EE";
  private static final String WRPKRU = "0F01EF";

  @ParameterizedTest(name = "CPL {0}, entry {1}, CR4 {2}, rights {3}, write protection {4}: {5} gives {6}")
  @CsvSource({
    // CPL, bits of the entry, CR4: PKE or PKS, PKRU or IA32_PKRS, CR0.WP, access, error code (- for none)
    "3, 0800000000000007, 400000, 4, on, load, 25", "3, 0800000000000007, 400000, 4, on, store, 27",
    "3, 0800000000000007, 400000, 4, on, fetch, -", "3, 0800000000000007, 400000, 8, on, load, -",
    "3, 0800000000000007, 400000, 8, on, store, 27", "3, 0800000000000007, 400000, 8, off, store, 27",
    "3, 0800000000000007, 400000, FFFFFFF3, on, store, -", "3, 7800000000000007, 400000, 40000000, on, load, 25",
    "3, 7800000000000007, 400000, 3FFFFFFF, on, store, -", "3, 0800000000000005, 400000, 8, on, store, 27",
    "3, 0800000000000005, 400000, 0, on, store, 7", "3, 0800000000000006, 400000, 4, on, load, 4",
    "3, 0800000000000007, 0, FFFFFFFF, on, store, -", "3, 0800000000000003, 400000, 4, on, load, 5",
    "0, 0800000000000007, 400000, 4, on, load, 21", "0, 0800000000000007, 400000, 8, on, store, 23",
    "0, 0800000000000007, 400000, 8, off, store, -", "0, 0800000000000007, 400000, 4, off, store, 23",
    "0, 0800000000000003, 400000, FFFFFFFF, on, store, -", "0, 0800000000000003, 1000000, 4, on, load, 21",
    "0, 0800000000000003, 1000000, 8, on, store, 23", "0, 0800000000000003, 1000000, 8, off, store, -",
    "0, 0800000000000003, 1000000, FFFFFFF3, on, store, -", "0, 0800000000000007, 1000000, 4, on, load, -"
  })
  void keysStopDataAccesses(int cpl, String entry, String cr4, String rights, String wp, String access, String error) {
    String code = access.equals("load") ? LOAD : access.equals("store") ? STORE : FETCH;
    try (TestMachine m = PageFaultTest.machine(cpl, Long.parseUnsignedLong(entry, 16), code)) {
      Cpu cpu = m.cpu();
      cpu.cr4 |= Integer.parseInt(cr4, 16);
      if ((cpu.cr4 & Cpu.CR4_PKS) != 0) {
        cpu.msrs.pkrs = Integer.parseUnsignedInt(rights, 16);
      } else {
        cpu.pkru = Integer.parseUnsignedInt(rights, 16);
      }
      cpu.cr0 &= wp.equals("off") ? ~Cpu.CR0_WP : -1;
      m.run(0);
      boolean fault = (cpu.rip() & 0xFF00) == HANDLER + 0xE00;
      assertEquals(error, fault ? Long.toHexString(cpu.reg(R8)).toUpperCase(Locale.ROOT) : "-",
          () -> m.core(0).dump());
    }
  }

  @Test
  void aPageThatWasFetchedFromMayStillNotBeRead() {
    try (TestMachine m = PageFaultTest.machine(3, 0x0800000000000007L, FETCH)) {
      m.load(PROBED, LOAD);
      m.cpu().cr4 |= Cpu.CR4_PKE;
      m.cpu().pkru = 4;
      m.run(0);
      assertEquals(0x25, m.cpu().reg(R8));
      assertEquals(PROBED, m.cpu().reg(R9));
    }
  }

  @Test
  void newRightsCountForTheNextAccess() {
    // mov eax, [rsi]; mov eax, 4; wrpkru; mov [rsi], eax
    try (TestMachine m = PageFaultTest.machine(3, 0x0800000000000007L, "8B06 B804000000" + WRPKRU + "8906 0F0B")) {
      m.cpu().cr4 |= Cpu.CR4_PKE;
      m.run(0);
      assertEquals(0x27, m.cpu().reg(R8));
      assertEquals(CODE + 10, m.cpu().reg(R9));
    }
  }

  @ParameterizedTest(name = "{0} with PKE {1}, ECX {2}, EDX {3}: vector {4}")
  @CsvSource({
    "read, true, 0, 0, -", "read, false, 0, 0, 600", "read, true, 1, 0, D00", "read, true, 0, 5, -",
    "write, true, 0, 0, -", "write, false, 0, 0, 600", "write, true, 1, 0, D00", "write, true, 0, 1, D00"
  })
  void theInstructionsNeedTheFeatureAndZeroes(String which, boolean on, long ecx, long edx, String vector) {
    boolean read = which.equals("read");
    try (TestMachine m = PageFaultTest.machine(0, 3, (read ? RDPKRU : WRPKRU) + "F4")) {
      Cpu cpu = m.cpu();
      cpu.cr4 |= on ? Cpu.CR4_PKE : 0;
      cpu.pkru = 0x8765_4321;
      cpu.setReg(Cpu.RAX, -1L);
      cpu.setReg(Cpu.RCX, ecx << 32 | ecx);
      cpu.setReg(Cpu.RDX, edx);
      m.run(0);
      if (!vector.equals("-")) {
        assertEquals(HANDLER + Integer.parseInt(vector, 16), cpu.rip() & 0xFF00);
      } else if (read) {
        assertEquals(0x8765_4321L, cpu.reg(Cpu.RAX));
        assertEquals(0, cpu.reg(Cpu.RDX));
      } else {
        assertEquals(-1, cpu.pkru);
      }
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"xsave, 0FAE26, A80, 0", "xsavec, 0FC726, 240, 8000000000000200"})
  void theRightsAreAStateComponent(String name, String save, String at, String format) {
    // xsave [rsi]; wrpkru; xrstor [rsi]
    String code = save + "31C9 31D2 31C0" + WRPKRU + "B800020000 0FAE2E F4";
    try (TestMachine m = PageFaultTest.machine(0, 3, code)) {
      Cpu cpu = m.cpu();
      cpu.cr4 |= Cpu.CR4_PKE | Cpu.CR4_OSXSAVE;
      Mem.put64(cpu.st + Cpu.XCR0, 0x207);
      cpu.setReg(Cpu.RAX, 0x200);
      cpu.pkru = 0x1234_5678;
      m.run(0);
      assertEquals(0x1234_5678, cpu.pkru, () -> m.core(0).dump());
      assertEquals(0x1234_5678, m.get32(PROBED + Long.parseLong(at, 16)));
      assertEquals(0x200, m.get64(PROBED + 0x200));
      assertEquals(Long.parseUnsignedLong(format, 16), m.get64(PROBED + 0x208));
    }
  }

  @Test
  void aComponentThatTheImageLacksIsReset() {
    try (TestMachine m = PageFaultTest.machine(0, 3, "0FAE2E F4")) {
      Cpu cpu = m.cpu();
      cpu.cr4 |= Cpu.CR4_PKE | Cpu.CR4_OSXSAVE;
      Mem.put64(cpu.st + Cpu.XCR0, 0x207);
      m.put64(PROBED, 0);
      cpu.setReg(Cpu.RAX, 0x200);
      cpu.pkru = -1;
      m.run(0);
      assertEquals(0, cpu.pkru);
    }
  }

  @Test
  void supervisorRightsAreAModelSpecificRegister() {
    // wrmsr; rdmsr
    try (TestMachine m = PageFaultTest.machine(0, 3, "0F30 31C0 0F32 F4")) {
      Cpu cpu = m.cpu();
      cpu.setReg(Cpu.RCX, 0x6E1);
      cpu.setReg(Cpu.RAX, 0x8000_000CL);
      cpu.setReg(Cpu.RDX, 0);
      m.run(0);
      assertEquals(0x8000_000CL, cpu.reg(Cpu.RAX));
      assertEquals(0x8000_000C, cpu.msrs.pkrs);
    }
  }
}
