package thespis.cpu.fp;

import static thespis.cpu.fp.Float80.exact;
import static thespis.cpu.fp.Float80.exponent;
import static thespis.cpu.fp.Float80.infinity;
import static thespis.cpu.fp.Float80.invalid;
import static thespis.cpu.fp.Float80.isDenormal;
import static thespis.cpu.fp.Float80.isInfinite;
import static thespis.cpu.fp.Float80.isNan;
import static thespis.cpu.fp.Float80.isUnsupported;
import static thespis.cpu.fp.Float80.isZero;
import static thespis.cpu.fp.Float80.normal;
import static thespis.cpu.fp.Float80.sign;
import static thespis.cpu.fp.Float80.zero;

/// FPREM, FPREM1, FSCALE and FXTRACT: exact operations on exponents and quotients. SDM Vol. 2A. None of them is subject
/// to precision control.
public final class Float80Remainder {
  /// Exponent differences up to this one are reduced in one go, as the manual defines it.
  private static final int COMPLETE = 64;

  private Float80Remainder() {}

  /// Remainder of a / b: quotient truncated (FPREM) or, with `ieee`, rounded to nearest even (FPREM1). Leaves the low
  /// three bits of the quotient in {@link FpEnv#quotient}, or -1 if the reduction is only partial (C2).
  public static long remainder(FpEnv e, long a, int aSe, long b, int bSe, boolean ieee) {
    e.quotient = 0;
    if (Float80.hasNan(a, aSe, b, bSe)) {
      return Float80.nan(e, a, aSe, b, bSe);
    }
    if (isInfinite(a, aSe) || isZero(b, bSe)) {
      return invalid(e);
    }
    Float80.denormals(e, a, aSe, b, bSe);
    if (isZero(a, aSe)) {
      return exact(e, a, aSe);
    }
    if (isInfinite(b, bSe)) {
      return finite(e, a, aSe);
    }
    int bExp = exponent(b, bSe);
    long divisor = normal(b, bSe);
    long rem = normal(a, aSe);
    int d = exponent(a, aSe) - bExp;
    e.sign = sign(aSe);
    e.lo = 0;
    if (d < (ieee ? -1 : 0)) {
      return finite(e, a, aSe);
    }
    if (d < 0) {
      return halfway(e, a, aSe, rem, divisor, bExp);
    }
    boolean partial = d >= COMPLETE;
    int steps = partial ? 32 + (d & 31) : d;
    long quotient = 0;
    boolean carry = false;
    for (int i = 0; ; i++) {
      quotient <<= 1;
      if (carry || Long.compareUnsigned(rem, divisor) >= 0) {
        rem -= divisor;
        quotient |= 1;
      }
      if (i == steps) {
        break;
      }
      carry = rem < 0;
      rem <<= 1;
    }
    e.exp = bExp + d - steps;
    if (partial) {
      e.quotient = -1;
    } else {
      if (ieee && roundsUp(rem, divisor, quotient)) {
        rem = divisor - rem;
        e.sign ^= 1;
        quotient++;
      }
      e.quotient = (int) quotient & 7;
    }
    if (rem == 0) {
      return zero(e, partial ? e.sign : sign(aSe));
    }
    int n = Long.numberOfLeadingZeros(rem);
    e.exp -= n;
    return Float80.round(e, rem << n, 64);
  }

  private static boolean roundsUp(long rem, long divisor, long quotient) {
    int order = Long.compareUnsigned(rem, divisor - rem);
    return order > 0 || (order == 0 && (quotient & 1) != 0);
  }

  /// |a| is in [b/4, b): the quotient rounds to 0 or 1, and to 1 only above one half.
  private static long halfway(FpEnv e, long a, int aSe, long rem, long divisor, int bExp) {
    if (Long.compareUnsigned(rem, divisor) <= 0) {
      return finite(e, a, aSe);
    }
    e.quotient = 1;
    e.exp = bExp;
    long doubled = divisor - (rem - divisor);
    int n = Long.numberOfLeadingZeros(doubled);
    e.sign ^= 1;
    e.exp -= 1 + n;
    return Float80.round(e, doubled << n, 64);
  }

  private static long finite(FpEnv e, long a, int aSe) {
    e.sign = sign(aSe);
    e.exp = exponent(a, aSe);
    e.lo = 0;
    return Float80.round(e, normal(a, aSe), 64);
  }

  /// a * 2^trunc(b).
  public static long scale(FpEnv e, long a, int aSe, long b, int bSe) {
    if (Float80.hasNan(a, aSe, b, bSe)) {
      return Float80.nan(e, a, aSe, b, bSe);
    }
    boolean down = sign(bSe) != 0;
    if (isInfinite(b, bSe)) {
      if (down ? isInfinite(a, aSe) : isZero(a, aSe)) {
        return invalid(e);
      }
      Float80.denormals(e, a, aSe, b, bSe);
      return down ? zero(e, sign(aSe)) : infinity(e, sign(aSe));
    }
    Float80.denormals(e, a, aSe, b, bSe);
    if (isInfinite(a, aSe) || isZero(a, aSe)) {
      return exact(e, a, aSe);
    }
    int by = 0;
    if (!isZero(b, bSe)) {
      int bExp = exponent(b, bSe);
      by = bExp < 0 ? 0 : bExp > 16 ? 1 << 17 : (int) (normal(b, bSe) >>> (63 - bExp));
    }
    e.sign = sign(aSe);
    e.exp = exponent(a, aSe) + (down ? -by : by);
    e.lo = 0;
    long sig = Float80.round(e, normal(a, aSe), 64);
    return fits(e) ? sig : beyondWrap(e);
  }

  private static boolean fits(FpEnv e) {
    return e.exp == Rounding.TINY || e.exp == Rounding.INFINITE || (e.exp >= Float80.EMIN && e.exp <= Float80.EMAX);
  }

  /// Unmasked overflow or underflow so large that the adjusted exponent does not fit either.
  private static long beyondWrap(FpEnv e) {
    e.flags |= FpEnv.PE;
    if (e.exp < 0) {
      return zero(e, e.sign);
    }
    long sig = infinity(e, e.sign);
    e.roundedUp = true;
    return sig;
  }

  /// FXTRACT's exponent, as an 80-bit number: what replaces ST(0). For zero it is minus infinity with #Z.
  public static long exponentOf(FpEnv e, long a, int aSe) {
    if (isUnsupported(a, aSe) || isNan(a, aSe)) {
      return Float80.nan(e, a, aSe);
    }
    if (isInfinite(a, aSe)) {
      return infinity(e, 0);
    }
    if (isZero(a, aSe)) {
      e.flags |= FpEnv.ZE;
      return infinity(e, 1);
    }
    if (isDenormal(a, aSe)) {
      e.flags |= FpEnv.DE;
    }
    return Float80Convert.fromInt(e, exponent(a, aSe));
  }

  /// FXTRACT's significand: what is pushed.
  public static long significandOf(FpEnv e, long a, int aSe) {
    if (isUnsupported(a, aSe) || isNan(a, aSe)) {
      return Float80.nan(e, a, aSe);
    }
    if (isInfinite(a, aSe) || isZero(a, aSe)) {
      return exact(e, a, aSe);
    }
    return exact(e, normal(a, aSe), aSe & 0x8000 | Float80.BIAS);
  }
}
