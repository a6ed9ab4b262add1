package thespis.cpu.fp;

/// Single precision as SSE computes it, on bit patterns. With MXCSR at its usual setting Java's own arithmetic gives the
/// result; products, quotients and roots are checked for loss in double precision, sums by an error-free transformation.
/// Everything unusual goes to {@link Binary}.
public final class Float32 {
  private static final int ADD = 0;
  private static final int SUB = 1;
  private static final int MUL = 2;
  private static final int DIV = 3;
  private static final int SQRT = 4;

  private static final int P = 24;
  private static final long MASK = 0xFFFF_FFFFL;
  private static final int EXPONENT = 0xFF << 23;
  private static final int SAFE_LOW = 50 << 23;
  private static final int SAFE_HIGH = 0xF0 << 23;

  private Float32() {}

  private static float value(int bits) {
    return Float.intBitsToFloat(bits);
  }

  private static int bits(float v) {
    return Float.floatToRawIntBits(v);
  }

  private static boolean simple(int v) {
    int exp = v & EXPONENT;
    return (exp != 0 && exp != EXPONENT) || v << 1 == 0;
  }

  private static boolean normal(int v) {
    int exp = v & EXPONENT;
    return exp != 0 && exp != EXPONENT;
  }

  /// A finite result that was not tiny before rounding either.
  private static boolean large(int v) {
    int exp = v & EXPONENT;
    return exp > 1 << 23 && exp != EXPONENT;
  }

  private static boolean safe(int v) {
    int exp = v & EXPONENT;
    return exp > SAFE_LOW && exp < SAFE_HIGH;
  }

  public static int add(FpEnv e, int a, int b) {
    if (e.quick && simple(a) && simple(b)) {
      int result = bits(value(a) + value(b));
      if (simple(result)) {
        return result;
      }
    }
    return slow(e, ADD, a, b);
  }

  public static int sub(FpEnv e, int a, int b) {
    if (e.quick && simple(a) && simple(b)) {
      int result = bits(value(a) - value(b));
      if (simple(result)) {
        return result;
      }
    }
    return slow(e, SUB, a, b);
  }

  public static int mul(FpEnv e, int a, int b) {
    if (e.quick && simple(a) && simple(b)) {
      int result = bits(value(a) * value(b));
      if (large(result) || a << 1 == 0 || b << 1 == 0) {
        return result;
      }
    }
    return slow(e, MUL, a, b);
  }

  public static int div(FpEnv e, int a, int b) {
    if (e.quick && simple(a) && normal(b)) {
      int result = bits(value(a) / value(b));
      if (large(result) || a << 1 == 0) {
        return result;
      }
    }
    return slow(e, DIV, a, b);
  }

  public static int sqrt(FpEnv e, int a) {
    if (e.quick && a > 0 && normal(a)) {
      return bits((float) Math.sqrt(value(a)));
    }
    return slow(e, SQRT, a, a);
  }

  /// What the quick tests leave over: PE not yet known, or operands and settings for {@link Binary}. All in one method,
  /// and so too large for HotSpot to inline into its callers, which must stay small enough to be inlined themselves.
  private static int slow(FpEnv e, int op, int a, int b) {
    float x = value(a);
    float y = value(b);
    switch (op) {
      case ADD, SUB -> {
        float t = op == ADD ? y : -y;
        float r = x + t;
        if (e.plain && safe(a) && safe(b) && safe(bits(r))) {
          float z = r - x;
          if (x - (r - z) + (t - z) != 0) {
            e.flags |= FpEnv.PE;
          }
          return bits(r);
        }
        return (int) (op == ADD ? Binary.add(e, a & MASK, b & MASK, P) : Binary.sub(e, a & MASK, b & MASK, P));
      }
      case MUL -> {
        float r = x * y;
        if (e.plain && normal(a) && normal(b) && safe(bits(r))) {
          if ((double) x * y != r) {
            e.flags |= FpEnv.PE;
          }
          return bits(r);
        }
        return (int) Binary.mul(e, a & MASK, b & MASK, P);
      }
      case DIV -> {
        float r = x / y;
        if (e.plain && safe(a) && normal(b) && safe(bits(r))) {
          if ((double) r * y != x) {
            e.flags |= FpEnv.PE;
          }
          return bits(r);
        }
        return (int) Binary.div(e, a & MASK, b & MASK, P);
      }
      case SQRT -> {
        float r = (float) Math.sqrt(x);
        if (e.plain && a > 0 && safe(a)) {
          if ((double) r * r != x) {
            e.flags |= FpEnv.PE;
          }
          return bits(r);
        }
        return (int) Binary.sqrt(e, a & MASK, P);
      }
      default -> throw new IllegalStateException("no arithmetic operation " + op);
    }
  }

  /// a * b + c.
  public static int fma(FpEnv e, int a, int b, int c) {
    if (e.quick && normal(a) && normal(b) && simple(c)) {
      int result = bits(Math.fma(value(a), value(b), value(c)));
      if (large(result)) {
        return result;
      }
    }
    return (int) Binary.fma(e, a & MASK, b & MASK, c & MASK, P);
  }

  public static int min(FpEnv e, int a, int b) {
    return (int) Binary.min(e, a & MASK, b & MASK, P, false);
  }

  public static int max(FpEnv e, int a, int b) {
    return (int) Binary.min(e, a & MASK, b & MASK, P, true);
  }

  /// UCOMISS; with `signals`, COMISS. One of {@link Float64}'s relations.
  public static int compare(FpEnv e, int a, int b, boolean signals) {
    if (!e.daz && simple(a) && simple(b)) {
      float x = value(a);
      float y = value(b);
      return x < y ? Float64.LESS : x == y ? Float64.EQUAL : Float64.GREATER;
    }
    return Binary.compare(e, a & MASK, b & MASK, P, signals);
  }

  public static boolean compare(FpEnv e, int a, int b, Predicate predicate) {
    return predicate.holds(compare(e, a, b, predicate.signals));
  }

  public static int roundToInt(FpEnv e, int a, int imm) {
    return (int) Binary.roundToInt(e, a & MASK, imm, P);
  }

  public static int toInt32(FpEnv e, int a, int rounding) {
    return (int) Binary.toInt(e, a & MASK, P, 32, rounding);
  }

  public static long toInt64(FpEnv e, int a, int rounding) {
    return Binary.toInt(e, a & MASK, P, 64, rounding);
  }

  public static int fromInt(FpEnv e, long v) {
    return (int) Binary.fromInt(e, v, P);
  }
}
