package thespis.cpu.decode;

/// One line of an opcode map: which operation, its operands, and which bits besides the opcode select it.
record Row(int op, int a, int b, int c, int flags, int reg, int mod, int rm, int prefix, int w,
    int feature) {
  /// LOCK is allowed (with a memory destination).
  static final int LOCK = 1;

  /// #UD in 64-bit code.
  static final int NOT64 = 2;

  /// #UD outside of 64-bit code.
  static final int ONLY64 = 4;

  /// The operand size is 64 bits by default in 64-bit code (66 makes it 16).
  static final int D64 = 8;

  /// The operand size is always 64 bits in 64-bit code.
  static final int F64 = 16;

  /// Nothing of this block is decoded behind the instruction.
  static final int END = 32;

  /// #UD in real and virtual-8086 mode.
  static final int PROT = 64;

  /// The 66, F2 and F3 prefixes select the row and have no other meaning.
  static final int MANDATORY = 128;

  /// Row of a VEX-coded instruction.
  static final int VEX = 256;

  /// VEX.L must be 0, or 1; without either of them it is the vector length, or with {@link #LIG} nothing.
  static final int L0 = 512;

  static final int L1 = 1024;
  static final int LIG = 2048;

  /// An immediate byte is the fourth operand.
  static final int IMM8 = 4096;

  /// The index of the memory operand is a vector register. SDM Vol. 2A "Vector SIB (VSIB) Memory Addressing".
  static final int VSIB = 8192;

  /// The first operand is a vector register that is only read.
  static final int READS = 16384;

  // ---- prefix
  static final int ANY = -1;
  static final int NP = 0;
  static final int P66 = 1;
  static final int PF3 = 2;
  static final int PF2 = 3;

  // ---- mod
  static final int MEM = 0;
  static final int REGISTER = 1;

  static Row row(int op, int a, int b, int c, int flags) {
    return new Row(op, a, b, c, flags, ANY, ANY, ANY, ANY, ANY, ANY);
  }

  static Row row(int op, int a, int b, int flags) {
    return row(op, a, b, Operand.NONE, flags);
  }

  static Row row(int op, int a, int b) {
    return row(op, a, b, Operand.NONE, 0);
  }

  static Row row(int op, int a) {
    return row(op, a, Operand.NONE, Operand.NONE, 0);
  }

  static Row row(int op) {
    return row(op, Operand.NONE, Operand.NONE, Operand.NONE, 0);
  }

  /// ModRM.reg selects.
  Row reg(int n) {
    return new Row(op, a, b, c, flags, n, mod, rm, prefix, w, feature);
  }

  Row mem() {
    return new Row(op, a, b, c, flags, reg, MEM, rm, prefix, w, feature);
  }

  Row register() {
    return new Row(op, a, b, c, flags, reg, REGISTER, rm, prefix, w, feature);
  }

  Row rm(int n) {
    return new Row(op, a, b, c, flags, reg, REGISTER, n, prefix, w, feature);
  }

  Row prefix(int p) {
    return new Row(op, a, b, c, flags | MANDATORY, reg, mod, rm, p, w, feature);
  }

  Row w(int bit) {
    return new Row(op, a, b, c, flags, reg, mod, rm, prefix, bit, feature);
  }

  Row flags(int more) {
    return new Row(op, a, b, c, flags | more, reg, mod, rm, prefix, w, feature);
  }

  /// #UD unless the CPU model has it: see {@link #feature(int, int)}.
  Row feature(int f) {
    return new Row(op, a, b, c, flags, reg, mod, rm, prefix, w, f);
  }

  /// Bit of a CPUID word, as numbered in {@link thespis.cpu.state.CpuFeatures.Word}.
  static int feature(int word, int bit) {
    return word << 8 | bit;
  }

  /// VEX.vvvv names an operand.
  boolean usesVvvv() {
    return isVvvv(a) || isVvvv(b) || isVvvv(c);
  }

  static boolean isVvvv(int operand) {
    return (operand & ~15) == Operand.H_ || (operand & ~15) == Operand.BV_;
  }

  boolean needsModrm() {
    return reg >= 0 || mod >= 0 || modrmOperand(a) || modrmOperand(b) || modrmOperand(c);
  }

  private static boolean modrmOperand(int operand) {
    return switch (operand & ~15) {
      case Operand.E_, Operand.G_, Operand.M_, Operand.C_, Operand.D_, Operand.V_, Operand.W_, Operand.P_,
          Operand.Q_ ->
          operand != Operand.NONE;
      default -> false;
    };
  }

  boolean matches(int modrm, int mandatory, int rexW, boolean vexL) {
    return (flags & (vexL ? L0 : L1)) == 0
        && (reg < 0 || reg == (modrm >>> 3 & 7))
        && (mod < 0 || mod == (modrm >= 0xC0 ? REGISTER : MEM))
        && (rm < 0 || rm == (modrm & 7))
        && (prefix < 0 || prefix == mandatory)
        && (w < 0 || w == rexW);
  }
}
