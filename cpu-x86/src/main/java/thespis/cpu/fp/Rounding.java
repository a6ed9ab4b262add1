package thespis.cpu.fp;

/// Rounds an unrounded result (see {@link Exact}) to a format and raises overflow, underflow and precision. SDM Vol. 1
/// "Rounding", "Numeric Overflow Exception (#O)", "Numeric Underflow Exception (#U)": x86 detects tininess after
/// rounding, and a masked underflow is reported only with loss of accuracy.
final class Rounding {
  /// Exponents of special answers in `e.exp`.
  static final int INFINITE = Integer.MAX_VALUE;

  /// Subnormal or zero: the significand is relative to the format's smallest exponent and its bit 63 is clear.
  static final int TINY = Integer.MIN_VALUE;

  private Rounding() {}

  /// Keeps `bits` bits of hi:lo. Returns the significand left-aligned and sets `e.exp`; an unmasked overflow or
  /// underflow moves the exponent by `wrap` as the x87 does for results that go to a register.
  static long round(FpEnv e, long hi, long lo, int bits, int emin, int emax, int wrap) {
    if (e.exp < emin) {
      return roundTiny(e, hi, lo, bits, emin, wrap);
    }
    long lost = bits == 64 ? lo : hi << bits | Exact.sticky(lo);
    if (lost == 0) {
      e.roundedUp = false;
      return e.exp > emax ? overflow(e, hi, bits, emax, wrap) : hi;
    }
    long ulp = 1L << -bits;
    long kept = hi & -ulp;
    e.flags |= FpEnv.PE;
    e.roundedUp = away(e, lost, (kept & ulp) != 0);
    if (e.roundedUp) {
      kept += ulp;
      if (kept == 0) {
        kept = Long.MIN_VALUE;
        e.exp++;
      }
    }
    return e.exp > emax ? overflow(e, kept, bits, emax, wrap) : kept;
  }

  /// True if a number with these lost bits (top-aligned) goes to the larger neighbour.
  static boolean away(FpEnv e, long lost, boolean odd) {
    return switch (e.rounding) {
      case FpEnv.NEAREST -> lost < 0 && (odd || lost != Long.MIN_VALUE);
      case FpEnv.DOWN -> e.sign != 0;
      case FpEnv.UP -> e.sign == 0;
      default -> false;
    };
  }

  private static long overflow(FpEnv e, long kept, int bits, int emax, int wrap) {
    e.flags |= FpEnv.OE;
    if (!e.masked(FpEnv.OE)) {
      e.exp -= wrap;
      return kept;
    }
    e.flags |= FpEnv.PE;
    e.roundedUp = e.rounding == FpEnv.NEAREST || (e.rounding == FpEnv.UP && e.sign == 0)
        || (e.rounding == FpEnv.DOWN && e.sign != 0);
    if (e.roundedUp) {
      e.exp = INFINITE;
      return Long.MIN_VALUE;
    }
    e.exp = emax;
    return -(1L << -bits);
  }

  private static long roundTiny(FpEnv e, long hi, long lo, int bits, int emin, int wrap) {
    long ulp = 1L << -bits;
    boolean tiny = e.exp < emin - 1 || !carries(e, hi, lo, bits, ulp);
    e.tiny = tiny;
    if (tiny && !e.masked(FpEnv.UE)) {
      e.exp += wrap;
      long kept = round(e, hi, lo, bits, Integer.MIN_VALUE + 1, Integer.MAX_VALUE - 1, 0);
      e.flags |= FpEnv.UE;
      return kept;
    }
    int n = emin - e.exp;
    long h;
    long l;
    if (n < 64) {
      h = hi >>> n;
      l = hi << -n | lo >>> n | Exact.sticky(lo << -n);
    } else if (n < 128) {
      h = 0;
      l = n == 64 ? hi | Exact.sticky(lo) : hi >>> n | Exact.sticky(hi << -n | lo);
    } else {
      h = 0;
      l = 1;
    }
    long lost = bits == 64 ? l : h << bits | Exact.sticky(l);
    long kept = h & -ulp;
    e.roundedUp = false;
    if (lost != 0) {
      e.flags |= tiny ? FpEnv.UE | FpEnv.PE : FpEnv.PE;
      e.roundedUp = away(e, lost, (kept & ulp) != 0);
      if (e.roundedUp) {
        kept += ulp;
      }
    }
    e.exp = kept < 0 ? emin : TINY;
    return kept;
  }

  /// Would rounding with an unbounded exponent reach the next power of two?
  private static boolean carries(FpEnv e, long hi, long lo, int bits, long ulp) {
    long lost = bits == 64 ? lo : hi << bits | Exact.sticky(lo);
    return (hi & -ulp) == -ulp && lost != 0 && away(e, lost, true);
  }
}
