package thespis.cpu.decode;

import thespis.cpu.mmu.Mem;

/// One decoded instruction in native memory: 32 bytes, read by the interpreter and by the translator. Register operands
/// are byte offsets into the vCPU state block, so that `AH` and `RAX` are read alike.
///
/// | offset | bits | what |
/// |---|---|---|
/// | 0 | 16 | operation, see {@link Ops} |
/// | 2, 3 | 8 | destination and source register (state block offset; number for segment, control, MMX and XMM registers) |
/// | 4, 5 | 8 | base and index register of the memory operand (offset; {@link #NO_REG} holds zero; number under VSIB) |
/// | 6 | 2+3 | scale shift; segment of the memory operand (6 = no base, in 64-bit code) |
/// | 7 | 2+2+2+1+1 | log2 of operand size, of source size, of address size in bytes; LOCK; not 64-bit code |
/// | 8 | 16 | start of the instruction relative to the block |
/// | 10 | 8 | length of the instruction |
/// | 11 | 2+2+2 | kind of destination, kind of source, REP prefix |
/// | 12, 13 | 8 | third register operand (VEX.vvvv; of an SSE instruction the destination again), ModRM byte |
/// | 14 | 8+8 | opcode byte, prefixes: see {@link #PREFIX_66} |
/// | 16 | 64 | immediate |
/// | 24 | 64 | displacement (absolute where RIP-relative); for direct branches the block they were linked to |
public final class Op {
  public static final int BYTES = 32;

  public static final int KIND_NONE = 0;
  public static final int KIND_REG = 1;
  public static final int KIND_MEM = 2;
  public static final int KIND_IMM = 3;

  public static final int REP_NONE = 0;
  public static final int REPNE = 2;
  public static final int REP = 3;

  /// State block offset of a slot that is always zero.
  public static final int NO_REG = 128;

  /// "Segment" whose base is always zero.
  public static final int NO_SEG = 6;

  public static final int PREFIX_66 = 1;
  public static final int PREFIX_REX = 2;
  public static final int PREFIX_REX_W = 4;
  public static final int PREFIX_VEX_L = 8;

  /// Some operand is an MMX register.
  public static final int PREFIX_MMX = 16;

  public static final int PREFIX_VEX = 32;

  /// The destination is a vector register whose bits 255:128 are cleared. SDM Vol. 1 "Instruction Syntax and
  /// Enumeration" of the chapter on AVX.
  public static final int ZERO_UPPER = 64;

  private Op() {}

  public static int op(long p) {
    return Mem.get16(p) & 0xFFFF;
  }

  public static int dst(long p) {
    return Mem.get8(p + 2) & 0xFF;
  }

  public static int src(long p) {
    return Mem.get8(p + 3) & 0xFF;
  }

  public static int base(long p) {
    return Mem.get8(p + 4) & 0xFF;
  }

  public static int index(long p) {
    return Mem.get8(p + 5) & 0xFF;
  }

  public static int scale(long p) {
    return Mem.get8(p + 6) & 3;
  }

  public static int seg(long p) {
    return Mem.get8(p + 6) >>> 2 & 7;
  }

  /// log2 of the operand size in bytes: 0..3.
  public static int size(long p) {
    return Mem.get8(p + 7) & 3;
  }

  public static int srcSize(long p) {
    return Mem.get8(p + 7) >>> 2 & 3;
  }

  /// log2 of the address size in bytes: 1..3.
  public static int addressSize(long p) {
    return Mem.get8(p + 7) >>> 4 & 3;
  }

  public static boolean lock(long p) {
    return (Mem.get8(p + 7) & 0x40) != 0;
  }

  /// True outside of 64-bit code: segment limits count.
  public static boolean legacy(long p) {
    return (Mem.get8(p + 7) & 0x80) != 0;
  }

  public static int offset(long p) {
    return Mem.get16(p + 8) & 0xFFFF;
  }

  public static int length(long p) {
    return Mem.get8(p + 10);
  }

  public static int dstKind(long p) {
    return Mem.get8(p + 11) & 3;
  }

  public static int srcKind(long p) {
    return Mem.get8(p + 11) >>> 2 & 3;
  }

  public static int rep(long p) {
    return Mem.get8(p + 11) >>> 4 & 3;
  }

  public static int reg3(long p) {
    return Mem.get8(p + 12) & 0xFF;
  }

  public static int modrm(long p) {
    return Mem.get8(p + 13) & 0xFF;
  }

  public static int opcode(long p) {
    return Mem.get8(p + 14) & 0xFF;
  }

  public static int prefixes(long p) {
    return Mem.get8(p + 15);
  }

  public static long imm(long p) {
    return Mem.get64(p + 16);
  }

  public static long disp(long p) {
    return Mem.get64(p + 24);
  }

  public static void setOp(long p, int op) {
    Mem.put16(p, (short) op);
  }
}
