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

/// Translates data transfers. Nothing here changes a flag. SDM Vol. 1 "Data Transfer Instructions".
final class MoveCode {
  private MoveCode() {}

  /// False if this form is left to the interpreter; then nothing was emitted.
  static boolean emit(Unit u, long p, int op) {
    switch (op) {
      case Ops.MOV, Ops.MOVNTI -> mov(u, p);
      case Ops.MOVZX -> extend(u, p, 0xB6);
      case Ops.MOVSX -> extend(u, p, 0xBE);
      case Ops.LEA -> lea(u, p);
      case Ops.XCHG -> {
        return xchg(u, p);
      }
      case Ops.CMOV -> cmov(u, p);
      case Ops.SETCC -> setcc(u, p);
      case Ops.BSWAP -> {
        return bswap(u, p);
      }
      case Ops.NOP, Ops.PREFETCH -> {}
      case Ops.CBW -> cbw(u, p);
      case Ops.CWD -> cwd(u, p);
      default -> {
        return false;
      }
    }
    return true;
  }

  private static void mov(Unit u, long p) {
    Asm a = u.a;
    int size = Op.size(p);
    int bytes = 1 << size;
    if (Op.dstKind(p) == Op.KIND_MEM) {
      u.memory(bytes, Mmu.STORE);
      if (Op.srcKind(p) == Op.KIND_IMM) {
        a.opM(ONE, 0xC6, size, 0, RCX, 0);
        a.imm(size, (int) Op.imm(p));
      } else {
        a.opM(ONE, 0x88, size, u.read(Op.src(p), RAX), RCX, 0);
      }
      return;
    }
    int dst = Op.dst(p);
    if (Op.srcKind(p) == Op.KIND_MEM) {
      u.memory(bytes, Mmu.LOAD);
      load(u, dst, size);
    } else if (Op.srcKind(p) == Op.KIND_IMM) {
      immediate(u, dst, size, Op.imm(p));
    } else {
      register(u, dst, size);
    }
  }

  /// [RCX] to a register of this size.
  static void load(Unit u, int dst, int size) {
    if (size >= 2) {
      int d = Unit.target(dst, RAX);
      u.a.opM(ONE, 0x8A, size, d, RCX, 0);
    } else {
      u.a.opM(ONE, 0x8A, size, u.change(dst, RAX), RCX, 0);
    }
    u.put(dst, RAX);
  }

  private static void immediate(Unit u, int dst, int size, long v) {
    Asm a = u.a;
    if (size >= 2) {
      a.movImm(Unit.target(dst, RAX), size == 3 ? v : v & 0xFFFF_FFFFL);
    } else {
      a.op(ONE, 0xC6, size, 0, u.change(dst, RAX));
      a.imm(size, (int) v);
    }
    u.put(dst, RAX);
  }

  private static void register(Unit u, int dst, int size) {
    Asm a = u.a;
    if (size >= 2) {
      int d = Unit.target(dst, RAX);
      int src = Op.src(u.p);
      if (HostRegs.inState(src)) {
        a.rm(0, ONE, 0x8B, size == 3 ? 1 : 0, d, STATE, Asm.st(src));
      } else {
        a.move(size, d, HostRegs.of(src));
      }
    } else {
      int s = u.source();
      a.op(ONE, 0x88, size, s, u.change(dst, RAX));
    }
    u.put(dst, RAX);
  }

  /// @param opcode of the form with a byte source; the next one has a word source
  private static void extend(Unit u, long p, int opcode) {
    Asm a = u.a;
    int size = Op.size(p);
    int from = Op.srcSize(p);
    int dst = Op.dst(p);
    boolean memory = Op.srcKind(p) == Op.KIND_MEM;
    int s = RCX;
    if (memory) {
      u.memory(1 << from, Mmu.LOAD);
    } else {
      s = u.read(Op.src(p), RCX);
    }
    boolean signed = opcode == 0xBE;
    int d = size >= 2 ? Unit.target(dst, RAX) : u.change(dst, RAX);
    int w = size == 3 && signed ? 3 : size == 1 ? 1 : 2;
    if (from == 2) {
      w = signed ? size : 2;
      int code = signed ? 0x63 : 0x8B; // MOVSXD; moving 32 bits clears the rest
      if (memory) {
        a.wideM(0, ONE, code, w, d, s, 0);
      } else {
        a.wide(0, ONE, code, w, d, s);
      }
    } else if (memory) {
      a.wideM(0, M0F, opcode + from, w, d, s, 0);
    } else if (from == 0) {
      a.extendByte(opcode, w, d, s);
    } else {
      a.wide(0, M0F, opcode + 1, w, d, s);
    }
    u.put(dst, RAX);
  }

  private static void lea(Unit u, long p) {
    int size = Op.size(p);
    int dst = Op.dst(p);
    if (size == 1 || Op.addressSize(p) == 1) {
      u.effectiveAddress(RCX);
      if (size == 2) {
        u.a.wide(0, M0F, 0xB7, 2, Unit.target(dst, RAX), RCX);
        u.put(dst, RAX);
        return;
      }
      u.a.op(ONE, 0x88, 1, RCX, u.change(dst, RAX));
      u.put(dst, RAX);
      return;
    }
    int d = Unit.target(dst, RAX);
    u.effectiveAddress(d);
    if (size == 2 && !u.code32) {
      u.a.mov32(d, d);
    }
    u.put(dst, RAX);
  }

  /// XCHG with memory always locks. SDM Vol. 2C "XCHG".
  /// Of a register with memory at RCX, which implies LOCK: not if the processor runs alone.
  private static void exchange(Unit u, int size, int register) {
    Asm a = u.a;
    u.flags.needRemakeable();
    a.group1M(7, 2, Asm.STATE, Asm.st(NativeState.ALONE), 0);
    u.flags.lost();
    long locked = a.jcc(Asm.CC_E, a.at);
    a.opM(ONE, 0x8A, size, RAX, RCX, 0);
    a.opM(ONE, 0x88, size, register, RCX, 0);
    a.op(ONE, 0x88, size, RAX, register);
    long done = a.jmp(a.at);
    Asm.patch32(locked, a.at);
    a.opM(ONE, 0x86, size, register, RCX, 0);
    Asm.patch32(done, a.at);
  }

  private static boolean xchg(Unit u, long p) {
    Asm a = u.a;
    int size = Op.size(p);
    if (Op.dstKind(p) == Op.KIND_MEM) {
      int src = Op.src(p);
      if (HostRegs.isHigh(src)) {
        return false;
      }
      u.memory(1 << size, Mmu.STORE);
      if (HostRegs.inState(src)) {
        a.loadState(RAX, src);
        a.opM(ONE, 0x86, size, RAX, RCX, 0);
        a.storeState(RAX, src);
      } else {
        exchange(u, size, HostRegs.of(src));
      }
      return true;
    }
    if (size < 2) {
      return false;
    }
    int x = u.read(Op.dst(p), RAX);
    int y = u.read(Op.src(p), RCX);
    if (x != RAX) {
      a.move(size, RAX, x);
    }
    int d = Unit.target(Op.dst(p), RCX);
    a.move(size, d, y);
    u.put(Op.dst(p), RCX);
    int e = Unit.target(Op.src(p), RAX);
    a.move(size, e, RAX);
    u.put(Op.src(p), RAX);
    return true;
  }

  private static void cmov(Unit u, long p) {
    Asm a = u.a;
    int size = Op.size(p);
    int dst = Op.dst(p);
    int cc = Op.opcode(p) & 15;
    if (Op.srcKind(p) == Op.KIND_MEM) {
      u.memory(1 << size, Mmu.LOAD);
      cc = u.flags.condition(cc);
      a.wideM(0, M0F, 0x40 | cc, size, u.change(dst, RAX), RCX, 0);
    } else {
      cc = u.flags.condition(cc);
      int s = u.read(Op.src(p), RCX);
      a.wide(0, M0F, 0x40 | cc, size, u.change(dst, RAX), s);
    }
    u.put(dst, RAX);
  }

  private static void setcc(Unit u, long p) {
    Asm a = u.a;
    int cc = Op.opcode(p) & 15;
    if (Op.dstKind(p) == Op.KIND_MEM) {
      u.memory(1, Mmu.STORE);
      cc = u.flags.condition(cc);
      a.rm(0, M0F, 0x90 | cc, 0, 0, RCX, 0);
      return;
    }
    cc = u.flags.condition(cc);
    int d = u.change(Op.dst(p), RAX);
    a.setcc(cc, d);
    u.put(Op.dst(p), RAX);
  }

  private static boolean bswap(Unit u, long p) {
    int size = Op.size(p);
    if (size < 2) {
      return false;
    }
    int d = u.change(Op.dst(p), RAX);
    u.a.b(0x40 | (size == 3 ? 8 : 0) | d >>> 3);
    u.a.b(0x0F);
    u.a.b(0xC8 | d & 7);
    u.put(Op.dst(p), RAX);
    return true;
  }

  /// CBW, CWDE, CDQE.
  private static void cbw(Unit u, long p) {
    int rax = HostRegs.GUEST_RAX;
    switch (Op.size(p)) {
      case 1 -> u.a.extendByte(0xBE, 1, rax, rax);
      case 2 -> u.a.wide(0, M0F, 0xBF, 2, rax, rax);
      default -> u.a.wide(0, ONE, 0x63, 3, rax, rax);
    }
  }

  /// CWD, CDQ, CQO.
  private static void cwd(Unit u, long p) {
    int size = Op.size(p);
    u.a.mov(RAX, HostRegs.GUEST_RAX);
    if (size == 1) {
      u.a.b(0x66);
    } else if (size == 3) {
      u.a.b(0x48);
    }
    u.a.b(0x99);
  }

  /// The value that a source operand has, a pointer, goes to the state block's scratch slot.
  static void toTemp(Unit u, long p, boolean destination) {
    Asm a = u.a;
    int kind = destination ? Op.dstKind(p) : Op.srcKind(p);
    if (kind == Op.KIND_MEM) {
      u.memory(1 << u.pointer, Mmu.LOAD);
      a.opM(ONE, 0x8A, u.pointer, RAX, RCX, 0);
      a.storeState(RAX, NativeState.NATIVE_TEMP);
    } else {
      a.storeState(u.read(destination ? Op.dst(p) : Op.src(p), RAX), NativeState.NATIVE_TEMP);
    }
  }

  static void fromTemp(Unit u, int register) {
    u.a.rm(0, ONE, 0x8B, u.code32 ? 0 : 1, register, STATE, Asm.st(NativeState.NATIVE_TEMP));
  }
}
