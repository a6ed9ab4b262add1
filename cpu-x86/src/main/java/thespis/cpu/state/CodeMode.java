package thespis.cpu.state;

import thespis.cpu.mmu.Mem;

/// What the meaning of code depends on besides its bytes: a number that is part of a decoded block's key, {@link Cpu#mode}.
/// SDM Vol. 1 "Operand-Size and Address-Size Attributes", Vol. 3A "Code-Segment Descriptors in 64-Bit Mode".
public final class CodeMode {
  /// The default sizes; none of the two: 16-bit code.
  public static final int CODE_64 = 1;

  public static final int CODE_32 = 2;
  public static final int PROTECTED = 4;
  public static final int VM86 = 8;

  /// Which of the {@link thespis.cpu.mmu.Tlb}'s tables translates. Two bits.
  public static final int TABLE_SHIFT = 4;

  /// MPX is in force: near branches forget bounds. Such code is only interpreted.
  public static final int BOUNDS = 0x40;

  /// 32-bit code whose segments but FS and GS have base 0 and no limit. SDM Vol. 3A "Basic Flat Model".
  public static final int FLAT = 0x80;

  private static final int PROTECTED_32 = CODE_32 | PROTECTED;

  private CodeMode() {}

  /// Can code of this mode be translated?
  public static boolean isTranslated(int mode) {
    return (mode & (CODE_64 | FLAT)) != 0 && (mode & BOUNDS) == 0;
  }

  /// The processor's, but for what the MMU says: table and bounds.
  static int of(Cpu cpu) {
    boolean vm = cpu.protectedMode() && cpu.flag(Cpu.VM);
    int m = cpu.protectedMode() ? PROTECTED : 0;
    if (vm) {
      m |= VM86;
    } else if (cpu.longMode() && (cpu.attr[Cpu.CS] & Cpu.ATTR_L) != 0) {
      m |= CODE_64;
    } else if ((cpu.attr[Cpu.CS] & Cpu.ATTR_DB) != 0) {
      m |= CODE_32;
    }
    return (m & PROTECTED_32) == PROTECTED_32 ? m | flat(cpu) : m;
  }

  /// After a segment register was loaded: is 32-bit code flat now and was not, or the other way round?
  static boolean flatChanged(Cpu cpu) {
    int flat = flat(cpu);
    return (cpu.mode & PROTECTED_32) == PROTECTED_32 && (cpu.mode & FLAT) != flat;
  }

  /// {@link #FLAT} if it is so; and what is to be known of FS and GS.
  private static int flat(Cpu cpu) {
    for (int s = Cpu.FS; s <= Cpu.GS; s++) {
      long closed = isOpen(cpu, s) ? 0 : NativeState.NO_ADDRESS;
      Mem.put64(cpu.st + NativeState.SEG_CLOSED + 8L * (s - Cpu.FS), closed);
    }
    boolean data = isOpen(cpu, Cpu.ES) && isOpen(cpu, Cpu.DS) && (cpu.base(Cpu.ES) | cpu.base(Cpu.DS)) == 0;
    Mem.put32(cpu.st + NativeState.FLAT_DATA, data ? 1 : 0);
    boolean stack = isOpen(cpu, Cpu.SS) && (cpu.attr[Cpu.SS] & Cpu.ATTR_DB) != 0;
    boolean code = cpu.limit[Cpu.CS] == -1 && (cpu.base(Cpu.CS) | cpu.base(Cpu.SS)) == 0;
    return data && stack && code ? FLAT : 0;
  }

  /// A data segment that may be written to, up to 4 GiB.
  private static boolean isOpen(Cpu cpu, int segment) {
    return cpu.limit[segment] == -1 && (cpu.attr[segment] & (Cpu.ATTR_UNUSABLE | 0x0E)) == 2;
  }
}
