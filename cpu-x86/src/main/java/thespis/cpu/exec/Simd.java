package thespis.cpu.exec;

import thespis.cpu.decode.SseOps;
import thespis.cpu.state.Cpu;

/// Entry to the MMX and SSE families: operations from {@link thespis.cpu.decode.Ops#SIMD} on.
public final class Simd {
  private Simd() {}

  public static int run(Cpu cpu, long p, int op) {
    return switch (op >>> 6) {
      case SseOps.PACKED_FAMILY -> Packed.run(cpu, p, op);
      case SseOps.SHUFFLE_FAMILY -> Shuffle.run(cpu, p, op);
      case SseOps.SIMD_MOVE_FAMILY -> SimdMove.run(cpu, p, op);
      case SseOps.SSE_ARITH_FAMILY -> SseArith.run(cpu, p, op);
      case SseOps.SSE_CONVERT_FAMILY -> SseConvert.run(cpu, p, op);
      case SseOps.SSE41_FAMILY -> Sse41.run(cpu, p, op);
      case SseOps.SSE42_FAMILY -> Sse42.run(cpu, p, op);
      default -> throw new IllegalStateException("no SIMD family for operation 0x" + Integer.toHexString(op));
    };
  }
}
