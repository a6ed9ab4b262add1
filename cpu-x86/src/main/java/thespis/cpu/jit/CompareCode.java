package thespis.cpu.jit;

import static thespis.cpu.jit.Asm.RAX;
import static thespis.cpu.jit.Asm.RCX;

import thespis.cpu.decode.Op;
import thespis.cpu.decode.SseOps;
import thespis.cpu.mmu.Mmu;

/// Translates PCMPESTRI, PCMPESTRM, PCMPISTRI and PCMPISTRM, which have operands that they do not name: lengths in RAX and
/// RDX, an index in RCX or a mask in XMM0. SDM Vol. 2B "PCMPESTRI" and others by name.
final class CompareCode {
  /// 66.
  private static final int PREFIX = 1;

  private CompareCode() {}

  static boolean is(int op) {
    return op >= SseOps.PCMPESTRM && op <= SseOps.PCMPISTRI;
  }

  /// @param reg ModRM.reg, and `rm` the register in ModRM.rm where that is one
  /// @param w the lengths are 64 bits wide
  static void emit(Unit u, long p, boolean vex, int reg, int rm, int w) {
    Asm a = u.a;
    int op = Op.op(p);
    boolean memory = Op.srcKind(p) == Op.KIND_MEM;
    if (memory) {
      u.memory(16, Mmu.LOAD);
    } else {
      u.vectors.readXmm(rm);
    }
    u.vectors.readXmm(reg);
    if (op <= SseOps.PCMPESTRI) {
      a.mov(RAX, HostRegs.GUEST_RAX);
    }
    boolean index = op == SseOps.PCMPESTRI || op == SseOps.PCMPISTRI;
    if (!index && vex) {
      u.vectors.writeYmm(0);
    } else if (!index) {
      u.vectors.writeXmm(0);
    }
    code(a, vex, Op.opcode(p), w, reg, memory ? RCX : rm, memory);
    a.b((int) Op.imm(p));
    if (index) {
      a.mov32(HostRegs.GUEST_RCX, RCX);
    }
    u.flags.made(p);
  }

  private static void code(Asm a, boolean vex, int opcode, int w, int reg, int rm, boolean memory) {
    if (vex && memory) {
      a.vexM(PREFIX, Asm.M0F3A, opcode, w, 0, reg, 0, rm, 0);
    } else if (vex) {
      a.vex(PREFIX, Asm.M0F3A, opcode, w, 0, reg, 0, rm);
    } else if (memory) {
      a.rm(0x66, Asm.M0F3A, opcode, w, reg, rm, 0);
    } else {
      a.rr(0x66, Asm.M0F3A, opcode, w, reg, rm);
    }
  }
}
