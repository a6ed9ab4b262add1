package thespis.cpu.jit;

import static thespis.cpu.jit.Asm.M0F;
import static thespis.cpu.jit.Asm.ONE;
import static thespis.cpu.jit.Asm.RAX;
import static thespis.cpu.jit.Asm.RCX;

import thespis.cpu.decode.Op;
import thespis.cpu.decode.Ops;
import thespis.cpu.mmu.Mmu;

/// Translates multiplication and division. A division that could raise #DE on the host goes to the interpreter. SDM
/// Vol. 2A "DIV-Unsigned Divide", "IDIV-Signed Divide".
final class MulCode {
  private MulCode() {}

  static boolean emit(Unit u, long p, int op) {
    switch (op) {
      case Ops.MUL -> wide(u, p, 4);
      case Ops.IMUL -> wide(u, p, 5);
      case Ops.IMUL2 -> two(u, p);
      case Ops.IMUL3 -> three(u, p);
      case Ops.DIV, Ops.IDIV -> {
        return divide(u, p, op == Ops.IDIV);
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  private static void wide(Unit u, long p, int n) {
    Asm a = u.a;
    int size = Op.size(p);
    boolean memory = Op.dstKind(p) == Op.KIND_MEM;
    if (memory) {
      u.memory(1 << size, Mmu.LOAD);
    }
    int s = memory ? RCX : u.read(Op.dst(p), RCX);
    a.mov(RAX, HostRegs.GUEST_RAX);
    if (memory) {
      a.opM(ONE, 0xF6, size, n, RCX, 0);
    } else {
      a.op(ONE, 0xF6, size, n, s);
    }
    a.mov(HostRegs.GUEST_RAX, RAX);
    u.flags.made(u.p);
  }

  private static void two(Unit u, long p) {
    u.changeBySource(0, M0F, 0xAF);
    u.put(Op.dst(p), RAX);
    u.flags.made(u.p);
  }

  private static void three(Unit u, long p) {
    u.changeBySource(0, ONE, 0x69);
    u.a.imm(Op.size(p), (int) Op.imm(p));
    u.put(Op.dst(p), RAX);
    u.flags.made(u.p);
  }

  /// Flags are undefined behind it: they stay as they were.
  private static boolean divide(Unit u, long p, boolean signed) {
    Asm a = u.a;
    int size = Op.size(p);
    if (size < 2) {
      return false;
    }
    if (Op.dstKind(p) == Op.KIND_MEM) {
      u.memory(1 << size, Mmu.LOAD);
      a.opM(ONE, 0x8A, size, RCX, RCX, 0);
    } else {
      int s = u.read(Op.dst(p), RCX);
      a.mov(RCX, s);
    }
    u.flags.needSaved(); // the comparisons below need the host's
    int w = size == 3 ? 1 : 0;
    if (signed) {
      // the dividend must be a sign extension, the divisor neither 0 nor -1: then the quotient fits
      a.mov(RAX, HostRegs.GUEST_RAX);
      a.rr(0, ONE, 0xC1, w, 7, RAX); // SAR
      a.b(63);
      a.op(ONE, 0x38, size, RAX, HostRegs.GUEST_RDX);
      u.interpretIf(Asm.CC_NE);
      a.lea(size == 3, RAX, RCX, -1, 0, 1);
      a.group1(7, size, RAX, 1);
      u.interpretIf(Asm.CC_BE);
    } else {
      a.op(ONE, 0x38, size, RCX, HostRegs.GUEST_RDX); // CMP RDX, divisor
      u.interpretIf(Asm.CC_AE);
    }
    a.mov(RAX, HostRegs.GUEST_RAX);
    a.op(ONE, 0xF6, size, signed ? 7 : 6, RCX);
    a.mov(HostRegs.GUEST_RAX, RAX);
    u.flags.lost();
    return true;
  }
}
