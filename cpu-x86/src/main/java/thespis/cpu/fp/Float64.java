package thespis.cpu.fp;

/// Double precision as SSE2 computes it, on bit patterns. With MXCSR at its usual setting Java's own arithmetic gives the
/// result; what it lost, and so PE, comes from an error-free transformation and only while PE is not yet set. Everything
/// unusual (NaN, infinity, denormals, other roundings) goes to {@link Binary}.
public final class Float64 {
  /// Relations of two operands.
  public static final int LESS = 0;

  public static final int EQUAL = 1;
  public static final int GREATER = 2;
  public static final int UNORDERED = 3;

  private static final int ADD = 0;
  private static final int SUB = 1;
  private static final int MUL = 2;
  private static final int DIV = 3;
  private static final int SQRT = 4;

  private static final int P = 53;
  private static final long EXPONENT = 0x7FFL << 52;

  /// Below this exponent the error of a product or quotient may itself be denormal.
  private static final long SAFE_LOW = 200L << 52;

  private static final long SAFE_HIGH = 0x7F0L << 52;

  private Float64() {}

  private static double value(long bits) {
    return Double.longBitsToDouble(bits);
  }

  private static long bits(double v) {
    return Double.doubleToRawLongBits(v);
  }

  /// Normal or zero: no denormal, NaN or infinity to see to.
  private static boolean simple(long v) {
    long exp = v & EXPONENT;
    return (exp != 0 && exp != EXPONENT) || v << 1 == 0;
  }

  private static boolean normal(long v) {
    long exp = v & EXPONENT;
    return exp != 0 && exp != EXPONENT;
  }

  /// A finite result that was not tiny before rounding either.
  private static boolean large(long v) {
    long exp = v & EXPONENT;
    return exp > 1L << 52 && exp != EXPONENT;
  }

  /// Neither so large nor so small that the error terms would leave the format.
  private static boolean safe(long v) {
    long exp = v & EXPONENT;
    return exp > SAFE_LOW && exp < SAFE_HIGH;
  }

  public static long add(FpEnv e, long a, long b) {
    if (e.quick && simple(a) && simple(b)) {
      long result = bits(value(a) + value(b));
      if (simple(result)) {
        return result;
      }
    }
    return slow(e, ADD, a, b);
  }

  public static long sub(FpEnv e, long a, long b) {
    if (e.quick && simple(a) && simple(b)) {
      long result = bits(value(a) - value(b));
      if (simple(result)) {
        return result;
      }
    }
    return slow(e, SUB, a, b);
  }

  public static long mul(FpEnv e, long a, long b) {
    if (e.quick && simple(a) && simple(b)) {
      long result = bits(value(a) * value(b));
      if (large(result) || a << 1 == 0 || b << 1 == 0) {
        return result;
      }
    }
    return slow(e, MUL, a, b);
  }

  public static long div(FpEnv e, long a, long b) {
    if (e.quick && simple(a) && normal(b)) {
      long result = bits(value(a) / value(b));
      if (large(result) || a << 1 == 0) {
        return result;
      }
    }
    return slow(e, DIV, a, b);
  }

  public static long sqrt(FpEnv e, long a) {
    if (e.quick && a > 0 && normal(a)) {
      return bits(Math.sqrt(value(a)));
    }
    return slow(e, SQRT, a, a);
  }

  /// What the quick tests leave over: PE not yet known, or operands and settings for {@link Binary}. All in one method,
  /// and so too large for HotSpot to inline into its callers, which must stay small enough to be inlined themselves.
  private static long slow(FpEnv e, int op, long a, long b) {
    double x = value(a);
    double y = value(b);
    switch (op) {
      case ADD, SUB -> {
        double t = op == ADD ? y : -y;
        double r = x + t;
        if (e.plain && safe(a) && safe(b) && safe(bits(r))) {
          double z = r - x;
          if (x - (r - z) + (t - z) != 0) {
            e.flags |= FpEnv.PE;
          }
          return bits(r);
        }
        return (op == ADD ? Binary.add(e, a, b, P) : Binary.sub(e, a, b, P));
      }
      case MUL -> {
        double r = x * y;
        if (e.plain && normal(a) && normal(b) && safe(bits(r))) {
          if (Math.fma(x, y, -r) != 0) {
            e.flags |= FpEnv.PE;
          }
          return bits(r);
        }
        return Binary.mul(e, a, b, P);
      }
      case DIV -> {
        double r = x / y;
        if (e.plain && safe(a) && normal(b) && safe(bits(r))) {
          if (Math.fma(r, y, -x) != 0) {
            e.flags |= FpEnv.PE;
          }
          return bits(r);
        }
        return Binary.div(e, a, b, P);
      }
      case SQRT -> {
        double r = Math.sqrt(x);
        if (e.plain && a > 0 && safe(a)) {
          if (Math.fma(r, r, -x) != 0) {
            e.flags |= FpEnv.PE;
          }
          return bits(r);
        }
        return Binary.sqrt(e, a, P);
      }
      default -> throw new IllegalStateException("no arithmetic operation " + op);
    }
  }

  /// a * b + c.
  public static long fma(FpEnv e, long a, long b, long c) {
    if (e.quick && normal(a) && normal(b) && simple(c)) {
      long result = bits(Math.fma(value(a), value(b), value(c)));
      if (large(result)) {
        return result;
      }
    }
    return Binary.fma(e, a, b, c, P);
  }

  public static long min(FpEnv e, long a, long b) {
    return Binary.min(e, a, b, P, false);
  }

  public static long max(FpEnv e, long a, long b) {
    return Binary.min(e, a, b, P, true);
  }

  /// UCOMISD; with `signals`, COMISD and the signalling predicates.
  public static int compare(FpEnv e, long a, long b, boolean signals) {
    if (!e.daz && simple(a) && simple(b)) {
      double x = value(a);
      double y = value(b);
      return x < y ? LESS : x == y ? EQUAL : GREATER;
    }
    return Binary.compare(e, a, b, P, signals);
  }

  public static boolean compare(FpEnv e, long a, long b, Predicate predicate) {
    return predicate.holds(compare(e, a, b, predicate.signals));
  }

  public static long roundToInt(FpEnv e, long a, int imm) {
    return Binary.roundToInt(e, a, imm, P);
  }

  /// CVTSD2SI to 32 bits.
  public static int toInt32(FpEnv e, long a, int rounding) {
    if (rounding == FpEnv.TRUNCATE && (e.flags & FpEnv.PE) != 0 && !e.daz) {
      int r = (int) value(a);
      if (r != Integer.MIN_VALUE && r != Integer.MAX_VALUE && r != 0) {
        return r;
      }
    }
    return (int) Binary.toInt(e, a, P, 32, rounding);
  }

  public static long toInt64(FpEnv e, long a, int rounding) {
    return Binary.toInt(e, a, P, 64, rounding);
  }

  public static long fromInt32(int v) {
    return bits(v);
  }

  public static long fromInt64(FpEnv e, long v) {
    if (v == (long) (double) v && v != Long.MAX_VALUE) {
      return bits(v);
    }
    return Binary.fromInt(e, v, P);
  }

  /// CVTSS2SD.
  public static long fromFloat(FpEnv e, int a) {
    if ((a & 0x7F80_0000) != 0 && (a & 0x7F80_0000) != 0x7F80_0000) {
      return bits(Float.intBitsToFloat(a));
    }
    return Binary.convert(e, a & 0xFFFF_FFFFL, 24, P);
  }

  /// CVTSD2SS.
  public static int toFloat(FpEnv e, long a) {
    if (e.quick) {
      float r = (float) value(a);
      int exp = Float.floatToRawIntBits(r) & 0x7F80_0000;
      if (exp > 1 << 23 && exp != 0x7F80_0000) {
        return Float.floatToRawIntBits(r);
      }
    }
    return (int) Binary.convert(e, a, P, 24);
  }
}
