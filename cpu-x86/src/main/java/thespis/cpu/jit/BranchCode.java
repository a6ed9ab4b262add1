package thespis.cpu.jit;

import static thespis.cpu.jit.Asm.ONE;
import static thespis.cpu.jit.Asm.RAX;
import static thespis.cpu.jit.Asm.RCX;
import static thespis.cpu.jit.Asm.STATE;

import thespis.cpu.decode.Op;
import thespis.cpu.decode.Ops;
import thespis.cpu.mmu.Mmu;
import thespis.cpu.state.Cpu;

/// Translates the stack and near branches. What they push and where they go has the width of a pointer, else the
/// interpreter does it. SDM Vol. 1 "Stack Behavior in 64-Bit Mode", "Control Transfer Instructions".
final class BranchCode {
  private BranchCode() {}

  /// What {@link #emit} says: left to the interpreter, done, done and the block's path ends.
  static final int NO = 0;

  static final int DONE = 1;
  static final int END = 2;

  /// What an exit can say that RSP was moved by.
  private static final int MOST_POPPED = 256;

  private static final int RSP = HostRegs.GUEST_RSP;

  /// Addresses in the hole raise #GP at the branch itself, before it changes anything. SDM Vol. 1 "Canonical Addressing".
  private static boolean canonical(long address) {
    return address << 16 >> 16 == address;
  }

  static int emit(Unit u, long p, int op, long next) {
    if (u.code32 && (Op.prefixes(p) & Op.PREFIX_66) != 0) {
      return NO; // targets of 16 bits
    }
    boolean direct = op == Ops.JMP || op == Ops.JCC || op == Ops.CALL || op == Ops.JCXZ || op == Ops.LOOP;
    if (direct && !canonical(Op.imm(p))) {
      return NO;
    }
    switch (op) {
      case Ops.PUSH -> {
        return push(u, p) ? DONE : NO;
      }
      case Ops.POP -> {
        return pop(u, p) ? DONE : NO;
      }
      case Ops.PUSHF, Ops.POPF -> {
        return StackedFlags.emit(u, p, op) ? DONE : NO;
      }
      case Ops.PUSH_SREG -> {
        return pushSelector(u, p) ? DONE : NO;
      }
      case Ops.LEAVE -> {
        return leave(u, p) ? DONE : NO;
      }
      case Ops.JCC -> {
        u.branchIf(u.flags.condition(Op.opcode(p) & 15), Op.imm(p));
        return DONE;
      }
      case Ops.JMP, Ops.END_BLOCK -> u.branch(Op.imm(p));
      case Ops.CALL -> {
        u.flushXmm();
        pushConstant(u, next);
        u.branch(Op.imm(p));
      }
      case Ops.RET -> {
        int popped = (1 << u.pointer) + (Op.dstKind(p) == Op.KIND_IMM ? (int) Op.imm(p) & 0xFFFF : 0);
        if (!u.code32 && (popped % 8 != 0 || popped > MOST_POPPED)) {
          return NO;
        }
        ret(u, popped);
      }
      case Ops.JMP_IND -> {
        if (Op.size(p) != u.pointer) {
          return NO;
        }
        MoveCode.toTemp(u, p, true);
        toTemp(u);
      }
      case Ops.CALL_IND -> {
        if (Op.size(p) != u.pointer) {
          return NO;
        }
        MoveCode.toTemp(u, p, true);
        if (!u.code32) {
          checkTemp(u);
        }
        pushConstant(u, next);
        toTemp(u);
      }
      case Ops.JCXZ -> jcxz(u, p, next);
      case Ops.LOOP -> loop(u, p, next);
      default -> {
        return NO;
      }
    }
    return END;
  }

  private static boolean push(Unit u, long p) {
    Asm a = u.a;
    int size = u.pointer;
    if (Op.size(p) != size) {
      return false;
    }
    if (Op.dstKind(p) == Op.KIND_IMM) {
      top(u, Mmu.STORE);
      a.opM(ONE, 0xC6, size, 0, RCX, 0);
      a.d((int) Op.imm(p));
    } else if (Op.dstKind(p) == Op.KIND_MEM) {
      MoveCode.toTemp(u, p, true);
      top(u, Mmu.STORE);
      MoveCode.fromTemp(u, RAX);
      a.opM(ONE, 0x88, size, RAX, RCX, 0);
    } else {
      top(u, Mmu.STORE);
      a.opM(ONE, 0x88, size, u.read(Op.dst(p), RAX), RCX, 0);
    }
    u.addTo(RSP, -1 << size);
    return true;
  }

  /// Host address of what is on top of the stack, or is pushed there, to RCX.
  static void top(Unit u, int access) {
    int bytes = 1 << u.pointer;
    u.memoryAt(RSP, access == Mmu.STORE ? -bytes : 0, bytes, access);
  }

  private static boolean pop(Unit u, long p) {
    if (Op.size(p) != u.pointer || Op.dstKind(p) != Op.KIND_REG) {
      return false;
    }
    top(u, Mmu.LOAD);
    u.addTo(RSP, 1 << u.pointer);
    MoveCode.load(u, Op.dst(p), u.pointer); // POP RSP takes what was on the stack
    return true;
  }

  /// Selectors of 32-bit code change only where it stops.
  private static boolean pushSelector(Unit u, long p) {
    if (!u.code32) {
      return false;
    }
    top(u, Mmu.STORE);
    u.a.rm(0, Asm.M0F, 0xB7, 0, RAX, STATE, Asm.st(Cpu.SELECTORS + 2 * Op.dst(p))); // MOVZX
    u.a.opM(ONE, 0x88, u.pointer, RAX, RCX, 0);
    u.addTo(RSP, -1 << u.pointer);
    return true;
  }

  private static boolean leave(Unit u, long p) {
    if (Op.size(p) != u.pointer) {
      return false;
    }
    u.memoryAt(HostRegs.GUEST_RBP, 0, 1 << u.pointer, Mmu.LOAD);
    u.a.lea(!u.code32, RSP, HostRegs.GUEST_RBP, -1, 0, 1 << u.pointer);
    u.a.opM(ONE, 0x8A, u.pointer, HostRegs.GUEST_RBP, RCX, 0);
    return true;
  }

  private static void pushConstant(Unit u, long v) {
    Asm a = u.a;
    top(u, Mmu.STORE);
    if (u.code32 || v == (int) v) {
      a.opM(ONE, 0xC6, u.pointer, 0, RCX, 0);
      a.d((int) v);
    } else {
      a.movImm(RAX, v);
      a.store(RAX, RCX, 0);
    }
    u.addTo(RSP, -1 << u.pointer);
  }

  private static void ret(Unit u, int popped) {
    u.flushXmm();
    top(u, Mmu.LOAD);
    u.a.opM(ONE, 0x8A, u.pointer, RCX, RCX, 0);
    u.addTo(RSP, popped);
    u.flags.needSaved();
    u.computed(u.code32 ? Unit.BY_ITSELF : popped);
  }

  private static void toTemp(Unit u) {
    u.flushXmm();
    u.flags.needSaved();
    MoveCode.fromTemp(u, RCX);
    u.computed(0);
  }

  /// A call pushes nothing if its target is in the hole: then it goes to the interpreter.
  private static void checkTemp(Unit u) {
    u.flags.needSaved();
    MoveCode.fromTemp(u, RCX);
    u.a.rr(0, ONE, 0xC1, 1, 7, RCX); // SAR
    u.a.b(47);
    u.a.lea(true, RCX, RCX, -1, 0, 1);
    u.a.group1(7, 3, RCX, 1);
    u.interpretIf(Asm.CC_A);
    u.flags.lost();
  }

  private static void jcxz(Unit u, long p, long next) {
    u.flushXmm();
    count(u, p);
    fork(u, next, Op.imm(p));
  }

  private static void loop(Unit u, long p, long next) {
    u.flushXmm();
    int rcx = HostRegs.GUEST_RCX;
    u.a.lea(Op.addressSize(p) == 3, rcx, rcx, -1, 0, -1);
    count(u, p);
    fork(u, Op.imm(p), next);
  }

  private static void count(Unit u, long p) {
    if (Op.addressSize(p) == 3) {
      u.a.mov(RCX, HostRegs.GUEST_RCX);
    } else {
      u.a.mov32(RCX, HostRegs.GUEST_RCX);
    }
  }

  private static void fork(Unit u, long other, long ifZero) {
    u.flags.settle();
    long zero = u.a.jrcxz();
    int flags = u.flags.where();
    u.branch(other);
    u.a.patch8(zero);
    u.flags.are(flags, u.flags.maker());
    u.branch(ifZero);
  }
}
