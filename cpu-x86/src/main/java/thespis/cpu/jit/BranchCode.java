package thespis.cpu.jit;

import static thespis.cpu.jit.Asm.ONE;
import static thespis.cpu.jit.Asm.RAX;
import static thespis.cpu.jit.Asm.RCX;
import static thespis.cpu.jit.Asm.STATE;

import thespis.cpu.decode.Op;
import thespis.cpu.decode.Ops;
import thespis.cpu.mmu.Mmu;
import thespis.cpu.state.Cpu;

/// Translates the stack and near branches of 64-bit code. SDM Vol. 1 "Stack Behavior in 64-Bit Mode", "Control Transfer
/// Instructions".
final class BranchCode {
  private BranchCode() {}

  /// What {@link #emit} says: left to the interpreter, done, done and the block's path ends.
  static final int NO = 0;

  static final int DONE = 1;
  static final int END = 2;

  /// What an exit can say that RSP was moved by.
  private static final int MOST_POPPED = 256;

  private static final int RSP = HostRegs.GUEST_RSP;
  private static final int SYSTEM_BITS = ~(Cpu.ARITHMETIC | Cpu.RF | Cpu.VM);

  /// Addresses in the hole raise #GP at the branch itself, before it changes anything. SDM Vol. 1 "Canonical Addressing".
  private static boolean canonical(long address) {
    return address << 16 >> 16 == address;
  }

  static int emit(Unit u, long p, int op, long next) {
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
      case Ops.PUSHF -> {
        return pushf(u, p) ? DONE : NO;
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
        int popped = popped(p);
        if (popped % 8 != 0 || popped > MOST_POPPED) {
          return NO;
        }
        ret(u, popped);
      }
      case Ops.JMP_IND -> {
        if (Op.size(p) != 3) {
          return NO;
        }
        MoveCode.toTemp(u, p, true);
        toTemp(u);
      }
      case Ops.CALL_IND -> {
        if (Op.size(p) != 3) {
          return NO;
        }
        MoveCode.toTemp(u, p, true);
        checkTemp(u);
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
    if (Op.size(p) != 3) {
      return false;
    }
    if (Op.dstKind(p) == Op.KIND_IMM) {
      u.memoryAt(RSP, -8, 8, Mmu.STORE);
      a.rm(0, ONE, 0xC7, 1, 0, RCX, 0);
      a.d((int) Op.imm(p));
    } else if (Op.dstKind(p) == Op.KIND_MEM) {
      MoveCode.toTemp(u, p, true);
      u.memoryAt(RSP, -8, 8, Mmu.STORE);
      MoveCode.fromTemp(u, RAX);
      a.store(RAX, RCX, 0);
    } else {
      u.memoryAt(RSP, -8, 8, Mmu.STORE);
      a.store(u.read(Op.dst(p), RAX), RCX, 0);
    }
    a.lea(true, RSP, RSP, -1, 0, -8);
    return true;
  }

  private static boolean pop(Unit u, long p) {
    if (Op.size(p) != 3 || Op.dstKind(p) != Op.KIND_REG) {
      return false;
    }
    u.memoryAt(RSP, 0, 8, Mmu.LOAD);
    u.a.lea(true, RSP, RSP, -1, 0, 8);
    MoveCode.load(u, Op.dst(p), 3); // POP RSP takes what was on the stack
    return true;
  }

  private static boolean leave(Unit u, long p) {
    if (Op.size(p) != 3) {
      return false;
    }
    u.memoryAt(HostRegs.GUEST_RBP, 0, 8, Mmu.LOAD);
    u.a.lea(true, RSP, HostRegs.GUEST_RBP, -1, 0, 8);
    u.a.load(HostRegs.GUEST_RBP, RCX, 0);
    return true;
  }

  private static boolean pushf(Unit u, long p) {
    Asm a = u.a;
    if (Op.size(p) != 3) {
      return false;
    }
    u.memoryAt(RSP, -8, 8, Mmu.STORE);
    u.flags.needSaved();
    a.storeState(RCX, Cpu.NATIVE_TEMP);
    flags(a);
    MoveCode.fromTemp(u, RCX);
    a.store(RAX, RCX, 0);
    a.lea(true, RSP, RSP, -1, 0, -8);
    u.flags.lost();
    return true;
  }

  /// RFLAGS as PUSHF has it to RAX; they are saved. Destroys RCX.
  static void flags(Asm a) {
    a.rm(0, Asm.M0F, 0xB6, 0, RCX, STATE, Asm.st(Cpu.FLAGS_SAVED)); // OF
    a.rr(0, ONE, 0xC1, 0, 4, RCX);
    a.b(11);
    a.rm(0, Asm.M0F, 0xB6, 0, RAX, STATE, Asm.st(Cpu.FLAGS_SAVED) + 1);
    a.rr(0, ONE, 0x0B, 0, RAX, RCX); // OR EAX, ECX
    a.rm(0, ONE, 0x8B, 0, RCX, STATE, Asm.st(Cpu.RFLAGS));
    a.group1(4, 2, RCX, SYSTEM_BITS);
    a.rr(0, ONE, 0x0B, 0, RAX, RCX);
  }

  private static void pushConstant(Unit u, long v) {
    Asm a = u.a;
    u.memoryAt(RSP, -8, 8, Mmu.STORE);
    if (v == (int) v) {
      a.rm(0, ONE, 0xC7, 1, 0, RCX, 0);
      a.d((int) v);
    } else {
      a.movImm(RAX, v);
      a.store(RAX, RCX, 0);
    }
    a.lea(true, RSP, RSP, -1, 0, -8);
  }

  private static int popped(long p) {
    return 8 + (Op.dstKind(p) == Op.KIND_IMM ? (int) Op.imm(p) & 0xFFFF : 0);
  }

  private static void ret(Unit u, int popped) {
    u.flushXmm();
    u.memoryAt(RSP, 0, 8, Mmu.LOAD);
    u.a.load(RCX, RCX, 0);
    u.a.lea(true, RSP, RSP, -1, 0, popped);
    u.flags.needSaved();
    u.computed(popped);
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
