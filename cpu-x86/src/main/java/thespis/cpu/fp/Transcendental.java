package thespis.cpu.fp;

import static thespis.cpu.fp.Float80.exact;
import static thespis.cpu.fp.Float80.exponent;
import static thespis.cpu.fp.Float80.infinity;
import static thespis.cpu.fp.Float80.invalid;
import static thespis.cpu.fp.Float80.isInfinite;
import static thespis.cpu.fp.Float80.isNan;
import static thespis.cpu.fp.Float80.isUnsupported;
import static thespis.cpu.fp.Float80.isZero;
import static thespis.cpu.fp.Float80.normal;
import static thespis.cpu.fp.Float80.sign;
import static thespis.cpu.fp.Float80.zero;

/// FSIN, FCOS, FPTAN, FPATAN, F2XM1, FYL2X and FYL2XP1, computed with 128 bits and rounded once to 64. SDM Vol. 1
/// "Transcendental Instruction Accuracy" and "Approximation of Pi": arguments are reduced by a pi of 66 bits, as the
/// hardware does. Processors differ among themselves in the last bit; results here are within one unit of it. The
/// special cases follow the tables of each instruction in SDM Vol. 2A.
public final class Transcendental {
  private static final Wide ONE = Wide.of(1);
  private static final Wide TWO = Wide.of(2);
  private static final Wide PI = Wide.of(1, 0xC90FDAA22168C234L, 0xC4C6628B80DC1CD1L);
  private static final Wide LN_2 = Wide.of(-1, 0xB17217F7D1CF79ABL, 0xC9E3B39803F2F6AFL);

  /// 2 / ln 2.
  private static final Wide TWO_LOG2_E = new Wide().div(TWO, LN_2);

  /// pi / 2 from the hardware's pi of 66 bits: significand of exponent 0.
  private static final long HALF_PI_HI = 0xC90FDAA22168C234L;

  private static final long HALF_PI_LO = 0xC000000000000000L;

  /// (exp(y) - 1) / y, sin(r) / r and cos(r) in r^2, atan(t) / t and atanh(s) / s in the square.
  private static final Wide[] EXPM1 = new Wide[26];

  private static final Wide[] SIN = new Wide[15];
  private static final Wide[] COS = new Wide[15];
  private static final Wide[] ATAN = new Wide[13];
  private static final Wide[] ATANH = new Wide[19];

  /// atan(k / 8).
  private static final Wide[] ATAN_EIGHTHS = new Wide[9];

  static {
    Wide factorial = Wide.of(1);
    for (int n = 0; n < 31; n++) {
      if (n > 0) {
        factorial = new Wide().mul(factorial, Wide.of(n));
      }
      Wide c = new Wide().div(ONE, factorial);
      if (n > 0 && n <= EXPM1.length) {
        EXPM1[n - 1] = c;
      }
      Wide alternating = new Wide().set(c);
      alternating.sign = n >> 1 & 1;
      if (n % 2 == 0 && n / 2 < COS.length) {
        COS[n / 2] = alternating;
      } else if (n % 2 == 1 && n / 2 < SIN.length) {
        SIN[n / 2] = alternating;
      }
    }
    for (int n = 0; n < ATANH.length; n++) {
      ATANH[n] = new Wide().div(ONE, Wide.of(2 * n + 1));
      if (n < ATAN.length) {
        ATAN[n] = new Wide().set(ATANH[n]);
        ATAN[n].sign = n & 1;
      }
    }
    ATAN_EIGHTHS[0] = Wide.of(0);
    for (int k = 1; k <= 8; k++) {
      Wide step = new Wide().div(Wide.of(8), Wide.of(64 + k * (k - 1)));
      Wide square = new Wide().mul(step, step);
      Wide atan = new Wide().polynomial(atanSeries(22), square);
      ATAN_EIGHTHS[k] = new Wide().add(ATAN_EIGHTHS[k - 1], atan.mul(atan, step));
    }
  }

  private static Wide[] atanSeries(int terms) {
    Wide[] c = new Wide[terms];
    for (int n = 0; n < terms; n++) {
      c[n] = new Wide().div(ONE, Wide.of(2 * n + 1));
      c[n].sign = n & 1;
    }
    return c;
  }

  private final Wide a = new Wide();
  private final Wide b = new Wide();
  private final Wide c = new Wide();
  private final Wide d = new Wide();

  /// Quadrant of the last reduced argument, which is in `a`.
  private int quadrant;

  /// One of the x87's constants, 64 bits under rounding control. No exception is raised.
  public enum Constant {
    ONE(0, Long.MIN_VALUE, 0),
    LOG2_10(1, 0xD49A784BCD1B8AFEL, 0x492BF6FF4DAFDB4CL),
    LOG2_E(0, 0xB8AA3B295C17F0BBL, 0xBE87FED0691D3E88L),
    PI(1, 0xC90FDAA22168C234L, 0xC4C6628B80DC1CD1L),
    LOG10_2(-2, 0x9A209A84FBCFF798L, 0x8F8959AC0B7C9178L),
    LN_2(-1, 0xB17217F7D1CF79ABL, 0xC9E3B39803F2F6AFL);

    private final int exp;
    private final long hi;
    private final long lo;

    Constant(int exp, long hi, long lo) {
      this.exp = exp;
      this.hi = hi;
      this.lo = lo;
    }

    public long load(FpEnv e) {
      int before = e.flags;
      e.sign = 0;
      e.exp = exp;
      e.lo = lo;
      long sig = Float80.round(e, hi, 64);
      e.flags = before;
      e.roundedUp = false;
      return sig;
    }
  }

  private static void load(Wide w, long sig, int se) {
    w.set(sign(se), exponent(sig, se), normal(sig, se), 0);
  }

  /// An inexact result.
  private static long result(FpEnv e, Wide w) {
    e.sign = w.sign;
    e.exp = w.exp;
    e.lo = w.lo | 1;
    return Float80.round(e, w.hi, 64);
  }

  /// A result whose magnitude lies below `w` by less than 128 bits show: sin(x) of a small x.
  private static long resultBelow(FpEnv e, Wide w) {
    boolean power = w.hi == Long.MIN_VALUE && w.lo == 0;
    e.sign = w.sign;
    e.exp = power ? w.exp - 1 : w.exp;
    e.lo = w.lo == 0 ? -1 : w.lo - 1 | 1;
    return Float80.round(e, power ? -1 : w.lo == 0 ? w.hi - 1 : w.hi, 64);
  }

  /// True if the argument of a trigonometric function is answered without computing: `e.quotient` is -1 (C2) for one
  /// out of range, which stays as it is.
  private boolean reduce(FpEnv e, long sig, int se) {
    int exp = exponent(sig, se);
    if (exp >= 63) {
      e.quotient = -1;
      return false;
    }
    long hi = normal(sig, se);
    long lo = 0;
    quadrant = 0;
    if (exp < -1) {
      a.set(0, exp, hi, 0);
    } else {
      if (exp < 0) {
        lo = hi << 63;
        hi >>>= 1;
      }
      boolean carry = false;
      for (int i = 0; ; i++) {
        quadrant <<= 1;
        int order = Long.compareUnsigned(hi, HALF_PI_HI);
        if (carry || order > 0 || (order == 0 && Long.compareUnsigned(lo, HALF_PI_LO) >= 0)) {
          hi = hi - HALF_PI_HI - (Long.compareUnsigned(lo, HALF_PI_LO) < 0 ? 1 : 0);
          lo -= HALF_PI_LO;
          quadrant |= 1;
        }
        if (i >= exp) {
          break;
        }
        carry = hi < 0;
        hi = hi << 1 | lo >>> 63;
        lo <<= 1;
      }
      boolean over = Long.compareUnsigned(hi, HALF_PI_HI >>> 1) > 0;
      if (over) {
        hi = HALF_PI_HI - hi - (Long.compareUnsigned(HALF_PI_LO, lo) < 0 ? 1 : 0);
        lo = HALF_PI_LO - lo;
        quadrant++;
      }
      a.set(over ? 1 : 0, 0, hi, lo);
    }
    if (sign(se) != 0) {
      a.negate();
      quadrant = -quadrant;
    }
    quadrant &= 3;
    return true;
  }

  /// b = sin(a).
  private Wide sine() {
    c.mul(a, a);
    b.polynomial(SIN, c);
    return b.mul(b, a);
  }

  /// d = cos(a).
  private Wide cosine() {
    c.mul(a, a);
    return d.polynomial(COS, c);
  }

  private static boolean trigonometricSpecial(FpEnv e, long sig, int se) {
    e.quotient = 0;
    return isUnsupported(sig, se) || isNan(sig, se) || isInfinite(sig, se);
  }

  private static long trigonometricAnswer(FpEnv e, long sig, int se) {
    return isInfinite(sig, se) ? invalid(e) : Float80.nan(e, sig, se);
  }

  /// FSIN. `e.quotient` is -1 if the argument is out of range (C2).
  public long sin(FpEnv e, long sig, int se) {
    if (trigonometricSpecial(e, sig, se)) {
      return trigonometricAnswer(e, sig, se);
    }
    Float80.denormals(e, sig, se, 0, 0);
    if (isZero(sig, se) || !reduce(e, sig, se)) {
      return exact(e, sig, se);
    }
    Wide r = (quadrant & 1) == 0 ? sine() : cosine();
    if ((quadrant & 2) != 0) {
      r.negate();
    }
    return quadrant == 0 && r.exp < -64 ? resultBelow(e, r) : result(e, r);
  }

  /// FCOS.
  public long cos(FpEnv e, long sig, int se) {
    if (trigonometricSpecial(e, sig, se)) {
      return trigonometricAnswer(e, sig, se);
    }
    Float80.denormals(e, sig, se, 0, 0);
    if (isZero(sig, se)) {
      return exact(e, Long.MIN_VALUE, Float80.BIAS);
    }
    if (!reduce(e, sig, se)) {
      return exact(e, sig, se);
    }
    Wide r = (quadrant & 1) == 0 ? cosine() : sine();
    if (quadrant == 1 || quadrant == 2) {
      r.negate();
    }
    return result(e, r);
  }

  /// FPTAN, without the 1.0 that it pushes.
  public long tan(FpEnv e, long sig, int se) {
    if (trigonometricSpecial(e, sig, se)) {
      return trigonometricAnswer(e, sig, se);
    }
    Float80.denormals(e, sig, se, 0, 0);
    if (isZero(sig, se) || !reduce(e, sig, se)) {
      return exact(e, sig, se);
    }
    sine();
    cosine();
    return result(e, (quadrant & 1) == 0 ? b.div(b, d) : b.div(d, b).negate());
  }

  /// FPATAN: the angle of the point (x, y), y from ST(1) and x from ST(0).
  public long atan(FpEnv e, long y, int ySe, long x, int xSe) {
    if (Float80.hasNan(x, xSe, y, ySe)) {
      return Float80.nan(e, x, xSe, y, ySe);
    }
    Float80.denormals(e, x, xSe, y, ySe);
    int sign = sign(ySe);
    boolean left = sign(xSe) != 0;
    boolean yInf = isInfinite(y, ySe);
    boolean xInf = isInfinite(x, xSe);
    if (isZero(y, ySe) || (xInf && !yInf)) {
      return left ? multipleOfPi(e, sign, 4) : zero(e, sign);
    }
    if (yInf || isZero(x, xSe)) {
      return multipleOfPi(e, sign, xInf ? left ? 3 : 1 : 2);
    }
    load(a, y, ySe);
    load(b, x, xSe);
    a.sign = 0;
    b.sign = 0;
    boolean steep = a.exp > b.exp || (a.exp == b.exp && Long.compareUnsigned(a.hi, b.hi) > 0);
    if (steep) {
      c.set(a);
      a.set(b);
      b.set(c);
    }
    int k = b.exp - a.exp > 5 ? 0 : (int) Math.round(8 * approximate(a, b));
    if (k != 0) {
      c.mul(d.setInt(-k), b);
      d.mul(d.setInt(k), a);
      a.add(a.scale(3), c);
      b.add(b.scale(3), d);
    }
    a.div(a, b);
    c.mul(a, a);
    b.polynomial(ATAN, c);
    b.mul(b, a);
    b.add(b, ATAN_EIGHTHS[k]);
    if (steep) {
      b.add(b.negate(), c.set(PI).scale(-1));
    }
    if (left) {
      b.add(b.negate(), PI);
    }
    b.sign = sign;
    return result(e, b);
  }

  private static double approximate(Wide n, Wide d) {
    return Math.scalb((double) (n.hi >>> 1) / (double) (d.hi >>> 1), n.exp - d.exp);
  }

  private long multipleOfPi(FpEnv e, int sign, int quarters) {
    a.mul(b.setInt(quarters), PI).scale(-2);
    a.sign = sign;
    return result(e, a);
  }

  /// F2XM1: 2^x - 1 for x from -1 to 1; larger ones, for which the result is undefined, stay as they are. PE is raised
  /// even for the exact results of -1 and 1, as processors do.
  public long exp2m1(FpEnv e, long sig, int se) {
    if (isUnsupported(sig, se) || isNan(sig, se)) {
      return Float80.nan(e, sig, se);
    }
    if (isInfinite(sig, se)) {
      return sign(se) == 0 ? infinity(e, 0) : exact(e, Long.MIN_VALUE, 0x8000 | Float80.BIAS);
    }
    Float80.denormals(e, sig, se, 0, 0);
    if (isZero(sig, se)) {
      return exact(e, sig, se);
    }
    int exp = exponent(sig, se);
    if (exp >= 0) {
      e.flags |= FpEnv.PE;
      boolean minusOne = exp == 0 && sig == Long.MIN_VALUE && sign(se) != 0;
      return exact(e, sig, minusOne ? 0x8000 | Float80.BIAS - 1 : se);
    }
    load(a, sig, se);
    a.mul(a, LN_2);
    b.polynomial(EXPM1, a);
    return result(e, b.mul(b, a));
  }

  /// FYL2X: y * log2(x), y from ST(1) and x from ST(0).
  public long yLog2X(FpEnv e, long y, int ySe, long x, int xSe) {
    if (Float80.hasNan(x, xSe, y, ySe)) {
      return Float80.nan(e, x, xSe, y, ySe);
    }
    int sign = sign(ySe);
    boolean yInf = isInfinite(y, ySe);
    boolean yZero = isZero(y, ySe);
    if (isZero(x, xSe)) {
      if (yZero) {
        return invalid(e);
      }
      if (!yInf) {
        e.flags |= FpEnv.ZE;
      }
      return infinity(e, sign ^ 1);
    }
    if (sign(xSe) != 0) {
      return invalid(e);
    }
    boolean one = x == Long.MIN_VALUE && xSe == Float80.BIAS;
    boolean xInf = isInfinite(x, xSe);
    if ((one && yInf) || (xInf && yZero)) {
      return invalid(e);
    }
    Float80.denormals(e, x, xSe, y, ySe);
    int below = exponent(x, xSe) < 0 ? 1 : 0;
    if (xInf || yInf) {
      return infinity(e, sign ^ (xInf ? 0 : below));
    }
    if (one || yZero) {
      return zero(e, sign ^ below);
    }
    load(a, x, xSe);
    log2();
    load(b, y, ySe);
    return result(e, b.mul(b, a));
  }

  /// a = log2(a) for a positive a other than one.
  private void log2() {
    int whole = a.exp;
    a.exp = 0;
    if (Long.compareUnsigned(a.hi, 0xB504F333F9DE6484L) > 0) {
      a.exp = -1;
      whole++;
    }
    b.add(a, ONE);
    a.add(a, c.set(ONE).negate());
    atanhSeries();
    a.add(a, c.setInt(whole));
  }

  /// a = 2 / ln 2 * atanh(a / b).
  private void atanhSeries() {
    a.div(a, b);
    c.mul(a, a);
    b.polynomial(ATANH, c);
    a.mul(a, b);
    a.mul(a, TWO_LOG2_E);
  }

  /// FYL2XP1: y * log2(x + 1), y from ST(1) and x from ST(0).
  public long yLog2XPlus1(FpEnv e, long y, int ySe, long x, int xSe) {
    if (Float80.hasNan(x, xSe, y, ySe)) {
      return Float80.nan(e, x, xSe, y, ySe);
    }
    int sign = sign(ySe) ^ sign(xSe);
    boolean yInf = isInfinite(y, ySe);
    boolean yZero = isZero(y, ySe);
    boolean xZero = isZero(x, xSe);
    boolean xInf = isInfinite(x, xSe);
    boolean tooLow = sign(xSe) != 0 && !xZero && (xInf || exponent(x, xSe) >= 0);
    if ((xZero && yInf) || (xInf && (yZero || tooLow))) {
      return invalid(e);
    }
    Float80.denormals(e, x, xSe, y, ySe);
    if (xInf || yInf) {
      return infinity(e, sign);
    }
    if (xZero || yZero) {
      return zero(e, sign);
    }
    if (tooLow) {
      e.flags |= FpEnv.PE;
      return exact(e, x, xSe);
    }
    load(a, x, xSe);
    if (a.exp < -2) {
      b.add(a, TWO);
      atanhSeries();
    } else {
      a.add(a, ONE);
      log2();
    }
    load(b, y, ySe);
    return result(e, b.mul(b, a));
  }
}
