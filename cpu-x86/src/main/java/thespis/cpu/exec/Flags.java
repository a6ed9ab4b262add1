package thespis.cpu.exec;

import thespis.cpu.mmu.Mem;
import thespis.cpu.state.Cpu;

/// The arithmetic flags, kept lazily: an operation stores what it did and to what, a reader computes the flag it needs.
/// Operands are stored sign-extended to 64 bits, which makes zero, sign, borrow and both compares independent of the
/// operand size. SDM Vol. 1 "EFLAGS Register", "Status Flags".
public final class Flags {
  /// All six flags stand in {@link Cpu#RFLAGS}.
  public static final int EXACT = 0;

  /// ZF, SF and PF follow CC_DST; CF, OF and AF stand in CC_SRC at their places in RFLAGS.
  public static final int RESULT = 1;

  /// CC_DST - CC_SRC; two low bits are log2 of the operand size.
  public static final int SUB = 4;

  /// CC_DST + CC_SRC; two low bits are log2 of the operand size.
  public static final int ADD = 8;

  private Flags() {}

  public static void setSub(Cpu cpu, int size, long dst, long src) {
    set(cpu, SUB + size, dst, src);
  }

  public static void setAdd(Cpu cpu, int size, long dst, long src) {
    set(cpu, ADD + size, dst, src);
  }

  /// AND, OR, XOR, TEST: CF and OF are cleared, AF is undefined (cleared here).
  public static void setLogic(Cpu cpu, long result) {
    set(cpu, RESULT, result, 0);
  }

  /// @param result sign-extended; @param others CF, OF and AF bits
  public static void setResult(Cpu cpu, long result, int others) {
    set(cpu, RESULT, result, others);
  }

  private static void set(Cpu cpu, int kind, long dst, long src) {
    long st = cpu.st;
    Mem.put32(st + Cpu.CC_KIND, kind);
    Mem.put64(st + Cpu.CC_DST, dst);
    Mem.put64(st + Cpu.CC_SRC, src);
  }

  /// Sign extension from an operand of 1 << size bytes.
  public static long sext(long value, int size) {
    int shift = 64 - (8 << size);
    return value << shift >> shift;
  }

  /// Zero extension.
  public static long zext(long value, int size) {
    int shift = 64 - (8 << size);
    return value << shift >>> shift;
  }

  /// The result that ZF, SF and PF describe, sign-extended. Not for EXACT.
  private static long result(int kind, long dst, long src) {
    if (kind == RESULT) {
      return dst;
    }
    return sext(kind >= ADD ? dst + src : dst - src, kind & 3);
  }

  /// Are CF and friends set: bits CF, PF, AF, ZF, SF, OF of RFLAGS.
  public static int arithmetic(Cpu cpu) {
    long st = cpu.st;
    int kind = Mem.get32(st + Cpu.CC_KIND);
    if (kind == EXACT) {
      return Mem.get32(st + Cpu.RFLAGS) & Cpu.ARITHMETIC;
    }
    long dst = Mem.get64(st + Cpu.CC_DST);
    long src = Mem.get64(st + Cpu.CC_SRC);
    long r = result(kind, dst, src);
    int f = (r == 0 ? Cpu.ZF : 0) | (int) (r >>> 63) << 7 | parity(r);
    if (kind == RESULT) {
      return f | (int) src;
    }
    f |= (int) (dst ^ src ^ r) & Cpu.AF;
    if (kind >= ADD) {
      // r is the truncated sum, sign-extended: it wrapped exactly if it is below an operand
      boolean carry = Long.compareUnsigned(r, src) < 0;
      return f | (carry ? Cpu.CF : 0) | ((~(dst ^ src) & (dst ^ r)) < 0 ? Cpu.OF : 0);
    }
    return f | (Long.compareUnsigned(dst, src) < 0 ? Cpu.CF : 0) | (((dst ^ src) & (dst ^ r)) < 0 ? Cpu.OF : 0);
  }

  /// PF is set when the low byte has an even number of ones.
  public static int parity(long r) {
    return (Integer.bitCount((int) r & 0xFF) & 1) == 0 ? Cpu.PF : 0;
  }

  /// The whole RFLAGS, with the fixed bit 1.
  public static long rflags(Cpu cpu) {
    return Mem.get32(cpu.st + Cpu.RFLAGS) & ~Cpu.ARITHMETIC | arithmetic(cpu) | 2;
  }

  /// Stores all of RFLAGS; no check of privilege.
  public static void setRflags(Cpu cpu, long value) {
    Mem.put32(cpu.st + Cpu.RFLAGS, (int) value | 2);
    Mem.put32(cpu.st + Cpu.CC_KIND, EXACT);
  }

  /// Replaces the six arithmetic flags.
  public static void setArithmetic(Cpu cpu, int bits) {
    long st = cpu.st;
    Mem.put32(st + Cpu.RFLAGS, Mem.get32(st + Cpu.RFLAGS) & ~Cpu.ARITHMETIC | bits & Cpu.ARITHMETIC);
    Mem.put32(st + Cpu.CC_KIND, EXACT);
  }

  /// Changes system bits (IF, DF, ...) and leaves the arithmetic flags alone.
  public static void setSystem(Cpu cpu, int mask, int bits) {
    long a = cpu.st + Cpu.RFLAGS;
    Mem.put32(a, Mem.get32(a) & ~mask | bits & mask);
  }

  public static boolean carry(Cpu cpu) {
    long st = cpu.st;
    int kind = Mem.get32(st + Cpu.CC_KIND);
    if (kind >= SUB && kind < ADD) {
      return Long.compareUnsigned(Mem.get64(st + Cpu.CC_DST), Mem.get64(st + Cpu.CC_SRC)) < 0;
    }
    if (kind == RESULT) {
      return (Mem.get64(st + Cpu.CC_SRC) & Cpu.CF) != 0;
    }
    return (arithmetic(cpu) & Cpu.CF) != 0;
  }

  private static boolean zero(long st) {
    int kind = Mem.get32(st + Cpu.CC_KIND);
    if (kind == EXACT) {
      return (Mem.get32(st + Cpu.RFLAGS) & Cpu.ZF) != 0;
    }
    long dst = Mem.get64(st + Cpu.CC_DST);
    if (kind == RESULT) {
      return dst == 0;
    }
    long src = Mem.get64(st + Cpu.CC_SRC);
    return kind < ADD ? dst == src : sext(dst + src, kind & 3) == 0;
  }

  private static boolean sign(long st) {
    int kind = Mem.get32(st + Cpu.CC_KIND);
    if (kind == EXACT) {
      return (Mem.get32(st + Cpu.RFLAGS) & Cpu.SF) != 0;
    }
    return result(kind, Mem.get64(st + Cpu.CC_DST), Mem.get64(st + Cpu.CC_SRC)) < 0;
  }

  private static boolean less(Cpu cpu) {
    long st = cpu.st;
    int kind = Mem.get32(st + Cpu.CC_KIND);
    if (kind >= SUB && kind < ADD) {
      return Mem.get64(st + Cpu.CC_DST) < Mem.get64(st + Cpu.CC_SRC);
    }
    int f = arithmetic(cpu);
    return (f & Cpu.SF) != 0 != ((f & Cpu.OF) != 0);
  }

  private static boolean belowOrEqual(Cpu cpu) {
    long st = cpu.st;
    int kind = Mem.get32(st + Cpu.CC_KIND);
    if (kind >= SUB && kind < ADD) {
      return Long.compareUnsigned(Mem.get64(st + Cpu.CC_DST), Mem.get64(st + Cpu.CC_SRC)) <= 0;
    }
    return (arithmetic(cpu) & (Cpu.CF | Cpu.ZF)) != 0;
  }

  /// Condition `cc` of Jcc, SETcc and CMOVcc (low four bits of the opcode). SDM Vol. 1 "EFLAGS Condition Codes".
  public static boolean condition(Cpu cpu, int cc) {
    boolean yes =
        switch (cc >>> 1) {
          case 0 -> (arithmetic(cpu) & Cpu.OF) != 0;
          case 1 -> carry(cpu);
          case 2 -> zero(cpu.st);
          case 3 -> belowOrEqual(cpu);
          case 4 -> sign(cpu.st);
          case 5 -> (arithmetic(cpu) & Cpu.PF) != 0;
          case 6 -> less(cpu);
          default -> zero(cpu.st) || less(cpu);
        };
    return yes != ((cc & 1) != 0);
  }
}
