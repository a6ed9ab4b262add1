package thespis.cpu.exec;

import static thespis.cpu.decode.SseOps.*;

import thespis.cpu.decode.Op;
import thespis.cpu.fp.Float32;
import thespis.cpu.fp.Float64;
import thespis.cpu.fp.FpEnv;
import thespis.cpu.mmu.Mem;
import thespis.cpu.state.Cpu;

/// Conversions of SSE, SSE2 and AVX, and the comparisons that set EFLAGS. SDM Vol. 2A "CVTDQ2PD" and
/// others by name, "COMISD".
final class SseConvert {
  private SseConvert() {}

  static int run(Cpu cpu, long p, int op) {
    if (op <= CVTPI2PD || (op >= CVTTPS2PI && op <= CVTTPD2PI) || (op >= CVTPS2PI && op <= CVTPD2PI)) {
      mmx(cpu, p, op);
      return Flow.NEXT;
    }
    Vectors.require(cpu, p);
    FpEnv e = SseControl.begin(cpu);
    switch (op) {
      case CVTSI2SS -> {
        int r = Float32.fromInt(e, Operands.src(cpu, p));
        SseControl.finish(cpu, e);
        Vectors.setScalar32(cpu, p, r);
      }
      case CVTSI2SD -> {
        long v = Operands.src(cpu, p);
        long r = Op.srcSize(p) == 3 ? Float64.fromInt64(e, v) : Float64.fromInt32((int) v);
        SseControl.finish(cpu, e);
        Vectors.setScalar64(cpu, p, r);
      }
      case CVTTSS2SI -> toGeneralFromSingle(cpu, p, e, FpEnv.TRUNCATE);
      case CVTSS2SI -> toGeneralFromSingle(cpu, p, e, e.rounding());
      case CVTTSD2SI -> toGeneralFromDouble(cpu, p, e, FpEnv.TRUNCATE);
      case CVTSD2SI -> toGeneralFromDouble(cpu, p, e, e.rounding());
      case CVTSS2SD -> {
        long r = Float64.fromFloat(e, Vectors.source32(cpu, p));
        SseControl.finish(cpu, e);
        Vectors.setScalar64(cpu, p, r);
      }
      case CVTSD2SS -> {
        int r = Float64.toFloat(e, Vectors.source64(cpu, p));
        SseControl.finish(cpu, e);
        Vectors.setScalar32(cpu, p, r);
      }
      case UCOMISS, COMISS -> {
        int a = Mem.get32(Vectors.dst(cpu, p));
        int relation = Float32.compare(e, a, Vectors.source32(cpu, p), op == COMISS);
        SseControl.finish(cpu, e);
        setFlags(cpu, relation);
      }
      case UCOMISD, COMISD -> {
        long a = Mem.get64(Vectors.dst(cpu, p));
        int relation = Float64.compare(e, a, Vectors.source64(cpu, p), op == COMISD);
        SseControl.finish(cpu, e);
        setFlags(cpu, relation);
      }
      default -> packed(cpu, p, op, e);
    }
    return Flow.NEXT;
  }

  /// ZF PF CF; OF SF AF are cleared.
  static void setFlags(Cpu cpu, int relation) {
    Flags.setArithmetic(cpu, switch (relation) {
      case Float64.LESS -> Cpu.CF;
      case Float64.EQUAL -> Cpu.ZF;
      case Float64.GREATER -> 0;
      default -> Cpu.ZF | Cpu.PF | Cpu.CF;
    });
  }

  private static void toGeneralFromSingle(Cpu cpu, long p, FpEnv e, int rounding) {
    int v = Vectors.source32(cpu, p);
    long r = Op.size(p) == 3 ? Float32.toInt64(e, v, rounding) : Float32.toInt32(e, v, rounding);
    SseControl.finish(cpu, e);
    Operands.writeReg(cpu, Op.dst(p), Op.size(p), r);
  }

  private static void toGeneralFromDouble(Cpu cpu, long p, FpEnv e, int rounding) {
    long v = Vectors.source64(cpu, p);
    long r = Op.size(p) == 3 ? Float64.toInt64(e, v, rounding) : Float64.toInt32(e, v, rounding);
    SseControl.finish(cpu, e);
    Operands.writeReg(cpu, Op.dst(p), Op.size(p), r);
  }

  private static void packed(Cpu cpu, long p, int op, FpEnv e) {
    long r = Vectors.result(cpu);
    int bytes = Vectors.bytes(p);
    switch (op) {
      case CVTPS2PD, CVTDQ2PD -> {
        long s = cpu.st + Cpu.VECTOR_TEMP;
        if (bytes == 32) {
          s = Vectors.source(cpu, p, 16);
        } else {
          Mem.put64(s, Vectors.source64(cpu, p));
        }
        for (int at = 0; at < bytes; at += 8) {
          int v = Mem.get32(s + at / 2);
          Mem.put64(r + at, op == CVTPS2PD ? Float64.fromFloat(e, v) : Float64.fromInt32(v));
        }
      }
      case CVTPD2PS, CVTPD2DQ, CVTTPD2DQ -> {
        int rounding = op == CVTPD2DQ ? e.rounding() : FpEnv.TRUNCATE;
        long s = Vectors.source(cpu, p);
        for (int at = 0; at < bytes; at += 8) {
          long v = Mem.get64(s + at);
          Mem.put32(r + at / 2, op == CVTPD2PS ? Float64.toFloat(e, v) : Float64.toInt32(e, v, rounding));
        }
        for (int at = bytes / 2; at < bytes; at += 8) {
          Mem.put64(r + at, 0);
        }
      }
      case CVTDQ2PS -> {
        long s = Vectors.source(cpu, p);
        for (int at = 0; at < bytes; at += 4) {
          Mem.put32(r + at, Float32.fromInt(e, Mem.get32(s + at)));
        }
      }
      default -> {
        int rounding = op == CVTPS2DQ ? e.rounding() : FpEnv.TRUNCATE;
        long s = Vectors.source(cpu, p);
        for (int at = 0; at < bytes; at += 4) {
          Mem.put32(r + at, Float32.toInt32(e, Mem.get32(s + at), rounding));
        }
      }
    }
    SseControl.finish(cpu, e);
    Vectors.commit(cpu, p);
  }

  /// Between MMX and XMM registers. CVTPI2PD from memory leaves the x87 state alone.
  private static void mmx(Cpu cpu, long p, int op) {
    Vectors.requireSse(cpu);
    boolean touches = op != CVTPI2PD || Op.srcKind(p) == Op.KIND_REG;
    if (touches) {
      Vectors.requireMmx(cpu);
    }
    FpEnv e = SseControl.begin(cpu);
    if (op <= CVTPI2PD) {
      long v = Vectors.mmxSource(cpu, p);
      long dst = Vectors.dst(cpu, p);
      if (op == CVTPI2PS) {
        long r = Lanes.pair(Float32.fromInt(e, (int) v), Float32.fromInt(e, (int) (v >>> 32)));
        SseControl.finish(cpu, e);
        Mem.put64(dst, r);
      } else {
        Vectors.set(dst, Float64.fromInt32((int) v), Float64.fromInt32((int) (v >>> 32)));
      }
      if (touches) {
        Vectors.enterMmx(cpu);
      }
      return;
    }
    int rounding = op >= CVTPS2PI ? e.rounding() : FpEnv.TRUNCATE;
    long r;
    if (op == CVTPS2PI || op == CVTTPS2PI) {
      long v = Vectors.source64(cpu, p);
      r = Lanes.pair(Float32.toInt32(e, (int) v, rounding), Float32.toInt32(e, (int) (v >>> 32), rounding));
    } else {
      long s = Vectors.source(cpu, p);
      r = Lanes.pair(Float64.toInt32(e, Mem.get64(s), rounding), Float64.toInt32(e, Mem.get64(s + 8), rounding));
    }
    SseControl.finish(cpu, e);
    Vectors.enterMmx(cpu);
    Vectors.setMmx(cpu, Op.dst(p), r);
  }
}
