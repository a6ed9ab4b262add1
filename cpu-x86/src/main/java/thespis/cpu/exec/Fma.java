package thespis.cpu.exec;

import static thespis.cpu.decode.AvxOps.*;

import thespis.cpu.decode.Op;
import thespis.cpu.fp.Float32;
import thespis.cpu.fp.Float64;
import thespis.cpu.fp.FpEnv;
import thespis.cpu.mmu.Mem;
import thespis.cpu.state.Cpu;

/// Fused multiplication and addition, rounded once. SDM Vol. 2C "VFMADD132PD/VFMADD213PD/VFMADD231PD" and others by name.
/// The two low bits of the operation say the form, PS PD SS SD; 132, 213 and 231 (by the opcode's high half) name the
/// operands that are multiplied and the one that is added. The signs of NaNs are not changed.
final class Fma {
  private static final int ORDER_132 = 0x90;
  private static final int ORDER_213 = 0xA0;

  private Fma() {}

  static int run(Cpu cpu, long p, int op) {
    Vectors.require(cpu, p);
    FpEnv e = SseControl.begin(cpu);
    int function = op & ~3;
    int order = Op.opcode(p) & 0xF0;
    long x = Vectors.dst(cpu, p);
    long y = Vectors.first(cpu, p);
    switch (op & 3) {
      case 0 -> {
        long z = Vectors.source(cpu, p);
        long r = Vectors.result(cpu);
        for (int at = 0; at < Vectors.bytes(p); at += 4) {
          int lane = lane(function, at >>> 2 & 1);
          Mem.put32(r + at, single(e, lane, order, Mem.get32(x + at), Mem.get32(y + at), Mem.get32(z + at)));
        }
        SseControl.finish(cpu, e);
        Vectors.commit(cpu, p);
      }
      case 1 -> {
        long z = Vectors.source(cpu, p);
        long r = Vectors.result(cpu);
        for (int at = 0; at < Vectors.bytes(p); at += 8) {
          int lane = lane(function, at >>> 3 & 1);
          Mem.put64(r + at, dual(e, lane, order, Mem.get64(x + at), Mem.get64(y + at), Mem.get64(z + at)));
        }
        SseControl.finish(cpu, e);
        Vectors.commit(cpu, p);
      }
      case 2 -> {
        int r = single(e, function, order, Mem.get32(x), Mem.get32(y), Vectors.source32(cpu, p));
        SseControl.finish(cpu, e);
        Mem.put32(x, r);
      }
      default -> {
        long r = dual(e, function, order, Mem.get64(x), Mem.get64(y), Vectors.source64(cpu, p));
        SseControl.finish(cpu, e);
        Mem.put64(x, r);
      }
    }
    return Flow.NEXT;
  }

  /// What the alternating operations do in even and odd lanes.
  private static int lane(int function, int odd) {
    return switch (function) {
      case FMADDSUBPS -> odd != 0 ? FMADDPS : FMSUBPS;
      case FMSUBADDPS -> odd != 0 ? FMSUBPS : FMADDPS;
      default -> function;
    };
  }

  private static int single(FpEnv e, int function, int order, int x, int y, int z) {
    int a = order == ORDER_132 ? x : y;
    int b = order == ORDER_213 ? x : z;
    int c = order == ORDER_132 ? y : order == ORDER_213 ? z : x;
    return Float32.fma(e, function >= FNMADDPS ? negated(a) : a, b,
        function == FMSUBPS || function == FNMSUBPS ? negated(c) : c);
  }

  private static long dual(FpEnv e, int function, int order, long x, long y, long z) {
    long a = order == ORDER_132 ? x : y;
    long b = order == ORDER_213 ? x : z;
    long c = order == ORDER_132 ? y : order == ORDER_213 ? z : x;
    return Float64.fma(e, function >= FNMADDPS ? negated(a) : a, b,
        function == FMSUBPS || function == FNMSUBPS ? negated(c) : c);
  }

  private static int negated(int v) {
    return Float.isNaN(Float.intBitsToFloat(v)) ? v : v ^ Integer.MIN_VALUE;
  }

  private static long negated(long v) {
    return Double.isNaN(Double.longBitsToDouble(v)) ? v : v ^ Long.MIN_VALUE;
  }
}
