package thespis.cpu.jit;

import static thespis.cpu.jit.Asm.ONE;
import static thespis.cpu.jit.Asm.RAX;
import static thespis.cpu.jit.Asm.RCX;

import thespis.cpu.decode.AvxOps;
import thespis.cpu.decode.Op;
import thespis.cpu.mmu.Mem;
import thespis.cpu.mmu.Mmu;

/// Translates VEX-coded vector instructions: the same instruction on the same YMM registers of the host. What is not in
/// {@link AvxTable} is left to the interpreter. SDM Vol. 2A "The VEX Prefix".
final class AvxCode {
  private static final boolean HOST = HostCheck.has("avx2") && HostCheck.has("fma") && HostCheck.has("f16c");
  private static final int VZEROUPPER = 0x77;

  private AvxCode() {}

  /// @param vex the instruction from its VEX prefix on, in the host's memory
  static boolean emit(Unit u, long p, long vex) {
    if (!HOST) {
      return false;
    }
    boolean two = (Mem.get8(vex) & 0xFF) == 0xC5;
    int first = Mem.get8(vex + 1) & 0xFF;
    int map = two ? Asm.M0F : first & 0x1F;
    int last = two ? first : Mem.get8(vex + 2) & 0xFF;
    long opcode = vex + (two ? 2 : 3);
    Form f = new Form(map, Mem.get8(opcode) & 0xFF, last & 3, two ? 0 : last >>> 7, last >>> 2 & 1,
        ~last >>> 3 & (u.code32 ? 7 : 15), Mem.get8(opcode + 1) & 0xFF, first >>> 7 ^ 1,
        two || u.code32 ? 0 : first >>> 5 & 1 ^ 1);
    if (map == Asm.M0F && f.opcode == VZEROUPPER && f.l == 0) {
      u.needAvx();
      u.vectors.zeroUpper();
      return true;
    }
    if (isMasked(Op.op(p))) {
      u.needAvx();
      return MaskedCode.emit(u, p, f);
    }
    if (CompareCode.is(Op.op(p))) {
      u.needAvx();
      CompareCode.emit(u, p, true, f.reg(), f.rm(), u.code32 ? 0 : f.w);
      return true;
    }
    int entry = AvxTable.get(map, f.opcode, f.pp, f.l != 0);
    boolean general = (entry & (SimdTable.TO_GENERAL | SimdTable.GENERAL_RM)) != 0;
    if (entry == 0 || general && u.code32 && f.w != 0) {
      return false; // VEX.W is ignored where it would name a 64-bit register
    }
    u.needAvx();
    if ((entry & SimdTable.GROUP) != 0) {
      shift(u, p, f);
    } else {
      emit(u, p, f, entry);
    }
    return true;
  }

  private static boolean isMasked(int op) {
    return op >= AvxOps.VMASKMOVD && op <= AvxOps.VGATHERQQ;
  }

  /// The fields of prefix, opcode and ModRM.
  record Form(int map, int opcode, int pp, int w, int l, int vvvv, int modrm, int r, int b) {
    int reg() {
      return modrm >>> 3 & 7 | r << 3;
    }

    int rm() {
      return modrm & 7 | b << 3;
    }

    boolean memory() {
      return modrm < 0xC0;
    }
  }

  /// VEX.vvvv is the destination, ModRM.reg part of the opcode.
  private static void shift(Unit u, long p, Form f) {
    u.vectors.readYmm(f.rm());
    u.vectors.writeYmm(f.vvvv);
    u.a.vex(f.pp, f.map, f.opcode, f.w, f.l, f.modrm >>> 3 & 7, f.vvvv, f.rm());
    u.a.b((int) Op.imm(p));
  }

  private static void emit(Unit u, long p, Form f, int entry) {
    boolean store = (entry & SimdTable.STORE) != 0;
    boolean compares = (entry & SimdTable.FLAGS) != 0;
    boolean toGeneral = (entry & SimdTable.TO_GENERAL) != 0;
    boolean generalRm = (entry & SimdTable.GENERAL_RM) != 0;
    if (f.memory()) {
      address(u, f, entry, store);
    }
    int general = store || toGeneral ? Op.dst(p) : Op.src(p);
    int reg = toGeneral ? Unit.target(general, RAX) : f.reg();
    int rm = f.memory() ? RCX : f.rm();
    if (!f.memory() && generalRm) {
      rm = store ? Unit.target(general, RAX) : u.read(general, RAX);
    }
    u.vectors.readYmm(f.vvvv); // where it names no register it is 0
    if (!toGeneral && (store || compares || (entry & AvxTable.READS_REG) != 0)) {
      u.vectors.readYmm(reg);
    }
    if (!f.memory() && !generalRm && !store) {
      u.vectors.readYmm(rm);
    }
    int immediate = (int) Op.imm(p) & (u.code32 && (entry & AvxTable.IS4) != 0 ? 0x7F : 0xFF);
    if ((entry & AvxTable.IS4) != 0) {
      u.vectors.readYmm(immediate >>> 4);
    }
    if (store && !f.memory() && !generalRm) {
      u.vectors.writeYmm(rm);
    } else if (!store && !compares && !toGeneral) {
      u.vectors.writeYmm(reg);
    }
    if (f.memory()) {
      u.a.vexM(f.pp, f.map, f.opcode, f.w, f.l, reg, f.vvvv, RCX, 0);
    } else {
      u.a.vex(f.pp, f.map, f.opcode, f.w, f.l, reg, f.vvvv, rm);
    }
    if ((entry & SimdTable.IMM8) != 0) {
      u.a.b(immediate);
    }
    if (toGeneral || store && !f.memory() && generalRm) {
      u.put(general, RAX);
    }
    if (compares) {
      u.flags.made(u.p);
    }
  }

  private static void address(Unit u, Form f, int entry, boolean store) {
    int bytes = entry & SimdTable.SIZE;
    if ((entry & SimdTable.BY_W) != 0) {
      bytes = 4 << f.w;
    } else if ((entry & AvxTable.FOURFOLD) != 0) {
      bytes <<= 2 * f.l;
    } else if ((entry & AvxTable.DOUBLES) != 0 || bytes == 16 && (entry & AvxTable.FIXED) == 0) {
      bytes <<= f.l;
    }
    u.memory(bytes, store ? Mmu.STORE : Mmu.LOAD);
    if (aligned(f)) {
      u.flags.needSaved();
      u.a.op(ONE, 0xF6, 0, 0, RCX); // TEST CL, imm8
      u.a.b(bytes - 1);
      u.interpretIf(Asm.CC_NE);
      u.flags.lost();
    }
  }

  /// MOVAPS, MOVDQA and non-temporal moves; nothing else has to be. SDM Vol. 2A "VEX Encoding and Unaligned Memory".
  private static boolean aligned(Form f) {
    return f.map == Asm.M0F
        ? f.opcode == 0x28 || f.opcode == 0x29 || f.opcode == 0x2B || f.opcode == 0xE7
            || f.pp == 1 && (f.opcode == 0x6F || f.opcode == 0x7F)
        : f.map == Asm.M0F38 && f.opcode == 0x2A;
  }
}
