package thespis.cpu.exec;

import static thespis.cpu.decode.SseOps.*;

import thespis.cpu.decode.Op;
import thespis.cpu.mmu.Mem;
import thespis.cpu.state.Cpu;

/// Integer operations that move data between lanes: unpack, pack, shuffle, horizontal sums, shifts. SDM Vol. 2B by name.
/// Each has a form on 64 bits (MMX) and one on a lane of 128 (XMM, and each half of YMM for itself).
final class Shuffle {
  private Shuffle() {}

  static int run(Cpu cpu, long p, int op) {
    if (op >= PSLLW) {
      return shift(cpu, p, op);
    }
    int imm = (int) Op.imm(p) & 0xFF;
    if (Vectors.isMmx(p)) {
      Vectors.requireMmx(cpu);
      long b = Vectors.mmxSource(cpu, p);
      Vectors.enterMmx(cpu);
      int n = Op.dst(p);
      Vectors.setMmx(cpu, n, mmx(op, Mem.get64(Vectors.mmx(cpu, n)), b, imm));
      return Flow.NEXT;
    }
    Vectors.require(cpu, p);
    int bytes = Vectors.bytes(p);
    long src = Vectors.source(cpu, p);
    long first = Vectors.first(cpu, p);
    long dst = Vectors.dst(cpu, p);
    for (int at = 0; at < bytes; at += 16) {
      lane(op, dst + at, first + at, src + at, op == SHUFPD ? imm >>> at / 8 : imm);
    }
    return Flow.NEXT;
  }

  /// One 128-bit lane.
  private static void lane(int op, long dst, long a, long b, int imm) {
    long a0 = Mem.get64(a);
    long a1 = Mem.get64(a + 8);
    long b0 = Mem.get64(b);
    long b1 = Mem.get64(b + 8);
    switch (op) {
      case PUNPCKLBW, PUNPCKLWD, PUNPCKLDQ -> Vectors.set(dst, low(op, a0, b0), high(op, a0, b0));
      case PUNPCKHBW, PUNPCKHWD, PUNPCKHDQ -> {
        int lowOp = op - (PUNPCKHBW - PUNPCKLBW);
        Vectors.set(dst, low(lowOp, a1, b1), high(lowOp, a1, b1));
      }
      case PUNPCKLQDQ -> Vectors.set(dst, a0, b0);
      case PUNPCKHQDQ -> Vectors.set(dst, a1, b1);
      case PACKSSWB, PACKUSWB, PACKSSDW, PACKUSDW -> Vectors.set(dst, pack(op, a0, a1), pack(op, b0, b1));
      case PSHUFB -> Vectors.set(dst, shuffleBytes(a0, a1, b0, 15), shuffleBytes(a0, a1, b1, 15));
      case PHADDW, PHADDD, PHADDSW, PHSUBW, PHSUBD, PHSUBSW ->
          Vectors.set(dst, horizontal(op, a0, a1), horizontal(op, b0, b1));
      case PALIGNR -> align(dst, a0, a1, b0, b1, imm);
      case PSHUFD -> Vectors.set(dst, dwords(b0, b1, b0, b1, imm), dwords(b0, b1, b0, b1, imm >>> 4));
      case SHUFPS -> Vectors.set(dst, dwords(a0, a1, a0, a1, imm), dwords(b0, b1, b0, b1, imm >>> 4));
      case SHUFPD -> Vectors.set(dst, (imm & 1) == 0 ? a0 : a1, (imm & 2) == 0 ? b0 : b1);
      case PSHUFLW -> Vectors.set(dst, words(b0, imm), b1);
      case PSHUFHW -> Vectors.set(dst, b0, words(b1, imm));
      default -> throw new IllegalStateException("not a shuffle: 0x" + Integer.toHexString(op));
    }
  }

  private static long mmx(int op, long a, long b, int imm) {
    return switch (op) {
      case PUNPCKLBW, PUNPCKLWD, PUNPCKLDQ -> low(op, a, b);
      case PUNPCKHBW, PUNPCKHWD, PUNPCKHDQ -> high(op - (PUNPCKHBW - PUNPCKLBW), a, b);
      case PACKSSWB, PACKUSWB, PACKSSDW -> pack(op, a, b);
      case PSHUFB -> shuffleBytes(a, 0, b, 7);
      case PHADDW, PHADDD, PHADDSW, PHSUBW, PHSUBD, PHSUBSW -> horizontal(op, a, b);
      case PALIGNR -> imm >= 16 ? 0 : imm >= 8 ? a >>> (imm - 8) * 8 : imm == 0 ? b : b >>> imm * 8 | a << -imm * 8;
      case PSHUFW -> words(b, imm);
      default -> throw new IllegalStateException("not a shuffle: 0x" + Integer.toHexString(op));
    };
  }

  /// Lanes of the low halves of a and b, alternating.
  private static long low(int op, long a, long b) {
    return switch (op) {
      case PUNPCKLBW -> spreadBytes(a) | spreadBytes(b) << 8;
      case PUNPCKLWD -> spreadWords(a) | spreadWords(b) << 16;
      default -> a & 0xFFFF_FFFFL | b << 32;
    };
  }

  private static long high(int op, long a, long b) {
    return low(op, a >>> 32, b >>> 32);
  }

  /// Four bytes to the even bytes of eight.
  private static long spreadBytes(long v) {
    long r = (v & 0xFFFF) | (v & 0xFFFF_0000L) << 16;
    return (r | r << 8) & 0x00FF_00FF_00FF_00FFL;
  }

  private static long spreadWords(long v) {
    return (v & 0xFFFF) | (v & 0xFFFF_0000L) << 16;
  }

  /// Two halves into one.
  private static long pack(int op, long a, long b) {
    long r = 0;
    if (op == PACKSSDW || op == PACKUSDW) {
      for (int i = 0; i < 4; i++) {
        int v = (int) ((i < 2 ? a : b) >>> 32 * (i & 1));
        r |= ((op == PACKSSDW ? Lanes.saturateWord(v) : Lanes.saturateUnsignedWord(v)) & 0xFFFFL) << 16 * i;
      }
      return r;
    }
    for (int i = 0; i < 8; i++) {
      int v = (short) ((i < 4 ? a : b) >>> 16 * (i & 3));
      r |= ((op == PACKSSWB ? Lanes.saturateByte(v) : Lanes.saturateUnsignedByte(v)) & 0xFFL) << 8 * i;
    }
    return r;
  }

  private static long shuffleBytes(long a0, long a1, long control, int mask) {
    long r = 0;
    for (int i = 0; i < 64; i += 8) {
      int c = (int) (control >>> i) & 0xFF;
      if (c < 0x80) {
        r |= ((((c & mask) < 8 ? a0 : a1) >>> 8 * (c & 7)) & 0xFF) << i;
      }
    }
    return r;
  }

  /// Sums or differences of neighbours: those of a below those of b.
  private static long horizontal(int op, long a, long b) {
    return switch (op) {
      case PHADDD -> Lanes.pair((int) a + (int) (a >>> 32), (int) b + (int) (b >>> 32));
      case PHSUBD -> Lanes.pair((int) a - (int) (a >>> 32), (int) b - (int) (b >>> 32));
      default -> neighbours(op, a) | neighbours(op, a >>> 32) << 16 | neighbours(op, b) << 32
          | neighbours(op, b >>> 32) << 48;
    };
  }

  private static long neighbours(int op, long v) {
    int a = (short) v;
    int b = (short) (v >>> 16);
    int r = op == PHADDW || op == PHADDSW ? a + b : a - b;
    return (op == PHADDSW || op == PHSUBSW ? Lanes.saturateWord(r) : r) & 0xFFFFL;
  }

  /// The 16 bytes at byte `imm` of a:b.
  private static void align(long dst, long a0, long a1, long b0, long b1, int imm) {
    Vectors.set(dst, at(a0, a1, b0, b1, imm), at(a0, a1, b0, b1, imm + 8));
  }

  private static long at(long a0, long a1, long b0, long b1, int byteIndex) {
    int i = byteIndex >>> 3;
    int shift = (byteIndex & 7) * 8;
    long lo = quarter(a0, a1, b0, b1, i);
    return shift == 0 ? lo : lo >>> shift | quarter(a0, a1, b0, b1, i + 1) << -shift;
  }

  private static long quarter(long a0, long a1, long b0, long b1, int i) {
    return switch (i) {
      case 0 -> b0;
      case 1 -> b1;
      case 2 -> a0;
      case 3 -> a1;
      default -> 0;
    };
  }

  /// Dwords chosen by two bits each: the lower from a, the upper from b.
  private static long dwords(long a0, long a1, long b0, long b1, int imm) {
    long lo = ((imm & 2) == 0 ? a0 : a1) >>> 32 * (imm & 1) & 0xFFFF_FFFFL;
    long hi = ((imm & 8) == 0 ? b0 : b1) >>> 32 * (imm >>> 2 & 1);
    return lo | hi << 32;
  }

  private static long words(long v, int imm) {
    return v >>> 16 * (imm & 3) & 0xFFFF | (v >>> 16 * (imm >>> 2 & 3) & 0xFFFF) << 16
        | (v >>> 16 * (imm >>> 4 & 3) & 0xFFFF) << 32 | v >>> 16 * (imm >>> 6 & 3) << 48;
  }

  // ---- shifts

  private static int shift(Cpu cpu, long p, int op) {
    boolean immediate = op >= PSLLW_IMM;
    if (Vectors.isMmx(p)) {
      Vectors.requireMmx(cpu);
      long count = immediate ? Op.imm(p) & 0xFF : Vectors.mmxSource(cpu, p);
      Vectors.enterMmx(cpu);
      int n = Op.dst(p);
      Vectors.setMmx(cpu, n, shifted(immediate ? op - (PSLLW_IMM - PSLLW) : op, Mem.get64(Vectors.mmx(cpu, n)), count));
      return Flow.NEXT;
    }
    Vectors.require(cpu, p);
    int bytes = Vectors.bytes(p);
    long count = immediate ? Op.imm(p) & 0xFF : Mem.get64(Vectors.source(cpu, p, 16));
    long first = Vectors.first(cpu, p);
    long dst = Vectors.dst(cpu, p);
    int shift = immediate ? op - (PSLLW_IMM - PSLLW) : op;
    for (int at = 0; at < bytes; at += 16) {
      long a0 = Mem.get64(first + at);
      long a1 = Mem.get64(first + at + 8);
      if (op == PSRLDQ) {
        align(dst + at, 0, 0, a0, a1, (int) Math.min(count, 16));
      } else if (op == PSLLDQ) {
        align(dst + at, a0, a1, 0, 0, 16 - (int) Math.min(count, 16));
      } else {
        Vectors.set(dst + at, shifted(shift, a0, count), shifted(shift, a1, count));
      }
    }
    return Flow.NEXT;
  }

  /// Counts beyond the lane's width give zeros, or copies of the sign.
  private static long shifted(int op, long v, long count) {
    boolean beyond64 = Long.compareUnsigned(count, 63) > 0;
    int c = beyond64 ? 64 : (int) count;
    return switch (op) {
      case PSLLW -> c > 15 ? 0 : v << c & words(0xFFFF << c);
      case PSRLW -> c > 15 ? 0 : v >>> c & words(0xFFFF >>> c);
      case PSLLD -> c > 31 ? 0 : Lanes.pair((int) v << c, (int) (v >>> 32) << c);
      case PSRLD -> c > 31 ? 0 : Lanes.pair((int) v >>> c, (int) (v >>> 32) >>> c);
      case PSLLQ -> c > 63 ? 0 : v << c;
      case PSRLQ -> c > 63 ? 0 : v >>> c;
      case PSRAD -> Lanes.pair((int) v >> Math.min(c, 31), (int) (v >>> 32) >> Math.min(c, 31));
      default -> {
        int n = Math.min(c, 15);
        yield (short) v >> n & 0xFFFFL | ((short) (v >>> 16) >> n & 0xFFFFL) << 16
            | ((short) (v >>> 32) >> n & 0xFFFFL) << 32 | v >> n & 0xFFFFL << 48;
      }
    };
  }

  /// A word in each lane.
  private static long words(int w) {
    return (w & 0xFFFFL) * 0x0001_0001_0001_0001L;
  }
}
