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
import thespis.cpu.state.CpuFeatures.Word;
import thespis.cpu.state.GuestFault;

/// 3DNow! by AMD64 APM Vol. 5 "64-Bit Media Instruction Reference", its tables of results for numbers at the edges of the
/// format among them.
class ThreeDNowTest {
  private static final int NONE = -1;
  private static final String MM1_MM2 = "0F0FCA";

  private final Model model = new Model();
  private final Cpu cpu = model.cpu;

  @AfterEach
  void close() {
    model.close();
  }

  private void mmx(int n, String value) {
    Mem.put64(cpu.st + Cpu.FPR + 16L * n, Long.parseUnsignedLong(value, 16));
  }

  private String mmx(int n) {
    return String.format("%016X", Mem.get64(cpu.st + Cpu.FPR + 16L * n));
  }

  @ParameterizedTest(name = "{0} {2} {3}")
  @CsvSource({
    // name, suffix, mm1, mm2, result; 1 = 3F800000, 2 = 40000000, 3 = 40400000, 1.5 = 3FC00000, 0.5 = 3F000000
    "pfadd, 9E, 3F80000040000000, 400000003F800000, 4040000040400000",
    "pfadd to too much, 9E, 7F7FFFFFFF7FFFFF, 7F7FFFFFFF7FFFFF, 7F7FFFFFFF7FFFFF",
    "pfadd of denormals, 9E, 0000000180000001, 0000000180000001, 0000000080000000",
    "pfsub, 9A, 4040000040000000, 3F80000040000000, 4000000000000000",
    "pfsub to too little, 9A, 0080000100800002, 0080000000800000, 0000000000000000",
    "pfsubr, AA, 3F8000003F800000, 4040000040000000, 400000003F800000",
    "pfmul, B4, 4000000040400000, 3F000000BF800000, 3F800000C0400000",
    "pfmul to too little, B4, 0080000080800000, 3F0000003F000000, 0000000080000000",
    "pfacc, AE, 3F80000040000000, 4040000040400000, 40C0000040400000",
    "pfnacc, 8A, 3F80000040000000, 4040000040A00000, 400000003F800000",
    "pfpnacc, 8E, 3F80000040000000, 4040000040400000, 40C000003F800000",
    "pfcmpeq, B0, 3F80000080000000, 3F80000000000000, FFFFFFFFFFFFFFFF",
    "pfcmpge, 90, 400000003F800000, 400000003FC00000, FFFFFFFF00000000",
    "pfcmpgt, A0, 4000000040000000, 400000003FC00000, 00000000FFFFFFFF",
    "pfmax, A4, 3F800000C0000000, 40000000BF800000, 40000000BF800000",
    "pfmin, 94, 3F800000C0000000, 40000000BF800000, 3F800000C0000000",
    "pf2id, 1D, 0000000000000000, 3FC00000BFC00000, 00000001FFFFFFFF",
    "pf2id saturates, 1D, 0000000000000000, 7F7FFFFFFF7FFFFF, 7FFFFFFF80000000",
    "pf2iw, 1C, 0000000000000000, 3FC00000C7800000, 00000001FFFF8000",
    "pi2fd, 0D, 0000000000000000, 00000003FFFFFFFF, 40400000BF800000",
    "pi2fd truncates, 0D, 0000000000000000, 7FFFFFFF80000001, 4EFFFFFFCEFFFFFF",
    "pi2fw, 0C, 0000000000000000, 123400035678FFFF, 40400000BF800000",
    "pfrcp, 96, 0000000000000000, 3F80000040000000, 3F0000003F000000",
    "pfrcp of zero, 96, 0000000000000000, 0000000080000000, FF7FFFFFFF7FFFFF",
    "pfrsqrt, 97, 0000000000000000, 0000000040800000, 3F0000003F000000",
    "pfrsqrt of a negative, 97, 0000000000000000, 00000000C0800000, BF000000BF000000",
    "pfrcpit1, A6, 0123456789ABCDEF, 3F0000003F000000, 3F0000003F000000",
    "pfrsqit1, A7, 0123456789ABCDEF, 3F0000003F000000, 3F0000003F000000",
    "pfrcpit2, B6, 0123456789ABCDEF, 3F0000003F000000, 3F0000003F000000",
    "pswapd, BB, 0000000000000000, 0123456789ABCDEF, 89ABCDEF01234567",
    "pavgusb, BF, 00FF0102030405FF, 01FF0304050607FE, 01FF0203040506FF",
    "pmulhrw, B7, 7FFF800000010000, 7FFF800080008000, 3FFF400000000000"
  })
  void operations(String name, String suffix, String a, String b, String result) {
    mmx(1, a);
    mmx(2, b);
    assertEquals(NONE, model.execute(MM1_MM2 + suffix));
    assertEquals(result, mmx(1));
    assertEquals(0xFFFF, Mem.get16(cpu.st + Cpu.FPR + 16 + 8) & 0xFFFF);
    assertEquals(0xFF, Mem.get16(cpu.st + Cpu.FTW) & 0xFF);
  }

  @Test
  void theSuffixStandsBehindTheAddress() {
    model.area();
    Mem.put64(model.memory() + 8, 0x4000_0000_4040_0000L);
    mmx(1, "3F8000003F800000");
    assertEquals(NONE,
        model.execute("410F0F8F" + String.format("%08X", Integer.reverseBytes(Silicon.MEM + 8)) + "9E"));
    assertEquals("4040000040800000", mmx(1));
  }

  @Test
  void suffixesWithoutAMeaningAreUndefined() {
    int defined = 0;
    for (int suffix = 0; suffix < 256; suffix++) {
      defined += model.execute(MM1_MM2 + String.format("%02X", suffix)) == NONE ? 1 : 0;
    }
    assertEquals(24, defined);
  }

  @ParameterizedTest(name = "{0} without feature {1}: {2}")
  @CsvSource({"0F0FCA9E, 31, 6", "0F0E, 31, 6", "0F0FCA9E, 30, -1", "0F0FCABB, 30, 6", "0F0FCA0C, 30, 6"})
  void theModelMustHaveThem(String code, int bit, int vector) {
    model.lacks(Word.X1_EDX, bit);
    assertEquals(vector, model.execute(code));
  }

  @Test
  void femmsEmptiesTheTags() {
    Mem.put16(cpu.st + Cpu.FTW, (short) 0xFF);
    assertEquals(NONE, model.execute("0F0E"));
    assertEquals(0, Mem.get16(cpu.st + Cpu.FTW));
  }

  @Test
  void theUnitMustBeFree() {
    cpu.cr0 |= Cpu.CR0_TS;
    assertEquals(GuestFault.NM, model.execute(MM1_MM2 + "9E"));
    cpu.cr0 |= Cpu.CR0_EM;
    assertEquals(GuestFault.UD, model.execute(MM1_MM2 + "9E"));
  }
}
