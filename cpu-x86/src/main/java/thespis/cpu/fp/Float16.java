package thespis.cpu.fp;

/// Half precision, which exists only in memory and registers: to and from single. SDM Vol. 1 "Half-Precision
/// Floating-Point Conversion", Vol. 2C "VCVTPH2PS", "VCVTPS2PH". DAZ does not touch halves and FTZ does not make any.
public final class Float16 {
  private static final int P = 11;
  private static final int BIAS = 15;
  private static final int INFINITY = 0x7C00;
  private static final int QUIET = 0x200;
  private static final int SINGLE_P = 24;
  private static final int SINGLE_INFINITY = 0x7F80_0000;

  private Float16() {}

  /// Exact; only a signalling NaN raises something.
  public static int toSingle(FpEnv e, int half) {
    int sign = (half & 0x8000) << 16;
    int exp = half >>> 10 & 31;
    int fraction = half & 0x3FF;
    if (exp == 31) {
      if (fraction == 0) {
        return sign | SINGLE_INFINITY;
      }
      if ((fraction & QUIET) == 0) {
        e.flags |= FpEnv.IE;
      }
      return sign | SINGLE_INFINITY | (fraction | QUIET) << 13;
    }
    if (exp != 0) {
      return sign | exp - BIAS + 127 << 23 | fraction << 13;
    }
    return sign | Float.floatToRawIntBits(fraction * 0x1p-24f);
  }

  /// @param rounding for this conversion only
  public static int fromSingle(FpEnv e, int single, int rounding) {
    long a = Binary.flush(e, single & 0xFFFF_FFFFL, SINGLE_P);
    int sign = Binary.sign(a, SINGLE_P) << 15;
    if (Binary.isNan(a, SINGLE_P)) {
      if (Binary.isSignalling(a, SINGLE_P)) {
        e.flags |= FpEnv.IE;
      }
      return sign | INFINITY | QUIET | (int) (a >>> 13) & 0x3FF;
    }
    if (Binary.isInfinite(a, SINGLE_P)) {
      return sign | INFINITY;
    }
    if (Binary.isZero(a, SINGLE_P)) {
      return sign;
    }
    Binary.denormal(e, a, SINGLE_P);
    int saved = e.rounding;
    e.rounding = rounding;
    e.sign = sign >>> 15;
    e.exp = Binary.exponent(a, SINGLE_P);
    long sig = Rounding.round(e, Binary.significand(a, SINGLE_P), 0, P, 1 - BIAS, BIAS, 0);
    e.rounding = saved;
    return sign | switch (e.exp) {
      case Rounding.INFINITE -> INFINITY;
      case Rounding.TINY -> (int) (sig >>> 64 - P);
      default -> e.exp + BIAS << P - 1 | (int) (sig << 1 >>> 65 - P);
    };
  }
}
