package thespis.cpu.exec;

import static thespis.cpu.decode.SseOps.*;

import thespis.cpu.decode.Op;
import thespis.cpu.mmu.Mem;
import thespis.cpu.state.Cpu;

/// Packed integer operations of MMX, SSE2, SSSE3 and SSE4.1 in which each 64-bit half is computed for itself. SDM Vol. 2B
/// "PADDB/PADDW/PADDD/PADDQ" and the others by name. An XMM operation is the same function on two halves, a YMM one on
/// four.
final class Packed {
  private Packed() {}

  static int run(Cpu cpu, long p, int op) {
    if (Vectors.isMmx(p)) {
      Vectors.requireMmx(cpu);
      long src = Vectors.mmxSource(cpu, p);
      Vectors.enterMmx(cpu);
      int n = Op.dst(p);
      Vectors.setMmx(cpu, n, lanes(op, Mem.get64(Vectors.mmx(cpu, n)), src));
      return Flow.NEXT;
    }
    Vectors.require(cpu, p);
    int bytes = Vectors.bytes(p);
    long src = Vectors.source(cpu, p);
    long a = Vectors.first(cpu, p);
    long dst = Vectors.dst(cpu, p);
    for (int at = 0; at < bytes; at += 8) {
      Mem.put64(dst + at, lanes(op, Mem.get64(a + at), Mem.get64(src + at)));
    }
    return Flow.NEXT;
  }

  /// One half: destination `a`, source `b`.
  static long lanes(int op, long a, long b) {
    return switch (op) {
      case PADDB -> Lanes.addBytes(a, b);
      case PADDW -> Lanes.addWords(a, b);
      case PADDD -> Lanes.pair((int) a + (int) b, (int) (a >>> 32) + (int) (b >>> 32));
      case PADDQ -> a + b;
      case PSUBB -> Lanes.subBytes(a, b);
      case PSUBW -> Lanes.subWords(a, b);
      case PSUBD -> Lanes.pair((int) a - (int) b, (int) (a >>> 32) - (int) (b >>> 32));
      case PSUBQ -> a - b;
      case PAND -> a & b;
      case PANDN -> ~a & b;
      case POR -> a | b;
      case PXOR -> a ^ b;
      case PCMPEQB -> Lanes.equalBytes(a, b);
      case PCMPEQW -> Lanes.equalWords(a, b);
      case PCMPEQD -> Lanes.pair((int) a == (int) b ? -1 : 0, (int) (a >>> 32) == (int) (b >>> 32) ? -1 : 0);
      case PCMPEQQ -> a == b ? -1 : 0;
      case PCMPGTQ -> a > b ? -1 : 0;
      case PCMPGTD, PMINSD, PMAXSD, PMINUD, PMAXUD, PMULLD, PSIGND, PABSD -> dwords(op, a, b);
      case PMULUDQ -> (a & 0xFFFF_FFFFL) * (b & 0xFFFF_FFFFL);
      case PMULDQ -> (long) (int) a * (int) b;
      case PMADDWD -> Lanes.pair(
          (short) a * (short) b + (short) (a >>> 16) * (short) (b >>> 16),
          (short) (a >>> 32) * (short) (b >>> 32) + (short) (a >>> 48) * (short) (b >>> 48));
      case PSADBW -> Lanes.sumOfDifferences(a, b);
      case PMINUB, PMAXUB, PAVGB, PMINSB, PMAXSB, PCMPGTB, PADDSB, PADDUSB, PSUBSB, PSUBUSB, PSIGNB, PABSB ->
          bytes(op, a, b);
      default -> words(op, a, b);
    };
  }

  private static long dwords(int op, long a, long b) {
    return Lanes.pair(dword(op, (int) a, (int) b), dword(op, (int) (a >>> 32), (int) (b >>> 32)));
  }

  private static int dword(int op, int a, int b) {
    return switch (op) {
      case PCMPGTD -> a > b ? -1 : 0;
      case PMINSD -> Math.min(a, b);
      case PMAXSD -> Math.max(a, b);
      case PMINUD -> Integer.compareUnsigned(a, b) < 0 ? a : b;
      case PMAXUD -> Integer.compareUnsigned(a, b) > 0 ? a : b;
      case PMULLD -> a * b;
      case PSIGND -> b < 0 ? -a : b == 0 ? 0 : a;
      default -> Math.abs(b);
    };
  }

  private static long bytes(int op, long a, long b) {
    long r = 0;
    for (int i = 0; i < 64; i += 8) {
      r |= (byteLane(op, (byte) (a >>> i), (byte) (b >>> i)) & 0xFFL) << i;
    }
    return r;
  }

  private static int byteLane(int op, int a, int b) {
    return switch (op) {
      case PMINUB -> Math.min(a & 0xFF, b & 0xFF);
      case PMAXUB -> Math.max(a & 0xFF, b & 0xFF);
      case PAVGB -> (a & 0xFF) + (b & 0xFF) + 1 >> 1;
      case PMINSB -> Math.min(a, b);
      case PMAXSB -> Math.max(a, b);
      case PCMPGTB -> a > b ? -1 : 0;
      case PADDSB -> Lanes.saturateByte(a + b);
      case PADDUSB -> Lanes.saturateUnsignedByte((a & 0xFF) + (b & 0xFF));
      case PSUBSB -> Lanes.saturateByte(a - b);
      case PSUBUSB -> Lanes.saturateUnsignedByte((a & 0xFF) - (b & 0xFF));
      case PSIGNB -> b < 0 ? -a : b == 0 ? 0 : a;
      default -> Math.abs(b);
    };
  }

  private static long words(int op, long a, long b) {
    return wordLane(op, (short) a, (short) b) & 0xFFFFL
        | (wordLane(op, (short) (a >>> 16), (short) (b >>> 16)) & 0xFFFFL) << 16
        | (wordLane(op, (short) (a >>> 32), (short) (b >>> 32)) & 0xFFFFL) << 32
        | (long) wordLane(op, (short) (a >>> 48), (short) (b >>> 48)) << 48;
  }

  private static int wordLane(int op, int a, int b) {
    return switch (op) {
      case PMULLW -> a * b;
      case PMULHW -> a * b >> 16;
      case PMULHUW -> (a & 0xFFFF) * (b & 0xFFFF) >>> 16;
      case PMULHRSW -> (a * b >> 14) + 1 >> 1;
      case PAVGW -> (a & 0xFFFF) + (b & 0xFFFF) + 1 >> 1;
      case PMINSW -> Math.min(a, b);
      case PMAXSW -> Math.max(a, b);
      case PMINUW -> Math.min(a & 0xFFFF, b & 0xFFFF);
      case PMAXUW -> Math.max(a & 0xFFFF, b & 0xFFFF);
      case PCMPGTW -> a > b ? -1 : 0;
      case PADDSW -> Lanes.saturateWord(a + b);
      case PADDUSW -> Lanes.saturateUnsignedWord((a & 0xFFFF) + (b & 0xFFFF));
      case PSUBSW -> Lanes.saturateWord(a - b);
      case PSUBUSW -> Lanes.saturateUnsignedWord((a & 0xFFFF) - (b & 0xFFFF));
      case PSIGNW -> b < 0 ? -a : b == 0 ? 0 : a;
      case PABSW -> Math.abs(b);
      case PMADDUBSW -> Lanes.saturateWord((a & 0xFF) * (byte) b + (a >>> 8 & 0xFF) * (b >> 8));
      default -> throw new IllegalStateException("not a packed operation: 0x" + Integer.toHexString(op));
    };
  }
}
