package thespis.cpu.exec;

import static thespis.cpu.decode.SseOps.*;

import thespis.cpu.decode.Op;
import thespis.cpu.fp.Approximation;
import thespis.cpu.fp.Float32;
import thespis.cpu.fp.Float64;
import thespis.cpu.fp.FpEnv;
import thespis.cpu.fp.Predicate;
import thespis.cpu.mmu.Mem;
import thespis.cpu.state.Cpu;

/// Floating-point arithmetic of SSE, SSE2, SSE3, SSE4.1 and AVX. SDM Vol. 2A "ADDPS" and others by name. The two low bits of
/// the operation say the form, PS PD SS SD; the rest chooses the function of one lane. Nothing is stored before the
/// exceptions of all lanes are known.
final class SseArith {
  private SseArith() {}

  static int run(Cpu cpu, long p, int op) {
    Vectors.require(cpu, p);
    if (op >= ADDSUBPS) {
      horizontal(cpu, p, op);
      return Flow.NEXT;
    }
    FpEnv e = SseControl.begin(cpu);
    int function = op & ~3;
    int imm = (int) Op.imm(p);
    if (function == CMPPS && !Vectors.isVex(p)) {
      imm &= 7; // the other predicates came with AVX
    }
    long a = Vectors.first(cpu, p);
    switch (op & 3) {
      case 0 -> {
        long b = Vectors.source(cpu, p);
        long r = Vectors.result(cpu);
        for (int at = 0; at < Vectors.bytes(p); at += 4) {
          Mem.put32(r + at, single(e, function, Mem.get32(a + at), Mem.get32(b + at), imm));
        }
        SseControl.finish(cpu, e);
        Vectors.commit(cpu, p);
      }
      case 1 -> {
        long b = Vectors.source(cpu, p);
        long r = Vectors.result(cpu);
        for (int at = 0; at < Vectors.bytes(p); at += 8) {
          Mem.put64(r + at, dual(e, function, Mem.get64(a + at), Mem.get64(b + at), imm));
        }
        SseControl.finish(cpu, e);
        Vectors.commit(cpu, p);
      }
      case 2 -> {
        int r = single(e, function, Mem.get32(a), Vectors.source32(cpu, p), imm);
        SseControl.finish(cpu, e);
        Vectors.setScalar32(cpu, p, r);
      }
      default -> {
        long r = dual(e, function, Mem.get64(a), Vectors.source64(cpu, p), imm);
        SseControl.finish(cpu, e);
        Vectors.setScalar64(cpu, p, r);
      }
    }
    return Flow.NEXT;
  }

  /// One lane in single precision.
  static int single(FpEnv e, int function, int a, int b, int imm) {
    return switch (function) {
      case ADDPS -> Float32.add(e, a, b);
      case MULPS -> Float32.mul(e, a, b);
      case SUBPS -> Float32.sub(e, a, b);
      case MINPS -> Float32.min(e, a, b);
      case DIVPS -> Float32.div(e, a, b);
      case MAXPS -> Float32.max(e, a, b);
      case SQRTPS -> Float32.sqrt(e, b);
      case CMPPS -> Float32.compare(e, a, b, Predicate.of(imm)) ? -1 : 0;
      case ROUNDPS -> Float32.roundToInt(e, b, imm);
      case RCPPS -> Approximation.reciprocal(b);
      default -> Approximation.reciprocalRoot(b);
    };
  }

  /// One lane in double precision.
  static long dual(FpEnv e, int function, long a, long b, int imm) {
    return switch (function) {
      case ADDPS -> Float64.add(e, a, b);
      case MULPS -> Float64.mul(e, a, b);
      case SUBPS -> Float64.sub(e, a, b);
      case MINPS -> Float64.min(e, a, b);
      case DIVPS -> Float64.div(e, a, b);
      case MAXPS -> Float64.max(e, a, b);
      case SQRTPS -> Float64.sqrt(e, b);
      case CMPPS -> Float64.compare(e, a, b, Predicate.of(imm)) ? -1 : 0;
      default -> Float64.roundToInt(e, b, imm);
    };
  }

  private static void horizontal(Cpu cpu, long p, int op) {
    FpEnv e = SseControl.begin(cpu);
    long src = Vectors.source(cpu, p);
    long first = Vectors.first(cpu, p);
    long result = Vectors.result(cpu);
    for (int at = 0; at < Vectors.bytes(p); at += 16) {
      long a = first + at;
      long b = src + at;
      long r = result + at;
      switch (op) {
        case ADDSUBPD -> Vectors.set(r, Float64.sub(e, Mem.get64(a), Mem.get64(b)),
            Float64.add(e, Mem.get64(a + 8), Mem.get64(b + 8)));
        case HADDPD -> Vectors.set(r, Float64.add(e, Mem.get64(a), Mem.get64(a + 8)),
            Float64.add(e, Mem.get64(b), Mem.get64(b + 8)));
        case HSUBPD -> Vectors.set(r, Float64.sub(e, Mem.get64(a), Mem.get64(a + 8)),
            Float64.sub(e, Mem.get64(b), Mem.get64(b + 8)));
        case ADDSUBPS -> Vectors.set(r, subAdd(e, Mem.get64(a), Mem.get64(b)),
            subAdd(e, Mem.get64(a + 8), Mem.get64(b + 8)));
        case HADDPS, HSUBPS -> Vectors.set(r, neighbours(e, op, a), neighbours(e, op, b));
        default -> dotProduct(cpu, e, op, r, a, b, (int) Op.imm(p));
      }
    }
    SseControl.finish(cpu, e);
    Vectors.commit(cpu, p);
  }

  private static long subAdd(FpEnv e, long a, long b) {
    return Lanes.pair(Float32.sub(e, (int) a, (int) b), Float32.add(e, (int) (a >>> 32), (int) (b >>> 32)));
  }

  private static long neighbours(FpEnv e, int op, long v) {
    int a = Mem.get32(v);
    int b = Mem.get32(v + 4);
    int c = Mem.get32(v + 8);
    int d = Mem.get32(v + 12);
    return op == HADDPS ? Lanes.pair(Float32.add(e, a, b), Float32.add(e, c, d))
        : Lanes.pair(Float32.sub(e, a, b), Float32.sub(e, c, d));
  }

  /// DPPS and DPPD: products chosen by the high bits of the immediate, their sum to the lanes of the low ones. Unmasked
  /// exceptions of the products come before the sums.
  private static void dotProduct(Cpu cpu, FpEnv e, int op, long r, long dst, long src, int imm) {
    if (op == DPPD) {
      long p0 = (imm & 0x10) != 0 ? Float64.mul(e, Mem.get64(dst), Mem.get64(src)) : 0;
      long p1 = (imm & 0x20) != 0 ? Float64.mul(e, Mem.get64(dst + 8), Mem.get64(src + 8)) : 0;
      SseControl.check(cpu, e);
      long sum = Float64.add(e, p0, p1);
      Vectors.set(r, (imm & 1) != 0 ? sum : 0, (imm & 2) != 0 ? sum : 0);
      return;
    }
    int p0 = product(e, dst, src, 0, imm);
    int p1 = product(e, dst, src, 1, imm);
    int p2 = product(e, dst, src, 2, imm);
    int p3 = product(e, dst, src, 3, imm);
    SseControl.check(cpu, e);
    int lower = Float32.add(e, p0, p1);
    int upper = Float32.add(e, p2, p3);
    SseControl.check(cpu, e);
    int sum = Float32.add(e, lower, upper);
    Vectors.set(r, Lanes.pair((imm & 1) != 0 ? sum : 0, (imm & 2) != 0 ? sum : 0),
        Lanes.pair((imm & 4) != 0 ? sum : 0, (imm & 8) != 0 ? sum : 0));
  }

  private static int product(FpEnv e, long a, long b, int lane, int imm) {
    return (imm >>> 4 + lane & 1) != 0 ? Float32.mul(e, Mem.get32(a + 4 * lane), Mem.get32(b + 4 * lane)) : 0;
  }
}
