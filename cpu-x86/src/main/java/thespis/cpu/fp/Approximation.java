package thespis.cpu.fp;

/// RCPPS and RSQRTPS. SDM Vol. 2B "RCPPS", "RSQRTPS": the relative error may be 1.5 * 2^-12, no exception is raised,
/// denormal operands count as zeros and tiny results become zeros. Processors differ within the allowed error; here the
/// results are correctly rounded, as QEMU's are.
public final class Approximation {
  private static final int INFINITY = 0x7F80_0000;
  private static final int SIGN = Integer.MIN_VALUE;
  private static final int QUIET = 0x0040_0000;
  private static final int INDEFINITE = 0xFFC0_0000;

  private Approximation() {}

  public static int reciprocal(int a) {
    int magnitude = a & ~SIGN;
    if (magnitude > INFINITY) {
      return a | QUIET;
    }
    if (magnitude < 1 << 23) {
      return a & SIGN | INFINITY;
    }
    int r = Float.floatToRawIntBits(1.0f / Float.intBitsToFloat(a));
    return (r & INFINITY) == 0 ? r & SIGN : r;
  }

  public static int reciprocalRoot(int a) {
    int magnitude = a & ~SIGN;
    if (magnitude > INFINITY) {
      return a | QUIET;
    }
    if (magnitude < 1 << 23) {
      return a & SIGN | INFINITY;
    }
    if (a < 0) {
      return INDEFINITE;
    }
    return Float.floatToRawIntBits((float) (1.0 / Math.sqrt(Float.intBitsToFloat(a))));
  }
}
