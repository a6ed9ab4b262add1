package thespis.cpu.decode;

import thespis.cpu.mmu.Mem;

/// The interpreter's special forms: the common instructions of 64-bit code with size and operand kinds in the number, so
/// that the inner loop need not look at them. Chosen once, when a block is decoded; what has no special form keeps its
/// general number. `R` register, `I` immediate, `M` memory; the digits are the operand size. A conditional jump has a
/// form for each way its flags were made, where that is known inside the block (see {@link thespis.cpu.exec.Flags}).
public final class Special {
  public static final int MOV_RR64 = 1;
  public static final int MOV_RR32 = 2;
  public static final int MOV_RI = 3;
  public static final int LD64 = 4;
  public static final int LD32 = 5;
  public static final int LD8 = 6;
  public static final int LDZX8 = 7;
  public static final int LDZX16 = 8;
  public static final int LDSX8_32 = 9;
  public static final int LDSX8_64 = 10;
  public static final int LDSX16_32 = 11;
  public static final int LDSX16_64 = 12;
  public static final int LDSX32_64 = 13;
  public static final int ST64 = 14;
  public static final int ST32 = 15;
  public static final int ST16 = 16;
  public static final int ST8 = 17;
  public static final int STI64 = 18;
  public static final int STI32 = 19;
  public static final int STI8 = 20;
  public static final int ZX8 = 21;
  public static final int ZX16 = 22;
  public static final int SX8_32 = 23;
  public static final int SX8_64 = 24;
  public static final int SX16_32 = 25;
  public static final int SX16_64 = 26;
  public static final int SX32_64 = 27;
  public static final int LEA64 = 28;
  public static final int LEA32 = 29;
  public static final int ADD_RR64 = 30;
  public static final int ADD_RR32 = 31;
  public static final int ADD_RI64 = 32;
  public static final int ADD_RI32 = 33;
  public static final int ADD_RM64 = 34;
  public static final int ADD_RM32 = 35;
  public static final int SUB_RR64 = 36;
  public static final int SUB_RR32 = 37;
  public static final int SUB_RI64 = 38;
  public static final int SUB_RI32 = 39;
  public static final int SUB_RM64 = 40;
  public static final int SUB_RM32 = 41;
  public static final int AND_RR64 = 42;
  public static final int AND_RR32 = 43;
  public static final int AND_RI64 = 44;
  public static final int AND_RI32 = 45;
  public static final int AND_RM64 = 46;
  public static final int AND_RM32 = 47;
  public static final int OR_RR64 = 48;
  public static final int OR_RR32 = 49;
  public static final int OR_RI64 = 50;
  public static final int OR_RI32 = 51;
  public static final int OR_RM64 = 52;
  public static final int OR_RM32 = 53;
  public static final int XOR_RR64 = 54;
  public static final int XOR_RR32 = 55;
  public static final int XOR_RI64 = 56;
  public static final int XOR_RI32 = 57;
  public static final int XOR_RM64 = 58;
  public static final int XOR_RM32 = 59;
  public static final int CMP_RR64 = 60;
  public static final int CMP_RR32 = 61;
  public static final int CMP_RR8 = 62;
  public static final int CMP_RI64 = 63;
  public static final int CMP_RI32 = 64;
  public static final int CMP_RI8 = 65;
  public static final int CMP_RM64 = 66;
  public static final int CMP_RM32 = 67;
  public static final int CMP_MR64 = 68;
  public static final int CMP_MR32 = 69;
  public static final int CMP_MI64 = 70;
  public static final int CMP_MI32 = 71;
  public static final int CMP_MI16 = 72;
  public static final int CMP_MI8 = 73;
  public static final int TEST_RR64 = 74;
  public static final int TEST_RR32 = 75;
  public static final int TEST_RR8 = 76;
  public static final int TEST_RI32 = 77;
  public static final int TEST_RI8 = 78;
  public static final int TEST_MI8 = 79;
  public static final int TEST_MI32 = 80;
  public static final int ADD_MR64 = 81;
  public static final int ADD_MR32 = 82;
  public static final int ADD_MI64 = 83;
  public static final int ADD_MI32 = 84;
  public static final int INC_R64 = 85;
  public static final int INC_R32 = 86;
  public static final int DEC_R64 = 87;
  public static final int DEC_R32 = 88;
  public static final int NEG_R64 = 89;
  public static final int NEG_R32 = 90;
  public static final int NOT_R64 = 91;
  public static final int SHL_RI64 = 92;
  public static final int SHL_RI32 = 93;
  public static final int SHR_RI64 = 94;
  public static final int SHR_RI32 = 95;
  public static final int SAR_RI64 = 96;
  public static final int SAR_RI32 = 97;
  public static final int IMUL_RR64 = 98;
  public static final int IMUL_RR32 = 99;
  public static final int IMUL_RRI64 = 100;
  public static final int IMUL_RRI32 = 101;
  public static final int PUSH_R = 102;
  public static final int PUSH_I = 103;
  public static final int POP_R = 104;
  public static final int LEAVE = 105;
  public static final int CALL = 106;
  public static final int CALL_R = 107;
  public static final int CALL_M = 108;
  public static final int RET = 109;
  public static final int JMP = 110;
  public static final int JMP_R = 111;
  public static final int JMP_M = 112;
  public static final int NEXT_BLOCK = 113;
  public static final int JCC = 114;
  public static final int JE_SUB = 115;
  public static final int JNE_SUB = 116;
  public static final int JB_SUB = 117;
  public static final int JAE_SUB = 118;
  public static final int JBE_SUB = 119;
  public static final int JA_SUB = 120;
  public static final int JL_SUB = 121;
  public static final int JGE_SUB = 122;
  public static final int JLE_SUB = 123;
  public static final int JG_SUB = 124;
  public static final int JE_RES = 125;
  public static final int JNE_RES = 126;
  public static final int JS_RES = 127;
  public static final int JNS_RES = 128;
  public static final int JLE_RES = 129;
  public static final int JG_RES = 130;
  public static final int SETCC = 131;
  public static final int CMOV64 = 132;
  public static final int CMOV32 = 133;
  public static final int NOP = 134;
  public static final int ADC_RR64 = 135;
  public static final int ADC_RI64 = 136;
  public static final int ADC_RM64 = 137;
  public static final int SBB_RR64 = 138;
  public static final int SBB_RR32 = 139;
  public static final int ROL_RI64 = 140;
  public static final int ROL_RI32 = 141;
  public static final int ROR_RI64 = 142;
  public static final int ROR_RI32 = 143;
  public static final int MUL_R64 = 144;

  /// First record of a block that runs as JVM bytecode.
  public static final int COMPILED = 145;

  /// First record of a block that runs as host code.
  public static final int NATIVE = 146;

  public static final int COUNT = 147;

  /// How the flags stand at a point of a block, as far as known.
  private static final int UNKNOWN = 0;

  private static final int FROM_SUB = 1;

  /// ZF and SF follow the result; CF and OF may be set.
  private static final int FROM_RESULT = 2;

  /// As above with CF and OF clear.
  private static final int FROM_LOGIC = 3;

  private Special() {}

  /// @param from first record of a block of 64-bit code
  public static void select(long from, long to) {
    int flags = UNKNOWN;
    for (long p = from; p < to; p += Op.BYTES) {
      int op = Op.op(p);
      int special = Op.lock(p) || Op.addressSize(p) != 3 && usesMemory(p) ? 0 : choose(p, op, flags);
      flags = flagsAfter(op, flags);
      if (special != 0) {
        if (special == MOV_RI && Op.size(p) == 2) {
          Mem.put64(p + 16, Op.imm(p) & 0xFFFF_FFFFL);
        }
        if (isDirectBranch(special)) {
          Mem.put64(p + 24, 0);
        }
        Op.setOp(p, special);
      }
    }
  }

  private static boolean usesMemory(long p) {
    return Op.dstKind(p) == Op.KIND_MEM || Op.srcKind(p) == Op.KIND_MEM || Op.op(p) == Ops.LEA;
  }

  public static boolean isDirectBranch(int special) {
    return special == CALL || special == JMP || special >= NEXT_BLOCK && special <= JG_RES;
  }

  private static int flagsAfter(int op, int flags) {
    return switch (op) {
      case Ops.CMP, Ops.SUB, Ops.NEG, Ops.CMPXCHG -> FROM_SUB;
      case Ops.AND, Ops.OR, Ops.XOR, Ops.TEST -> FROM_LOGIC;
      case Ops.INC, Ops.DEC -> FROM_RESULT;
      case Ops.MOV, Ops.MOVZX, Ops.MOVSX, Ops.LEA, Ops.PUSH, Ops.POP, Ops.JCC, Ops.CMOV, Ops.SETCC, Ops.NOP, Ops.NOT ->
          flags;
      default -> op >= Ops.SIMD && !SseOps.setsFlags(op) ? flags : UNKNOWN;
    };
  }

  private static int choose(long p, int op, int flags) {
    int size = Op.size(p);
    int dst = Op.dstKind(p);
    int src = Op.srcKind(p);
    return switch (op) {
      case Ops.MOV -> move(p, size, dst, src);
      case Ops.MOVZX -> zeroExtend(p, size, src);
      case Ops.MOVSX -> signExtend(p, size, src);
      case Ops.LEA -> size == 3 ? LEA64 : size == 2 ? LEA32 : 0;
      case Ops.ADD -> arithmetic(ADD_RR64, size, dst, src) != 0
          ? arithmetic(ADD_RR64, size, dst, src)
          : dst == Op.KIND_MEM && size >= 2 ? (src == Op.KIND_REG ? ADD_MR64 : ADD_MI64) + (3 - size) : 0;
      case Ops.SUB -> arithmetic(SUB_RR64, size, dst, src);
      case Ops.AND -> arithmetic(AND_RR64, size, dst, src);
      case Ops.OR -> arithmetic(OR_RR64, size, dst, src);
      case Ops.XOR -> arithmetic(XOR_RR64, size, dst, src);
      case Ops.CMP -> compare(size, dst, src);
      case Ops.TEST -> test(size, dst, src);
      case Ops.INC -> dst == Op.KIND_REG ? pick(size, INC_R64, INC_R32) : 0;
      case Ops.DEC -> dst == Op.KIND_REG ? pick(size, DEC_R64, DEC_R32) : 0;
      case Ops.NEG -> dst == Op.KIND_REG ? pick(size, NEG_R64, NEG_R32) : 0;
      case Ops.NOT -> dst == Op.KIND_REG && size == 3 ? NOT_R64 : 0;
      case Ops.ADC -> dst == Op.KIND_REG && size == 3
          ? src == Op.KIND_REG ? ADC_RR64 : src == Op.KIND_IMM ? ADC_RI64 : ADC_RM64
          : 0;
      case Ops.SBB -> dst == Op.KIND_REG && src == Op.KIND_REG ? pick(size, SBB_RR64, SBB_RR32) : 0;
      case Ops.ROL -> shift(p, size, dst, src, ROL_RI64, ROL_RI32);
      case Ops.ROR -> shift(p, size, dst, src, ROR_RI64, ROR_RI32);
      case Ops.MUL -> dst == Op.KIND_REG && size == 3 ? MUL_R64 : 0;
      case Ops.SHL, Ops.SAL -> shift(p, size, dst, src, SHL_RI64, SHL_RI32);
      case Ops.SHR -> shift(p, size, dst, src, SHR_RI64, SHR_RI32);
      case Ops.SAR -> shift(p, size, dst, src, SAR_RI64, SAR_RI32);
      case Ops.IMUL2 -> src == Op.KIND_REG ? pick(size, IMUL_RR64, IMUL_RR32) : 0;
      case Ops.IMUL3 -> src == Op.KIND_REG ? pick(size, IMUL_RRI64, IMUL_RRI32) : 0;
      case Ops.SETCC -> dst == Op.KIND_REG ? SETCC : 0;
      case Ops.CMOV -> src == Op.KIND_REG ? pick(size, CMOV64, CMOV32) : 0;
      case Ops.NOP -> NOP;
      default -> control(p, op, size, dst, flags);
    };
  }

  private static int control(long p, int op, int size, int dst, int flags) {
    return switch (op) {
      case Ops.PUSH -> size != 3 ? 0 : dst == Op.KIND_REG ? PUSH_R : dst == Op.KIND_IMM ? PUSH_I : 0;
      case Ops.POP -> size == 3 && dst == Op.KIND_REG ? POP_R : 0;
      case Ops.LEAVE -> size == 3 ? LEAVE : 0;
      case Ops.CALL, Ops.JMP, Ops.JCC -> direct(p, op, flags);
      case Ops.CALL_IND -> dst == Op.KIND_REG ? CALL_R : CALL_M;
      case Ops.RET -> dst == Op.KIND_NONE ? RET : 0;
      case Ops.JMP_IND -> dst == Op.KIND_REG ? JMP_R : JMP_M;
      case Ops.END_BLOCK -> NEXT_BLOCK;
      default -> 0;
    };
  }

  /// A target that is not canonical is left to the family, which raises #GP.
  private static int direct(long p, int op, int flags) {
    long target = Op.imm(p);
    if (target << 16 >> 16 != target) {
      return 0;
    }
    return op == Ops.CALL ? CALL : op == Ops.JMP ? JMP : conditional(Op.opcode(p) & 15, flags);
  }

  private static int conditional(int cc, int flags) {
    if (flags == FROM_SUB) {
      return switch (cc) {
        case 2 -> JB_SUB;
        case 3 -> JAE_SUB;
        case 4 -> JE_SUB;
        case 5 -> JNE_SUB;
        case 6 -> JBE_SUB;
        case 7 -> JA_SUB;
        case 12 -> JL_SUB;
        case 13 -> JGE_SUB;
        case 14 -> JLE_SUB;
        case 15 -> JG_SUB;
        default -> JCC;
      };
    }
    if (flags == FROM_RESULT || flags == FROM_LOGIC) {
      switch (cc) {
        case 4:
          return JE_RES;
        case 5:
          return JNE_RES;
        case 8:
          return JS_RES;
        case 9:
          return JNS_RES;
        default:
      }
    }
    if (flags == FROM_LOGIC) {
      return switch (cc) {
        case 12 -> JS_RES;
        case 13 -> JNS_RES;
        case 14 -> JLE_RES;
        case 15 -> JG_RES;
        default -> JCC;
      };
    }
    return JCC;
  }

  private static int pick(int size, int form64, int form32) {
    return size == 3 ? form64 : size == 2 ? form32 : 0;
  }

  private static int move(long p, int size, int dst, int src) {
    if (dst == Op.KIND_REG) {
      return switch (src) {
        case Op.KIND_REG -> pick(size, MOV_RR64, MOV_RR32);
        case Op.KIND_IMM -> size >= 2 ? MOV_RI : 0;
        default -> size == 3 ? LD64 : size == 2 ? LD32 : size == 0 ? LD8 : 0;
      };
    }
    if (src == Op.KIND_REG) {
      return size == 3 ? ST64 : size == 2 ? ST32 : size == 1 ? ST16 : ST8;
    }
    return size == 3 ? STI64 : size == 2 ? STI32 : size == 0 ? STI8 : 0;
  }

  private static int zeroExtend(long p, int size, int src) {
    if (size < 2) {
      return 0;
    }
    boolean bytes = Op.srcSize(p) == 0;
    return src == Op.KIND_REG ? bytes ? ZX8 : ZX16 : bytes ? LDZX8 : LDZX16;
  }

  private static int signExtend(long p, int size, int src) {
    int from = Op.srcSize(p);
    if (size < 2 || from == 2 && size == 2) {
      return 0;
    }
    if (from == 2) {
      return src == Op.KIND_REG ? SX32_64 : LDSX32_64;
    }
    int base = src == Op.KIND_REG ? from == 0 ? SX8_32 : SX16_32 : from == 0 ? LDSX8_32 : LDSX16_32;
    return size == 3 ? base + 1 : base;
  }

  private static int arithmetic(int first, int size, int dst, int src) {
    if (size < 2 || dst != Op.KIND_REG) {
      return 0;
    }
    int form = src == Op.KIND_REG ? 0 : src == Op.KIND_IMM ? 2 : 4;
    return first + form + (3 - size);
  }

  private static int compare(int size, int dst, int src) {
    if (dst == Op.KIND_REG) {
      return switch (src) {
        case Op.KIND_REG -> size == 3 ? CMP_RR64 : size == 2 ? CMP_RR32 : size == 0 ? CMP_RR8 : 0;
        case Op.KIND_IMM -> size == 3 ? CMP_RI64 : size == 2 ? CMP_RI32 : size == 0 ? CMP_RI8 : 0;
        default -> pick(size, CMP_RM64, CMP_RM32);
      };
    }
    if (src == Op.KIND_REG) {
      return pick(size, CMP_MR64, CMP_MR32);
    }
    return size == 3 ? CMP_MI64 : size == 2 ? CMP_MI32 : size == 1 ? CMP_MI16 : CMP_MI8;
  }

  private static int test(int size, int dst, int src) {
    if (dst == Op.KIND_REG) {
      if (src == Op.KIND_REG) {
        return size == 3 ? TEST_RR64 : size == 2 ? TEST_RR32 : size == 0 ? TEST_RR8 : 0;
      }
      return size == 2 ? TEST_RI32 : size == 0 ? TEST_RI8 : 0;
    }
    return src == Op.KIND_IMM ? size == 0 ? TEST_MI8 : size == 2 ? TEST_MI32 : 0 : 0;
  }

  private static int shift(long p, int size, int dst, int src, int form64, int form32) {
    if (dst != Op.KIND_REG || src != Op.KIND_IMM) {
      return 0;
    }
    int n = (int) Op.imm(p) & (size == 3 ? 63 : 31);
    return n == 0 ? 0 : pick(size, form64, form32);
  }
}
