package thespis.cpu.exec;

import static thespis.cpu.decode.SseOps.*;

import thespis.cpu.decode.Op;
import thespis.cpu.mmu.Mem;
import thespis.cpu.state.Cpu;

/// The string comparisons of SSE4.2, AES-NI, PCLMULQDQ, and the way to {@link Sha} and {@link Gfni}. SDM
/// Vol. 2B "Imm8 Control Byte Operation for PCMPESTRI/PCMPESTRM/PCMPISTRI/PCMPISTRM", "PCMPESTRI" and others by name.
final class Sse42 {
  private Sse42() {}

  static int run(Cpu cpu, long p, int op) {
    Vectors.require(cpu, p);
    if (op > PCMPISTRI) {
      crypto(cpu, p, op);
    } else {
      long src = Vectors.sourceUnaligned(cpu, p);
      strings(cpu, p, op, src);
    }
    return Flow.NEXT;
  }

  private static void strings(Cpu cpu, long p, int op, long b) {
    int imm = (int) Op.imm(p) & 0xFF;
    long a = Vectors.dst(cpu, p);
    boolean words = (imm & 1) != 0;
    int lanes = words ? 8 : 16;
    boolean explicit = op == PCMPESTRM || op == PCMPESTRI;
    boolean wide = (Op.prefixes(p) & Op.PREFIX_REX_W) != 0;
    int aLength = explicit ? length(cpu, Cpu.RAX, lanes, wide) : terminator(a, imm, lanes);
    int bLength = explicit ? length(cpu, Cpu.RDX, lanes, wide) : terminator(b, imm, lanes);
    int valid = (1 << bLength) - 1;
    int all = (1 << lanes) - 1;
    int result = aggregate(a, aLength, b, bLength, imm, lanes);
    if ((imm & 0x10) != 0) {
      result ^= (imm & 0x20) != 0 ? valid : all;
    }
    int flags = (result != 0 ? Cpu.CF : 0) | (bLength < lanes ? Cpu.ZF : 0) | (aLength < lanes ? Cpu.SF : 0)
        | ((result & 1) != 0 ? Cpu.OF : 0);
    if (op == PCMPESTRI || op == PCMPISTRI) {
      int index = result == 0 ? lanes
          : (imm & 0x40) != 0 ? 31 - Integer.numberOfLeadingZeros(result) : Integer.numberOfTrailingZeros(result);
      cpu.setReg(Cpu.RCX, index);
    } else if ((imm & 0x40) == 0) {
      Vectors.set(Vectors.xmm(cpu, 0), result, 0);
    } else {
      Vectors.set(Vectors.xmm(cpu, 0), mask(result, words), mask(result >>> lanes / 2, words));
    }
    if (Vectors.isVex(p) && (op == PCMPESTRM || op == PCMPISTRM)) {
      Vectors.set(Vectors.xmm(cpu, 0) + 16, 0, 0);
    }
    Flags.setArithmetic(cpu, flags);
  }

  /// Lanes of ones for the low bits.
  private static long mask(int bits, boolean words) {
    long r = 0;
    int width = words ? 16 : 8;
    for (int i = 0; i < 64 / width; i++) {
      if ((bits >>> i & 1) != 0) {
        r |= (1L << width) - 1 << width * i;
      }
    }
    return r;
  }

  /// |EAX| or |EDX|, not more than there are lanes.
  private static int length(Cpu cpu, int reg, int lanes, boolean wide) {
    long v = wide ? cpu.reg(reg) : (int) cpu.reg(reg);
    return v <= -lanes || v >= lanes ? lanes : (int) Math.abs(v);
  }

  private static int terminator(long at, int imm, int lanes) {
    for (int i = 0; i < lanes; i++) {
      if (lane(at, i, imm) == 0) {
        return i;
      }
    }
    return lanes;
  }

  private static int lane(long at, int i, int imm) {
    return switch (imm & 3) {
      case 0 -> Mem.get8(at + i) & 0xFF;
      case 1 -> Mem.get16(at + 2 * i) & 0xFFFF;
      case 2 -> Mem.get8(at + i);
      default -> Mem.get16(at + 2 * i);
    };
  }

  /// IntRes1: one bit for each lane of b.
  private static int aggregate(long a, int aLength, long b, int bLength, int imm, int lanes) {
    int r = 0;
    switch (imm >>> 2 & 3) {
      case 0 -> { // equal any
        for (int j = 0; j < bLength; j++) {
          for (int i = 0; i < aLength; i++) {
            if (lane(a, i, imm) == lane(b, j, imm)) {
              r |= 1 << j;
            }
          }
        }
      }
      case 1 -> { // ranges
        for (int j = 0; j < bLength; j++) {
          int v = lane(b, j, imm);
          for (int i = 0; i + 1 < aLength; i += 2) {
            if (lane(a, i, imm) <= v && v <= lane(a, i + 1, imm)) {
              r |= 1 << j;
            }
          }
        }
      }
      case 2 -> { // equal each
        for (int j = 0; j < lanes; j++) {
          boolean inA = j < aLength;
          boolean inB = j < bLength;
          if (inA && inB ? lane(a, j, imm) == lane(b, j, imm) : !inA && !inB) {
            r |= 1 << j;
          }
        }
      }
      default -> { // equal ordered
        for (int j = 0; j < lanes; j++) {
          boolean match = true;
          for (int i = 0; i < aLength && j + i < lanes && match; i++) {
            match = j + i < bLength && lane(a, i, imm) == lane(b, j + i, imm);
          }
          if (match) {
            r |= 1 << j;
          }
        }
      }
    }
    return r;
  }

  private static void crypto(Cpu cpu, long p, int op) {
    int bytes = Vectors.bytes(p);
    long src = Vectors.source(cpu, p);
    long first = Vectors.first(cpu, p);
    long dst = Vectors.dst(cpu, p);
    int imm = (int) Op.imm(p) & 0xFF;
    if (op >= SHA1RNDS4 && op <= SHA256MSG2) {
      Sha.run(cpu, op, dst, src, imm);
      return;
    }
    for (int at = 0; at < bytes; at += 16) {
      lane(op, dst + at, first + at, src + at, imm);
    }
  }

  private static void lane(int op, long dst, long a, long b, int imm) {
    long b0 = Mem.get64(b);
    long b1 = Mem.get64(b + 8);
    long a0 = Mem.get64(a);
    long a1 = Mem.get64(a + 8);
    switch (op) {
      case AESIMC -> Vectors.set(dst, Aes.inverseMixColumns(b0), Aes.inverseMixColumns(b1));
      case AESENC -> Vectors.set(dst, Aes.mixColumns(Aes.encryptHalf(a0, a1)) ^ b0,
          Aes.mixColumns(Aes.encryptHalf(a1, a0)) ^ b1);
      case AESENCLAST -> Vectors.set(dst, Aes.encryptHalf(a0, a1) ^ b0, Aes.encryptHalf(a1, a0) ^ b1);
      case AESDEC -> Vectors.set(dst, Aes.inverseMixColumns(Aes.decryptHalf(a0, a1)) ^ b0,
          Aes.inverseMixColumns(Aes.decryptHalf(a1, a0)) ^ b1);
      case AESDECLAST -> Vectors.set(dst, Aes.decryptHalf(a0, a1) ^ b0, Aes.decryptHalf(a1, a0) ^ b1);
      case AESKEYGENASSIST -> Vectors.set(dst, Aes.keyHalf((int) (b0 >>> 32), imm), Aes.keyHalf((int) (b1 >>> 32), imm));
      case PCLMULQDQ -> carryless(dst, (imm & 1) == 0 ? a0 : a1, (imm & 16) == 0 ? b0 : b1);
      default -> Vectors.set(dst, Gfni.half(op, a0, b0, imm), Gfni.half(op, a1, b1, imm));
    }
  }

  private static void carryless(long dst, long a, long b) {
    long lo = 0;
    long hi = 0;
    for (int i = 0; i < 64; i++) {
      if ((b >>> i & 1) != 0) {
        lo ^= a << i;
        hi ^= i == 0 ? 0 : a >>> 64 - i;
      }
    }
    Vectors.set(dst, lo, hi);
  }
}
