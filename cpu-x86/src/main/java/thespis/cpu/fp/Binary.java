package thespis.cpu.fp;

/// The SSE unit's single and double precision in integer arithmetic: every rounding mode, DAZ, FTZ, and all flags. A
/// format is named by its precision `p` (24 or 53 bits); values are bit patterns, single ones in the low 32 bits. SDM
/// Vol. 1 "SIMD Floating-Point Exception Conditions", "Rules for Handling NaNs". {@link Float32} and {@link Float64}
/// come here when Java's arithmetic does not answer everything.
final class Binary {
  private Binary() {}

  static long exponentMask(int p) {
    return p == 53 ? 0x7FFL << 52 : 0xFFL << 23;
  }

  static int bias(int p) {
    return p == 53 ? 1023 : 127;
  }

  static long signBit(int p) {
    return p == 53 ? Long.MIN_VALUE : 1L << 31;
  }

  static int sign(long v, int p) {
    return p == 53 ? (int) (v >>> 63) : (int) (v >>> 31) & 1;
  }

  static long magnitude(long v, int p) {
    return v & (signBit(p) - 1);
  }

  static boolean isNan(long v, int p) {
    return magnitude(v, p) > exponentMask(p);
  }

  static boolean isSignalling(long v, int p) {
    return isNan(v, p) && (v & quietBit(p)) == 0;
  }

  static boolean isInfinite(long v, int p) {
    return magnitude(v, p) == exponentMask(p);
  }

  static boolean isZero(long v, int p) {
    return magnitude(v, p) == 0;
  }

  static boolean isDenormal(long v, int p) {
    return (v & exponentMask(p)) == 0 && magnitude(v, p) != 0;
  }

  static long quietBit(int p) {
    return 1L << (p - 2);
  }

  /// The QNaN floating-point indefinite.
  static long indefinite(int p) {
    return signBit(p) | exponentMask(p) | quietBit(p);
  }

  static long signed(int sign, long magnitude, int p) {
    return sign != 0 ? magnitude | signBit(p) : magnitude;
  }

  /// Unbiased exponent of a finite, non-zero number whose significand is {@link #significand}.
  static int exponent(long v, int p) {
    int biased = (int) (magnitude(v, p) >>> (p - 1));
    return biased != 0 ? biased - bias(p) : 64 - p + 1 - bias(p) - Long.numberOfLeadingZeros(magnitude(v, p));
  }

  /// Left-aligned significand with bit 63 set.
  static long significand(long v, int p) {
    long fraction = v & (1L << (p - 1)) - 1;
    return (v & exponentMask(p)) == 0 ? fraction << Long.numberOfLeadingZeros(fraction)
        : fraction << (64 - p) | Long.MIN_VALUE;
  }

  /// DAZ: a denormal operand counts as zero.
  static long flush(FpEnv e, long v, int p) {
    return e.daz && (v & exponentMask(p)) == 0 ? v & signBit(p) : v;
  }

  static void denormal(FpEnv e, long v, int p) {
    if (isDenormal(v, p)) {
      e.flags |= FpEnv.DE;
    }
  }

  static long invalid(FpEnv e, int p) {
    e.flags |= FpEnv.IE;
    return indefinite(p);
  }

  /// At least one of the operands is a NaN: the first NaN, made quiet.
  static long nan(FpEnv e, long a, long b, int p) {
    if (isSignalling(a, p) || isSignalling(b, p)) {
      e.flags |= FpEnv.IE;
    }
    return (isNan(a, p) ? a : b) | quietBit(p);
  }

  /// Rounds `hi` and what the environment holds to the format.
  static long pack(FpEnv e, long hi, int p) {
    int bias = bias(p);
    int before = e.flags;
    int exp = e.exp;
    long sig = Rounding.round(e, hi, e.lo, p, 1 - bias, bias, 0);
    if (e.ftz && e.masked(FpEnv.UE) && exp < 1 - bias && e.tiny) {
      e.flags = before | FpEnv.UE | FpEnv.PE;
      return signed(e.sign, 0, p);
    }
    return signed(e.sign, switch (e.exp) {
      case Rounding.INFINITE -> exponentMask(p);
      case Rounding.TINY -> sig >>> (64 - p);
      default -> (long) (e.exp + bias) << (p - 1) | sig << 1 >>> (65 - p);
    }, p);
  }

  static long add(FpEnv e, long x, long y, int p) {
    long a = flush(e, x, p);
    long b = flush(e, y, p);
    if (isNan(a, p) || isNan(b, p)) {
      return nan(e, a, b, p);
    }
    if (isInfinite(a, p) && isInfinite(b, p) && a != b) {
      return invalid(e, p);
    }
    denormal(e, a, p);
    denormal(e, b, p);
    if (isInfinite(a, p) || isInfinite(b, p)) {
      return isInfinite(a, p) ? a : b;
    }
    if (isZero(a, p) && isZero(b, p)) {
      return a == b ? a : signed(e.rounding == FpEnv.DOWN ? 1 : 0, 0, p);
    }
    if (isZero(a, p) || isZero(b, p)) {
      return same(e, isZero(a, p) ? b : a, p);
    }
    long hi = Exact.add(e, sign(a, p), exponent(a, p), significand(a, p), sign(b, p), exponent(b, p), significand(b, p));
    return hi == 0 ? signed(e.sign, 0, p) : pack(e, hi, p);
  }

  /// A finite operand as the result: it may still underflow.
  private static long same(FpEnv e, long v, int p) {
    e.sign = sign(v, p);
    e.exp = exponent(v, p);
    e.lo = 0;
    return pack(e, significand(v, p), p);
  }

  static long sub(FpEnv e, long a, long b, int p) {
    return isNan(b, p) ? add(e, a, b, p) : add(e, a, b ^ signBit(p), p);
  }

  static long mul(FpEnv e, long x, long y, int p) {
    long a = flush(e, x, p);
    long b = flush(e, y, p);
    int sign = sign(a ^ b, p);
    if (isNan(a, p) || isNan(b, p)) {
      return nan(e, a, b, p);
    }
    boolean inf = isInfinite(a, p) || isInfinite(b, p);
    boolean zero = isZero(a, p) || isZero(b, p);
    if (inf && zero) {
      return invalid(e, p);
    }
    denormal(e, a, p);
    denormal(e, b, p);
    if (inf) {
      return signed(sign, exponentMask(p), p);
    }
    if (zero) {
      return signed(sign, 0, p);
    }
    return pack(e, Exact.mul(e, sign, exponent(a, p), significand(a, p), exponent(b, p), significand(b, p)), p);
  }

  static long div(FpEnv e, long x, long y, int p) {
    long a = flush(e, x, p);
    long b = flush(e, y, p);
    int sign = sign(a ^ b, p);
    if (isNan(a, p) || isNan(b, p)) {
      return nan(e, a, b, p);
    }
    if ((isInfinite(a, p) && isInfinite(b, p)) || (isZero(a, p) && isZero(b, p))) {
      return invalid(e, p);
    }
    if (isZero(b, p) && !isInfinite(a, p)) {
      e.flags |= FpEnv.ZE;
      return signed(sign, exponentMask(p), p);
    }
    denormal(e, a, p);
    denormal(e, b, p);
    if (isInfinite(a, p)) {
      return signed(sign, exponentMask(p), p);
    }
    if (isInfinite(b, p) || isZero(a, p)) {
      return signed(sign, 0, p);
    }
    return pack(e, Exact.div(e, sign, exponent(a, p), significand(a, p), exponent(b, p), significand(b, p)), p);
  }

  static long sqrt(FpEnv e, long x, int p) {
    long a = flush(e, x, p);
    if (isNan(a, p)) {
      return nan(e, a, a, p);
    }
    if (isZero(a, p)) {
      return a;
    }
    if (sign(a, p) != 0) {
      return invalid(e, p);
    }
    if (isInfinite(a, p)) {
      return a;
    }
    denormal(e, a, p);
    return pack(e, Exact.sqrt(e, exponent(a, p), significand(a, p)), p);
  }

  /// a * b + c, rounded once. An invalid product beats a quiet NaN only in the addend.
  static long fma(FpEnv e, long x, long y, long z, int p) {
    long a = flush(e, x, p);
    long b = flush(e, y, p);
    long c = flush(e, z, p);
    if (isNan(a, p) || isNan(b, p)) {
      if (isSignalling(c, p)) {
        e.flags |= FpEnv.IE;
      }
      return nan(e, a, b, p);
    }
    if (isNan(c, p)) {
      return nan(e, c, c, p);
    }
    int sign = sign(a ^ b, p);
    boolean inf = isInfinite(a, p) || isInfinite(b, p);
    boolean zero = isZero(a, p) || isZero(b, p);
    if ((inf && zero) || (inf && isInfinite(c, p) && sign != sign(c, p))) {
      return invalid(e, p);
    }
    denormal(e, a, p);
    denormal(e, b, p);
    denormal(e, c, p);
    if (inf) {
      return signed(sign, exponentMask(p), p);
    }
    if (isInfinite(c, p)) {
      return c;
    }
    if (zero) {
      if (isZero(c, p)) {
        return signed(sign == sign(c, p) ? sign : e.rounding == FpEnv.DOWN ? 1 : 0, 0, p);
      }
      return same(e, c, p);
    }
    boolean noAddend = isZero(c, p);
    long hi = Exact.fma(e, sign, exponent(a, p), significand(a, p), exponent(b, p), significand(b, p), sign(c, p),
        noAddend ? 0 : exponent(c, p), noAddend ? 0 : significand(c, p));
    return hi == 0 ? signed(e.sign, 0, p) : pack(e, hi, p);
  }

  /// MINPS and MAXPS: the second operand if either is a NaN or both are zeros.
  static long min(FpEnv e, long x, long y, int p, boolean max) {
    long a = flush(e, x, p);
    long b = flush(e, y, p);
    int relation = compare(e, a, b, p, true);
    return relation == (max ? Float64.GREATER : Float64.LESS) ? a : b;
  }

  /// One of {@link Float64}'s relations. Any NaN is invalid if `signals`, else only a signalling one.
  static int compare(FpEnv e, long x, long y, int p, boolean signals) {
    long a = flush(e, x, p);
    long b = flush(e, y, p);
    if (isNan(a, p) || isNan(b, p)) {
      if (signals || isSignalling(a, p) || isSignalling(b, p)) {
        e.flags |= FpEnv.IE;
      }
      return Float64.UNORDERED;
    }
    denormal(e, a, p);
    denormal(e, b, p);
    long i = sign(a, p) != 0 ? -magnitude(a, p) : magnitude(a, p);
    long j = sign(b, p) != 0 ? -magnitude(b, p) : magnitude(b, p);
    return i < j ? Float64.LESS : i > j ? Float64.GREATER : Float64.EQUAL;
  }

  /// ROUNDPS: to an integral value; `imm` bit 2 takes MXCSR's rounding, bit 3 hides PE.
  static long roundToInt(FpEnv e, long x, int imm, int p) {
    long a = flush(e, x, p);
    if (isNan(a, p)) {
      return nan(e, a, a, p);
    }
    int exp = isZero(a, p) ? 0 : exponent(a, p);
    if (isZero(a, p) || isInfinite(a, p) || exp >= p - 1) {
      return a;
    }
    long sig = significand(a, p);
    int n = 63 - exp;
    long whole = n < 64 ? sig >>> n : 0;
    long lost = n < 64 ? sig << -n : n == 64 ? sig : 1;
    if (lost == 0) {
      return a;
    }
    if ((imm & 8) == 0) {
      e.flags |= FpEnv.PE;
    }
    int saved = e.rounding;
    e.sign = sign(a, p);
    if ((imm & 4) == 0) {
      e.rounding = imm & 3;
    }
    if (Rounding.away(e, lost, (whole & 1) != 0)) {
      whole++;
    }
    e.rounding = saved;
    if (whole == 0) {
      return signed(e.sign, 0, p);
    }
    int z = Long.numberOfLeadingZeros(whole);
    return signed(e.sign, (long) (63 - z + bias(p)) << (p - 1) | whole << z << 1 >>> (65 - p), p);
  }

  /// CVTSD2SI and its kin: to a signed integer of `bits`, or the integer indefinite with #I.
  static long toInt(FpEnv e, long x, int p, int bits, int rounding) {
    long a = flush(e, x, p);
    if (isZero(a, p)) {
      return 0;
    }
    long indefinite = -1L << (bits - 1);
    int exp = exponent(a, p);
    if (isNan(a, p) || isInfinite(a, p) || exp > 63) {
      e.flags |= FpEnv.IE;
      return indefinite;
    }
    long sig = significand(a, p);
    int n = 63 - exp;
    long whole = n == 0 ? sig : n < 64 ? sig >>> n : 0;
    long lost = n == 0 ? 0 : n < 64 ? sig << -n : n == 64 ? sig : 1;
    int saved = e.rounding;
    e.sign = sign(a, p);
    e.rounding = rounding;
    if (lost != 0 && Rounding.away(e, lost, (whole & 1) != 0)) {
      whole++;
    }
    e.rounding = saved;
    long limit = e.sign != 0 ? 1L << (bits - 1) : (1L << (bits - 1)) - 1;
    if (Long.compareUnsigned(whole, limit) > 0) {
      e.flags |= FpEnv.IE;
      return indefinite;
    }
    if (lost != 0) {
      e.flags |= FpEnv.PE;
    }
    return e.sign != 0 ? -whole : whole;
  }

  static long fromInt(FpEnv e, long v, int p) {
    if (v == 0) {
      return 0;
    }
    long magnitude = Math.abs(v);
    int n = Long.numberOfLeadingZeros(magnitude);
    e.sign = v < 0 ? 1 : 0;
    e.exp = 63 - n;
    e.lo = 0;
    return pack(e, magnitude << n, p);
  }

  /// CVTSS2SD and CVTSD2SS.
  static long convert(FpEnv e, long x, int from, int to) {
    long a = flush(e, x, from);
    int sign = sign(a, from);
    if (isNan(a, from)) {
      if (isSignalling(a, from)) {
        e.flags |= FpEnv.IE;
      }
      long payload = a << (65 - from) >>> (65 - to);
      return signed(sign, exponentMask(to) | quietBit(to) | payload, to);
    }
    if (isInfinite(a, from)) {
      return signed(sign, exponentMask(to), to);
    }
    if (isZero(a, from)) {
      return signed(sign, 0, to);
    }
    denormal(e, a, from);
    e.sign = sign;
    e.exp = exponent(a, from);
    e.lo = 0;
    return pack(e, significand(a, from), to);
  }
}
