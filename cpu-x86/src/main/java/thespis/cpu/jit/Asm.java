package thespis.cpu.jit;

import thespis.cpu.mmu.Mem;
import thespis.cpu.state.NativeState;

/// Writes x86-64 machine code into memory. SDM Vol. 2A "Instruction Format", "REX Prefixes". Operand sizes are log2 of
/// the bytes, registers are the host's numbers, and memory is a base register with a displacement; what lies in the
/// vCPU's state block is addressed through {@link #STATE}.
final class Asm {
  static final int RAX = 0;
  static final int RCX = 1;
  static final int RDX = 2;
  static final int RBX = 3;
  static final int RSP = 4;
  static final int RBP = 5;
  static final int RSI = 6;
  static final int RDI = 7;

  /// Holds the state block's address plus {@link #BIAS}, which brings its first 256 bytes into reach of one byte.
  static final int STATE = RBP;

  static final int BIAS = 128;

  // ---- opcode maps
  static final int ONE = 0;
  static final int M0F = 1;
  static final int M0F38 = 2;
  static final int M0F3A = 3;

  // ---- condition codes, SDM Vol. 1 "Condition Codes"
  static final int CC_B = 2;
  static final int CC_AE = 3;
  static final int CC_E = 4;
  static final int CC_NE = 5;
  static final int CC_BE = 6;
  static final int CC_A = 7;
  static final int CC_NS = 9;

  long at;

  // ---- bytes

  void b(int v) {
    Mem.put8(at++, (byte) v);
  }

  void d(int v) {
    Mem.put32(at, v);
    at += 4;
  }

  void q(long v) {
    Mem.put64(at, v);
    at += 8;
  }

  // ---- one instruction: prefixes, REX, opcode, ModRM

  /// @param prefix 0, 0x66, 0xF2 or 0xF3
  /// @param w REX.W
  private void head(int prefix, int map, int opcode, int w, int reg, int index, int rm, boolean force) {
    if (prefix != 0) {
      b(prefix);
    }
    int rex = w << 3 | reg >>> 3 << 2 | index >>> 3 << 1 | rm >>> 3;
    if (rex != 0 || force) {
      b(0x40 | rex);
    }
    switch (map) {
      case M0F -> b(0x0F);
      case M0F38 -> {
        b(0x0F);
        b(0x38);
      }
      case M0F3A -> {
        b(0x0F);
        b(0x3A);
      }
      default -> {}
    }
    b(opcode);
  }

  /// Register and register.
  void rr(int prefix, int map, int opcode, int w, int reg, int rm) {
    head(prefix, map, opcode, w, reg, 0, rm, false);
    b(0xC0 | (reg & 7) << 3 | rm & 7);
  }

  /// Register and [base + disp].
  void rm(int prefix, int map, int opcode, int w, int reg, int base, int disp) {
    head(prefix, map, opcode, w, reg, 0, base, false);
    modrm(reg, base, disp);
  }

  /// A 64-bit register and [base + index + disp32].
  void rmx(int opcode, int reg, int base, int index, int disp) {
    head(0, ONE, opcode, 1, reg, index, base, false);
    b(0x80 | (reg & 7) << 3 | 4);
    b((index & 7) << 3 | base & 7);
    d(disp);
  }

  private void modrm(int reg, int base, int disp) {
    int mod = disp == 0 && (base & 7) != 5 ? 0 : disp == (byte) disp ? 1 : 2;
    b(mod << 6 | (reg & 7) << 3 | base & 7);
    if ((base & 7) == 4) {
      b(0x24);
    }
    displacement(mod, disp);
  }

  private void displacement(int mod, int disp) {
    if (mod == 1) {
      b(disp);
    } else if (mod == 2) {
      d(disp);
    }
  }

  // ---- general instructions by operand size: bit 0 of the opcode says "not bytes"

  /// `op rm, reg` or `op reg, rm` as the opcode has it.
  void op(int map, int opcode, int size, int reg, int rm) {
    head(size == 1 ? 0x66 : 0, map, size == 0 ? opcode : opcode | 1, size == 3 ? 1 : 0, reg, 0, rm,
        size == 0 && (reg >= 4 || rm >= 4));
    b(0xC0 | (reg & 7) << 3 | rm & 7);
  }

  void opM(int map, int opcode, int size, int reg, int base, int disp) {
    head(size == 1 ? 0x66 : 0, map, size == 0 ? opcode : opcode | 1, size == 3 ? 1 : 0, reg, 0, base,
        size == 0 && reg >= 4);
    modrm(reg, base, disp);
  }

  /// The same, where the opcode is taken as it stands (0F AF, 0F B8, ...) and the size is 16, 32 or 64 bits.
  void wide(int prefix, int map, int opcode, int size, int reg, int rm) {
    if (size == 1) {
      b(0x66);
    }
    rr(prefix, map, opcode, size == 3 ? 1 : 0, reg, rm);
  }

  void wideM(int prefix, int map, int opcode, int size, int reg, int base, int disp) {
    if (size == 1) {
      b(0x66);
    }
    rm(prefix, map, opcode, size == 3 ? 1 : 0, reg, base, disp);
  }

  /// MOVZX (B6) or MOVSX (BE) from a byte register.
  void extendByte(int opcode, int size, int dst, int src) {
    head(size == 1 ? 0x66 : 0, M0F, opcode, size == 3 ? 1 : 0, dst, 0, src, src >= 4);
    b(0xC0 | (dst & 7) << 3 | src & 7);
  }

  void setcc(int cc, int rm) {
    head(0, M0F, 0x90 | cc, 0, 0, 0, rm, rm >= 4);
    b(0xC0 | rm & 7);
  }

  // ---- moves

  void mov(int dst, int src) {
    if (dst != src) {
      rr(0, ONE, 0x8B, 1, dst, src);
    }
  }

  void mov32(int dst, int src) {
    rr(0, ONE, 0x8B, 0, dst, src);
  }

  /// 32 or 64 bits, the former clear the upper half.
  void move(int size, int dst, int src) {
    if (size == 3) {
      mov(dst, src);
    } else {
      mov32(dst, src);
    }
  }

  void load(int dst, int base, int disp) {
    rm(0, ONE, 0x8B, 1, dst, base, disp);
  }

  void store(int src, int base, int disp) {
    rm(0, ONE, 0x89, 1, src, base, disp);
  }

  void movImm(int dst, long v) {
    if (v == (v & 0xFFFF_FFFFL)) {
      if (dst >= 8) {
        b(0x41);
      }
      b(0xB8 | dst & 7);
      d((int) v);
    } else if (v == (int) v) {
      head(0, ONE, 0xC7, 1, 0, 0, dst, false);
      b(0xC0 | dst & 7);
      d((int) v);
    } else {
      b(0x48 | dst >>> 3);
      b(0xB8 | dst & 7);
      q(v);
    }
  }

  /// LEA dst, [base + index << scale + disp]; base or index may be absent (-1).
  void lea(boolean wide, int dst, int base, int index, int scale, int disp) {
    int w = wide ? 1 : 0;
    if (index < 0 && base >= 0) {
      head(0, ONE, 0x8D, w, dst, 0, base, false);
      modrm(dst, base, disp);
      return;
    }
    head(0, ONE, 0x8D, w, dst, Math.max(index, 0), Math.max(base, 0), false);
    if (base < 0) {
      b((dst & 7) << 3 | 4);
      b(scale << 6 | (index < 0 ? 4 : index & 7) << 3 | 5);
      d(disp);
      return;
    }
    int mod = disp == 0 && (base & 7) != 5 ? 0 : disp == (byte) disp ? 1 : 2;
    b(mod << 6 | (dst & 7) << 3 | 4);
    b(scale << 6 | (index & 7) << 3 | base & 7);
    displacement(mod, disp);
  }

  /// VEX-coded, three bytes of prefix. SDM Vol. 2A "The VEX Prefix".
  ///
  /// @param prefix 0 none, 1 = 66, 2 = F3, 3 = F2
  void vex(int prefix, int map, int opcode, int w, int l, int reg, int vvvv, int rm) {
    vexHead(prefix, map, opcode, w << 7 | l << 2, reg, vvvv, rm);
    b(0xC0 | (reg & 7) << 3 | rm & 7);
  }

  /// The same with [base + disp].
  void vexM(int prefix, int map, int opcode, int w, int l, int reg, int vvvv, int base, int disp) {
    vexHead(prefix, map, opcode, w << 7 | l << 2, reg, vvvv, base);
    modrm(reg, base, disp);
  }

  private void vexHead(int prefix, int map, int opcode, int wl, int reg, int vvvv, int rm) {
    b(0xC4);
    b((reg < 8 ? 0x80 : 0) | 0x40 | (rm < 8 ? 0x20 : 0) | map);
    b(wl | ~vvvv << 3 & 0x78 | prefix);
    b(opcode);
  }

  void vzeroupper() {
    b(0xC5);
    b(0xF8);
    b(0x77);
  }

  /// RORX: rotate without touching a flag. SDM Vol. 2B "RORX".
  void rorx(int size, int dst, int src, int count) {
    vex(3, M0F3A, 0xF0, size == 3 ? 1 : 0, 0, dst, 0, src);
    b(count);
  }

  /// PEXT on 32 bits: changes no flag. SDM Vol. 2B "PEXT".
  void pext32(int dst, int src, int mask) {
    vex(2, M0F38, 0xF5, 0, 0, dst, src, mask);
  }

  // ---- the state block

  static int st(int offset) {
    return offset - BIAS;
  }

  void loadState(int dst, int offset) {
    load(dst, STATE, st(offset));
  }

  void storeState(int src, int offset) {
    store(src, STATE, st(offset));
  }

  void storeStateImm32(int offset, int v) {
    rm(0, ONE, 0xC7, 0, 0, STATE, st(offset));
    d(v);
  }

  // ---- arithmetic with an immediate

  /// Group 1 (ADD OR ADC SBB AND SUB XOR CMP) on a register.
  void group1(int n, int size, int rm, int imm) {
    boolean small = imm == (byte) imm;
    if (size == 0) {
      op(ONE, 0x80, 0, n, rm);
      b(imm);
      return;
    }
    head(size == 1 ? 0x66 : 0, ONE, small ? 0x83 : 0x81, size == 3 ? 1 : 0, 0, 0, rm, false);
    b(0xC0 | n << 3 | rm & 7);
    immediate(size, small, imm);
  }

  void group1M(int n, int size, int base, int disp, int imm) {
    boolean small = imm == (byte) imm;
    if (size == 0) {
      opM(ONE, 0x80, 0, n, base, disp);
      b(imm);
      return;
    }
    head(size == 1 ? 0x66 : 0, ONE, small ? 0x83 : 0x81, size == 3 ? 1 : 0, 0, 0, base, false);
    modrm(n, base, disp);
    immediate(size, small, imm);
  }

  private void immediate(int size, boolean small, int imm) {
    if (small) {
      b(imm);
    } else {
      imm(size, imm);
    }
  }

  /// An immediate of the operand size, at most 32 bits.
  void imm(int size, int v) {
    switch (size) {
      case 0 -> b(v);
      case 1 -> {
        b(v);
        b(v >> 8);
      }
      default -> d(v);
    }
  }

  // ---- jumps

  /// JMP rel32 to an address; returns where its displacement stands.
  long jmp(long target) {
    b(0xE9);
    return rel32(target);
  }

  long jcc(int cc, long target) {
    b(0x0F);
    b(0x80 | cc);
    return rel32(target);
  }

  private long rel32(long target) {
    long site = at;
    d((int) (target - at - 4));
    return site;
  }

  /// JRCXZ rel8 with its target to be filled in by {@link #patch8}.
  long jrcxz() {
    b(0xE3);
    b(0);
    return at - 1;
  }

  void patch8(long site) {
    Mem.put8(site, (byte) (at - site - 1));
  }

  static void patch32(long site, long target) {
    Mem.put32(site, (int) (target - site - 4));
  }

  void jmpM(int base, int disp) {
    rm(0, ONE, 0xFF, 0, 4, base, disp);
  }

  // ---- the six arithmetic flags in {@link NativeState#FLAGS_SAVED}: OF in the low byte, the rest as LAHF has them above

  void saveFlags() {
    b(0x9F); // LAHF
    rr(0, M0F, 0x90, 0, 0, RAX); // SETO AL
    b(0x66);
    rm(0, ONE, 0x89, 0, RAX, STATE, st(NativeState.FLAGS_SAVED));
  }

  void restoreFlags() {
    rm(0, M0F, 0xB7, 0, RAX, STATE, st(NativeState.FLAGS_SAVED));
    b(0x04); // ADD AL, 0x7F: overflows if OF was set
    b(0x7F);
    b(0x9E); // SAHF
  }
}
