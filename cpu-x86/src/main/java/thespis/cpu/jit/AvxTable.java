package thespis.cpu.jit;

/// Which VEX-coded instructions run as themselves on the host: what {@link SimdTable} says of their SSE twins, and those
/// that have none. By opcode map, opcode and VEX.pp. SDM Vol. 2D "Three-byte Opcode Map", the rows in v.
final class AvxTable {
  /// Beside the bits of a {@link SimdTable} entry: ModRM.reg is a source too.
  static final int READS_REG = 0x10000;

  /// The last byte names a register. SDM Vol. 2A "VEX.vvvv and imm8[7:4]".
  static final int IS4 = 0x20000;

  /// The memory operand has as many bytes for a vector of 256 bits.
  static final int FIXED = 0x40000;

  /// It has twice as many.
  static final int DOUBLES = 0x80000;

  /// It has four times as many.
  static final int FOURFOLD = 0x800000;

  /// Needs what the host is asked for by this name.
  private static final int VAES = 0x100000;

  private static final int VPCLMULQDQ = 0x200000;
  private static final int GFNI = 0x400000;

  private static final boolean HOST_VAES = HostCheck.has("vaes");
  private static final boolean HOST_VPCLMULQDQ = HostCheck.has("vpclmulqdq");
  private static final boolean HOST_GFNI = HostCheck.has("gfni");

  private static final int V = 16;
  private static final int WHOLE = SimdTable.WHOLE;
  private static final int IMM8 = SimdTable.IMM8;
  private static final int NP = 0, P66 = 1, F3 = 2, F2 = 3;

  private static final int[][] OWN = new int[3][256 * 4];

  static {
    twins();
    map38();
    fused();
    map3A();
  }

  private AvxTable() {}

  /// 0 for what is left to the interpreter.
  static int get(int map, int opcode, int pp, boolean wide) {
    int own = OWN[map - 1][opcode * 4 + pp];
    int entry = own != 0 ? own : SimdTable.get(map, opcode, pp);
    boolean host = (!wide || (entry & VAES) == 0 || HOST_VAES) && (!wide || (entry & VPCLMULQDQ) == 0 || HOST_VPCLMULQDQ)
        && ((entry & GFNI) == 0 || HOST_GFNI);
    return host && (entry & SimdTable.XMM0) == 0 ? entry : 0;
  }

  private static void set(int map, int opcode, int pp, int entry) {
    OWN[map - 1][opcode * 4 + pp] = entry | SimdTable.COVERED;
  }

  private static void more(int map, int opcode, int pp, int bits) {
    set(map, opcode, pp, SimdTable.get(map, opcode, pp) | bits);
  }

  /// Those whose operands differ from their SSE twins'.
  private static void twins() {
    more(1, 0x5A, NP, DOUBLES);
    more(1, 0xE6, F3, DOUBLES);
    more(1, 0x12, F2, FOURFOLD);
    for (int i = 0; i < 6; i++) {
      more(2, 0x20 + i, P66, DOUBLES);
      more(2, 0x30 + i, P66, DOUBLES);
    }
    for (int opcode = 0xDC; opcode <= 0xDF; opcode++) {
      more(2, opcode, P66, VAES);
    }
    more(3, 0x44, P66, VPCLMULQDQ);
  }

  private static void map38() {
    int[] lanes = {0x0C, 0x0D, 0x16, 0x36, 0x45, 0x46, 0x47};
    for (int opcode : lanes) {
      set(2, opcode, P66, V);
    }
    set(2, 0x0E, P66, V | SimdTable.FLAGS);
    set(2, 0x0F, P66, V | SimdTable.FLAGS);
    set(2, 0x13, P66, 8 | DOUBLES | WHOLE);
    int[][] broadcasts = {{0x18, 4}, {0x19, 8}, {0x1A, 16}, {0x58, 4}, {0x59, 8}, {0x5A, 16}, {0x78, 1}, {0x79, 2}};
    for (int[] b : broadcasts) {
      set(2, b[0], P66, b[1] | FIXED | WHOLE);
    }
    set(2, 0xCF, P66, V | GFNI);
  }

  private static void fused() {
    for (int order = 0x90; order <= 0xB0; order += 0x10) {
      for (int n = 6; n < 16; n++) {
        boolean scalar = n >= 8 && (n & 1) != 0;
        set(2, order + n, P66, (scalar ? SimdTable.BY_W : V) | READS_REG);
      }
    }
  }

  private static void map3A() {
    int[] unary = {0x00, 0x01, 0x04, 0x05};
    for (int opcode : unary) {
      set(3, opcode, P66, V | IMM8 | WHOLE);
    }
    int[] binary = {0x02, 0x06, 0x46};
    for (int opcode : binary) {
      set(3, opcode, P66, V | IMM8);
    }
    for (int opcode = 0x4A; opcode <= 0x4C; opcode++) {
      set(3, opcode, P66, V | IMM8 | IS4);
    }
    set(3, 0x18, P66, 16 | FIXED | IMM8);
    set(3, 0x38, P66, 16 | FIXED | IMM8);
    set(3, 0x19, P66, 16 | FIXED | IMM8 | SimdTable.STORE | WHOLE);
    set(3, 0x39, P66, 16 | FIXED | IMM8 | SimdTable.STORE | WHOLE);
    set(3, 0x1D, P66, 8 | DOUBLES | IMM8 | SimdTable.STORE | WHOLE);
    set(3, 0xCE, P66, V | IMM8 | GFNI);
    set(3, 0xCF, P66, V | IMM8 | GFNI);
  }
}
