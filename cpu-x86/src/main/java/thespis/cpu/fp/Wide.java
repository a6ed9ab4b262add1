package thespis.cpu.fp;

/// A floating-point number of 128 significant bits to compute the transcendental functions with: sign and
/// (hi:lo) / 2^127 * 2^exp with the top bit set, or zero. Results are truncated; an error of a few units in the last
/// place is 60 bits below what the x87 delivers. Mutable, so that nothing is allocated while the guest runs.
final class Wide {
  int sign;
  int exp;
  long hi;
  long lo;

  static Wide of(int exp, long hi, long lo) {
    return new Wide().set(0, exp, hi, lo);
  }

  static Wide of(long v) {
    return new Wide().setInt(v);
  }

  Wide set(int sign, int exp, long hi, long lo) {
    this.sign = sign;
    this.exp = exp;
    this.hi = hi;
    this.lo = lo;
    return normalise();
  }

  Wide set(Wide a) {
    return set(a.sign, a.exp, a.hi, a.lo);
  }

  Wide setInt(long v) {
    return set(v < 0 ? 1 : 0, 63, Math.abs(v), 0);
  }

  boolean isZero() {
    return hi == 0;
  }

  Wide negate() {
    sign ^= 1;
    return this;
  }

  Wide scale(int by) {
    exp += by;
    return this;
  }

  private Wide normalise() {
    if (hi == 0) {
      hi = lo;
      lo = 0;
      exp -= 64;
      if (hi == 0) {
        exp = 0;
        return this;
      }
    }
    int n = Long.numberOfLeadingZeros(hi);
    if (n != 0) {
      hi = hi << n | lo >>> -n;
      lo <<= n;
      exp -= n;
    }
    return this;
  }

  /// this = a * b. Operands may be this.
  Wide mul(Wide a, Wide b) {
    if (a.hi == 0 || b.hi == 0) {
      return set(0, 0, 0, 0);
    }
    long high = Math.unsignedMultiplyHigh(a.hi, b.hi);
    long mid = a.hi * b.hi;
    long x = Math.unsignedMultiplyHigh(a.hi, b.lo);
    long y = Math.unsignedMultiplyHigh(a.lo, b.hi);
    long sum = mid + x;
    if (Long.compareUnsigned(sum, x) < 0) {
      high++;
    }
    sum += y;
    if (Long.compareUnsigned(sum, y) < 0) {
      high++;
    }
    return set(a.sign ^ b.sign, a.exp + b.exp + 1, high, sum);
  }

  /// this = a + b. Operands may be this.
  Wide add(Wide a, Wide b) {
    if (b.hi == 0) {
      return set(a);
    }
    if (a.hi == 0) {
      return set(b);
    }
    boolean aFirst = a.exp > b.exp
        || (a.exp == b.exp && (Long.compareUnsigned(a.hi, b.hi) > 0
            || (a.hi == b.hi && Long.compareUnsigned(a.lo, b.lo) >= 0)));
    Wide big = aFirst ? a : b;
    Wide small = aFirst ? b : a;
    int n = big.exp - small.exp;
    long h = n == 0 ? small.hi : n < 64 ? small.hi >>> n : 0;
    long l = n == 0 ? small.lo : n < 64 ? small.lo >>> n | small.hi << -n : n < 128 ? small.hi >>> n : 0;
    if (big.sign == small.sign) {
      long sumLo = big.lo + l;
      int carry = Long.compareUnsigned(sumLo, l) < 0 ? 1 : 0;
      long sumHi = big.hi + h;
      boolean over = Long.compareUnsigned(sumHi, h) < 0;
      sumHi += carry;
      over |= carry != 0 && sumHi == 0;
      if (over) {
        return set(big.sign, big.exp + 1, sumHi >>> 1 | Long.MIN_VALUE, sumLo >>> 1 | sumHi << 63);
      }
      return set(big.sign, big.exp, sumHi, sumLo);
    }
    long diffHi = big.hi - h - (Long.compareUnsigned(big.lo, l) < 0 ? 1 : 0);
    return set(big.sign, big.exp, diffHi, big.lo - l);
  }

  /// this = a / b, bit by bit. Operands may be this.
  Wide div(Wide a, Wide b) {
    long remHi = a.hi;
    long remLo = a.lo;
    long dHi = b.hi;
    long dLo = b.lo;
    long qHi = 0;
    long qLo = 0;
    boolean carry = false;
    for (int i = 0; i < 128; i++) {
      qHi = qHi << 1 | qLo >>> 63;
      qLo <<= 1;
      int order = Long.compareUnsigned(remHi, dHi);
      if (carry || order > 0 || (order == 0 && Long.compareUnsigned(remLo, dLo) >= 0)) {
        remHi = remHi - dHi - (Long.compareUnsigned(remLo, dLo) < 0 ? 1 : 0);
        remLo -= dLo;
        qLo |= 1;
      }
      carry = remHi < 0;
      remHi = remHi << 1 | remLo >>> 63;
      remLo <<= 1;
    }
    return set(a.sign ^ b.sign, a.exp - b.exp, qHi, qLo);
  }

  /// this = c[0] + x * (c[1] + x * (c[2] + ...)). x must not be this.
  Wide polynomial(Wide[] c, Wide x) {
    set(c[c.length - 1]);
    for (int i = c.length - 2; i >= 0; i--) {
      mul(this, x);
      add(this, c[i]);
    }
    return this;
  }
}
