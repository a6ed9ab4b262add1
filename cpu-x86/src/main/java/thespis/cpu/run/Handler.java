package thespis.cpu.run;

import thespis.cpu.decode.Op;
import thespis.cpu.mmu.Mem;
import thespis.cpu.state.Cpu;

/// Executes one kind of decoded instruction. One small class each rather than one big switch: HotSpot compiles each when
/// it is hot and never throws it away, where a switch with a hundred arms is compiled late, badly, and again for every
/// arm that is taken for the first time (ADR 0003 has the measurement).
abstract class Handler {
  static final long NEXT = Op.BYTES;

  /// @param st the vCPU state block
  /// @param p the record
  /// @param w its first eight bytes
  /// @return the record to go on with, or 0 to leave the block: RIP is set
  abstract long run(Interpreter i, long st, long p, long w);

  static int d(long w) {
    return (int) (w >>> 16) & 0xFF;
  }

  static int s(long w) {
    return (int) (w >>> 24) & 0xFF;
  }

  /// Base + index * scale + displacement.
  static long address(long st, long p, long w) {
    return Mem.get64(st + (w >>> 32 & 0xFF)) + (Mem.get64(st + (w >>> 40 & 0xFF)) << (w >>> 48 & 3)) + Mem.get64(p + 24);
  }

  /// The same with the segment's base (zero but for FS and GS).
  static long ea(long st, long p, long w) {
    return address(st, p, w) + Mem.get64(st + Cpu.SEG_BASE + (w >>> 47 & 0x38));
  }
}
