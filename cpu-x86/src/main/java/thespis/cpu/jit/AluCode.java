package thespis.cpu.jit;

import static thespis.cpu.jit.Asm.M0F;
import static thespis.cpu.jit.Asm.ONE;
import static thespis.cpu.jit.Asm.RAX;
import static thespis.cpu.jit.Asm.RCX;
import static thespis.cpu.jit.Asm.STATE;

import thespis.cpu.decode.Op;
import thespis.cpu.decode.Ops;
import thespis.cpu.mmu.Mmu;
import thespis.cpu.state.NativeState;

/// Translates arithmetic and logic: each guest instruction becomes the same one on the host's registers, so its flags
/// are the host's. SDM Vol. 1 "Binary Arithmetic Instructions", "Logical Instructions"; "LOCK-Assert LOCK# Signal Prefix".
final class AluCode {
  private AluCode() {}

  static boolean emit(Unit u, long p, int op) {
    switch (op) {
      case Ops.ADD, Ops.OR, Ops.ADC, Ops.SBB, Ops.AND, Ops.SUB, Ops.XOR, Ops.CMP -> two(u, p, op - Ops.ADD);
      case Ops.TEST -> test(u, p);
      case Ops.INC -> unary(u, p, 0xFE, 0);
      case Ops.DEC -> unary(u, p, 0xFE, 1);
      case Ops.NOT -> unary(u, p, 0xF6, 2);
      case Ops.NEG -> unary(u, p, 0xF6, 3);
      case Ops.XADD -> {
        return xadd(u, p);
      }
      case Ops.CMPXCHG -> {
        return cmpxchg(u, p);
      }
      case Ops.CMPXCHG8B -> cmpxchgTwo(u, p, 0);
      case Ops.CMPXCHG16B -> cmpxchgTwo(u, p, 1);
      default -> {
        return false;
      }
    }
    return true;
  }

  /// The prefix that the instruction has.
  static void lock(Unit u, long p) {
    if (Op.lock(p)) {
      u.a.b(0xF0);
    }
  }

  /// The same for an instruction that replaces all flags: a processor that runs alone jumps over the prefix.
  private static void lockUnlessAlone(Unit u, long p) {
    if (Op.lock(p)) {
      u.a.group1M(7, 2, Asm.STATE, Asm.st(NativeState.ALONE), 0);
      u.a.b(0x75); // JNE
      u.a.b(1);
      u.a.b(0xF0);
    }
  }

  private static void lockTwo(Unit u, long p, int n) {
    if (n == 2 || n == 3) {
      lock(u, p);
    } else {
      lockUnlessAlone(u, p);
    }
  }

  private static void carryIn(Unit u, int n) {
    if (n == 2 || n == 3) {
      u.flags.needCarry();
    }
  }

  private static void two(Unit u, long p, int n) {
    Asm a = u.a;
    int size = Op.size(p);
    boolean compare = n == 7;
    if (Op.dstKind(p) == Op.KIND_MEM) {
      u.memory(1 << size, compare ? Mmu.LOAD : Mmu.STORE);
      carryIn(u, n);
      if (Op.srcKind(p) == Op.KIND_IMM) {
        lockTwo(u, p, n);
        a.group1M(n, size, RCX, 0, (int) Op.imm(p));
      } else {
        int s = u.read(Op.src(p), RAX);
        lockTwo(u, p, n);
        a.opM(ONE, n * 8, size, s, RCX, 0);
      }
      u.flags.made(u.p);
      return;
    }
    int dst = Op.dst(p);
    if (Op.srcKind(p) == Op.KIND_MEM) {
      u.memory(1 << size, Mmu.LOAD);
      carryIn(u, n);
      a.opM(ONE, n * 8 + 2, size, u.change(dst, RAX), RCX, 0);
    } else {
      carryIn(u, n);
      if (HostRegs.inState(dst) && (size != 2 || compare)) { // writing 32 bits of a register clears the others
        inState(u, p, n, size);
        u.flags.made(u.p);
        return;
      }
      if (Op.srcKind(p) == Op.KIND_IMM) {
        a.group1(n, size, u.change(dst, RAX), (int) Op.imm(p));
      } else if (HostRegs.inState(Op.src(p))) {
        a.opM(ONE, n * 8 + 2, size, u.change(dst, RAX), STATE, Asm.st(Op.src(p)));
      } else {
        int s = u.source();
        a.op(ONE, n * 8, size, s, u.change(dst, RAX));
      }
    }
    done(u, dst, compare);
  }

  /// The destination stays in the state block.
  private static void inState(Unit u, long p, int n, int size) {
    int at = Asm.st(Op.dst(p));
    if (Op.srcKind(p) == Op.KIND_IMM) {
      u.a.group1M(n, size, STATE, at, (int) Op.imm(p));
    } else {
      int s = u.read(Op.src(p), RAX);
      u.a.opM(ONE, n * 8, size, s, STATE, at);
    }
  }

  private static void done(Unit u, int dst, boolean compare) {
    if (!compare || HostRegs.isHigh(dst)) {
      u.put(dst, RAX);
    }
    u.flags.made(u.p);
  }

  private static void test(Unit u, long p) {
    Asm a = u.a;
    int size = Op.size(p);
    if (Op.dstKind(p) == Op.KIND_MEM) {
      u.memory(1 << size, Mmu.LOAD);
      if (Op.srcKind(p) == Op.KIND_IMM) {
        a.opM(ONE, 0xF6, size, 0, RCX, 0);
        a.imm(size, (int) Op.imm(p));
      } else {
        a.opM(ONE, 0x84, size, u.read(Op.src(p), RAX), RCX, 0);
      }
      u.flags.made(u.p);
      return;
    }
    int dst = Op.dst(p);
    if (Op.srcKind(p) == Op.KIND_IMM) {
      a.op(ONE, 0xF6, size, 0, u.change(dst, RAX));
      a.imm(size, (int) Op.imm(p));
    } else {
      int s = u.source();
      a.op(ONE, 0x84, size, s, u.change(dst, RAX));
    }
    done(u, dst, true);
  }

  /// INC and DEC keep CF, NOT keeps all.
  private static void unary(Unit u, long p, int opcode, int n) {
    Asm a = u.a;
    int size = Op.size(p);
    boolean counts = opcode == 0xFE;
    if (Op.dstKind(p) == Op.KIND_MEM) {
      u.memory(1 << size, Mmu.STORE);
      if (counts) {
        u.flags.needCarry();
      }
      lock(u, p);
      a.opM(ONE, opcode, size, n, RCX, 0);
    } else {
      if (counts) {
        u.flags.needCarry();
      }
      a.op(ONE, opcode, size, n, u.change(Op.dst(p), RAX));
      u.put(Op.dst(p), RAX);
    }
    if (n != 2) {
      u.flags.made(u.p);
    }
  }

  private static boolean xadd(Unit u, long p) {
    Asm a = u.a;
    int size = Op.size(p);
    int src = Op.src(p);
    if (Op.dstKind(p) != Op.KIND_MEM || HostRegs.isHigh(src)) {
      return false;
    }
    u.memory(1 << size, Mmu.STORE);
    int s = u.read(src, RAX);
    lockUnlessAlone(u, p);
    a.opM(M0F, 0xC0, size, s, RCX, 0);
    u.put(src, RAX);
    u.flags.made(u.p);
    return true;
  }

  private static boolean cmpxchg(Unit u, long p) {
    Asm a = u.a;
    int size = Op.size(p);
    int src = Op.src(p);
    if (HostRegs.isHigh(src) || HostRegs.of(src) < 0 && Op.dstKind(p) != Op.KIND_MEM) {
      return false;
    }
    if (Op.dstKind(p) != Op.KIND_MEM) {
      int dst = Op.dst(p);
      if (HostRegs.isHigh(dst) || HostRegs.of(dst) < 0 || HostRegs.of(dst) == HostRegs.GUEST_RAX) {
        return false;
      }
      a.mov(RAX, HostRegs.GUEST_RAX);
      int s = HostRegs.of(src) == HostRegs.GUEST_RAX ? RAX : HostRegs.of(src);
      a.op(M0F, 0xB0, size, s, HostRegs.of(dst));
      a.mov(HostRegs.GUEST_RAX, RAX);
      u.flags.made(u.p);
      return true;
    }
    u.memory(1 << size, Mmu.STORE);
    int s = HostRegs.of(src);
    boolean borrowed = s < 0;
    if (borrowed) {
      s = HostRegs.GUEST_RDX;
      a.storeState(s, NativeState.NATIVE_TEMP);
      a.loadState(s, src);
    }
    a.mov(RAX, HostRegs.GUEST_RAX);
    lockUnlessAlone(u, p);
    a.opM(M0F, 0xB0, size, s, RCX, 0);
    a.mov(HostRegs.GUEST_RAX, RAX);
    if (borrowed) {
      a.loadState(s, NativeState.NATIVE_TEMP);
    }
    u.flags.made(u.p);
    return true;
  }

  /// CMPXCHG8B and, which must be aligned, CMPXCHG16B. RAX is free once it is copied, so it holds the address: RCX is an
  /// operand.
  private static void cmpxchgTwo(Unit u, long p, int w) {
    Asm a = u.a;
    u.memory(8 << w, Mmu.STORE);
    u.flags.needSaved();
    if (w != 0) {
      a.op(ONE, 0xF6, 0, 0, RCX); // TEST CL, 15
      a.b(15);
      u.interpretIf(Asm.CC_NE);
      u.flags.lost();
    }
    a.mov(RAX, HostRegs.GUEST_RAX);
    a.mov(HostRegs.GUEST_RAX, RCX);
    a.mov(RCX, HostRegs.GUEST_RCX);
    // all flags but ZF stay as they were
    a.storeState(RAX, NativeState.NATIVE_TEMP);
    u.flags.needFlags();
    a.loadState(RAX, NativeState.NATIVE_TEMP);
    lock(u, p);
    a.rm(0, M0F, 0xC7, w, 1, HostRegs.GUEST_RAX, 0);
    a.mov(HostRegs.GUEST_RAX, RAX);
    u.flags.made(u.p);
  }
}
