package thespis.cpu.exec;

import static thespis.cpu.decode.SseOps.*;

import thespis.cpu.mmu.Mem;
import thespis.cpu.state.Cpu;

/// The SHA extensions. SDM Vol. 2B "SHA1RNDS4" and others by name; FIPS 180-4 "Functions", "SHA-1 Hash Computation". The
/// working variables stand from the highest dword down, the message from the lowest up in SHA-256 only.
final class Sha {
  private static final int[] K1 = {0x5A82_7999, 0x6ED9_EBA1, 0x8F1B_BCDC, 0xCA62_C1D6};

  private Sha() {}

  static void run(Cpu cpu, int op, long dst, long src, int imm) {
    int d0 = Mem.get32(dst);
    int d1 = Mem.get32(dst + 4);
    int d2 = Mem.get32(dst + 8);
    int d3 = Mem.get32(dst + 12);
    int s0 = Mem.get32(src);
    int s1 = Mem.get32(src + 4);
    int s2 = Mem.get32(src + 8);
    int s3 = Mem.get32(src + 12);
    switch (op) {
      case SHA1RNDS4 -> rounds1(dst, src, imm & 3);
      case SHA1NEXTE -> set(dst, s0, s1, s2, s3 + Integer.rotateLeft(d3, 30));
      case SHA1MSG1 -> set(dst, s2 ^ d0, s3 ^ d1, d0 ^ d2, d1 ^ d3);
      case SHA1MSG2 -> {
        int w16 = Integer.rotateLeft(d3 ^ s2, 1);
        int w17 = Integer.rotateLeft(d2 ^ s1, 1);
        int w18 = Integer.rotateLeft(d1 ^ s0, 1);
        set(dst, Integer.rotateLeft(d0 ^ w16, 1), w18, w17, w16);
      }
      case SHA256RNDS2 -> {
        long wk = Mem.get64(Vectors.xmm(cpu, 0));
        rounds256(dst, src, (int) wk, (int) (wk >>> 32));
      }
      case SHA256MSG1 -> set(dst, d0 + sigma(d1, 7, 18, 3), d1 + sigma(d2, 7, 18, 3), d2 + sigma(d3, 7, 18, 3),
          d3 + sigma(s0, 7, 18, 3));
      default -> {
        int w16 = d0 + sigma(s2, 17, 19, 10);
        int w17 = d1 + sigma(s3, 17, 19, 10);
        set(dst, w16, w17, d2 + sigma(w16, 17, 19, 10), d3 + sigma(w17, 17, 19, 10));
      }
    }
  }

  private static void set(long dst, int w0, int w1, int w2, int w3) {
    Vectors.set(dst, Lanes.pair(w0, w1), Lanes.pair(w2, w3));
  }

  /// The first word of the message has e added already.
  private static void rounds1(long dst, long src, int function) {
    int a = Mem.get32(dst + 12);
    int b = Mem.get32(dst + 8);
    int c = Mem.get32(dst + 4);
    int d = Mem.get32(dst);
    int e = 0;
    for (int i = 0; i < 4; i++) {
      int f = switch (function) {
        case 0 -> choose(b, c, d);
        case 2 -> majority(b, c, d);
        default -> b ^ c ^ d;
      };
      int next = f + Integer.rotateLeft(a, 5) + Mem.get32(src + 12 - 4 * i) + e + K1[function];
      e = d;
      d = c;
      c = Integer.rotateLeft(b, 30);
      b = a;
      a = next;
    }
    set(dst, d, c, b, a);
  }

  /// Two rounds; the words of the message have the constants added already.
  private static void rounds256(long dst, long src, int wk0, int wk1) {
    int a = Mem.get32(src + 12);
    int b = Mem.get32(src + 8);
    int c = Mem.get32(dst + 12);
    int d = Mem.get32(dst + 8);
    int e = Mem.get32(src + 4);
    int f = Mem.get32(src);
    int g = Mem.get32(dst + 4);
    int h = Mem.get32(dst);
    for (int i = 0; i < 2; i++) {
      int t = h + choose(e, f, g) + (i == 0 ? wk0 : wk1)
          + (Integer.rotateRight(e, 6) ^ Integer.rotateRight(e, 11) ^ Integer.rotateRight(e, 25));
      int u = majority(a, b, c)
          + (Integer.rotateRight(a, 2) ^ Integer.rotateRight(a, 13) ^ Integer.rotateRight(a, 22));
      h = g;
      g = f;
      f = e;
      e = d + t;
      d = c;
      c = b;
      b = a;
      a = t + u;
    }
    set(dst, f, e, b, a);
  }

  private static int choose(int x, int y, int z) {
    return x & y ^ ~x & z;
  }

  private static int majority(int x, int y, int z) {
    return x & y ^ x & z ^ y & z;
  }

  private static int sigma(int x, int rotate1, int rotate2, int shift) {
    return Integer.rotateRight(x, rotate1) ^ Integer.rotateRight(x, rotate2) ^ x >>> shift;
  }
}
