package thespis.cpu.exec;

import static thespis.cpu.decode.AvxOps.*;

import thespis.cpu.decode.Op;
import thespis.cpu.fp.Float16;
import thespis.cpu.fp.FpEnv;
import thespis.cpu.mmu.Mem;
import thespis.cpu.state.Cpu;

/// What AVX, AVX2 and F16C add to the SSE operations without a mask: broadcasts, permutations over the whole register,
/// shifts with a count for each lane, VZEROUPPER, half precision. SDM Vol. 2C by name.
final class Avx {
  private Avx() {}

  static int run(Cpu cpu, long p, int op) {
    Vectors.require(cpu, p);
    switch (op) {
      case VBROADCASTB, VBROADCASTW, VBROADCASTD, VBROADCASTQ, VBROADCAST128 -> broadcast(cpu, p, op);
      case VINSERT128 -> {
        long src = Vectors.source(cpu, p, 16);
        long r = Vectors.result(cpu);
        Vectors.copy(Vectors.first(cpu, p), r, 32);
        Vectors.copy(src, r + 16 * (Op.imm(p) & 1), 16);
        Vectors.commit(cpu, p);
      }
      case VEXTRACT128 -> narrow(cpu, p, Vectors.xmm(cpu, Op.src(p)) + 16 * (Op.imm(p) & 1), 16);
      case VPERM2X128 -> {
        long src = Vectors.source(cpu, p);
        long r = Vectors.result(cpu);
        half(r, Vectors.first(cpu, p), src, (int) Op.imm(p));
        half(r + 16, Vectors.first(cpu, p), src, (int) Op.imm(p) >> 4);
        Vectors.commit(cpu, p);
      }
      case VTESTPS -> test(cpu, p, 0x8000_0000_8000_0000L);
      case VTESTPD -> test(cpu, p, Long.MIN_VALUE);
      case VZEROUPPER, VZEROALL -> {
        for (int n = 0; n < (cpu.code64() ? 16 : 8); n++) {
          Vectors.set(Vectors.xmm(cpu, n) + 16, 0, 0);
          if (op == VZEROALL) {
            Vectors.set(Vectors.xmm(cpu, n), 0, 0);
          }
        }
      }
      case CVTPH2PS -> fromHalf(cpu, p);
      case CVTPS2PH -> toHalf(cpu, p);
      default -> {
        long src = Vectors.source(cpu, p);
        lanes(op, Vectors.result(cpu), Vectors.first(cpu, p), src, Vectors.bytes(p), (int) Op.imm(p) & 0xFF);
        Vectors.commit(cpu, p);
      }
    }
    return Flow.NEXT;
  }

  /// Each lane of the result for itself: `a` is the first source, `b` the second.
  private static void lanes(int op, long r, long a, long b, int bytes, int imm) {
    boolean wide = switch (op) {
      case VPERMILPD, VPERMILPD_IMM, VPERMQ, VPSLLVQ, VPSRLVQ -> true;
      default -> false;
    };
    if (wide) {
      for (int i = 0; i < bytes / 8; i++) {
        Mem.put64(r + 8 * i, qword(op, a, b, i, imm));
      }
    } else {
      for (int i = 0; i < bytes / 4; i++) {
        Mem.put32(r + 4 * i, dword(op, a, b, i, imm));
      }
    }
  }

  private static long qword(int op, long a, long b, int i, int imm) {
    long v = Mem.get64(a + 8 * i);
    long c = Mem.get64(b + 8 * i);
    return switch (op) {
      case VPERMILPD -> Mem.get64(a + 8 * (i & ~1 | (int) c >>> 1 & 1));
      case VPERMILPD_IMM -> Mem.get64(b + 8 * (i & ~1 | imm >>> i & 1));
      case VPERMQ -> Mem.get64(b + 8 * (imm >>> 2 * i & 3));
      case VPSLLVQ -> Long.compareUnsigned(c, 63) > 0 ? 0 : v << c;
      default -> Long.compareUnsigned(c, 63) > 0 ? 0 : v >>> c;
    };
  }

  private static int dword(int op, long a, long b, int i, int imm) {
    int v = Mem.get32(a + 4 * i);
    int c = Mem.get32(b + 4 * i);
    boolean beyond = Integer.compareUnsigned(c, 31) > 0;
    return switch (op) {
      case VPERMILPS -> Mem.get32(a + 4 * (i & ~3 | c & 3));
      case VPERMILPS_IMM -> Mem.get32(b + 4 * (i & ~3 | imm >>> 2 * (i & 3) & 3));
      case VPERMD -> Mem.get32(b + 4 * (v & 7));
      case VPBLENDD -> (imm >>> i & 1) != 0 ? c : v;
      case VPSLLVD -> beyond ? 0 : v << c;
      case VPSRLVD -> beyond ? 0 : v >>> c;
      case VPSRAVD -> v >> (beyond ? 31 : c);
      default -> throw new IllegalStateException("not an AVX operation: 0x" + Integer.toHexString(op));
    };
  }

  private static void broadcast(Cpu cpu, long p, int op) {
    long lo;
    long hi;
    if (op == VBROADCAST128) {
      long s = Vectors.source(cpu, p, 16);
      lo = Mem.get64(s);
      hi = Mem.get64(s + 8);
    } else {
      int size = op - VBROADCASTB;
      long v = Op.srcKind(p) == Op.KIND_REG ? Mem.get64(Vectors.xmm(cpu, Op.src(p)))
          : cpu.mmu.load(Operands.linear(cpu, p, 1 << size, false), size);
      lo = switch (size) {
        case 0 -> (v & 0xFF) * 0x0101_0101_0101_0101L;
        case 1 -> (v & 0xFFFF) * 0x0001_0001_0001_0001L;
        case 2 -> Lanes.pair((int) v, (int) v);
        default -> v;
      };
      hi = lo;
    }
    for (int at = 0; at < Vectors.bytes(p); at += 16) {
      Vectors.set(Vectors.dst(cpu, p) + at, lo, hi);
    }
  }

  private static void half(long r, long a, long b, int select) {
    if ((select & 8) != 0) {
      Vectors.set(r, 0, 0);
    } else {
      Vectors.copy(((select & 2) == 0 ? a : b) + 16 * (select & 1), r, 16);
    }
  }

  private static void test(Cpu cpu, long p, long signs) {
    long b = Vectors.source(cpu, p);
    long a = Vectors.dst(cpu, p);
    long both = 0;
    long only = 0;
    for (int at = 0; at < Vectors.bytes(p); at += 8) {
      both |= Mem.get64(a + at) & Mem.get64(b + at) & signs;
      only |= ~Mem.get64(a + at) & Mem.get64(b + at) & signs;
    }
    Flags.setArithmetic(cpu, (both == 0 ? Cpu.ZF : 0) | (only == 0 ? Cpu.CF : 0));
  }

  /// A result of 8 or 16 bytes to memory, or to a register whose rest is cleared.
  private static void narrow(Cpu cpu, long p, long from, int bytes) {
    if (Op.dstKind(p) == Op.KIND_MEM) {
      Vectors.store(cpu, Operands.linear(cpu, p, bytes, true), from, bytes);
      return;
    }
    long lo = Mem.get64(from);
    long hi = bytes == 16 ? Mem.get64(from + 8) : 0;
    Vectors.set(Vectors.dst(cpu, p), lo, hi);
    Vectors.set(Vectors.dst(cpu, p) + 16, 0, 0);
  }

  private static void fromHalf(Cpu cpu, long p) {
    int bytes = Vectors.bytes(p);
    long s = cpu.st + Cpu.VECTOR_TEMP;
    if (bytes == 32) {
      s = Vectors.source(cpu, p, 16);
    } else {
      Mem.put64(s, Vectors.source64(cpu, p));
    }
    FpEnv e = SseControl.begin(cpu);
    for (int at = 0; at < bytes; at += 4) {
      Mem.put32(Vectors.result(cpu) + at, Float16.toSingle(e, Mem.get16(s + at / 2) & 0xFFFF));
    }
    SseControl.finish(cpu, e);
    Vectors.commit(cpu, p);
  }

  /// The immediate's bit 2 takes MXCSR's rounding, else its low bits are the rounding.
  private static void toHalf(Cpu cpu, long p) {
    int bytes = Vectors.bytes(p) / 2;
    long src = Vectors.xmm(cpu, Op.src(p));
    long r = Vectors.result(cpu);
    if (Op.dstKind(p) == Op.KIND_MEM) {
      cpu.mmu.checkWrite(Operands.linear(cpu, p, bytes, true), bytes);
    }
    FpEnv e = SseControl.begin(cpu);
    int rounding = (Op.imm(p) & 4) != 0 ? e.rounding() : (int) Op.imm(p) & 3;
    for (int at = 0; at < bytes; at += 2) {
      Mem.put16(r + at, (short) Float16.fromSingle(e, Mem.get32(src + 2 * at), rounding));
    }
    SseControl.finish(cpu, e);
    narrow(cpu, p, r, bytes);
  }
}
