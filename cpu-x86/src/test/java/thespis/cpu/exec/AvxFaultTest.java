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

/// When VEX-coded instructions fault. SDM Vol. 2A "Instruction Exception Specification" and "VEX Encoded GPR Instructions".
class AvxFaultTest {
  private static final int NONE = -1;
  private static final String VADDPS = "C5F058C2";

  private final Model model = new Model();
  private final Cpu cpu = model.cpu;

  @AfterEach
  void close() {
    model.close();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "66 before VEX, 66C5F058C2", "F2 before VEX, F2C5F058C2", "F3 before VEX, F3C5F058C2", "LOCK before VEX, F0C5F058C2",
    "REX before VEX, 40C5F058C2", "VMOVD of 256 bits, C5FD6EC0", "VMOVAPS with a first source, C5F028C2",
    "VPERMQ with W 0, C4E37D00C11B", "VPERMD of 128 bits, C4E27136C2", "opcode map 4, C4E47158C2",
    "VPADDB without 66, C5F0FCC2", "VMASKMOVPS from a register, C4E2712CC2", "ANDN with L 1, C4E274F2C2",
    "VGATHER into its index, C4E269900C08", "VGATHER into its mask, C4E271900C18", "VGATHER without SIB, C4E2699008",
    "VGATHER with its mask as index, C4E269900C10"
  })
  void encodingsThatDoNotExistAreUndefined(String name, String code) {
    assertEquals(GuestFault.UD, model.execute(code));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "VMOVD, C5F96EC0", "VMOVAPS, C5F828C2", "VPERMQ, C4E3FD00C11B", "VPERMD, C4E27536C2", "VADDPS, C5F058C2",
    "VADDSS with L 1, C5F658C2", "VADDPS in three bytes, C4E17058C2"
  })
  void theirNeighboursExist(String name, String code) {
    assertEquals(NONE, model.execute(code));
  }

  @ParameterizedTest(name = "CR0 bits {0}, CR4 without {1}, XCR0 {2}: {3}")
  @CsvSource({
    "0, 0, 7, -1", "8, 0, 7, 7", "4, 0, 7, -1", "0, 0x200, 7, -1", "0, 0x40000, 7, 6", "0, 0, 3, 6", "0, 0, 1, 6",
    "8, 0, 3, 6"
  })
  void theOperatingSystemEnablesAvxInXcr0(int cr0, String cr4, long xcr0, int vector) {
    cpu.cr0 |= cr0;
    cpu.cr4 &= ~Integer.decode(cr4);
    Mem.put64(cpu.st + Cpu.XCR0, xcr0);
    assertEquals(vector, model.execute(VADDPS));
  }

  @ParameterizedTest(name = "{0} at {2}")
  @CsvSource({
    "vmovaps ymm, C4C17C288F, 16, 13", "vmovaps ymm, C4C17C288F, 32, -1", "vmovaps xmm, C4C178288F, 16, -1",
    "vmovaps xmm, C4C178288F, 8, 13", "vmovaps store ymm, C4C17C298F, 16, 13", "vmovntdqa ymm, C4C27D2A8F, 16, 13",
    "vaddps ymm, C4C16C588F, 4, -1", "vmovups ymm, C4C17C108F, 1, -1"
  })
  void onlyAlignedMovesWantAlignment(String name, String opcode, int offset, int vector) {
    model.area();
    assertEquals(vector, model.execute(opcode + String.format("%08X", Integer.reverseBytes(Silicon.MEM + offset))));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"avx, C5F058C2, 1, 28", "avx2, C5F5FCC2, 2, 5", "fma, C4E27198C2, 1, 12", "f16c, C4E27913C2, 1, 29",
    "vaes, C4E275DCC2, 3, 9", "sha, 0F38C8CA, 2, 29"})
  void instructionsOfAFeatureThatTheModelLacksAreUndefined(String name, String code, int word, int bit) {
    assertEquals(NONE, model.execute(code));
    model.lacks(word, bit);
    assertEquals(GuestFault.UD, model.execute(code));
  }

  @Test
  void unmaskedExceptionInTheUpperLaneStoresNothing() {
    Mem.put32(cpu.st + Cpu.MXCSR, 0x1F80 & ~(4 << 7));
    long ymm1 = cpu.st + Cpu.XMM + 32;
    for (int at = 0; at < 32; at += 8) {
      Mem.put64(ymm1 + at, Double.doubleToRawLongBits(1));
      Mem.put64(ymm1 + 32 + at, Double.doubleToRawLongBits(at == 24 ? 0 : 2));
    }
    assertEquals(GuestFault.XM, model.execute("C5F55ECA")); // VDIVPD YMM1, YMM1, YMM2
    assertEquals(1, Double.longBitsToDouble(Mem.get64(ymm1)));
    assertEquals(4, Mem.get32(cpu.st + Cpu.MXCSR) & 0x3F);
  }

  @Test
  void fieldInstructionsComputeTheSubstitutionOfAes() {
    long xmm1 = cpu.st + Cpu.XMM + 32;
    for (int i = 0; i < 256; i += 16) {
      for (int k = 0; k < 16; k++) {
        Mem.put8(xmm1 + k, (byte) (i + k));
      }
      Vectors.set(xmm1 + 32, 0xF1E3_C78F_1F3E_7CF8L, 0xF1E3_C78F_1F3E_7CF8L);
      long expected = Aes.keyHalf(Mem.get32(xmm1 + 4), 0) & 0xFFFF_FFFFL;
      assertEquals(NONE, model.execute("660F3ACFCA63")); // GF2P8AFFINEINVQB XMM1, XMM2, 63
      assertEquals(expected, Mem.get32(xmm1 + 4) & 0xFFFF_FFFFL);
    }
  }
}
