package thespis.cpu.exec;

import thespis.cpu.decode.Op;
import thespis.cpu.decode.SseOps;
import thespis.cpu.mmu.Mem;
import thespis.cpu.state.Cpu;
import thespis.cpu.state.CpuFeatures.Word;

/// 3DNow! and its extensions: opcode 0F 0F, told apart by the byte behind the operands. Pairs of single-precision numbers
/// in MMX registers, without infinities, denormals, NaNs and exceptions. AMD64 APM Vol. 5 "64-Bit Media Instruction
/// Reference". The reciprocal and the reciprocal square root are computed as exactly as the format allows, as in QEMU, so
/// the steps that refine an estimate hand their source on.
final class ThreeDNow {
  private static final int EXTENSIONS = 30;
  private static final int EXPONENT = 0x7F80_0000;
  private static final int SIGN = 0x8000_0000;
  private static final int LARGEST = 0x7F7F_FFFF;

  private ThreeDNow() {}

  static int run(Cpu cpu, long p) {
    int suffix = (int) Op.imm(p) & 0xFF;
    boolean extension = switch (suffix) {
      case 0x0C, 0x1C, 0x8A, 0x8E, 0xBB -> true;
      default -> false;
    };
    if (!known(suffix) || extension && !cpu.features.has(Word.X1_EDX, EXTENSIONS)) {
      throw cpu.ud();
    }
    Vectors.requireMmx(cpu);
    long src = Vectors.mmxSource(cpu, p);
    Vectors.enterMmx(cpu);
    int n = Op.dst(p);
    Vectors.setMmx(cpu, n, pair(suffix, Mem.get64(Vectors.mmx(cpu, n)), src));
    return Flow.NEXT;
  }

  private static boolean known(int suffix) {
    return switch (suffix) {
      case 0x0C, 0x0D, 0x1C, 0x1D, 0x8A, 0x8E, 0x90, 0x94, 0x96, 0x97, 0x9A, 0x9E, 0xA0, 0xA4, 0xA6, 0xA7, 0xAA, 0xAE,
          0xB0, 0xB4, 0xB6, 0xB7, 0xBB, 0xBF -> true;
      default -> false;
    };
  }

  /// Destination `a`, source `b`.
  private static long pair(int suffix, long a, long b) {
    int a0 = (int) a;
    int a1 = (int) (a >>> 32);
    int b0 = (int) b;
    int b1 = (int) (b >>> 32);
    return switch (suffix) {
      case 0x8A -> Lanes.pair(number(value(a0) - value(a1)), number(value(b0) - value(b1))); // PFNACC
      case 0x8E -> Lanes.pair(number(value(a0) - value(a1)), number(value(b0) + value(b1))); // PFPNACC
      case 0xAE -> Lanes.pair(number(value(a0) + value(a1)), number(value(b0) + value(b1))); // PFACC
      case 0x96 -> both(reciprocal(b0)); // PFRCP
      case 0x97 -> both(reciprocalRoot(b0)); // PFRSQRT
      case 0xA6, 0xA7, 0xB6 -> b; // PFRCPIT1, PFRSQIT1, PFRCPIT2
      case 0xBB -> Lanes.pair(b1, b0); // PSWAPD
      case 0xBF -> Packed.lanes(SseOps.PAVGB, a, b); // PAVGUSB
      case 0xB7 -> roundedProducts(a, b); // PMULHRW
      default -> Lanes.pair(lane(suffix, a0, b0), lane(suffix, a1, b1));
    };
  }

  private static int lane(int suffix, int a, int b) {
    return switch (suffix) {
      case 0x0C -> number((short) b); // PI2FW
      case 0x0D -> truncated(b); // PI2FD
      case 0x1C -> Math.clamp((int) value(b), Short.MIN_VALUE, Short.MAX_VALUE); // PF2IW
      case 0x1D -> (int) value(b); // PF2ID: Java's conversion truncates and saturates as well
      case 0x90 -> value(a) >= value(b) ? -1 : 0; // PFCMPGE
      case 0x94 -> value(a) < value(b) ? number(value(a)) : number(value(b)); // PFMIN
      case 0x9A -> number(value(a) - value(b)); // PFSUB
      case 0x9E -> number(value(a) + value(b)); // PFADD
      case 0xA0 -> value(a) > value(b) ? -1 : 0; // PFCMPGT
      case 0xA4 -> value(a) > value(b) ? number(value(a)) : number(value(b)); // PFMAX
      case 0xAA -> number(value(b) - value(a)); // PFSUBR
      case 0xB0 -> value(a) == value(b) ? -1 : 0; // PFCMPEQ
      case 0xB4 -> number(value(a) * value(b)); // PFMUL
      default -> throw new IllegalStateException("no 3DNow! operation: 0x" + Integer.toHexString(suffix));
    };
  }

  private static long both(int v) {
    return Lanes.pair(v, v);
  }

  /// Denormals count as zero of their sign.
  private static float value(int bits) {
    return Float.intBitsToFloat((bits & EXPONENT) == 0 ? bits & SIGN : bits);
  }

  /// Too large becomes the largest of its sign, too small becomes zero.
  private static int number(float v) {
    int bits = Float.floatToRawIntBits(v);
    return switch (bits & EXPONENT) {
      case 0 -> bits & SIGN;
      case EXPONENT -> Float.isNaN(v) ? bits : bits & SIGN | LARGEST;
      default -> bits;
    };
  }

  /// Towards zero, where a float rounds to the nearest.
  private static int truncated(int v) {
    float f = v;
    boolean beyond = v >= 0 ? (double) f > v : (double) f < v;
    return Float.floatToRawIntBits(beyond ? Math.copySign(Math.nextDown(Math.abs(f)), f) : f);
  }

  private static int reciprocal(int bits) {
    return number(1 / value(bits));
  }

  /// Of the magnitude, with the operand's sign.
  private static int reciprocalRoot(int bits) {
    float magnitude = Math.abs(value(bits));
    return number((float) (1 / Math.sqrt(magnitude))) | bits & SIGN;
  }

  private static long roundedProducts(long a, long b) {
    long r = 0;
    for (int i = 0; i < 64; i += 16) {
      r |= ((short) (a >>> i) * (short) (b >>> i) + 0x8000 >>> 16 & 0xFFFFL) << i;
    }
    return r;
  }
}
