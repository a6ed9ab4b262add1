package thespis.cpu.jit;

import static thespis.cpu.jit.Asm.ONE;
import static thespis.cpu.jit.Asm.RAX;
import static thespis.cpu.jit.Asm.STATE;

import thespis.cpu.decode.Op;
import thespis.cpu.decode.Ops;
import thespis.cpu.state.Cpu;

/// Flags that can be made again from the registers as long as those have not changed: then nothing need be saved where an
/// access to memory destroys the host's. SDM Vol. 1 "Status Flags".
final class Remake {
  private Remake() {}

  // ---- the instruction that made the flags

  /// Can the flags of this instruction, which has just been executed, be made again?
  static boolean possible(long p) {
    if (Op.dstKind(p) != Op.KIND_REG || HostRegs.isHigh(Op.dst(p))) {
      return false;
    }
    int src = Op.srcKind(p);
    boolean immediate = src == Op.KIND_IMM;
    if (!immediate && (src != Op.KIND_REG || HostRegs.isHigh(Op.src(p)))) {
      return false;
    }
    return switch (Op.op(p)) {
      case Ops.CMP, Ops.TEST -> true;
      case Ops.AND, Ops.OR, Ops.XOR -> Op.size(p) >= 2;
      case Ops.ADD, Ops.SUB -> Op.size(p) >= 2 && (immediate || Op.src(p) != Op.dst(p));
      default -> false;
    };
  }

  /// Makes them; destroys RAX.
  static void emit(Asm a, long p) {
    int size = Op.size(p);
    int dst = Op.dst(p);
    switch (Op.op(p)) {
      case Ops.CMP -> with(a, 7, p, inRegister(a, dst));
      case Ops.TEST -> test(a, p, inRegister(a, dst));
      case Ops.ADD -> undoAndDo(a, p, 5, 0);
      case Ops.SUB -> undoAndDo(a, p, 0, 5);
      default -> {
        int d = inRegister(a, dst);
        a.op(ONE, 0x84, size, d, d);
      }
    }
  }

  private static int inRegister(Asm a, int guest) {
    int r = HostRegs.of(guest);
    if (r >= 0) {
      return r;
    }
    a.loadState(RAX, guest);
    return RAX;
  }

  private static void undoAndDo(Asm a, long p, int undo, int again) {
    int d = inRegister(a, Op.dst(p));
    if (d != RAX) {
      a.mov(RAX, d);
    }
    with(a, undo, p, RAX);
    with(a, again, p, RAX);
  }

  /// @param n of the eight operations of two operands
  private static void with(Asm a, int n, long p, int d) {
    int size = Op.size(p);
    if (Op.srcKind(p) == Op.KIND_IMM) {
      a.group1(n, size, d, (int) Op.imm(p));
      return;
    }
    int s = HostRegs.of(Op.src(p));
    if (s < 0) {
      a.opM(ONE, n * 8 + 2, size, d, STATE, Asm.st(Op.src(p)));
    } else {
      a.op(ONE, n * 8, size, s, d);
    }
  }

  private static void test(Asm a, long p, int d) {
    int size = Op.size(p);
    if (Op.srcKind(p) == Op.KIND_IMM) {
      a.op(ONE, 0xF6, size, 0, d);
      a.imm(size, (int) Op.imm(p));
      return;
    }
    int s = HostRegs.of(Op.src(p));
    if (s < 0) {
      a.opM(ONE, 0x84, size, d, STATE, Asm.st(Op.src(p)));
    } else {
      a.op(ONE, 0x84, size, s, d);
    }
  }

  // ---- the instructions behind it

  /// May the instruction at `p` change a register that the flags of `maker` are made from?
  static boolean spoils(long p, long maker) {
    int op = Op.op(p);
    return switch (op) {
      case Ops.CMP, Ops.TEST, Ops.NOP, Ops.PREFETCH, Ops.JCC, Ops.JMP, Ops.END_BLOCK, Ops.BT -> false;
      case Ops.PUSH, Ops.CALL -> uses(maker, Cpu.RSP);
      case Ops.POP -> uses(maker, Cpu.RSP) || uses(maker, Op.dst(p));
      case Ops.CBW, Ops.CWD -> uses(maker, Cpu.RAX) || uses(maker, Cpu.RDX);
      case Ops.MOV, Ops.MOVZX, Ops.MOVSX, Ops.LEA, Ops.CMOV, Ops.SETCC, Ops.ADD, Ops.OR, Ops.ADC, Ops.SBB, Ops.AND,
          Ops.SUB, Ops.XOR, Ops.NEG, Ops.NOT, Ops.INC, Ops.DEC, Ops.IMUL2, Ops.IMUL3, Ops.ROL, Ops.ROR, Ops.SHL, Ops.SHR,
          Ops.SAL, Ops.SAR -> Op.dstKind(p) == Op.KIND_REG && uses(maker, Op.dst(p));
      default -> true;
    };
  }

  private static boolean uses(long maker, int register) {
    return number(Op.dst(maker)) == number(register)
        || Op.srcKind(maker) == Op.KIND_REG && number(Op.src(maker)) == number(register);
  }

  private static int number(int register) {
    return register >>> 3;
  }

  /// Makes all flags anew and needs none.
  static boolean replaces(long p) {
    return switch (Op.op(p)) {
      case Ops.ADD, Ops.OR, Ops.AND, Ops.SUB, Ops.XOR, Ops.CMP, Ops.TEST, Ops.NEG, Ops.IMUL2, Ops.IMUL3 -> true;
      default -> false;
    };
  }

  /// Neither needs flags nor changes them, and cannot fault.
  private static boolean indifferent(long p) {
    return switch (Op.op(p)) {
      case Ops.MOV, Ops.MOVZX, Ops.MOVSX -> !accesses(p);
      case Ops.LEA, Ops.NOP, Ops.PREFETCH, Ops.CBW, Ops.CWD -> true;
      default -> false;
    };
  }

  static boolean accesses(long p) {
    return Op.dstKind(p) == Op.KIND_MEM || Op.srcKind(p) == Op.KIND_MEM;
  }

  /// Are the flags replaced before anybody can ask for them, by the instructions from `p` to `end`?
  static boolean dead(long p, long end) {
    for (long q = p; q < end; q += Op.BYTES) {
      if (replaces(q)) {
        return !accesses(q);
      }
      if (!indifferent(q)) {
        return false;
      }
    }
    return false;
  }
}
