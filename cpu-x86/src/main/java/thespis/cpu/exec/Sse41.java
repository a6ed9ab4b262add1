package thespis.cpu.exec;

import static thespis.cpu.decode.SseOps.*;

import thespis.cpu.decode.Op;
import thespis.cpu.mmu.Mem;
import thespis.cpu.state.Cpu;

/// SSE4.1 but for its lane operations: blends, widening moves, insertions and extractions, PTEST, PHMINPOSUW, MPSADBW;
/// and AMD's SSE4A bit fields. SDM Vol. 2A and 2B by name, AMD64 APM Vol. 4 "EXTRQ", "INSERTQ".
final class Sse41 {
  private Sse41() {}

  static int run(Cpu cpu, long p, int op) {
    Vectors.require(cpu, p);
    if (op >= PMOVSXBW && op <= PMOVZXDQ) {
      widen(cpu, p, op);
    } else if (op >= EXTRQ_IMM) {
      bitField(cpu, p, op);
    } else if (op >= PEXTRB && op <= EXTRACTPS) {
      extract(cpu, p, op);
    } else if (op >= PINSRB && op <= PINSRD) {
      insert(cpu, p, op);
    } else {
      vector(cpu, p, op);
    }
    return Flow.NEXT;
  }

  private static void vector(Cpu cpu, long p, int op) {
    long src = op == MOVNTDQA ? Vectors.sourceAligned(cpu, p) : Vectors.source(cpu, p);
    long first = Vectors.first(cpu, p);
    long dst = Vectors.dst(cpu, p);
    int imm = (int) Op.imm(p) & 0xFF;
    int bytes = Vectors.bytes(p);
    if (op == PTEST) {
      test(cpu, first, src, bytes);
      return;
    }
    long mask = Vectors.xmm(cpu, Vectors.isVex(p) ? imm >>> 4 & (cpu.code64() ? 15 : 7) : 0);
    for (int at = 0; at < bytes; at += 16) {
      lane(op, dst + at, first + at, src + at, mask + at, at == 0 || op == PBLENDW ? imm : upper(op, imm));
    }
  }

  /// The part of the immediate that is the upper lane's.
  private static int upper(int op, int imm) {
    return switch (op) {
      case BLENDPS -> imm >>> 4;
      case BLENDPD -> imm >>> 2;
      default -> imm >>> 3;
    };
  }

  private static void lane(int op, long dst, long a, long b, long mask, int imm) {
    long a0 = Mem.get64(a);
    long a1 = Mem.get64(a + 8);
    long b0 = Mem.get64(b);
    long b1 = Mem.get64(b + 8);
    switch (op) {
      case PBLENDVB -> blend(dst, a0, a1, b0, b1, byteMask(Mem.get64(mask)), byteMask(Mem.get64(mask + 8)));
      case BLENDVPS -> blend(dst, a0, a1, b0, b1, dwordMask(Mem.get64(mask)), dwordMask(Mem.get64(mask + 8)));
      case BLENDVPD -> blend(dst, a0, a1, b0, b1, Mem.get64(mask) >> 63, Mem.get64(mask + 8) >> 63);
      case BLENDPS -> blend(dst, a0, a1, b0, b1, chosen(imm, 2, 32), chosen(imm >>> 2, 2, 32));
      case BLENDPD -> blend(dst, a0, a1, b0, b1, -(imm & 1L), -(imm >>> 1 & 1L));
      case PBLENDW -> blend(dst, a0, a1, b0, b1, chosen(imm, 4, 16), chosen(imm >>> 4, 4, 16));
      case PHMINPOSUW -> smallestWord(dst, b0, b1);
      case MPSADBW -> sumsOfDifferences(dst, a0, a1, (imm & 2) == 0 ? b0 : b1, imm);
      case MOVNTDQA -> Vectors.set(dst, b0, b1);
      default -> throw new IllegalStateException("not an SSE4.1 operation: 0x" + Integer.toHexString(op));
    }
  }

  private static void test(Cpu cpu, long a, long b, int bytes) {
    long both = 0;
    long only = 0;
    for (int at = 0; at < bytes; at += 8) {
      both |= Mem.get64(a + at) & Mem.get64(b + at);
      only |= ~Mem.get64(a + at) & Mem.get64(b + at);
    }
    Flags.setArithmetic(cpu, (both == 0 ? Cpu.ZF : 0) | (only == 0 ? Cpu.CF : 0));
  }

  private static void blend(long dst, long a0, long a1, long b0, long b1, long m0, long m1) {
    Vectors.set(dst, a0 & ~m0 | b0 & m0, a1 & ~m1 | b1 & m1);
  }

  private static long byteMask(long v) {
    return (v >>> 7 & 0x0101_0101_0101_0101L) * 0xFF;
  }

  private static long dwordMask(long v) {
    return Lanes.pair((int) v >> 31, (int) (v >>> 32) >> 31);
  }

  /// A lane of ones for each set bit.
  private static long chosen(int bits, int lanes, int width) {
    long r = 0;
    for (int i = 0; i < lanes; i++) {
      if ((bits >>> i & 1) != 0) {
        r |= ((1L << width) - 1) << width * i;
      }
    }
    return r;
  }

  private static void smallestWord(long dst, long b0, long b1) {
    int best = 0xFFFF;
    int at = 0;
    for (int i = 7; i >= 0; i--) {
      int v = (int) ((i < 4 ? b0 : b1) >>> 16 * (i & 3)) & 0xFFFF;
      if (v <= best) {
        best = v;
        at = i;
      }
    }
    Vectors.set(dst, best | (long) at << 16, 0);
  }

  /// Eight sums: four bytes of the source against four at each of eight places of the destination.
  private static void sumsOfDifferences(long dst, long a0, long a1, long b, int imm) {
    int block = (int) (b >>> 32 * (imm & 1));
    long lo = 0;
    long hi = 0;
    for (int i = 0; i < 8; i++) {
      int at = i + (imm & 4);
      int sum = 0;
      for (int k = 0; k < 4; k++) {
        int n = at + k;
        int v = (int) ((n < 8 ? a0 : a1) >>> 8 * (n & 7)) & 0xFF;
        sum += Math.abs(v - (block >>> 8 * k & 0xFF));
      }
      if (i < 4) {
        lo |= (long) sum << 16 * i;
      } else {
        hi |= (long) sum << 16 * (i - 4);
      }
    }
    Vectors.set(dst, lo, hi);
  }

  /// PMOVSX and PMOVZX: the lower lanes of the source, each to a wider one.
  private static void widen(Cpu cpu, long p, int op) {
    boolean signed = op < PMOVZXBW;
    int kind = signed ? op - PMOVSXBW : op - PMOVZXBW; // BW BD BQ WD WQ DQ
    int from = kind < 3 ? 8 : kind < 5 ? 16 : 32;
    int to = kind == 0 ? 16 : kind == 1 || kind == 3 ? 32 : 64;
    long temp = cpu.st + Cpu.VECTOR_TEMP;
    int needed = from * Vectors.bytes(p) / to;
    if (needed == 16) {
      Vectors.copy(Vectors.source(cpu, p, 16), temp, 16); // the destination may be the source
    } else {
      Mem.put64(temp, switch (needed) {
        case 8 -> Vectors.source64(cpu, p);
        case 4 -> Vectors.source32(cpu, p);
        default -> Vectors.source16(cpu, p);
      });
    }
    int lanes = 64 / to;
    long dst = Vectors.dst(cpu, p);
    for (int at = 0; at < Vectors.bytes(p); at += 8) {
      int bit = at / 8 * lanes * from;
      Mem.put64(dst + at, widened(Mem.get64(temp + bit / 64 * 8) >>> bit % 64, from, to, lanes, signed));
    }
  }

  private static long widened(long v, int from, int to, int lanes, boolean signed) {
    long r = 0;
    for (int i = 0; i < lanes; i++) {
      long lane = v << 64 - from - from * i;
      lane = signed ? lane >> 64 - from : lane >>> 64 - from;
      r |= (to == 64 ? lane : lane & (1L << to) - 1) << to * i;
    }
    return r;
  }

  private static void extract(Cpu cpu, long p, int op) {
    long src = Vectors.xmm(cpu, Op.src(p));
    int imm = (int) Op.imm(p);
    long v =
        switch (op) {
          case PEXTRB -> Mem.get8(src + (imm & 15)) & 0xFF;
          case PEXTRW_MEM -> Mem.get16(src + 2 * (imm & 7)) & 0xFFFF;
          case EXTRACTPS -> Mem.get32(src + 4 * (imm & 3));
          default -> Op.size(p) == 3 ? Mem.get64(src + 8 * (imm & 1)) : Mem.get32(src + 4 * (imm & 3));
        };
    Operands.setDst(cpu, p, v);
  }

  private static void insert(Cpu cpu, long p, int op) {
    long dst = Vectors.dst(cpu, p);
    long first = Vectors.first(cpu, p);
    int imm = (int) Op.imm(p) & 0xFF;
    switch (op) {
      case PINSRB -> {
        long v = Operands.src(cpu, p);
        Vectors.copy(first, dst, 16);
        Mem.put8(dst + (imm & 15), (byte) v);
      }
      case PINSRD -> {
        long v = Operands.src(cpu, p);
        Vectors.copy(first, dst, 16);
        if (Op.srcSize(p) == 3) {
          Mem.put64(dst + 8 * (imm & 1), v);
        } else {
          Mem.put32(dst + 4 * (imm & 3), (int) v);
        }
      }
      default -> {
        int v = Op.srcKind(p) == Op.KIND_REG ? Mem.get32(Vectors.xmm(cpu, Op.src(p)) + 4 * (imm >>> 6))
            : Vectors.source32(cpu, p);
        Vectors.copy(first, dst, 16);
        Mem.put32(dst + 4 * (imm >>> 4 & 3), v);
        for (int i = 0; i < 4; i++) {
          if ((imm >>> i & 1) != 0) {
            Mem.put32(dst + 4 * i, 0);
          }
        }
      }
    }
  }

  /// A length of 0 means 64; the upper half is undefined, processors clear it.
  private static void bitField(Cpu cpu, long p, int op) {
    long dst = Vectors.dst(cpu, p);
    int length;
    int index;
    if (op == EXTRQ_IMM || op == INSERTQ_IMM) {
      length = (int) Op.imm(p) & 0x3F;
      index = (int) (Op.imm(p) >>> (op == EXTRQ_IMM ? 16 : 8)) & 0x3F;
    } else {
      long control = Mem.get64(Vectors.xmm(cpu, Op.src(p)) + (op == INSERTQ ? 8 : 0));
      length = (int) control & 0x3F;
      index = (int) (control >>> 8) & 0x3F;
    }
    long ones = length == 0 ? -1L : (1L << length) - 1;
    if (op == EXTRQ_IMM || op == EXTRQ) {
      Vectors.set(dst, Mem.get64(dst) >>> index & ones, 0);
    } else {
      long field = (Mem.get64(Vectors.xmm(cpu, Op.src(p))) & ones) << index;
      Vectors.set(dst, Mem.get64(dst) & ~(ones << index) | field, 0);
    }
  }
}
