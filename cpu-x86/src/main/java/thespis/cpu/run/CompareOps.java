package thespis.cpu.run;

import thespis.cpu.decode.Special;
import thespis.cpu.exec.Flags;
import thespis.cpu.mmu.Mem;

/// CMP and TEST. SDM Vol. 2A "CMP", Vol. 2B "TEST".
final class CompareOps {
  private CompareOps() {}

  static void fill(Handler[] table) {
    table[Special.CMP_RR64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        flags(st, Flags.SUB + 3, Mem.get64(dst(st, w)), Mem.get64(src(st, w)));
        return p + NEXT;
      }
    };
    table[Special.CMP_RR32] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        flags(st, Flags.SUB + 2, Mem.get32(dst(st, w)), Mem.get32(src(st, w)));
        return p + NEXT;
      }
    };
    table[Special.CMP_RR8] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        flags(st, Flags.SUB + 0, Mem.get8(dst(st, w)), Mem.get8(src(st, w)));
        return p + NEXT;
      }
    };
    table[Special.CMP_RI64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        flags(st, Flags.SUB + 3, Mem.get64(dst(st, w)), Mem.get64(p + 16));
        return p + NEXT;
      }
    };
    table[Special.CMP_RI32] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        flags(st, Flags.SUB + 2, Mem.get32(dst(st, w)), Mem.get64(p + 16));
        return p + NEXT;
      }
    };
    table[Special.CMP_RI8] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        flags(st, Flags.SUB + 0, Mem.get8(dst(st, w)), Mem.get64(p + 16));
        return p + NEXT;
      }
    };
    table[Special.CMP_RM64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        flags(st, Flags.SUB + 3, Mem.get64(dst(st, w)), i.mmu.load64(ea(st, p, w)));
        return p + NEXT;
      }
    };
    table[Special.CMP_RM32] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        flags(st, Flags.SUB + 2, Mem.get32(dst(st, w)), i.mmu.load32(ea(st, p, w)));
        return p + NEXT;
      }
    };
    table[Special.CMP_MR64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        flags(st, Flags.SUB + 3, i.mmu.load64(ea(st, p, w)), Mem.get64(src(st, w)));
        return p + NEXT;
      }
    };
    table[Special.CMP_MR32] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        flags(st, Flags.SUB + 2, i.mmu.load32(ea(st, p, w)), Mem.get32(src(st, w)));
        return p + NEXT;
      }
    };
    table[Special.CMP_MI64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        flags(st, Flags.SUB + 3, i.mmu.load64(ea(st, p, w)), Mem.get64(p + 16));
        return p + NEXT;
      }
    };
    table[Special.CMP_MI32] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        flags(st, Flags.SUB + 2, i.mmu.load32(ea(st, p, w)), Mem.get64(p + 16));
        return p + NEXT;
      }
    };
    table[Special.CMP_MI16] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        flags(st, Flags.SUB + 1, i.mmu.load16(ea(st, p, w)), Mem.get64(p + 16));
        return p + NEXT;
      }
    };
    table[Special.CMP_MI8] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        flags(st, Flags.SUB + 0, i.mmu.load8(ea(st, p, w)), Mem.get64(p + 16));
        return p + NEXT;
      }
    };
    table[Special.TEST_RR64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        result(st, Mem.get64(dst(st, w)) & Mem.get64(src(st, w)));
        return p + NEXT;
      }
    };
    table[Special.TEST_RR32] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        result(st, Mem.get32(dst(st, w)) & Mem.get32(src(st, w)));
        return p + NEXT;
      }
    };
    table[Special.TEST_RR8] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        result(st, Mem.get8(dst(st, w)) & Mem.get8(src(st, w)));
        return p + NEXT;
      }
    };
    table[Special.TEST_RI32] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        result(st, Mem.get32(dst(st, w)) & Mem.get32(p + 16));
        return p + NEXT;
      }
    };
    table[Special.TEST_RI8] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        result(st, Mem.get8(dst(st, w)) & Mem.get8(p + 16));
        return p + NEXT;
      }
    };
    table[Special.TEST_MI8] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        result(st, i.mmu.load8(ea(st, p, w)) & Mem.get8(p + 16));
        return p + NEXT;
      }
    };
    table[Special.TEST_MI32] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        result(st, i.mmu.load32(ea(st, p, w)) & Mem.get32(p + 16));
        return p + NEXT;
      }
    };
  }
}
