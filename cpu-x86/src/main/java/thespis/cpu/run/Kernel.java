package thespis.cpu.run;

import thespis.cpu.exec.Flags;
import thespis.cpu.mmu.Mem;
import thespis.cpu.state.Cpu;

/// What the instruction forms share.
abstract class Kernel {
  static final long U32 = 0xFFFF_FFFFL;

  static void flags(long st, int kind, long dst, long src) {
    Mem.put32(st + Cpu.CC_KIND, kind);
    Mem.put64(st + Cpu.CC_DST, dst);
    Mem.put64(st + Cpu.CC_SRC, src);
  }

  static void result(long st, long r) {
    flags(st, Flags.RESULT, r, 0);
  }
}
