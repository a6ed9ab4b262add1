package thespis.cpu.decode;

import static thespis.cpu.decode.OpcodeMap.MAP_0F;
import static thespis.cpu.decode.OpcodeMap.MAP_0F38;
import static thespis.cpu.decode.OpcodeMap.MAP_0F3A;
import static thespis.cpu.decode.Operand.*;
import static thespis.cpu.decode.Row.*;

import thespis.cpu.state.CpuFeatures.Word;

/// Two- and three-byte opcodes of the integer and system instructions. SDM Vol. 2D "Two-Byte Opcode Map", "Three-byte
/// Opcode Map". The SIMD rows are in {@link SseMap}.
final class TwoByteMap {
  private static final int MPX = feature(Word.L7_EBX, 14);
  private static final int BMI1 = feature(Word.L7_EBX, 3);
  private static final int BMI2 = feature(Word.L7_EBX, 8);

  private TwoByteMap() {}

  static void fill(OpcodeMap map) {
    system(map);
    bounds(map);
    integer(map);
    group15(map);
    map0F38(map);
    vexInteger(map);
  }

  private static void two(OpcodeMap map, int opcode, Row... rows) {
    map.add(MAP_0F, opcode, rows);
  }

  private static void system(OpcodeMap map) {
    two(
        map,
        0x00,
        row(Ops.SLDT, Mw, NONE, PROT).reg(0).mem(),
        row(Ops.SLDT, Ev, NONE, PROT).reg(0),
        row(Ops.STR, Mw, NONE, PROT).reg(1).mem(),
        row(Ops.STR, Ev, NONE, PROT).reg(1),
        row(Ops.LLDT, Ew, NONE, PROT | END).reg(2),
        row(Ops.LTR, Ew, NONE, PROT | END).reg(3),
        row(Ops.VERR, Ew, NONE, PROT).reg(4),
        row(Ops.VERW, Ew, NONE, PROT).reg(5));
    two(
        map,
        0x01,
        row(Ops.SGDT, M).reg(0).mem(),
        row(Ops.SIDT, M).reg(1).mem(),
        row(Ops.LGDT, M, NONE, END).reg(2).mem(),
        row(Ops.LIDT, M, NONE, END).reg(3).mem(),
        row(Ops.SMSW, Mw).reg(4).mem(),
        row(Ops.SMSW, Ev).reg(4),
        row(Ops.LMSW, Ew, NONE, END).reg(6),
        row(Ops.INVLPG, M, NONE, END).reg(7).mem(),
        row(Ops.VMMCALL).reg(0).rm(1),
        row(Ops.MONITOR).reg(1).rm(0),
        row(Ops.MWAIT, NONE, NONE, END).reg(1).rm(1),
        row(Ops.CLAC, NONE, NONE, END).reg(1).rm(2),
        row(Ops.STAC, NONE, NONE, END).reg(1).rm(3),
        row(Ops.XGETBV).reg(2).rm(0),
        row(Ops.XSETBV, NONE, NONE, END).reg(2).rm(1),
        row(Ops.VMMCALL).reg(3).rm(1),
        row(Ops.SERIALIZE, NONE, NONE, END).reg(5).rm(0).prefix(NP),
        row(Ops.RDPKRU).reg(5).rm(6).prefix(NP),
        row(Ops.WRPKRU, NONE, NONE, END).reg(5).rm(7).prefix(NP),
        row(Ops.SWAPGS, NONE, NONE, ONLY64).reg(7).rm(0),
        row(Ops.RDTSCP, NONE, NONE, END).reg(7).rm(1));
    two(map, 0x02, row(Ops.LAR, Gv, Ew, PROT));
    two(map, 0x03, row(Ops.LSL, Gv, Ew, PROT));
    two(map, 0x05, row(Ops.SYSCALL, NONE, NONE, END));
    two(map, 0x06, row(Ops.CLTS, NONE, NONE, END));
    two(map, 0x07, row(Ops.SYSRET, NONE, NONE, END));
    two(map, 0x08, row(Ops.INVD, NONE, NONE, END));
    two(map, 0x09, row(Ops.WBINVD, NONE, NONE, END));
    two(map, 0x0B, row(Ops.UD, NONE, NONE, END));
    two(map, 0x0D, row(Ops.PREFETCH, M).mem(), row(Ops.NOP, Ev));
    two(map, 0x20, row(Ops.MOV_FROM_CR, E_ | Q, Cd));
    two(map, 0x21, row(Ops.MOV_FROM_DR, E_ | Q, Dd));
    two(map, 0x22, row(Ops.MOV_TO_CR, Cd, E_ | Q, END));
    two(map, 0x23, row(Ops.MOV_TO_DR, Dd, E_ | Q, END));
    two(map, 0x30, row(Ops.WRMSR, NONE, NONE, END));
    two(map, 0x31, row(Ops.RDTSC, NONE, NONE, END));
    two(map, 0x32, row(Ops.RDMSR, NONE, NONE, END));
    two(map, 0x33, row(Ops.RDPMC));
    two(map, 0x34, row(Ops.SYSENTER, NONE, NONE, END));
    two(map, 0x35, row(Ops.SYSEXIT, NONE, NONE, END));
    two(map, 0xA2, row(Ops.CPUID, NONE, NONE, END));
    two(map, 0xAA, row(Ops.RSM, NONE, NONE, END));
  }

  /// Before the NOPs that these are without MPX. The bound registers have the numbers of vector registers.
  private static void bounds(OpcodeMap map) {
    two(
        map,
        0x1A,
        row(Ops.BNDLDX, Vx, M).mem().prefix(NP).feature(MPX),
        row(Ops.BNDMOV_LOAD, Vx, Wx).prefix(P66).feature(MPX),
        row(Ops.BNDCL, Vx, Eq).prefix(PF3).feature(MPX),
        row(Ops.BNDCU, Vx, Eq).prefix(PF2).feature(MPX));
    two(
        map,
        0x1B,
        row(Ops.BNDSTX, M, Vx).mem().prefix(NP).feature(MPX),
        row(Ops.BNDMOV_STORE, Wx, Vx).prefix(P66).feature(MPX),
        row(Ops.BNDMK, Vx, M).mem().prefix(PF3).feature(MPX),
        row(Ops.BNDCN, Vx, Eq).prefix(PF2).feature(MPX));
  }

  private static void integer(OpcodeMap map) {
    two(map, 0x18, row(Ops.PREFETCH, M).mem(), row(Ops.NOP, Ev));
    for (int op = 0x19; op <= 0x1F; op++) {
      two(map, op, row(Ops.NOP, Ev));
    }
    for (int cc = 0; cc < 16; cc++) {
      two(map, 0x40 + cc, row(Ops.CMOV, Gv, Ev));
      two(map, 0x80 + cc, row(Ops.JCC, Jz, NONE, F64));
      two(map, 0x90 + cc, row(Ops.SETCC, Eb));
    }
    two(map, 0xA0, row(Ops.PUSH_SREG, S_ | W, NONE, D64));
    two(map, 0xA1, row(Ops.POP_SREG, S_ | W, NONE, D64));
    two(map, 0xA3, row(Ops.BT, Ev, Gv));
    two(map, 0xA4, row(Ops.SHLD, Ev, Gv, Ib, 0));
    two(map, 0xA5, row(Ops.SHLD_CL, Ev, Gv));
    two(map, 0xA8, row(Ops.PUSH_SREG, S_ | W, NONE, D64));
    two(map, 0xA9, row(Ops.POP_SREG, S_ | W, NONE, D64));
    two(map, 0xAB, row(Ops.BTS, Ev, Gv, LOCK));
    two(map, 0xAC, row(Ops.SHRD, Ev, Gv, Ib, 0));
    two(map, 0xAD, row(Ops.SHRD_CL, Ev, Gv));
    two(map, 0xAF, row(Ops.IMUL2, Gv, Ev));
    two(map, 0xB0, row(Ops.CMPXCHG, Eb, Gb, LOCK));
    two(map, 0xB1, row(Ops.CMPXCHG, Ev, Gv, LOCK));
    two(map, 0xB2, row(Ops.LSS, Gv, M).mem());
    two(map, 0xB3, row(Ops.BTR, Ev, Gv, LOCK));
    two(map, 0xB4, row(Ops.LFS, Gv, M).mem());
    two(map, 0xB5, row(Ops.LGS, Gv, M).mem());
    two(map, 0xB6, row(Ops.MOVZX, Gv, Eb));
    two(map, 0xB7, row(Ops.MOVZX, Gv, Ew));
    two(map, 0xB8, row(Ops.POPCNT, Gv, Ev).prefix(PF3));
    two(map, 0xB9, row(Ops.UD, NONE, Ev, END));
    two(
        map,
        0xBA,
        row(Ops.BT, Ev, Ib).reg(4),
        row(Ops.BTS, Ev, Ib, LOCK).reg(5),
        row(Ops.BTR, Ev, Ib, LOCK).reg(6),
        row(Ops.BTC, Ev, Ib, LOCK).reg(7));
    two(map, 0xBB, row(Ops.BTC, Ev, Gv, LOCK));
    two(map, 0xBC, row(Ops.TZCNT, Gv, Ev).prefix(PF3), row(Ops.BSF, Gv, Ev));
    two(map, 0xBD, row(Ops.LZCNT, Gv, Ev).prefix(PF3), row(Ops.BSR, Gv, Ev));
    two(map, 0xBE, row(Ops.MOVSX, Gv, Eb));
    two(map, 0xBF, row(Ops.MOVSX, Gv, Ew));
    two(map, 0xC0, row(Ops.XADD, Eb, Gb, LOCK));
    two(map, 0xC1, row(Ops.XADD, Ev, Gv, LOCK));
    two(map, 0xC3, row(Ops.MOVNTI, My, Gy).mem().prefix(NP));
    two(
        map,
        0xC7,
        row(Ops.CMPXCHG16B, M, NONE, LOCK | ONLY64).reg(1).mem().w(1),
        row(Ops.CMPXCHG8B, M, NONE, LOCK).reg(1).mem(),
        row(Ops.XRSTORS, M).reg(3).mem(),
        row(Ops.XSAVEC, M).reg(4).mem(),
        row(Ops.XSAVES, M).reg(5).mem(),
        row(Ops.RDPID, E_ | Y).reg(7).register().prefix(PF3),
        row(Ops.RDRAND, Ev).reg(6).register(),
        row(Ops.RDSEED, Ev).reg(7).register());
    for (int r = 0; r < 8; r++) {
      two(map, 0xC8 + r, row(Ops.BSWAP, Zv));
    }
    two(map, 0xFF, row(Ops.UD, Gv, Ev, END));
  }

  private static void group15(OpcodeMap map) {
    two(
        map,
        0xAE,
        row(Ops.RDFSBASE, Ey, NONE, ONLY64).reg(0).register().prefix(PF3),
        row(Ops.RDGSBASE, Ey, NONE, ONLY64).reg(1).register().prefix(PF3),
        row(Ops.WRFSBASE, Ey, NONE, ONLY64).reg(2).register().prefix(PF3),
        row(Ops.WRGSBASE, Ey, NONE, ONLY64).reg(3).register().prefix(PF3),
        row(Ops.CLFLUSH, M).reg(6).mem().prefix(P66), // CLWB
        row(Ops.CLFLUSH, M).reg(7).mem().prefix(P66), // CLFLUSHOPT
        row(Ops.FXSAVE, M).reg(0).mem(),
        row(Ops.FXRSTOR, M).reg(1).mem(),
        row(Ops.LDMXCSR, M).reg(2).mem(),
        row(Ops.STMXCSR, M).reg(3).mem(),
        row(Ops.XSAVE, M).reg(4).mem(),
        row(Ops.XRSTOR, M, NONE, END).reg(5).mem(),
        row(Ops.XSAVEOPT, M).reg(6).mem(),
        row(Ops.CLFLUSH, M).reg(7).mem(),
        row(Ops.FENCE, E_ | X).reg(5).register(),
        row(Ops.FENCE, E_ | X).reg(6).register(),
        row(Ops.FENCE, E_ | X).reg(7).register());
  }

  private static void map0F38(OpcodeMap map) {
    map.add(MAP_0F38, 0x82, row(Ops.INVPCID, Gy, M, END).mem().prefix(P66));
    map.add(MAP_0F38, 0xF0, row(Ops.CRC32, Gy, Eb).prefix(PF2), row(Ops.MOVBE, Gv, M | V).mem());
    map.add(
        MAP_0F38,
        0xF1,
        row(Ops.CRC32, Gy, Ev).prefix(PF2).flags(0),
        row(Ops.MOVBE, M | V, Gv).mem());
    map.add(MAP_0F38, 0xF6, row(Ops.ADCX, Gy, Ey).prefix(P66), row(Ops.ADOX, Gy, Ey).prefix(PF3));
  }

  /// BMI1 and BMI2. SDM Vol. 2A "ANDN" and others.
  private static void vexInteger(OpcodeMap map) {
    map.add(MAP_0F38, 0xF2, row(Ops.ANDN, Gy, By, Ey, VEX | L0).prefix(NP).feature(BMI1));
    map.add(
        MAP_0F38,
        0xF3,
        row(Ops.BLSR, By, Ey, VEX | L0).reg(1).prefix(NP).feature(BMI1),
        row(Ops.BLSMSK, By, Ey, VEX | L0).reg(2).prefix(NP).feature(BMI1),
        row(Ops.BLSI, By, Ey, VEX | L0).reg(3).prefix(NP).feature(BMI1));
    map.add(
        MAP_0F38,
        0xF5,
        row(Ops.BZHI, Gy, Ey, By, VEX | L0).prefix(NP).feature(BMI2),
        row(Ops.PEXT, Gy, By, Ey, VEX | L0).prefix(PF3).feature(BMI2),
        row(Ops.PDEP, Gy, By, Ey, VEX | L0).prefix(PF2).feature(BMI2));
    map.add(MAP_0F38, 0xF6, row(Ops.MULX, Gy, By, Ey, VEX | L0).prefix(PF2).feature(BMI2));
    map.add(
        MAP_0F38,
        0xF7,
        row(Ops.BEXTR, Gy, Ey, By, VEX | L0).prefix(NP).feature(BMI1),
        row(Ops.SHLX, Gy, Ey, By, VEX | L0).prefix(P66).feature(BMI2),
        row(Ops.SARX, Gy, Ey, By, VEX | L0).prefix(PF3).feature(BMI2),
        row(Ops.SHRX, Gy, Ey, By, VEX | L0).prefix(PF2).feature(BMI2));
    map.add(MAP_0F3A, 0xF0, row(Ops.RORX, Gy, Ey, Ib, VEX | L0).prefix(PF2).feature(BMI2));
  }
}
