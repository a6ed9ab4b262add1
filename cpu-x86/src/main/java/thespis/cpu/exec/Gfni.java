package thespis.cpu.exec;

import static thespis.cpu.decode.SseOps.*;

/// Galois field instructions: bytes are elements of the field of AES. SDM Vol. 2A "GF2P8MULB", "GF2P8AFFINEQB",
/// "GF2P8AFFINEINVQB".
final class Gfni {
  private Gfni() {}

  /// Eight bytes; a matrix in `b` serves those bytes of `a` that stand over it.
  static long half(int op, long a, long b, int imm) {
    long r = 0;
    for (int i = 0; i < 64; i += 8) {
      int x = (int) (a >>> i) & 0xFF;
      long v = switch (op) {
        case GF2P8MULB -> Aes.multiply(x, (int) (b >>> i) & 0xFF);
        case GF2P8AFFINEQB -> affine(x, b, imm);
        default -> affine(x == 0 ? 0 : Aes.inverse(x), b, imm);
      };
      r |= v << i;
    }
    return r;
  }

  /// Bit i of the result comes from row 7 - i of the matrix.
  private static int affine(int x, long matrix, int imm) {
    int r = imm;
    for (int i = 0; i < 8; i++) {
      int row = (int) (matrix >>> 8 * (7 - i)) & 0xFF;
      r ^= (Integer.bitCount(row & x) & 1) << i;
    }
    return r;
  }
}
