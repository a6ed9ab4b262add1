package thespis.cpu.fp;

/// Arithmetic on normalised significands before rounding, the same for every format. A number is `sign`, `exp` and a
/// 64-bit `sig` with bit 63 set, worth sig / 2^63 * 2^exp. A result returns the upper 64 bits and leaves in the
/// environment its sign, its exponent and 64 lower bits (`lo`) of which the lowest is sticky: set if anything was lost.
final class Exact {
  private Exact() {}

  /// a + b. Returns 0 for an exact zero, whose sign is plus unless rounding down (SDM Vol. 1 "Signed Zeros").
  static long add(FpEnv e, int aSign, int aExp, long a, int bSign, int bExp, long b) {
    if (aExp < bExp || (aExp == bExp && Long.compareUnsigned(a, b) < 0)) {
      return addOrdered(e, bSign, bExp, b, aSign, aExp, a);
    }
    return addOrdered(e, aSign, aExp, a, bSign, bExp, b);
  }

  private static long addOrdered(FpEnv e, int aSign, int aExp, long a, int bSign, int bExp, long b) {
    int d = aExp - bExp;
    long bHi = 0;
    long bLo;
    if (d == 0) {
      bHi = b;
      bLo = 0;
    } else if (d < 64) {
      bHi = b >>> d;
      bLo = b << -d;
    } else if (d == 64) {
      bLo = b;
    } else if (d < 128) {
      bLo = b >>> d | sticky(b << -d);
    } else {
      bLo = 1;
    }
    e.sign = aSign;
    e.exp = aExp;
    if (aSign == bSign) {
      long hi = a + bHi;
      if (Long.compareUnsigned(hi, a) < 0) {
        e.exp = aExp + 1;
        e.lo = bLo >>> 1 | hi << 63 | bLo & 1;
        return hi >>> 1 | Long.MIN_VALUE;
      }
      e.lo = bLo;
      return hi;
    }
    return normalise(e, a - bHi - (bLo != 0 ? 1 : 0), -bLo);
  }

  /// Shifts hi:lo left until bit 127 is set; e.exp follows.
  private static long normalise(FpEnv e, long hi, long lo) {
    if (hi < 0) {
      e.lo = lo;
      return hi;
    }
    if (hi == 0) {
      if (lo == 0) {
        e.sign = e.rounding == FpEnv.DOWN ? 1 : 0;
        e.lo = 0;
        return 0;
      }
      int n = Long.numberOfLeadingZeros(lo);
      e.exp -= 64 + n;
      e.lo = 0;
      return lo << n;
    }
    int n = Long.numberOfLeadingZeros(hi);
    e.exp -= n;
    e.lo = lo << n;
    return hi << n | lo >>> -n;
  }

  static long mul(FpEnv e, int sign, int aExp, long a, int bExp, long b) {
    long hi = Math.unsignedMultiplyHigh(a, b);
    long lo = a * b;
    e.sign = sign;
    if (hi < 0) {
      e.exp = aExp + bExp + 1;
      e.lo = lo;
      return hi;
    }
    e.exp = aExp + bExp;
    e.lo = lo << 1;
    return hi << 1 | lo >>> 63;
  }

  static long div(FpEnv e, int sign, int aExp, long a, int bExp, long b) {
    boolean less = Long.compareUnsigned(a, b) < 0;
    long q = less ? divide(a, 0, b) : divide(a >>> 1, a << 63, b);
    long rem = (less ? 0 : a << 63) - q * b;
    e.sign = sign;
    e.exp = less ? aExp - bExp - 1 : aExp - bExp;
    if (rem == 0) {
      e.lo = 0;
    } else {
      int order = Long.compareUnsigned(rem, b - rem);
      e.lo = order < 0 ? 1 : order == 0 ? Long.MIN_VALUE : Long.MIN_VALUE | 1;
    }
    return q;
  }

  /// hi:lo / d for a normalised d and hi < d: schoolbook division by two 32-bit digits.
  static long divide(long hi, long lo, long d) {
    long dHi = d >>> 32;
    long q1 = digit(hi, lo >>> 32, d, dHi);
    long rem = (hi << 32 | lo >>> 32) - q1 * d;
    long q0 = digit(rem, lo & 0xFFFF_FFFFL, d, dHi);
    return (q1 << 32) + q0;
  }

  private static long digit(long hi, long next, long d, long dHi) {
    long q = Long.divideUnsigned(hi, dHi);
    long r = hi - q * dHi;
    long dLo = d & 0xFFFF_FFFFL;
    while (q >>> 32 != 0 || Long.compareUnsigned(q * dLo, r << 32 | next) > 0) {
      q--;
      r += dHi;
      if (r >>> 32 != 0) {
        break;
      }
    }
    return q;
  }

  /// Root of a positive number: an estimate in double precision, one Newton step, then the floor made exact.
  static long sqrt(FpEnv e, int exp, long a) {
    boolean odd = (exp & 1) != 0;
    long nHi = odd ? a : a >>> 1;
    long nLo = odd ? 0 : a << 63;
    double est = Math.sqrt(unsigned(nHi) * 0x1p64);
    long r = est >= 0x1p64 ? -1L : (long) (est * 0.5) << 1;
    for (int i = 0; i < 2; i++) {
      long pHi = Math.unsignedMultiplyHigh(r, r);
      long pLo = r * r;
      long dLo = nLo - pLo;
      long dHi = nHi - pHi - (Long.compareUnsigned(nLo, pLo) < 0 ? 1 : 0);
      r += (long) Math.floor((dHi * 0x1p64 + unsigned(dLo)) / (2 * unsigned(r)));
    }
    while (squareExceeds(r, nHi, nLo)) {
      r--;
    }
    while (r != -1 && !squareExceeds(r + 1, nHi, nLo)) {
      r++;
    }
    long rem = nLo - r * r;
    boolean fits = nHi - Math.unsignedMultiplyHigh(r, r) - (Long.compareUnsigned(nLo, r * r) < 0 ? 1 : 0) == 0;
    e.sign = 0;
    e.exp = exp >> 1;
    if (fits && rem == 0) {
      e.lo = 0;
    } else {
      e.lo = !fits || Long.compareUnsigned(rem, r) > 0 ? Long.MIN_VALUE | 1 : 1;
    }
    return r;
  }

  private static boolean squareExceeds(long r, long hi, long lo) {
    long pHi = Math.unsignedMultiplyHigh(r, r);
    int order = Long.compareUnsigned(pHi, hi);
    return order > 0 || (order == 0 && Long.compareUnsigned(r * r, lo) > 0);
  }

  private static double unsigned(long v) {
    return v >= 0 ? v : (v >>> 1 | v & 1) * 2.0;
  }

  /// a * b + c with one rounding to come; c may be absent (`c == 0`). For formats of at most 53 bits: the product then
  /// has at least 22 zero bits at its end and aligning it by one loses nothing.
  static long fma(FpEnv e, int pSign, int aExp, long a, int bExp, long b, int cSign, int cExp, long c) {
    long pHi = mul(e, pSign, aExp, a, bExp, b);
    if (c == 0) {
      return pHi;
    }
    long pLo = e.lo;
    int d = e.exp - cExp;
    boolean productFirst = d > 0 || (d == 0 && Long.compareUnsigned(pHi, c) >= 0);
    long hi = productFirst ? c : pHi;
    long lo = productFirst ? 0 : pLo;
    int n = Math.abs(d);
    if (n >= 128) {
      hi = 0;
      lo = 1;
    } else if (n >= 64) {
      long lost = n == 64 ? lo : lo | hi << -n;
      lo = (n == 64 ? hi : hi >>> n) | sticky(lost);
      hi = 0;
    } else if (n > 0) {
      lo = lo >>> n | hi << -n | sticky(lo << -n);
      hi >>>= n;
    }
    long bigHi = productFirst ? pHi : c;
    long bigLo = productFirst ? pLo : 0;
    e.sign = productFirst ? pSign : cSign;
    e.exp = productFirst ? e.exp : cExp;
    if (pSign == cSign) {
      long sumLo = bigLo + lo;
      long sumHi = bigHi + hi;
      boolean carry = Long.compareUnsigned(sumHi, bigHi) < 0;
      if (Long.compareUnsigned(sumLo, bigLo) < 0) {
        carry |= ++sumHi == 0;
      }
      if (carry) {
        e.exp++;
        e.lo = sumLo >>> 1 | sumHi << 63 | sumLo & 1;
        return sumHi >>> 1 | Long.MIN_VALUE;
      }
      e.lo = sumLo;
      return sumHi;
    }
    long diffHi = bigHi - hi - (Long.compareUnsigned(bigLo, lo) < 0 ? 1 : 0);
    return normalise(e, diffHi, bigLo - lo);
  }

  static long sticky(long lost) {
    return lost != 0 ? 1 : 0;
  }
}
