package thespis.cpu.fp;

/// FCOM, FUCOM, FCOMI, FTST and FXAM. SDM Vol. 2A. Condition codes come as C3 C2 C0 in bits 6, 2 and 0: the places that
/// ZF, PF and CF have in EFLAGS, so that FCOMI can take them as they are.
public final class Float80Compare {
  public static final int GREATER = 0;
  public static final int LESS = 1;
  public static final int EQUAL = 0x40;
  public static final int UNORDERED = 0x45;

  private Float80Compare() {}

  /// Compares a with b; `quiet` (FUCOM) accepts quiet NaNs without #IA.
  public static int compare(FpEnv e, long a, int aSe, long b, int bSe, boolean quiet) {
    e.roundedUp = false;
    if (Float80.hasNan(a, aSe, b, bSe)) {
      if (!quiet || Float80.isUnsupported(a, aSe) || Float80.isUnsupported(b, bSe) || Float80.isSignalling(a, aSe)
          || Float80.isSignalling(b, bSe)) {
        e.flags |= FpEnv.IE;
      }
      return UNORDERED;
    }
    Float80.denormals(e, a, aSe, b, bSe);
    if (Float80.isZero(a, aSe) && Float80.isZero(b, bSe)) {
      return EQUAL;
    }
    boolean aNegative = Float80.sign(aSe) != 0;
    if (aNegative != (Float80.sign(bSe) != 0)) {
      return aNegative ? LESS : GREATER;
    }
    int order = Integer.compare(exponentOf(a, aSe), exponentOf(b, bSe));
    if (order == 0) {
      order = Long.compareUnsigned(a, b);
    }
    if (order == 0) {
      return EQUAL;
    }
    return order < 0 == aNegative ? GREATER : LESS;
  }

  /// Denormals share the exponent of the smallest normal number.
  private static int exponentOf(long sig, int se) {
    return Math.max(se & Float80.MAX, 1) - (sig == 0 ? 1 : 0);
  }

  /// FXAM of a register in use: C3 C2 C0 in bits 6, 2 and 0, C1 (the sign) in bit 1.
  public static int examine(long sig, int se) {
    int sign = Float80.sign(se) << 1;
    if (Float80.isUnsupported(sig, se)) {
      return sign;
    }
    if (Float80.isNan(sig, se)) {
      return sign | 0x01;
    }
    if (Float80.isInfinite(sig, se)) {
      return sign | 0x05;
    }
    if (Float80.isZero(sig, se)) {
      return sign | 0x40;
    }
    return sign | (Float80.isDenormal(sig, se) ? 0x44 : 0x04);
  }
}
