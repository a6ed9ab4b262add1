package thespis.cpu.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static thespis.cpu.run.PageFaultTest.CODE;
import static thespis.cpu.run.PageFaultTest.HANDLER;
import static thespis.cpu.run.PageFaultTest.PROBED;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import thespis.cpu.mmu.Mem;
import thespis.cpu.state.BoundRegisters;
import thespis.cpu.state.Cpu;

/// Intel MPX in 64-bit code. SDM Vol. 1 "Intel Memory Protection Extensions", Vol. 2A "BNDMK" and its kin.
class BoundsTest {
  private static final int BOUND_FAULT = HANDLER + 0x500;
  private static final String HLT = "F4";

  /// Supervisor code with MPX enabled by IA32_BNDCFGS.
  private static TestMachine machine(String code, long config) {
    TestMachine m = PageFaultTest.machine(0, 3, code + HLT);
    Cpu cpu = m.cpu();
    cpu.cr4 |= Cpu.CR4_OSXSAVE;
    Mem.put64(cpu.st + Cpu.XCR0, 0x1F);
    cpu.bounds.configSupervisor = config;
    cpu.bounds.configured(true);
    cpu.updateMode();
    return m;
  }

  @ParameterizedTest(name = "{0}: lower {2}, upper {3}, RAX {4} gives {5}")
  @CsvSource({
    // upper as the register holds it: one's complement
    "bndcl, F30F1AC8, 1000, 0, 1000, -", "bndcl, F30F1AC8, 1000, 0, FFF, 1", "bndcl, F30F1AC8, 8000000000000000, 0, 1, 1",
    "bndcu, F20F1AC8, 0, ~1FFF, 1FFF, -", "bndcu, F20F1AC8, 0, ~1FFF, 2000, 1", "bndcu, F20F1AC8, 0, 0, FFFFFFFFFFFFFFFF, -",
    "bndcn, F20F1BC8, 0, 1FFF, 1FFF, -", "bndcn, F20F1BC8, 0, 1FFF, 2000, 1",
    "bndcl of an address, F30F1A0C10, 1000, 0, 0FFE, 1", "bndcl of an address, F30F1A0C10, 1000, 0, 0FFF, -"
  })
  void checks(String name, String code, String lower, String upper, String rax, String status) {
    try (TestMachine m = machine(code, BoundRegisters.ENABLE)) {
      Cpu cpu = m.cpu();
      cpu.bounds.lower[1] = Long.parseUnsignedLong(lower, 16);
      long limit = Long.parseUnsignedLong(upper.replace("~", ""), 16);
      cpu.bounds.upper[1] = upper.startsWith("~") ? ~limit : limit;
      cpu.setReg(Cpu.RAX, Long.parseUnsignedLong(rax, 16));
      cpu.setReg(Cpu.RDX, 1);
      m.run(0);
      boolean fault = (cpu.rip() & 0xFF00) == BOUND_FAULT;
      assertEquals(status, fault ? Long.toString(cpu.bounds.status) : "-", () -> m.core(0).dump());
    }
  }

  @Test
  void boundsAreMadeOfAnAddress() {
    try (TestMachine m = machine("F30F1B5C9020", BoundRegisters.ENABLE)) { // bndmk bnd3, [rax+rdx*4+32]
      m.cpu().setReg(Cpu.RAX, 0x5000);
      m.cpu().setReg(Cpu.RDX, 2);
      m.run(0);
      assertEquals(0x5000, m.cpu().bounds.lower[3]);
      assertEquals(~0x5028L, m.cpu().bounds.upper[3]);
    }
  }

  @Test
  void boundsAreMovedBetweenRegistersAndMemory() {
    // bndmov [rsi], bnd0; bndmov bnd1, [rsi]; bndmov bnd2, bnd1
    try (TestMachine m = machine("660F1B06 660F1A0E 660F1AD1", BoundRegisters.ENABLE)) {
      m.cpu().bounds.lower[0] = 0x1234;
      m.cpu().bounds.upper[0] = -0x5678;
      m.run(0);
      assertArrayEquals(new long[] {0x1234, 0x1234, 0x1234, 0}, m.cpu().bounds.lower);
      assertArrayEquals(new long[] {-0x5678, -0x5678, -0x5678, 0}, m.cpu().bounds.upper);
      assertEquals(-0x5678, m.get64(PROBED + 8));
    }
  }

  @ParameterizedTest(name = "pointer {0}: bounds {1}, status {2}")
  @CsvSource({"7777, 1234, 0", "7778, 0, 0", "7777, 0, 2"})
  void boundsOfAPointerInMemoryAreKeptInATable(long pointer, long lower, long invalid) {
    int directory = 0x180000;
    int table = 0x80000;
    // bndstx [rsi+rdx], bnd0; mov rdx, rbx; bndldx bnd1, [rsi+rdx]
    try (TestMachine m = machine("0F1B0416 4889DA 0F1A0C16", directory | BoundRegisters.ENABLE)) {
      m.put64(directory, invalid != 0 ? table : table | 1);
      Cpu cpu = m.cpu();
      cpu.bounds.lower[0] = 1234;
      cpu.setReg(Cpu.RDX, 7777);
      cpu.setReg(Cpu.RBX, pointer);
      m.run(0);
      assertEquals(invalid != 0 ? directory | invalid : 0, cpu.bounds.status);
      assertEquals(lower, cpu.bounds.lower[1], () -> m.core(0).dump());
      assertEquals(invalid != 0 ? 0 : 7777, m.get64(table + (PROBED >> 3 << 5) + 16));
    }
  }

  @ParameterizedTest(name = "{0}, preserve {2}: {3}")
  @CsvSource({"call, E800000000, false, 0", "bnd call, F2E800000000, false, 77", "call, E800000000, true, 77",
    "jmp near, E900000000, false, 0", "jmp short, EB00, false, 77", "jcc taken, 7300, false, 0", "jcc, 7200, false, 0",
    "bnd jcc, F27300, false, 77", "jmp rbx, FFE3, false, 0", "bnd jmp rbx, F2FFE3, false, 77",
    "loop, E200, false, 77"})
  void nearBranchesForgetBounds(String name, String code, boolean preserve, long lower) {
    try (TestMachine m = machine(code, BoundRegisters.ENABLE | (preserve ? BoundRegisters.PRESERVE : 0))) {
      m.cpu().bounds.lower[2] = 77;
      m.cpu().setReg(Cpu.RBX, CODE + code.length() / 2);
      m.run(0);
      assertEquals(lower, m.cpu().bounds.lower[2]);
      assertEquals(CODE + code.length() / 2 + 1, m.cpu().rip());
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"bndcl, F30F1AC8", "bndmk, F30F1B1C90", "bndldx, 0F1A0C16", "bndcl bnd4, F3440F1AC0"})
  void nothingIsDoneWhereItIsNotEnabled(String name, String code) {
    try (TestMachine m = machine(code, 0)) {
      m.cpu().bounds.lower[1] = -1;
      m.run(0);
      assertEquals(CODE + code.length() / 2 + 1, m.cpu().rip());
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"bndcl bnd4, F3440F1AC0", "bndmk rip-relative, F30F1B0500000000"})
  void whatCanNotBeIsUndefined(String name, String code) {
    try (TestMachine m = machine(code, BoundRegisters.ENABLE)) {
      m.run(0);
      assertEquals(HANDLER + 0x600, m.cpu().rip() & 0xFF00, () -> m.core(0).dump());
    }
  }

  @Test
  void userModeIsEnabledByXrstor() {
    // xrstor [rsi]; bndcl bnd0, rbx
    try (TestMachine m = PageFaultTest.machine(3, 7, "0FAE2E F30F1AC3")) {
      Cpu cpu = m.cpu();
      cpu.cr4 |= Cpu.CR4_OSXSAVE;
      Mem.put64(cpu.st + Cpu.XCR0, 0x1F);
      cpu.setReg(Cpu.RAX, 0x18);
      m.put64(PROBED, 0);
      m.put64(PROBED + 0x200, 0x18);
      m.put64(PROBED + 0x3C0, 0x9000);
      m.put64(PROBED + 0x400, BoundRegisters.ENABLE);
      m.run(0);
      assertEquals(BOUND_FAULT, cpu.rip() & 0xFF00, () -> m.core(0).dump());
      assertEquals(1, cpu.bounds.status);
    }
  }

  @ParameterizedTest(name = "XCR0 {0}: vector {1}")
  @CsvSource({"1B, -", "B, D", "13, D"})
  void bothComponentsAreEnabledTogether(String xcr0, String vector) {
    try (TestMachine m = machine("0F01D1", 0)) {
      m.cpu().setReg(Cpu.RAX, Long.parseLong(xcr0, 16));
      m.cpu().setReg(Cpu.RCX, 0);
      m.cpu().setReg(Cpu.RDX, 0);
      m.run(0);
      assertEquals(vector.equals("-") ? CODE : HANDLER + 0xD00, m.cpu().rip() & 0xFF00);
    }
  }
}
