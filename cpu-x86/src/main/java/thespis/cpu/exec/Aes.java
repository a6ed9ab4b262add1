package thespis.cpu.exec;

/// The steps of AES on halves of the state: two columns, the lowest byte first. FIPS 197 "Algorithm Specification"; the
/// S-box is computed from its definition, the inverse in GF(2^8) followed by an affine transformation.
final class Aes {
  private static final byte[] SBOX = new byte[256];
  private static final byte[] INVERSE_SBOX = new byte[256];

  static {
    for (int i = 0; i < 256; i++) {
      int x = i == 0 ? 0 : inverse(i);
      int s = x ^ rotate(x, 1) ^ rotate(x, 2) ^ rotate(x, 3) ^ rotate(x, 4) ^ 0x63;
      SBOX[i] = (byte) s;
      INVERSE_SBOX[s] = (byte) i;
    }
  }

  private Aes() {}

  private static int rotate(int v, int n) {
    return (v << n | v >>> 8 - n) & 0xFF;
  }

  static int inverse(int v) {
    for (int i = 1; i < 256; i++) {
      if (multiply(v, i) == 1) {
        return i;
      }
    }
    throw new IllegalStateException("no inverse of " + v);
  }

  /// In GF(2^8) modulo x^8 + x^4 + x^3 + x + 1.
  static int multiply(int a, int b) {
    int r = 0;
    int x = a;
    for (int n = b; n != 0; n >>= 1) {
      if ((n & 1) != 0) {
        r ^= x;
      }
      x = x << 1 ^ (x & 0x80) * 0x11B >>> 7;
    }
    return r & 0xFF;
  }

  /// ShiftRows and SubBytes: the columns of `own` after both; row r of column c comes from column c + r.
  static long encryptHalf(long own, long other) {
    return shifted(own, other, 1, SBOX);
  }

  /// InvShiftRows and InvSubBytes: from column c - r.
  static long decryptHalf(long own, long other) {
    return shifted(own, other, -1, INVERSE_SBOX);
  }

  private static long shifted(long own, long other, int direction, byte[] box) {
    long r = 0;
    for (int c = 0; c < 2; c++) {
      for (int row = 0; row < 4; row++) {
        int column = c + direction * row & 3;
        long half = column < 2 ? own : other;
        int v = (int) (half >>> 32 * (column & 1) + 8 * row) & 0xFF;
        r |= (box[v] & 0xFFL) << 32 * c + 8 * row;
      }
    }
    return r;
  }

  /// Doubles each byte in the field.
  private static long twice(long v) {
    long tops = v >>> 7 & 0x0101_0101_0101_0101L;
    return (v & 0x7F7F_7F7F_7F7F_7F7FL) << 1 ^ tops * 0x1B;
  }

  /// Each column rotated by bytes, both columns at once.
  private static long rotated(long v, int bytes) {
    return Lanes.pair(Integer.rotateRight((int) v, 8 * bytes), Integer.rotateRight((int) (v >>> 32), 8 * bytes));
  }

  static long mixColumns(long v) {
    long next = rotated(v, 1);
    return twice(v ^ next) ^ next ^ rotated(v, 2) ^ rotated(v, 3);
  }

  /// The inverse matrix is MixColumns times the circulant of 5 0 4 0.
  static long inverseMixColumns(long v) {
    long four = twice(twice(v ^ rotated(v, 2)));
    return mixColumns(v ^ four);
  }

  /// AESKEYGENASSIST of one odd dword: SubWord, and RotWord of it with the round constant.
  static long keyHalf(int v, int rcon) {
    int s = 0;
    for (int i = 0; i < 32; i += 8) {
      s |= (SBOX[v >>> i & 0xFF] & 0xFF) << i;
    }
    return Lanes.pair(s, Integer.rotateRight(s, 8) ^ rcon);
  }
}
