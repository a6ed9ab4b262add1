package thespis.cpu.jit;

import static thespis.cpu.jit.Asm.M0F38;
import static thespis.cpu.jit.Asm.M0F3A;
import static thespis.cpu.jit.Asm.ONE;
import static thespis.cpu.jit.Asm.RAX;
import static thespis.cpu.jit.Asm.RCX;
import static thespis.cpu.jit.Asm.STATE;

import thespis.cpu.decode.Op;
import thespis.cpu.decode.Ops;
import thespis.cpu.mmu.Mmu;
import thespis.cpu.state.Cpu;
import thespis.cpu.state.NativeState;

/// Translates the newer integer instructions: BMI1, BMI2, ADX, MOVBE, CRC32; LAHF and SAHF. SDM Vol. 1 "Bit Manipulation
/// Instructions".
final class BmiCode {
  private static final boolean MOVBE = HostCheck.has("movbe");
  private static final boolean ADX = HostCheck.has("adx");
  private static final int NP = 0;
  private static final int P66 = 1;
  private static final int F3 = 2;
  private static final int F2 = 3;

  private BmiCode() {}

  static boolean emit(Unit u, long p, int op) {
    switch (op) {
      case Ops.ANDN -> bits(u, p, NP, 0xF2, true);
      case Ops.BEXTR -> bits(u, p, NP, 0xF7, true);
      case Ops.BZHI -> bits(u, p, NP, 0xF5, true);
      case Ops.PDEP -> bits(u, p, F2, 0xF5, false);
      case Ops.PEXT -> bits(u, p, F3, 0xF5, false);
      case Ops.SARX -> bits(u, p, F3, 0xF7, false);
      case Ops.SHLX -> bits(u, p, P66, 0xF7, false);
      case Ops.SHRX -> bits(u, p, F2, 0xF7, false);
      case Ops.BLSR -> lowest(u, p, 1);
      case Ops.BLSMSK -> lowest(u, p, 2);
      case Ops.BLSI -> lowest(u, p, 3);
      case Ops.RORX -> rorx(u, p);
      case Ops.MULX -> mulx(u, p);
      case Ops.ADCX, Ops.ADOX -> {
        return ADX && carries(u, p, op == Ops.ADCX ? 0x66 : 0xF3);
      }
      case Ops.MOVBE -> {
        return MOVBE && movbe(u, p);
      }
      case Ops.CRC32 -> crc32(u, p);
      case Ops.LAHF -> lahf(u);
      case Ops.SAHF -> sahf(u);
      default -> {
        return false;
      }
    }
    return true;
  }

  /// The host register of the source, or -1 for memory at [RCX].
  private static int source(Unit u, long p) {
    if (Op.srcKind(p) == Op.KIND_MEM) {
      u.memory(1 << Op.size(p), Mmu.LOAD);
      return -1;
    }
    return u.read(Op.src(p), RCX);
  }

  private static void vex(Unit u, int prefix, int map, int opcode, int w, int reg, int vvvv, int source) {
    if (source < 0) {
      u.a.vexM(prefix, map, opcode, w, 0, reg, vvvv, RCX, 0);
    } else {
      u.a.vex(prefix, map, opcode, w, 0, reg, vvvv, source);
    }
  }

  private static int wide(long p) {
    return Op.size(p) == 3 ? 1 : 0;
  }

  /// ModRM.reg = f(ModRM.rm, VEX.vvvv).
  private static void bits(Unit u, long p, int prefix, int opcode, boolean flags) {
    int s = source(u, p);
    int v = u.read(Op.reg3(p), RAX);
    vex(u, prefix, M0F38, opcode, wide(p), Unit.target(Op.dst(p), RAX), v, s);
    u.put(Op.dst(p), RAX);
    if (flags) {
      u.flags.made(u.p);
    }
  }

  private static void lowest(Unit u, long p, int n) {
    int s = source(u, p);
    vex(u, NP, M0F38, 0xF3, wide(p), n, Unit.target(Op.dst(p), RAX), s);
    u.put(Op.dst(p), RAX);
    u.flags.made(u.p);
  }

  private static void rorx(Unit u, long p) {
    int s = source(u, p);
    vex(u, F2, M0F3A, 0xF0, wide(p), Unit.target(Op.dst(p), RAX), 0, s);
    u.a.b((int) Op.imm(p));
    u.put(Op.dst(p), RAX);
  }

  /// The guest's RDX is the host's. The high half is written last.
  private static void mulx(Unit u, long p) {
    int s = source(u, p);
    vex(u, F2, M0F38, 0xF6, wide(p), Unit.target(Op.dst(p), RAX), Unit.target(Op.reg3(p), RCX), s);
    u.put(Op.reg3(p), RCX);
    u.put(Op.dst(p), RAX);
  }

  private static boolean carries(Unit u, long p, int prefix) {
    int s = source(u, p);
    u.flags.needFlags();
    int d = u.change(Op.dst(p), RAX);
    if (s < 0) {
      u.a.rm(prefix, M0F38, 0xF6, wide(p), d, RCX, 0);
    } else {
      u.a.rr(prefix, M0F38, 0xF6, wide(p), d, s);
    }
    u.put(Op.dst(p), RAX);
    u.flags.made(u.p);
    return true;
  }

  private static boolean movbe(Unit u, long p) {
    int size = Op.size(p);
    if (Op.dstKind(p) == Op.KIND_MEM) {
      u.memory(1 << size, Mmu.STORE);
      u.a.wideM(0, M0F38, 0xF1, size, u.read(Op.src(p), RAX), RCX, 0);
      return true;
    }
    u.memory(1 << size, Mmu.LOAD);
    int d = size == 1 ? u.change(Op.dst(p), RAX) : Unit.target(Op.dst(p), RAX);
    u.a.wideM(0, M0F38, 0xF0, size, d, RCX, 0);
    u.put(Op.dst(p), RAX);
    return true;
  }

  private static void crc32(Unit u, long p) {
    Asm a = u.a;
    int size = Op.srcSize(p);
    boolean memory = Op.srcKind(p) == Op.KIND_MEM;
    int s = RCX;
    if (memory) {
      u.memory(1 << size, Mmu.LOAD);
    } else {
      s = u.read(Op.src(p), RCX);
      if (size == 0) {
        a.extendByte(0xB6, 2, RCX, s);
        s = RCX;
      }
    }
    int d = u.change(Op.dst(p), RAX);
    if (size == 1) {
      a.b(0x66);
    }
    if (memory) {
      a.rm(0xF2, M0F38, size == 0 ? 0xF0 : 0xF1, wide(p), d, RCX, 0);
    } else {
      a.rr(0xF2, M0F38, size == 0 ? 0xF0 : 0xF1, wide(p), d, s);
    }
    u.put(Op.dst(p), RAX);
  }

  private static final int AH = Cpu.RAX + 1;

  private static void lahf(Unit u) {
    u.flags.needSaved();
    u.a.rm(0, ONE, 0x8A, 0, u.change(AH, RAX), STATE, Asm.st(NativeState.FLAGS_SAVED) + 1);
    u.put(AH, RAX);
  }

  /// SF ZF AF PF CF from AH; bit 1 is always set.
  private static void sahf(Unit u) {
    u.flags.needSaved();
    u.a.mov32(RAX, u.read(AH, RAX));
    u.flags.lost();
    u.a.group1(4, 0, RAX, 0xD5);
    u.a.group1(1, 0, RAX, 2);
    u.a.rm(0, ONE, 0x88, 0, RAX, STATE, Asm.st(NativeState.FLAGS_SAVED) + 1);
  }
}
