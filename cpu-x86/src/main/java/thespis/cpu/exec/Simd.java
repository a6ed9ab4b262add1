package thespis.cpu.exec;

import thespis.cpu.decode.AvxOps;
import thespis.cpu.decode.Op;
import thespis.cpu.decode.SseOps;
import thespis.cpu.mmu.Mem;
import thespis.cpu.state.Cpu;

/// Entry to the MMX, SSE and AVX families: operations from {@link thespis.cpu.decode.Ops#SIMD} on.
public final class Simd {
  private Simd() {}

  public static int run(Cpu cpu, long p, int op) {
    int flow = family(cpu, p, op);
    if ((Op.prefixes(p) & Op.ZERO_UPPER) != 0) {
      long upper = Vectors.dst(cpu, p) + 16;
      Mem.put64(upper, 0);
      Mem.put64(upper + 8, 0);
    }
    return flow;
  }

  private static int family(Cpu cpu, long p, int op) {
    return switch (op >>> 6) {
      case SseOps.PACKED_FAMILY -> Packed.run(cpu, p, op);
      case SseOps.SHUFFLE_FAMILY -> Shuffle.run(cpu, p, op);
      case SseOps.SIMD_MOVE_FAMILY -> SimdMove.run(cpu, p, op);
      case SseOps.SSE_ARITH_FAMILY -> SseArith.run(cpu, p, op);
      case SseOps.SSE_CONVERT_FAMILY -> SseConvert.run(cpu, p, op);
      case SseOps.SSE41_FAMILY -> Sse41.run(cpu, p, op);
      case SseOps.SSE42_FAMILY -> Sse42.run(cpu, p, op);
      case AvxOps.FMA_FAMILY -> Fma.run(cpu, p, op);
      case AvxOps.AVX_FAMILY -> Avx.run(cpu, p, op);
      case AvxOps.MASKED_FAMILY -> Masked.run(cpu, p, op);
      case SseOps.THREE_D_NOW_FAMILY -> ThreeDNow.run(cpu, p);
      default -> throw new IllegalStateException("no SIMD family for operation 0x" + Integer.toHexString(op));
    };
  }
}
