package thespis.cpu.fp;

/// The x87's double extended-precision format: a 64-bit significand with its explicit integer bit, and sign with biased
/// exponent in 16 bits. Encodings, special values and the choice among NaNs follow SDM Vol. 1 "Unsupported Double
/// Extended-Precision Floating-Point Encodings and Pseudo-Denormals", "Rules for Handling NaNs" and the tables of
/// "Floating-Point Exception Conditions". Pseudo-denormals are taken as denormals; other encodings with a clear integer
/// bit are invalid operands.
public final class Float80 {
  static final int BIAS = 16383;
  static final int EMIN = 1 - BIAS;
  static final int EMAX = BIAS;
  static final int MAX = 0x7FFF;

  /// Exponent adjustment of unmasked overflow and underflow.
  static final int WRAP = 24576;

  private static final long QUIET = 1L << 62;

  /// The real indefinite: default answer to an invalid operation.
  public static final long INDEFINITE = Long.MIN_VALUE | QUIET;

  public static final int INDEFINITE_SE = 0xFFFF;

  private Float80() {}

  public static boolean isNan(long sig, int se) {
    return (se & MAX) == MAX && sig << 1 != 0;
  }

  static boolean isSignalling(long sig, int se) {
    return isNan(sig, se) && (sig & QUIET) == 0;
  }

  static boolean isInfinite(long sig, int se) {
    return (se & MAX) == MAX && sig == Long.MIN_VALUE;
  }

  public static boolean isZero(long sig, int se) {
    return (se & MAX) == 0 && sig == 0;
  }

  static boolean isDenormal(long sig, int se) {
    return (se & MAX) == 0 && sig != 0;
  }

  /// Unnormals, pseudo-NaNs and pseudo-infinities.
  public static boolean isUnsupported(long sig, int se) {
    return sig >= 0 && (se & MAX) != 0;
  }

  static boolean isNormal(long sig, int se) {
    int exp = se & MAX;
    return sig < 0 && exp != 0 && exp != MAX;
  }

  static int sign(int se) {
    return se >>> 15 & 1;
  }

  /// Exponent of a finite, non-zero number after {@link #normal} shifted its significand.
  static int exponent(long sig, int se) {
    int exp = se & MAX;
    return exp == 0 ? EMIN - Long.numberOfLeadingZeros(sig) : exp - BIAS;
  }

  static long normal(long sig, int se) {
    return (se & MAX) == 0 ? sig << Long.numberOfLeadingZeros(sig) : sig;
  }

  static long invalid(FpEnv e) {
    e.flags |= FpEnv.IE;
    e.roundedUp = false;
    e.se = INDEFINITE_SE;
    return INDEFINITE;
  }

  static long infinity(FpEnv e, int sign) {
    e.roundedUp = false;
    e.se = sign << 15 | MAX;
    return Long.MIN_VALUE;
  }

  static long zero(FpEnv e, int sign) {
    e.roundedUp = false;
    e.se = sign << 15;
    return 0;
  }

  static long exact(FpEnv e, long sig, int se) {
    e.roundedUp = false;
    e.se = se;
    return sig;
  }

  /// Rounds what is in `hi` and the environment to 80 bits under precision control.
  static long round(FpEnv e, long hi) {
    if (e.nearest64 && e.exp >= EMIN && e.exp < EMAX) {
      return roundNearest(e, hi);
    }
    return round(e, hi, e.precision);
  }

  /// The usual setting, and a result far from both ends of the exponents.
  private static long roundNearest(FpEnv e, long hi) {
    long lost = e.lo;
    e.roundedUp = false;
    e.se = e.sign << 15 | (e.exp + BIAS);
    if (lost == 0) {
      return hi;
    }
    e.flags |= FpEnv.PE;
    if (lost > 0 || (lost == Long.MIN_VALUE && (hi & 1) == 0)) {
      return hi;
    }
    e.roundedUp = true;
    if (hi == -1L) {
      e.se++;
      return Long.MIN_VALUE;
    }
    return hi + 1;
  }

  static long round(FpEnv e, long hi, int bits) {
    long sig = Rounding.round(e, hi, e.lo, bits, EMIN, EMAX, WRAP);
    int biased =
        switch (e.exp) {
          case Rounding.INFINITE -> MAX;
          case Rounding.TINY -> 0;
          default -> e.exp + BIAS;
        };
    e.se = e.sign << 15 | biased;
    return sig;
  }

  /// True if an operand of a two-operand instruction needs more than arithmetic: then {@link #nan} has the answer.
  static boolean hasNan(long a, int aSe, long b, int bSe) {
    return isUnsupported(a, aSe) || isUnsupported(b, bSe) || isNan(a, aSe) || isNan(b, bSe);
  }

  /// SDM Vol. 1 "Rules for Generating QNaNs": the larger significand wins, a quiet NaN over a signalling one.
  static long nan(FpEnv e, long a, int aSe, long b, int bSe) {
    if (isUnsupported(a, aSe) || isUnsupported(b, bSe)) {
      return invalid(e);
    }
    boolean aSignals = isSignalling(a, aSe);
    boolean bSignals = isSignalling(b, bSe);
    if (aSignals || bSignals) {
      e.flags |= FpEnv.IE;
    }
    boolean takeA;
    if (!isNan(b, bSe)) {
      takeA = true;
    } else if (!isNan(a, aSe)) {
      takeA = false;
    } else if (aSignals != bSignals) {
      takeA = bSignals;
    } else {
      int order = Long.compareUnsigned(a, b);
      takeA = order > 0 || (order == 0 && sign(aSe) <= sign(bSe));
    }
    return exact(e, (takeA ? a : b) | QUIET, takeA ? aSe : bSe);
  }

  /// One operand that is a NaN or unsupported.
  static long nan(FpEnv e, long a, int aSe) {
    if (isUnsupported(a, aSe)) {
      return invalid(e);
    }
    if (isSignalling(a, aSe)) {
      e.flags |= FpEnv.IE;
    }
    return exact(e, a | QUIET, aSe);
  }

  static void denormals(FpEnv e, long a, int aSe, long b, int bSe) {
    if (isDenormal(a, aSe) || isDenormal(b, bSe)) {
      e.flags |= FpEnv.DE;
    }
  }
}
