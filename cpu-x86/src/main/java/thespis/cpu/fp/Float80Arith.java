package thespis.cpu.fp;

import static thespis.cpu.fp.Float80.exact;
import static thespis.cpu.fp.Float80.exponent;
import static thespis.cpu.fp.Float80.infinity;
import static thespis.cpu.fp.Float80.invalid;
import static thespis.cpu.fp.Float80.isDenormal;
import static thespis.cpu.fp.Float80.isInfinite;
import static thespis.cpu.fp.Float80.isNan;
import static thespis.cpu.fp.Float80.isNormal;
import static thespis.cpu.fp.Float80.isUnsupported;
import static thespis.cpu.fp.Float80.isZero;
import static thespis.cpu.fp.Float80.normal;
import static thespis.cpu.fp.Float80.round;
import static thespis.cpu.fp.Float80.sign;
import static thespis.cpu.fp.Float80.zero;

/// FADD, FSUB, FMUL, FDIV and FSQRT, under precision control. SDM Vol. 2A, the result tables of each instruction.
/// The significand is returned, sign and exponent are left in {@link FpEnv#se}.
public final class Float80Arith {
  private Float80Arith() {}

  public static long add(FpEnv e, long a, int aSe, long b, int bSe) {
    if (isNormal(a, aSe) && isNormal(b, bSe)) {
      return sum(e, sign(aSe), (aSe & Float80.MAX) - Float80.BIAS, a, sign(bSe), (bSe & Float80.MAX) - Float80.BIAS, b);
    }
    return addSpecial(e, a, aSe, b, bSe);
  }

  /// a - b: NaNs keep their sign, so this is not just an addition.
  public static long sub(FpEnv e, long a, int aSe, long b, int bSe) {
    if (Float80.hasNan(a, aSe, b, bSe)) {
      return Float80.nan(e, a, aSe, b, bSe);
    }
    return add(e, a, aSe, b, bSe ^ 0x8000);
  }

  private static long sum(FpEnv e, int aSign, int aExp, long a, int bSign, int bExp, long b) {
    long hi = Exact.add(e, aSign, aExp, a, bSign, bExp, b);
    return hi == 0 ? zero(e, e.sign) : round(e, hi);
  }

  private static long addSpecial(FpEnv e, long a, int aSe, long b, int bSe) {
    if (Float80.hasNan(a, aSe, b, bSe)) {
      return Float80.nan(e, a, aSe, b, bSe);
    }
    boolean aInf = isInfinite(a, aSe);
    boolean bInf = isInfinite(b, bSe);
    if (aInf && bInf && sign(aSe) != sign(bSe)) {
      return invalid(e);
    }
    Float80.denormals(e, a, aSe, b, bSe);
    if (aInf || bInf) {
      return infinity(e, sign(aInf ? aSe : bSe));
    }
    boolean aZero = isZero(a, aSe);
    boolean bZero = isZero(b, bSe);
    if (aZero && bZero) {
      return zero(e, sign(aSe) == sign(bSe) ? sign(aSe) : e.rounding == FpEnv.DOWN ? 1 : 0);
    }
    if (aZero) {
      return finite(e, b, bSe);
    }
    if (bZero) {
      return finite(e, a, aSe);
    }
    return sum(e, sign(aSe), exponent(a, aSe), normal(a, aSe), sign(bSe), exponent(b, bSe), normal(b, bSe));
  }

  /// Rounds a finite, non-zero number to the precision in force.
  private static long finite(FpEnv e, long a, int aSe) {
    e.sign = sign(aSe);
    e.exp = exponent(a, aSe);
    e.lo = 0;
    return round(e, normal(a, aSe));
  }

  public static long mul(FpEnv e, long a, int aSe, long b, int bSe) {
    int sign = sign(aSe ^ bSe);
    if (isNormal(a, aSe) && isNormal(b, bSe)) {
      return round(e, Exact.mul(e, sign, (aSe & Float80.MAX) - Float80.BIAS, a, (bSe & Float80.MAX) - Float80.BIAS, b));
    }
    if (Float80.hasNan(a, aSe, b, bSe)) {
      return Float80.nan(e, a, aSe, b, bSe);
    }
    boolean inf = isInfinite(a, aSe) || isInfinite(b, bSe);
    boolean zero = isZero(a, aSe) || isZero(b, bSe);
    if (inf && zero) {
      return invalid(e);
    }
    Float80.denormals(e, a, aSe, b, bSe);
    if (inf) {
      return infinity(e, sign);
    }
    if (zero) {
      return zero(e, sign);
    }
    return round(e, Exact.mul(e, sign, exponent(a, aSe), normal(a, aSe), exponent(b, bSe), normal(b, bSe)));
  }

  /// a / b.
  public static long div(FpEnv e, long a, int aSe, long b, int bSe) {
    int sign = sign(aSe ^ bSe);
    if (isNormal(a, aSe) && isNormal(b, bSe)) {
      return round(e, Exact.div(e, sign, (aSe & Float80.MAX) - Float80.BIAS, a, (bSe & Float80.MAX) - Float80.BIAS, b));
    }
    if (Float80.hasNan(a, aSe, b, bSe)) {
      return Float80.nan(e, a, aSe, b, bSe);
    }
    boolean aInf = isInfinite(a, aSe);
    boolean bInf = isInfinite(b, bSe);
    boolean aZero = isZero(a, aSe);
    boolean bZero = isZero(b, bSe);
    if ((aInf && bInf) || (aZero && bZero)) {
      return invalid(e);
    }
    if (bZero && !aInf) {
      e.flags |= FpEnv.ZE;
      return infinity(e, sign);
    }
    Float80.denormals(e, a, aSe, b, bSe);
    if (aInf) {
      return infinity(e, sign);
    }
    if (bInf || aZero) {
      return zero(e, sign);
    }
    return round(e, Exact.div(e, sign, exponent(a, aSe), normal(a, aSe), exponent(b, bSe), normal(b, bSe)));
  }

  public static long sqrt(FpEnv e, long a, int aSe) {
    if (isUnsupported(a, aSe) || isNan(a, aSe)) {
      return Float80.nan(e, a, aSe);
    }
    if (isZero(a, aSe)) {
      return exact(e, a, aSe);
    }
    if (sign(aSe) != 0) {
      return invalid(e);
    }
    if (isInfinite(a, aSe)) {
      return exact(e, a, aSe);
    }
    if (isDenormal(a, aSe)) {
      e.flags |= FpEnv.DE;
    }
    return round(e, Exact.sqrt(e, exponent(a, aSe), normal(a, aSe)));
  }
}
