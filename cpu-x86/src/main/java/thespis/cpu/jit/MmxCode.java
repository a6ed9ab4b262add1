package thespis.cpu.jit;

import static thespis.cpu.jit.Asm.RAX;
import static thespis.cpu.jit.Asm.RCX;

import thespis.cpu.decode.Op;
import thespis.cpu.decode.SseOps;
import thespis.cpu.mmu.Mmu;

/// Translates instructions on MMX registers, which are the host's while the x87 is (see {@link HostX87}). Those that have
/// XMM registers too, MASKMOVQ and 3DNow! are left to the interpreter. SDM Vol. 1 "Programming with Intel MMX Technology".
final class MmxCode {
  private MmxCode() {}

  static boolean emit(Unit u, long p) {
    int opcode = Op.opcode(p);
    if (Op.op(p) == SseOps.THREE_D_NOW) {
      return false;
    }
    switch (opcode) {
      case 0x6E -> move(u, p, Op.src(p), Op.srcKind(p), Mmu.LOAD);
      case 0x7E -> move(u, p, Op.dst(p), Op.dstKind(p), Mmu.STORE);
      case 0x7F, 0xE7 -> two(u, p, Op.src(p), Op.dst(p), Op.dstKind(p), Mmu.STORE);
      case 0x71, 0x72, 0x73 -> {
        u.needX87();
        u.a.rr(0, Asm.M0F, opcode, 0, Op.modrm(p) >>> 3 & 7, Op.modrm(p) & 7);
        u.a.b((int) Op.imm(p));
      }
      case 0xC4 -> insert(u, p);
      case 0xC5, 0xD7 -> toGeneral(u, p, opcode);
      default -> {
        if (!plain(opcode)) {
          return false;
        }
        two(u, p, Op.dst(p), Op.src(p), Op.srcKind(p), Mmu.LOAD);
        if (opcode == 0x70 || opcode == 0x0F) {
          u.a.b((int) Op.imm(p));
        }
      }
    }
    return true;
  }

  /// Register and register or memory, 64 bits. Below 60: opcodes of the maps 0F38 and 0F3A.
  private static boolean plain(int opcode) {
    return opcode <= 0x0B || opcode == 0x0F || opcode >= 0x1C && opcode <= 0x1E || opcode >= 0x60 && opcode <= 0x6B
        || opcode == 0x6F || opcode == 0x70 || opcode >= 0x74 && opcode <= 0x76
        || opcode >= 0xD1 && opcode != 0xD6 && opcode != 0xE6 && opcode != 0xF0 && opcode != 0xF7 && opcode != 0xFF;
  }

  private static int map(int opcode) {
    return opcode == 0x0F ? Asm.M0F3A : opcode < 0x60 ? Asm.M0F38 : Asm.M0F;
  }

  private static void two(Unit u, long p, int reg, int rm, int rmKind, int access) {
    int opcode = Op.opcode(p);
    u.needX87();
    if (rmKind == Op.KIND_MEM) {
      u.memory(8, access);
      u.a.rm(0, map(opcode), opcode, 0, reg, RCX, 0);
    } else {
      u.a.rr(0, map(opcode), opcode, 0, reg, rm);
    }
  }

  /// MOVD and MOVQ from and to general registers and memory.
  private static void move(Unit u, long p, int rm, int rmKind, int access) {
    int w = (Op.prefixes(p) & Op.PREFIX_REX_W) != 0 ? 1 : 0;
    int reg = Op.modrm(p) >>> 3 & 7;
    u.needX87();
    if (rmKind == Op.KIND_MEM) {
      u.memory(4 << w, access);
      u.a.rm(0, Asm.M0F, Op.opcode(p), w, reg, RCX, 0);
    } else if (access == Mmu.LOAD) {
      u.a.rr(0, Asm.M0F, Op.opcode(p), w, reg, u.read(rm, RAX));
    } else {
      u.a.rr(0, Asm.M0F, Op.opcode(p), w, reg, Unit.target(rm, RAX));
      u.put(rm, RAX);
    }
  }

  private static void insert(Unit u, long p) {
    u.needX87();
    if (Op.srcKind(p) == Op.KIND_MEM) {
      u.memory(2, Mmu.LOAD);
      u.a.rm(0, Asm.M0F, 0xC4, 0, Op.dst(p), RCX, 0);
    } else {
      u.a.rr(0, Asm.M0F, 0xC4, 0, Op.dst(p), u.read(Op.src(p), RAX));
    }
    u.a.b((int) Op.imm(p));
  }

  private static void toGeneral(Unit u, long p, int opcode) {
    u.needX87();
    u.a.rr(0, Asm.M0F, opcode, 0, Unit.target(Op.dst(p), RAX), Op.modrm(p) & 7);
    if (opcode == 0xC5) {
      u.a.b((int) Op.imm(p));
    }
    u.put(Op.dst(p), RAX);
  }
}
