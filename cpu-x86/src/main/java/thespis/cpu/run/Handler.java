package thespis.cpu.run;

import thespis.cpu.decode.Op;
import thespis.cpu.exec.Flags;
import thespis.cpu.mmu.Mem;
import thespis.cpu.state.Cpu;

/// Executes one kind of decoded instruction. One small class each rather than one big switch: HotSpot compiles each when
/// it is hot and never throws it away, where a switch with a hundred arms is compiled late, and again for every arm that
/// is taken for the first time (measured: ADR 0003).
abstract class Handler {
  static final long NEXT = Op.BYTES;
  static final long U32 = 0xFFFF_FFFFL;

  /// @param st the vCPU state block
  /// @param p the record
  /// @param w its first eight bytes
  /// @return the record to go on with, or 0 to leave the block: RIP is set
  abstract long run(Interpreter i, long st, long p, long w);

  static long dst(long st, long w) {
    return st + (w >>> 16 & 0xFF);
  }

  static long src(long st, long w) {
    return st + (w >>> 24 & 0xFF);
  }

  /// Base + index * scale + displacement.
  static long address(long st, long p, long w) {
    return Mem.get64(st + (w >>> 32 & 0xFF)) + (Mem.get64(st + (w >>> 40 & 0xFF)) << (w >>> 48 & 3)) + Mem.get64(p + 24);
  }

  /// The same with the segment's base (zero but for FS and GS).
  static long ea(long st, long p, long w) {
    return address(st, p, w) + Mem.get64(st + Cpu.SEG_BASE + (w >>> 47 & 0x38));
  }

  static void flags(long st, int kind, long dst, long src) {
    Mem.put32(st + Cpu.CC_KIND, kind);
    Mem.put64(st + Cpu.CC_DST, dst);
    Mem.put64(st + Cpu.CC_SRC, src);
  }

  static void result(long st, long r) {
    flags(st, Flags.RESULT, r, 0);
  }

  static void imul64(long st, long d, long a, long b) {
    long r = a * b;
    Mem.put64(d, r);
    flags(st, Flags.RESULT, r, Math.multiplyHigh(a, b) == r >> 63 ? 0 : Cpu.CF | Cpu.OF);
  }

  static void imul32(long st, long d, long a, long b) {
    long r = a * b;
    Mem.put64(d, r & U32);
    flags(st, Flags.RESULT, (int) r, r == (int) r ? 0 : Cpu.CF | Cpu.OF);
  }
}
