package thespis.cpu.fp;

import static thespis.cpu.fp.Float80.exponent;
import static thespis.cpu.fp.Float80.isDenormal;
import static thespis.cpu.fp.Float80.isInfinite;
import static thespis.cpu.fp.Float80.isNan;
import static thespis.cpu.fp.Float80.isSignalling;
import static thespis.cpu.fp.Float80.isUnsupported;
import static thespis.cpu.fp.Float80.isZero;
import static thespis.cpu.fp.Float80.normal;
import static thespis.cpu.fp.Float80.sign;

/// Between the x87's registers and memory operands: FLD, FST, FILD, FIST, FISTTP, FBLD, FBSTP and FRNDINT. SDM Vol. 1
/// "Data Types" and Vol. 2A. Loads return the significand and leave the rest in {@link FpEnv#se}; stores take the
/// register in two parts and return the memory operand; what an unmasked exception leaves unstored is the caller's to
/// see, and FST reports an unmasked overflow or underflow alone.
public final class Float80Convert {
  private static final long FRACTION64 = (1L << 52) - 1;
  private static final int FRACTION32 = (1 << 23) - 1;

  private Float80Convert() {}

  public static long fromFloat(FpEnv e, int bits) {
    return quiet(e, operand(e, bits));
  }

  public static long fromDouble(FpEnv e, long bits) {
    return quiet(e, operand(e, bits));
  }

  /// A float as operand of arithmetic, which has its own rules for a signalling NaN: it stays one here.
  public static long operand(FpEnv e, int bits) {
    return load(e, bits >>> 31, bits >>> 23 & 0xFF, 0xFF, 127, (bits & FRACTION32) * (1L << 40));
  }

  /// A double.
  public static long operand(FpEnv e, long bits) {
    return load(e, (int) (bits >>> 63), (int) (bits >>> 52) & 0x7FF, 0x7FF, 1023, (bits & FRACTION64) << 11);
  }

  private static long quiet(FpEnv e, long sig) {
    if ((e.se & Float80.MAX) != Float80.MAX || sig << 1 == 0) {
      return sig;
    }
    if (sig << 1 >= 0) {
      e.flags |= FpEnv.IE;
    }
    return sig | Float80.INDEFINITE;
  }

  private static long load(FpEnv e, int sign, int exp, int max, int bias, long fraction) {
    e.roundedUp = false;
    if (exp == 0) {
      if (fraction == 0) {
        e.se = sign << 15;
        return 0;
      }
      e.flags |= FpEnv.DE;
      int n = Long.numberOfLeadingZeros(fraction);
      e.se = sign << 15 | (Float80.BIAS + 1 - bias - n);
      return fraction << n;
    }
    if (exp == max) {
      e.se = sign << 15 | Float80.MAX;
      return fraction | Long.MIN_VALUE;
    }
    e.se = sign << 15 | (exp - bias + Float80.BIAS);
    return fraction | Long.MIN_VALUE;
  }

  public static long fromInt(FpEnv e, long v) {
    e.roundedUp = false;
    if (v == 0) {
      e.se = 0;
      return 0;
    }
    long magnitude = Math.abs(v);
    int n = Long.numberOfLeadingZeros(magnitude);
    e.se = (v < 0 ? 0x8000 : 0) | (Float80.BIAS + 63 - n);
    return magnitude << n;
  }

  public static int toFloat(FpEnv e, long sig, int se) {
    return (int) store(e, sig, se, 24, 127);
  }

  public static long toDouble(FpEnv e, long sig, int se) {
    return store(e, sig, se, 53, 1023);
  }

  private static long store(FpEnv e, long sig, int se, int bits, int bias) {
    int width = bits - 1;
    long max = 2L * bias + 1;
    e.roundedUp = false;
    long sign = (long) sign(se) << (bits == 24 ? 31 : 63);
    if (isUnsupported(sig, se)) {
      e.flags |= FpEnv.IE;
      return (1L << (bits == 24 ? 31 : 63)) | max << width | 1L << (width - 1);
    }
    if (isNan(sig, se)) {
      if (isSignalling(sig, se)) {
        e.flags |= FpEnv.IE;
      }
      return sign | max << width | 1L << (width - 1) | sig << 1 >>> (64 - width);
    }
    if (isInfinite(sig, se)) {
      return sign | max << width;
    }
    if (isZero(sig, se)) {
      return sign;
    }
    e.sign = sign(se);
    e.exp = exponent(sig, se);
    int before = e.flags;
    long kept = Rounding.round(e, normal(sig, se), 0, bits, 1 - bias, bias, 0);
    int trap = e.flags & ~before & ~e.masks & (FpEnv.OE | FpEnv.UE);
    if (trap != 0) {
      e.flags = before | trap;
      e.roundedUp = false;
      return 0;
    }
    long fraction = kept << 1 >>> (64 - width);
    return switch (e.exp) {
      case Rounding.INFINITE -> sign | max << width;
      case Rounding.TINY -> sign | kept >>> (64 - bits);
      default -> sign | (long) (e.exp + bias) << width | fraction;
    };
  }

  /// FIST to 16, 32 or 64 bits; FISTTP is the same under {@link FpEnv#TRUNCATE}. Answers the integer indefinite.
  public static long toInt(FpEnv e, long sig, int se, int bits, int rounding) {
    e.roundedUp = false;
    long indefinite = -1L << (bits - 1);
    if (isUnsupported(sig, se) || (se & Float80.MAX) == Float80.MAX) {
      e.flags |= FpEnv.IE;
      return indefinite;
    }
    if (isZero(sig, se)) {
      return 0;
    }
    int exp = exponent(sig, se);
    if (exp > 63) {
      e.flags |= FpEnv.IE;
      return indefinite;
    }
    long magnitude = integer(e, sign(se), exp, normal(sig, se), rounding);
    boolean negative = sign(se) != 0;
    long limit = negative ? 1L << (bits - 1) : (1L << (bits - 1)) - 1;
    if (Long.compareUnsigned(magnitude, limit) > 0) {
      e.flags = e.flags & ~FpEnv.PE | FpEnv.IE | e.lossBefore;
      e.roundedUp = false;
      return indefinite;
    }
    return negative ? -magnitude : magnitude;
  }

  /// The magnitude sig / 2^63 * 2^exp as an integer (exp at most 63).
  private static long integer(FpEnv e, int sign, int exp, long sig, int rounding) {
    e.lossBefore = e.flags & FpEnv.PE;
    int n = 63 - exp;
    if (n == 0) {
      return sig;
    }
    long whole = n < 64 ? sig >>> n : 0;
    long lost = n < 64 ? sig << -n : n == 64 ? sig : 1;
    if (lost != 0) {
      e.flags |= FpEnv.PE;
      e.sign = sign;
      int saved = e.rounding;
      e.rounding = rounding;
      e.roundedUp = Rounding.away(e, lost, (whole & 1) != 0);
      e.rounding = saved;
      if (e.roundedUp) {
        whole++;
      }
    }
    return whole;
  }

  /// FRNDINT.
  public static long roundToInt(FpEnv e, long sig, int se) {
    if (isUnsupported(sig, se) || isNan(sig, se)) {
      return Float80.nan(e, sig, se);
    }
    if (isDenormal(sig, se)) {
      e.flags |= FpEnv.DE;
    }
    if (isInfinite(sig, se) || isZero(sig, se) || exponent(sig, se) >= 63) {
      return Float80.exact(e, sig, se);
    }
    e.roundedUp = false;
    long whole = integer(e, sign(se), exponent(sig, se), normal(sig, se), e.rounding);
    if (whole == 0) {
      e.se = se & 0x8000;
      return 0;
    }
    int n = Long.numberOfLeadingZeros(whole);
    e.se = se & 0x8000 | (Float80.BIAS + 63 - n);
    return whole << n;
  }

  private static final long BCD_LIMIT = 999_999_999_999_999_999L;

  /// FBLD: 18 decimal digits in `lo` and the low byte of `hi`, the sign in bit 15 of `hi`.
  public static long fromBcd(FpEnv e, long lo, int hi) {
    long v = (hi >>> 4 & 0xF) * 10L + (hi & 0xF);
    for (int shift = 60; shift >= 0; shift -= 4) {
      v = v * 10 + (lo >>> shift & 0xF);
    }
    long sig = fromInt(e, v);
    e.se |= hi & 0x8000;
    return sig;
  }

  /// FBSTP: the 16 low digits; sign and two digits are left in {@link FpEnv#se}. Too large gives the BCD indefinite.
  public static long toBcd(FpEnv e, long sig, int se) {
    int before = e.flags;
    long v = toInt(e, sig, se, 64, e.rounding);
    long magnitude = Math.abs(v);
    if (magnitude < 0 || magnitude > BCD_LIMIT) {
      e.flags = before | FpEnv.IE;
      e.roundedUp = false;
      e.se = 0xFFFF;
      return 0xC000_0000_0000_0000L;
    }
    long digits = 0;
    for (int shift = 0; shift < 64; shift += 4) {
      digits |= magnitude % 10 << shift;
      magnitude /= 10;
    }
    e.se = se & 0x8000 | (int) (magnitude / 10 << 4 | magnitude % 10);
    return digits;
  }
}
