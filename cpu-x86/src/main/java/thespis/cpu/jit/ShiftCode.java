package thespis.cpu.jit;

import static thespis.cpu.jit.Asm.M0F;
import static thespis.cpu.jit.Asm.ONE;
import static thespis.cpu.jit.Asm.RAX;
import static thespis.cpu.jit.Asm.RCX;

import thespis.cpu.decode.Op;
import thespis.cpu.decode.Ops;
import thespis.cpu.mmu.Mmu;
import thespis.cpu.state.NativeState;

/// Translates shifts, rotates, bit tests and bit scans. SDM Vol. 1 "Shift and Rotate Instructions", "Bit and Byte
/// Instructions".
final class ShiftCode {
  private ShiftCode() {}

  static boolean emit(Unit u, long p, int op) {
    switch (op) {
      case Ops.ROL, Ops.ROR, Ops.RCL, Ops.RCR, Ops.SHL, Ops.SHR, Ops.SAL, Ops.SAR -> shift(u, p, op - Ops.ROL);
      case Ops.SHLD -> {
        return doubleShift(u, p, 0xA4, false);
      }
      case Ops.SHRD -> {
        return doubleShift(u, p, 0xAC, false);
      }
      case Ops.SHLD_CL -> {
        return doubleShift(u, p, 0xA5, true);
      }
      case Ops.SHRD_CL -> {
        return doubleShift(u, p, 0xAD, true);
      }
      case Ops.BT, Ops.BTS, Ops.BTR, Ops.BTC -> bit(u, p, op - Ops.BT);
      case Ops.BSF -> scan(u, p, 0, 0xBC);
      case Ops.BSR -> scan(u, p, 0, 0xBD);
      case Ops.TZCNT -> scan(u, p, 0xF3, 0xBC);
      case Ops.LZCNT -> scan(u, p, 0xF3, 0xBD);
      case Ops.POPCNT -> scan(u, p, 0xF3, 0xB8);
      default -> {
        return false;
      }
    }
    return true;
  }

  private static void shift(Unit u, long p, int n) {
    Asm a = u.a;
    int size = Op.size(p);
    boolean memory = Op.dstKind(p) == Op.KIND_MEM;
    boolean byCl = Op.srcKind(p) != Op.KIND_IMM;
    int count = (int) Op.imm(p) & (size == 3 ? 63 : 31);
    if (memory) {
      u.memory(1 << size, Mmu.STORE);
    }
    if (byCl || n < 4 || count == 0) {
      u.flags.needFlags(); // a count of zero changes none, rotates change two
    }
    int opcode = byCl ? 0xD2 : 0xC0;
    if (memory && byCl) {
      a.mov(RAX, RCX);
    }
    if (byCl) {
      a.mov32(RCX, HostRegs.GUEST_RCX);
    }
    if (memory) {
      a.opM(ONE, opcode, size, n, byCl ? RAX : RCX, 0);
    } else {
      a.op(ONE, opcode, size, n, u.change(Op.dst(p), RAX));
    }
    if (!byCl) {
      a.b(count);
    }
    if (!memory) {
      u.put(Op.dst(p), RAX);
    }
    u.flags.made(u.p);
  }

  private static boolean doubleShift(Unit u, long p, int opcode, boolean byCl) {
    Asm a = u.a;
    int size = Op.size(p);
    boolean memory = Op.dstKind(p) == Op.KIND_MEM;
    int src = HostRegs.of(Op.src(p));
    if (src < 0) {
      return false;
    }
    if (memory) {
      u.memory(1 << size, Mmu.STORE);
    }
    u.flags.needFlags();
    if (memory && byCl) {
      a.mov(RAX, RCX);
    }
    if (byCl) {
      a.mov32(RCX, HostRegs.GUEST_RCX);
    }
    if (memory) {
      a.wideM(0, M0F, opcode, size, src, byCl ? RAX : RCX, 0);
    } else {
      a.wide(0, M0F, opcode, size, src, u.change(Op.dst(p), RAX));
    }
    if (!byCl) {
      a.b((int) Op.imm(p));
    }
    if (!memory) {
      u.put(Op.dst(p), RAX);
    }
    u.flags.made(u.p);
    return true;
  }

  /// @param n 0 BT, 1 BTS, 2 BTR, 3 BTC
  private static void bit(Unit u, long p, int n) {
    Asm a = u.a;
    int size = Op.size(p);
    int bits = 8 << size;
    boolean immediate = Op.srcKind(p) == Op.KIND_IMM;
    if (Op.dstKind(p) != Op.KIND_MEM) {
      u.flags.needFlags();
      if (immediate) {
        a.wide(0, M0F, 0xBA, size, 4 + n, u.change(Op.dst(p), RAX));
        a.b((int) Op.imm(p) & bits - 1);
      } else {
        int s = u.read(Op.src(p), RCX);
        a.wide(0, M0F, 0xA3 + 8 * n, size, s, u.change(Op.dst(p), RAX));
      }
      if (n != 0) {
        u.put(Op.dst(p), RAX);
      }
      u.flags.made(u.p);
      return;
    }
    u.flags.needSaved();
    long again = a.at;
    u.effectiveAddress(RCX);
    if (!immediate) {
      // a register's bit offset is signed and may lead out of the operand
      int s = u.read(Op.src(p), RAX);
      if (size == 1) {
        a.wide(0, M0F, 0xBF, 3, RAX, s);
      } else {
        a.wide(0, ONE, size == 2 ? 0x63 : 0x8B, 3, RAX, s);
      }
      a.rr(0, ONE, 0xC1, 1, 7, RAX); // SAR RAX, imm8
      a.b(3 + size);
      a.lea(!u.code32, RCX, RCX, RAX, size, 0);
    }
    u.segment(1 << size);
    u.check(1 << size, n == 0 ? Mmu.LOAD : Mmu.STORE, again);
    u.flags.needFlags();
    if (!immediate) {
      int s = u.read(Op.src(p), RAX);
      a.mov32(RAX, s);
      a.storeState(RCX, NativeState.NATIVE_TEMP);
      low(a, bits - 1);
    }
    AluCode.lock(u, p);
    if (immediate) {
      a.wideM(0, M0F, 0xBA, size, 4 + n, RCX, 0);
      a.b((int) Op.imm(p) & bits - 1);
    } else {
      a.wideM(0, M0F, 0xA3 + 8 * n, size, RAX, RCX, 0);
    }
    u.flags.made(u.p);
  }

  /// EAX &= mask, with no flag changed: PEXT with the mask in ECX, which is loaded back from the scratch slot.
  private static void low(Asm a, int mask) {
    a.movImm(RCX, mask);
    a.pext32(RAX, RAX, RCX);
    a.loadState(RCX, NativeState.NATIVE_TEMP);
  }

  /// Bit scans and counts; BSF and BSR of zero leave the destination as it is.
  private static void scan(Unit u, long p, int prefix, int opcode) {
    u.changeBySource(prefix, M0F, opcode);
    u.put(Op.dst(p), RAX);
    u.flags.made(u.p);
  }
}
