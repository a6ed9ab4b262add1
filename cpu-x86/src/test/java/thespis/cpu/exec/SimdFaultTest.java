package thespis.cpu.exec;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import thespis.cpu.mmu.Mem;
import thespis.cpu.silicon.Model;
import thespis.cpu.silicon.Silicon;
import thespis.cpu.state.Cpu;
import thespis.cpu.state.GuestFault;

/// When MMX, SSE and x87 instructions fault, and that they change nothing then.
class SimdFaultTest {
  private static final int NONE = -1;
  private static final String ADDPS_XMM1_XMM2 = "0F58CA";
  private static final String DIVSD_XMM1_XMM2 = "F20F5ECA";
  private static final String PADDB_MM1_MM2 = "0FFCCA";
  private static final String FLD1 = "D9E8";
  private static final String FWAIT = "9B";
  private static final double ONE = 1.0;

  private final Model model = new Model();
  private final Cpu cpu = model.cpu;

  @AfterEach
  void close() {
    model.close();
  }

  private static String at(String opcode, int offset) {
    return opcode + String.format("%08X", Integer.reverseBytes(Silicon.MEM + offset));
  }

  private void xmm(int n, double lo) {
    Mem.put64(cpu.st + Cpu.XMM + 32L * n, Double.doubleToRawLongBits(lo));
  }

  private int mxcsr() {
    return Mem.get32(cpu.st + Cpu.MXCSR);
  }

  @ParameterizedTest(name = "CR0 bits {0}, OSFXSR {1}: {2} faults with {3}")
  @CsvSource({
    "4, true, 0F58CA, 6", "8, true, 0F58CA, 7", "12, true, 0F58CA, 6", "0, false, 0F58CA, 6", "0, true, 0F58CA, -1",
    "4, true, 0FFCCA, 6", "8, true, 0FFCCA, 7", "0, false, 0FFCCA, -1",
    "4, true, D9E8, 7", "8, true, D9E8, 7", "0, false, D9E8, -1",
    "8, true, 9B, 7", "4, true, 9B, -1"
  })
  void unitsThatAreOffOrBusyFault(int cr0, boolean osfxsr, String code, int vector) {
    cpu.cr0 |= cr0;
    if (!osfxsr) {
      cpu.cr4 &= ~Cpu.CR4_OSFXSR;
    }
    assertEquals(vector, model.execute(code));
  }

  @Test
  void waitUnderTaskSwitchedNeedsMonitorCoprocessorToo() {
    cpu.cr0 = cpu.cr0 & ~Cpu.CR0_MP | Cpu.CR0_TS;
    assertEquals(NONE, model.execute(FWAIT));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "addps, 410F588F, 13", "movaps load, 410F288F, 13", "movaps store, 410F298F, 13", "movntps, 410F2B8F, 13",
    "movups, 410F108F, -1", "addss, F3410F588F, -1", "lddqu, F2410FF08F, -1", "fxsave, 410FAE87, 13"
  })
  void misalignedVectorOperandsRaiseGeneralProtection(String name, String opcode, int vector) {
    model.area();
    assertEquals(vector, model.execute(at(opcode, 8)));
  }

  @Test
  void unmaskedDivisionByZeroRaisesXmAndStoresNothing() {
    Mem.put32(cpu.st + Cpu.MXCSR, 0x1F80 & ~(4 << 7));
    xmm(1, ONE);
    xmm(2, 0);
    assertEquals(GuestFault.XM, model.execute(DIVSD_XMM1_XMM2));
    assertEquals(ONE, Double.longBitsToDouble(Mem.get64(cpu.st + Cpu.XMM + 32)));
    assertEquals(4, mxcsr() & 0x3F);
  }

  @Test
  void unmaskedExceptionWithoutOperatingSystemSupportIsUndefined() {
    cpu.cr4 &= ~Cpu.CR4_OSXMMEXCPT;
    Mem.put32(cpu.st + Cpu.MXCSR, 0x1F80 & ~(4 << 7));
    xmm(1, ONE);
    xmm(2, 0);
    assertEquals(GuestFault.UD, model.execute(DIVSD_XMM1_XMM2));
  }

  @Test
  void oldUnmaskedFlagAloneRaisesNothing() {
    Mem.put32(cpu.st + Cpu.MXCSR, 0x1F80 & ~(4 << 7) | 4);
    xmm(1, ONE);
    xmm(2, 3);
    assertEquals(NONE, model.execute(DIVSD_XMM1_XMM2));
    assertEquals(4 | 0x20, mxcsr() & 0x3F);
  }

  @Test
  void unmaskedInvalidOperandHidesThePrecisionOfAnotherLane() {
    Mem.put32(cpu.st + Cpu.MXCSR, 0x1F80 & ~(1 << 7));
    xmm(1, ONE);
    xmm(2, 3);
    Mem.put64(cpu.st + Cpu.XMM + 32 + 8, 0);
    Mem.put64(cpu.st + Cpu.XMM + 64 + 8, 0);
    assertEquals(GuestFault.XM, model.execute("660F5ECA")); // DIVPD: 1 / 3 and 0 / 0
    assertEquals(1, mxcsr() & 0x3F);
  }

  @Test
  void pendingX87ExceptionStopsWaitingInstructionsOnly() {
    Mem.put16(cpu.st + Cpu.FCW, (short) 0x37B);
    Mem.put16(cpu.st + Cpu.FSW, (short) 0x8084);
    assertEquals(GuestFault.MF, model.execute(FLD1));
    assertEquals(GuestFault.MF, model.execute(FWAIT));
    assertEquals(GuestFault.MF, model.execute(PADDB_MM1_MM2));
    assertEquals(NONE, model.execute(ADDPS_XMM1_XMM2));
    assertEquals(NONE, model.execute("DFE0")); // FNSTSW AX
    assertEquals(0x8084, cpu.reg(Cpu.RAX) & 0xFFFF);
    assertEquals(NONE, model.execute("DBE2")); // FNCLEX
    assertEquals(NONE, model.execute(FLD1));
  }

  @Test
  void pendingX87ExceptionGoesOutOnFerrWithoutNumericError() {
    cpu.cr0 &= ~Cpu.CR0_NE;
    Mem.put16(cpu.st + Cpu.FCW, (short) 0x37B);
    Mem.put16(cpu.st + Cpu.FSW, (short) 0x8084);
    assertEquals(NONE, model.execute(FWAIT));
    assertEquals(1, model.ferr);
    assertEquals(NONE, model.execute("DBE2")); // FNCLEX
    assertEquals(0, model.ferr);
  }

  @Test
  void pointersNameTheLastInstructionAndItsOperand() {
    cpu.setSelector(Cpu.CS, 0x33);
    cpu.setSelector(Cpu.DS, 0x2B);
    model.area();
    assertEquals(NONE, model.execute(at("41D987", 4))); // FLD dword
    assertEquals(NONE, model.execute(at("41D9BF", 8))); // FNSTCW leaves them alone
    assertEquals(0x187, Mem.get16(cpu.st + Cpu.FOP));
    assertEquals(cpu.rip(), Mem.get64(cpu.st + Cpu.FIP));
    assertEquals(0x33, Mem.get16(cpu.st + Cpu.FCS));
    assertEquals(0x4000 + Silicon.MEM + 4, Mem.get64(cpu.st + Cpu.FDP));
    assertEquals(0x2B, Mem.get16(cpu.st + Cpu.FDS));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"pshufb, 660F3800CA, 1, 9", "pcmpgtq, 660F3837CA, 1, 20", "aesenc, 660F38DCCA, 1, 25",
    "addpd, 660F58CA, 0, 26", "addps, 0F58CA, 0, 25", "paddb mmx, 0FFCCA, 0, 23"})
  void instructionsOfAFeatureThatTheModelLacksAreUndefined(String name, String code, int word, int bit) {
    assertEquals(NONE, model.execute(code));
    model.lacks(word, bit);
    assertEquals(GuestFault.UD, model.execute(code));
  }

  @Test
  void emmsEmptiesTheTagsAndClearsTheTop() {
    Mem.put16(cpu.st + Cpu.FSW, (short) 0x1800);
    Mem.put16(cpu.st + Cpu.FTW, (short) 0xFF);
    assertEquals(NONE, model.execute("0F77"));
    assertEquals(0, Mem.get16(cpu.st + Cpu.FSW));
    assertEquals(0, Mem.get16(cpu.st + Cpu.FTW));
  }

  @Test
  void reservedMxcsrBitsRaiseGeneralProtection() {
    model.area();
    Mem.put32(model.memory(), 0x1_1F80);
    assertEquals(GuestFault.GP, model.execute(at("410FAE97", 0)));
    Mem.put32(model.memory(), 0x9FC0);
    assertEquals(NONE, model.execute(at("410FAE97", 0)));
    assertEquals(0x9FC0, mxcsr());
  }

  @ParameterizedTest(name = "XCR0 {0}: {1}")
  @CsvSource({"1, -1", "3, -1", "7, -1", "0, 13", "2, 13", "5, 13", "15, 13"})
  void xsetbvTakesConsistentComponentsOnly(long value, int vector) {
    cpu.setReg(Cpu.RAX, value);
    assertEquals(vector, model.execute("0F01D1"));
    if (vector == NONE) {
      assertEquals(NONE, model.execute("0F01D0")); // XGETBV
      assertEquals(value, cpu.reg(Cpu.RAX));
    }
  }

  @Test
  void xsaveInstructionsNeedOsxsave() {
    cpu.cr4 &= ~Cpu.CR4_OSXSAVE;
    model.area();
    assertEquals(GuestFault.UD, model.execute("0F01D0"));
    assertEquals(GuestFault.UD, model.execute(at("410FAEA7", 0)));
  }

  @Test
  void maskedMoveChecksOnlyTheBytesItWrites() {
    long at = 0xFFFFC; // the last bytes of RAM
    cpu.setReg(Cpu.RDI, at);
    Mem.put64(cpu.st + Cpu.XMM + 32, 0x8877_6655_4433_2211L);
    Mem.put64(cpu.st + Cpu.XMM + 64, 0x0000_0000_8000_8000L);
    Mem.put64(cpu.st + Cpu.XMM + 72, 0);
    Mem.put64(cpu.st + Cpu.XMM + 40, 0);
    assertEquals(NONE, model.execute("660FF7CA"));
    assertEquals(0x4400_2200, Mem.get32(model.memory() - 0x4000 - Silicon.MEM + at));
  }
}
