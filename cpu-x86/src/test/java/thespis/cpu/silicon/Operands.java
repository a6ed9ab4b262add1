package thespis.cpu.silicon;

import java.util.SplittableRandom;

/// Operands that are likely to hurt: special values, the edges of each format, numbers close to each other, and plain
/// random bits. From a fixed seed.
public final class Operands {
  private final SplittableRandom random;

  public Operands(long seed) {
    random = new SplittableRandom(seed);
  }

  public int below(int n) {
    return random.nextInt(n);
  }

  public long bits() {
    return random.nextLong();
  }

  /// Bit patterns with long runs of zeros and ones.
  public long pattern() {
    return switch (random.nextInt(8)) {
      case 0 -> 0;
      case 1 -> -1L;
      case 2 -> 1L << random.nextInt(64);
      case 3 -> -1L << random.nextInt(64);
      case 4 -> -1L >>> random.nextInt(64);
      case 5 -> random.nextLong() & -1L << random.nextInt(64);
      case 6 -> (1L << random.nextInt(64)) + random.nextInt(-2, 3);
      default -> random.nextLong();
    };
  }

  public double real64() {
    return Double.longBitsToDouble(f64());
  }

  public long f64() {
    return real(52, 1023);
  }

  public int f32() {
    return (int) real(23, 127);
  }

  private long real(int width, int bias) {
    long sign = (long) random.nextInt(2) << (width + (width == 52 ? 11 : 8));
    long fraction = pattern() & (1L << width) - 1;
    if (random.nextInt(3) == 0) {
      fraction = (pattern() << (width - 5)) & (1L << width) - 1;
    }
    long max = 2L * bias + 1;
    long exp =
        switch (random.nextInt(12)) {
          case 0 -> 0;
          case 1 -> max;
          case 2 -> random.nextInt(1, 3);
          case 3 -> max - random.nextInt(1, 3);
          case 4 -> random.nextLong(0, max + 1);
          case 5 -> bias / 2 + random.nextInt(-3, 4);
          case 6 -> bias + bias / 2 + random.nextInt(-3, 4);
          case 7 -> bias + random.nextInt(-70, 71);
          default -> bias + random.nextInt(-3, 4);
        };
    return sign | exp << width | fraction;
  }

  private int se;

  /// Significand of an 80-bit number; its sign and exponent follow from {@link #se}.
  public long f80() {
    int sign = random.nextInt(2) << 15;
    long fraction = random.nextInt(4) == 0 ? pattern() << 52 : pattern();
    boolean integerBit = random.nextInt(40) != 0;
    int exp =
        switch (random.nextInt(14)) {
          case 0 -> 0;
          case 1 -> 0x7FFF;
          case 2 -> random.nextInt(1, 4);
          case 3 -> 0x7FFF - random.nextInt(1, 4);
          case 4 -> random.nextInt(0x8000);
          case 5 -> 0x2000 + random.nextInt(-3, 4);
          case 6 -> 0x6000 + random.nextInt(-3, 4);
          case 7 -> 0x3FFF + random.nextInt(-130, 131);
          case 8 -> 0x3FFF + (random.nextBoolean() ? 1 : -1) * (random.nextBoolean() ? 127 : 1023) + random.nextInt(-60, 4);
          default -> 0x3FFF + random.nextInt(-3, 4);
        };
    if (exp == 0) {
      integerBit = random.nextInt(8) == 0;
    }
    se = sign | exp;
    return integerBit ? fraction | Long.MIN_VALUE : fraction & Long.MAX_VALUE;
  }

  public int se() {
    return se;
  }
}
