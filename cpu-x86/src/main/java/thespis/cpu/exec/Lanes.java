package thespis.cpu.exec;

/// Values in lanes of a 64-bit half. Additions of narrow lanes are done all at once: without the top bits no carry can
/// leave a lane, and these are put right by an exclusive or.
final class Lanes {
  private static final long BYTE_TOPS = 0x8080_8080_8080_8080L;
  private static final long WORD_TOPS = 0x8000_8000_8000_8000L;

  private Lanes() {}

  static long pair(int lo, int hi) {
    return lo & 0xFFFF_FFFFL | (long) hi << 32;
  }

  static long addBytes(long a, long b) {
    return (a & ~BYTE_TOPS) + (b & ~BYTE_TOPS) ^ (a ^ b) & BYTE_TOPS;
  }

  static long addWords(long a, long b) {
    return (a & ~WORD_TOPS) + (b & ~WORD_TOPS) ^ (a ^ b) & WORD_TOPS;
  }

  static long subBytes(long a, long b) {
    return (a | BYTE_TOPS) - (b & ~BYTE_TOPS) ^ (a ^ ~b) & BYTE_TOPS;
  }

  static long subWords(long a, long b) {
    return (a | WORD_TOPS) - (b & ~WORD_TOPS) ^ (a ^ ~b) & WORD_TOPS;
  }

  /// A lane of the difference is zero exactly if neither its top bit nor the sum of the rest with all ones shows one.
  static long equalBytes(long a, long b) {
    long d = a ^ b;
    long zero = ~((d & ~BYTE_TOPS) + ~BYTE_TOPS | d) & BYTE_TOPS;
    return (zero >>> 7) * 0xFF;
  }

  static long equalWords(long a, long b) {
    long d = a ^ b;
    long zero = ~((d & ~WORD_TOPS) + ~WORD_TOPS | d) & WORD_TOPS;
    return (zero >>> 15) * 0xFFFF;
  }

  static long sumOfDifferences(long a, long b) {
    int sum = 0;
    for (int i = 0; i < 64; i += 8) {
      sum += Math.abs((int) (a >>> i & 0xFF) - (int) (b >>> i & 0xFF));
    }
    return sum;
  }

  static int saturateByte(int v) {
    return Math.max(-128, Math.min(127, v));
  }

  static int saturateUnsignedByte(int v) {
    return Math.max(0, Math.min(255, v));
  }

  static int saturateWord(int v) {
    return Math.max(-32768, Math.min(32767, v));
  }

  static int saturateUnsignedWord(int v) {
    return Math.max(0, Math.min(65535, v));
  }
}
