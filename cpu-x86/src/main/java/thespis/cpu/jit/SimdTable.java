package thespis.cpu.jit;

/// Which SSE instructions run as themselves on the host: what their operands are. By opcode map (0F, 0F38, 0F3A), opcode
/// and mandatory prefix. SDM Vol. 2D "Two-Byte Opcode Map", "Three-byte Opcode Map"; alignment: Vol. 1 "Alignment of Data
/// When Working with Packed Data".
final class SimdTable {
  // ---- an entry: bytes of a memory operand, and
  static final int SIZE = 0x1F;

  /// 4 bytes, or 8 with REX.W.
  static final int BY_W = 0x20;

  static final int ALIGNED = 0x40;

  /// The memory (or ModRM.rm) operand is written.
  static final int STORE = 0x80;

  /// ModRM.reg is a general register, and written.
  static final int TO_GENERAL = 0x100;

  /// ModRM.rm, where it is a register, is a general one.
  static final int GENERAL_RM = 0x200;

  static final int IMM8 = 0x400;

  /// The destination is overwritten whole.
  static final int WHOLE = 0x800;

  static final int FLAGS = 0x1000;

  /// ModRM.rm is the destination, ModRM.reg part of the opcode.
  static final int GROUP = 0x2000;

  static final int XMM0 = 0x4000;

  static final int COVERED = 0x8000;

  private static final int V = 16 | ALIGNED;
  private static final int NP = 0, P66 = 1, F3 = 2, F2 = 3;

  private static final char[][] TABLE = new char[3][256 * 4];

  static {
    scalars();
    moves();
    integers();
    conversions();
    threeByte();
  }

  private SimdTable() {}

  /// @param map 1 = 0F, 2 = 0F38, 3 = 0F3A
  /// @param prefix 0 none, 1 = 66, 2 = F3, 3 = F2
  static int get(int map, int opcode, int prefix) {
    return TABLE[map - 1][opcode * 4 + prefix];
  }

  private static void set(int map, int opcode, int prefix, int entry) {
    TABLE[map - 1][opcode * 4 + prefix] = (char) (entry | COVERED);
  }

  private static void two(int opcode, int prefix, int entry) {
    set(1, opcode, prefix, entry);
  }

  private static void range(int map, int from, int to, int prefix, int entry) {
    for (int opcode = from; opcode <= to; opcode++) {
      set(map, opcode, prefix, entry);
    }
  }

  /// PS PD SS SD.
  private static void four(int opcode, int more) {
    two(opcode, NP, V | more);
    two(opcode, P66, V | more);
    two(opcode, F3, 4 | more);
    two(opcode, F2, 8 | more);
  }

  private static void scalars() {
    int[] arithmetic = {0x51, 0x58, 0x59, 0x5C, 0x5D, 0x5E, 0x5F};
    for (int opcode : arithmetic) {
      four(opcode, 0);
    }
    four(0xC2, IMM8);
    for (int opcode = 0x2E; opcode <= 0x2F; opcode++) {
      two(opcode, NP, 4 | FLAGS);
      two(opcode, P66, 8 | FLAGS);
    }
    for (int opcode = 0x54; opcode <= 0x57; opcode++) {
      two(opcode, NP, V);
      two(opcode, P66, V);
    }
  }

  private static void moves() {
    for (int p = NP; p <= P66; p++) {
      two(0x10, p, 16 | WHOLE);
      two(0x11, p, 16 | STORE | WHOLE);
      two(0x12, p, 8);
      two(0x13, p, 8 | STORE);
      two(0x14, p, V);
      two(0x15, p, V);
      two(0x16, p, 8);
      two(0x17, p, 8 | STORE);
      two(0x28, p, V | WHOLE);
      two(0x29, p, V | STORE | WHOLE);
      two(0x2B, p, V | STORE);
      two(0x50, p, TO_GENERAL);
      two(0xC6, p, V | IMM8);
    }
    two(0x10, F3, 4);
    two(0x11, F3, 4 | STORE);
    two(0x10, F2, 8);
    two(0x11, F2, 8 | STORE);
    two(0x12, F3, V | WHOLE);
    two(0x16, F3, V | WHOLE);
    two(0x12, F2, 8 | WHOLE);
    two(0x6E, P66, BY_W | GENERAL_RM | WHOLE);
    two(0x7E, P66, BY_W | GENERAL_RM | STORE);
    two(0x7E, F3, 8 | WHOLE);
    two(0xD6, P66, 8 | STORE | WHOLE);
    two(0x6F, P66, V | WHOLE);
    two(0x6F, F3, 16 | WHOLE);
    two(0x7F, P66, V | STORE | WHOLE);
    two(0x7F, F3, 16 | STORE | WHOLE);
    two(0xE7, P66, V | STORE);
    two(0xF0, F2, 16 | WHOLE);
    two(0xC4, P66, 2 | GENERAL_RM | IMM8);
    two(0xC5, P66, TO_GENERAL | IMM8);
    two(0xD7, P66, TO_GENERAL);
  }

  private static void integers() {
    range(1, 0x60, 0x6D, P66, V);
    two(0x70, P66, V | IMM8 | WHOLE);
    two(0x70, F3, V | IMM8 | WHOLE);
    two(0x70, F2, V | IMM8 | WHOLE);
    range(1, 0x71, 0x73, P66, GROUP | IMM8);
    range(1, 0x74, 0x76, P66, V);
    range(1, 0xD1, 0xD5, P66, V);
    range(1, 0xD8, 0xE5, P66, V);
    range(1, 0xE8, 0xEF, P66, V);
    range(1, 0xF1, 0xF6, P66, V);
    range(1, 0xF8, 0xFE, P66, V);
    for (int opcode : new int[] {0x7C, 0x7D, 0xD0}) {
      two(opcode, P66, V);
      two(opcode, F2, V);
    }
  }

  private static void conversions() {
    two(0x2A, F3, BY_W | GENERAL_RM);
    two(0x2A, F2, BY_W | GENERAL_RM);
    for (int opcode = 0x2C; opcode <= 0x2D; opcode++) {
      two(opcode, F3, 4 | TO_GENERAL);
      two(opcode, F2, 8 | TO_GENERAL);
    }
    two(0x5A, NP, 8 | WHOLE);
    two(0x5A, P66, V | WHOLE);
    two(0x5A, F3, 4);
    two(0x5A, F2, 8);
    two(0x5B, NP, V | WHOLE);
    two(0x5B, P66, V | WHOLE);
    two(0x5B, F3, V | WHOLE);
    two(0xE6, P66, V | WHOLE);
    two(0xE6, F3, 8 | WHOLE);
    two(0xE6, F2, V | WHOLE);
  }

  private static void threeByte() {
    range(2, 0x00, 0x0B, P66, V);
    set(2, 0x10, P66, V | XMM0);
    set(2, 0x14, P66, V | XMM0);
    set(2, 0x15, P66, V | XMM0);
    set(2, 0x17, P66, V | FLAGS);
    range(2, 0x1C, 0x1E, P66, V | WHOLE);
    int[] widening = {8, 4, 2, 8, 4, 8};
    for (int i = 0; i < widening.length; i++) {
      set(2, 0x20 + i, P66, widening[i] | WHOLE);
      set(2, 0x30 + i, P66, widening[i] | WHOLE);
    }
    range(2, 0x28, 0x29, P66, V);
    set(2, 0x2A, P66, V | WHOLE);
    set(2, 0x2B, P66, V);
    range(2, 0x37, 0x40, P66, V);
    set(2, 0x41, P66, V | WHOLE);
    set(2, 0xDB, P66, V | WHOLE);
    range(2, 0xDC, 0xDF, P66, V);
    range(3, 0x08, 0x09, P66, V | IMM8 | WHOLE);
    set(3, 0x0A, P66, 4 | IMM8);
    set(3, 0x0B, P66, 8 | IMM8);
    range(3, 0x0C, 0x0F, P66, V | IMM8);
    set(3, 0x14, P66, 1 | GENERAL_RM | STORE | IMM8);
    set(3, 0x15, P66, 2 | GENERAL_RM | STORE | IMM8);
    set(3, 0x16, P66, BY_W | GENERAL_RM | STORE | IMM8);
    set(3, 0x17, P66, 4 | GENERAL_RM | STORE | IMM8);
    set(3, 0x20, P66, 1 | GENERAL_RM | IMM8);
    set(3, 0x21, P66, 4 | IMM8);
    set(3, 0x22, P66, BY_W | GENERAL_RM | IMM8);
    range(3, 0x40, 0x42, P66, V | IMM8);
    set(3, 0x44, P66, V | IMM8);
    set(3, 0xDF, P66, V | IMM8 | WHOLE);
    if (HostCheck.has("sha_ni")) {
      range(2, 0xC8, 0xCD, NP, V);
      set(2, 0xCB, NP, V | XMM0);
      set(3, 0xCC, NP, V | IMM8);
    }
    if (HostCheck.has("gfni")) {
      set(2, 0xCF, P66, V);
      range(3, 0xCE, 0xCF, P66, V | IMM8);
    }
  }
}
