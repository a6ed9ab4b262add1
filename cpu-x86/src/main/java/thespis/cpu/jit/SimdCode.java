package thespis.cpu.jit;

import static thespis.cpu.jit.Asm.ONE;
import static thespis.cpu.jit.Asm.RAX;
import static thespis.cpu.jit.Asm.RCX;

import thespis.cpu.decode.Op;
import thespis.cpu.mmu.Mem;
import thespis.cpu.mmu.Mmu;

/// Translates SSE instructions: the same instruction on the same XMM register of the host, which is loaded at its first
/// use in a block and stored when the block is left. Rounding, denormals and exception flags follow the guest's MXCSR,
/// which is the host's meanwhile. Instructions outside {@link SimdTable} are left to the interpreter, those with a VEX
/// prefix to {@link AvxCode}.
final class SimdCode {
  private SimdCode() {}

  /// @param bytes the instruction in the host's memory
  static boolean emit(Unit u, long p, long bytes) {
    if ((Op.prefixes(p) & Op.PREFIX_MMX) != 0) {
      return MmxCode.emit(u, p);
    }
    int prefix = 0;
    long at = bytes;
    int b;
    while (true) { // the decoder has found it valid: legacy prefixes, perhaps REX, 0F
      b = Mem.get8(at++) & 0xFF;
      if (b == 0x66) {
        prefix = prefix == 0 ? 1 : prefix;
      } else if (b == 0xF3) {
        prefix = 2;
      } else if (b == 0xF2) {
        prefix = 3;
      } else if (b == 0x0F) {
        break;
      } else if (b == 0xC4 || b == 0xC5) {
        return AvxCode.emit(u, p, at - 1);
      }
    }
    int second = Mem.get8(at) & 0xFF;
    int map = second == 0x38 ? Asm.M0F38 : second == 0x3A ? Asm.M0F3A : Asm.M0F;
    int opcode = Op.opcode(p);
    if (CompareCode.is(Op.op(p))) {
      u.needSse();
      CompareCode.emit(u, p, false, Op.dst(p), Op.src(p), (Op.prefixes(p) & Op.PREFIX_REX_W) != 0 ? 1 : 0);
      return true;
    }
    int entry = SimdTable.get(map, opcode, prefix);
    if (entry == 0) {
      return false;
    }
    emit(u, p, map, opcode, prefix == 0 ? 0 : prefix == 1 ? 0x66 : prefix == 2 ? 0xF3 : 0xF2, entry);
    return true;
  }

  private static void emit(Unit u, long p, int map, int opcode, int prefix, int entry) {
    Asm a = u.a;
    int w = (Op.prefixes(p) & Op.PREFIX_REX_W) != 0 ? 1 : 0;
    boolean store = (entry & SimdTable.STORE) != 0;
    int rmKind = store || (entry & SimdTable.GROUP) != 0 ? Op.dstKind(p) : Op.srcKind(p);
    int rmOperand = store || (entry & SimdTable.GROUP) != 0 ? Op.dst(p) : Op.src(p);
    int regOperand = store ? Op.src(p) : Op.dst(p);
    u.needSse();
    if ((entry & SimdTable.XMM0) != 0) {
      u.vectors.readXmm(0);
    }
    boolean memory = rmKind == Op.KIND_MEM;
    if (memory) {
      address(u, entry, w, store);
    }
    if ((entry & SimdTable.GROUP) != 0) {
      u.vectors.readXmm(rmOperand);
      u.vectors.writeXmm(rmOperand);
      a.rr(prefix, map, opcode, w, Op.modrm(p) >>> 3 & 7, rmOperand);
      a.b((int) Op.imm(p));
      return;
    }
    boolean general = (entry & SimdTable.TO_GENERAL) != 0;
    int reg = general ? Unit.target(regOperand, RAX) : regOperand;
    int rm = RCX;
    if (!memory) {
      if (store && !general) {
        u.vectors.readXmm(regOperand); // before it counts as written, should both be the same
      }
      rm = registerRm(u, entry, rmOperand, store);
    }
    if (!general) {
      vector(u, entry, regOperand, store || (entry & SimdTable.FLAGS) != 0);
    }
    if (memory) {
      a.rm(prefix, map, opcode, w, reg, rm, 0);
    } else {
      a.rr(prefix, map, opcode, w, reg, rm);
    }
    if ((entry & SimdTable.IMM8) != 0) {
      a.b((int) Op.imm(p));
    }
    if (general) {
      u.put(regOperand, RAX);
    }
    if (store && !memory && (entry & SimdTable.GENERAL_RM) != 0) {
      u.put(rmOperand, RAX);
    }
    if ((entry & SimdTable.FLAGS) != 0) {
      u.flags.made(u.p);
    }
  }

  private static void address(Unit u, int entry, int w, boolean store) {
    int bytes = (entry & SimdTable.BY_W) != 0 ? 4 << w : entry & SimdTable.SIZE;
    u.memory(bytes, store ? Mmu.STORE : Mmu.LOAD);
    if ((entry & SimdTable.ALIGNED) != 0) {
      u.flags.needSaved();
      u.a.op(ONE, 0xF6, 0, 0, RCX); // TEST CL, 15
      u.a.b(15);
      u.interpretIf(Asm.CC_NE);
      u.flags.lost();
    }
  }

  private static int registerRm(Unit u, int entry, int operand, boolean store) {
    if ((entry & SimdTable.GENERAL_RM) != 0) {
      return store ? Unit.target(operand, RAX) : u.read(operand, RAX);
    }
    if (!store || (entry & SimdTable.WHOLE) == 0) {
      u.vectors.readXmm(operand);
    }
    if (store) {
      u.vectors.writeXmm(operand);
    }
    return operand;
  }

  /// ModRM.reg as an XMM register.
  private static void vector(Unit u, int entry, int n, boolean source) {
    if (source) {
      u.vectors.readXmm(n);
      return;
    }
    if ((entry & SimdTable.WHOLE) == 0) {
      u.vectors.readXmm(n);
    }
    u.vectors.writeXmm(n);
  }
}
