package thespis.cpu.run;

import thespis.cpu.decode.Op;
import thespis.cpu.decode.Special;
import thespis.cpu.exec.Flags;
import thespis.cpu.mmu.Mem;
import thespis.cpu.state.Cpu;

/// Near jumps, calls and returns of 64-bit code. A direct branch knows the block it leads to once that was found; the
/// others go through the search. SDM Vol. 1 "Control Transfer Instructions".
final class BranchOps {
  /// Added to both sides, makes a signed comparison an unsigned one.
  private static final long TOP = Long.MIN_VALUE;

  private BranchOps() {}

  static void fill(Handler[] table) {
    jumps(table);
    calls(table);
    afterCompare(table);
    afterResult(table);
  }

  private static void jumps(Handler[] table) {
    Handler jump = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        return i.taken(st, p);
      }
    };
    table[Special.JMP] = jump;
    table[Special.NEXT_BLOCK] = jump;
    table[Special.JCC] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        return Flags.condition(i.cpu, Mem.get8(p + 14) & 15) ? i.taken(st, p) : p + NEXT;
      }
    };
    table[Special.JMP_R] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        return i.indirect(st, p, Mem.get64(dst(st, w)));
      }
    };
    table[Special.JMP_M] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        return i.indirect(st, p, i.mmu.load64(ea(st, p, w)));
      }
    };
  }

  private static void push(Interpreter i, long st, long p) {
    long sp = Mem.get64(st + Cpu.RSP) - 8;
    i.mmu.store64(sp, i.rip + Op.offset(p) + Op.length(p));
    Mem.put64(st + Cpu.RSP, sp);
  }

  private static void calls(Handler[] table) {
    table[Special.CALL] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        push(i, st, p);
        return i.taken(st, p);
      }
    };
    table[Special.CALL_R] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        long to = Mem.get64(dst(st, w));
        push(i, st, p);
        return i.indirect(st, p, to);
      }
    };
    table[Special.CALL_M] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        long to = i.mmu.load64(ea(st, p, w));
        push(i, st, p);
        return i.indirect(st, p, to);
      }
    };
    table[Special.RET] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        long sp = Mem.get64(st + Cpu.RSP);
        long to = i.mmu.load64(sp);
        Mem.put64(st + Cpu.RSP, sp + 8);
        return i.indirect(st, p, to);
      }
    };
  }

  /// The flags came from a subtraction or comparison: both operands are at hand.
  private static void afterCompare(Handler[] table) {
    table[Special.JE_SUB] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        long dst = Mem.get64(st + Cpu.CC_DST);
        long src = Mem.get64(st + Cpu.CC_SRC);
        return dst == src ? i.taken(st, p) : p + NEXT;
      }
    };
    table[Special.JNE_SUB] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        long dst = Mem.get64(st + Cpu.CC_DST);
        long src = Mem.get64(st + Cpu.CC_SRC);
        return dst != src ? i.taken(st, p) : p + NEXT;
      }
    };
    table[Special.JB_SUB] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        long dst = Mem.get64(st + Cpu.CC_DST);
        long src = Mem.get64(st + Cpu.CC_SRC);
        return dst + TOP < src + TOP ? i.taken(st, p) : p + NEXT;
      }
    };
    table[Special.JAE_SUB] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        long dst = Mem.get64(st + Cpu.CC_DST);
        long src = Mem.get64(st + Cpu.CC_SRC);
        return dst + TOP >= src + TOP ? i.taken(st, p) : p + NEXT;
      }
    };
    table[Special.JBE_SUB] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        long dst = Mem.get64(st + Cpu.CC_DST);
        long src = Mem.get64(st + Cpu.CC_SRC);
        return dst + TOP <= src + TOP ? i.taken(st, p) : p + NEXT;
      }
    };
    table[Special.JA_SUB] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        long dst = Mem.get64(st + Cpu.CC_DST);
        long src = Mem.get64(st + Cpu.CC_SRC);
        return dst + TOP > src + TOP ? i.taken(st, p) : p + NEXT;
      }
    };
    table[Special.JL_SUB] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        long dst = Mem.get64(st + Cpu.CC_DST);
        long src = Mem.get64(st + Cpu.CC_SRC);
        return dst < src ? i.taken(st, p) : p + NEXT;
      }
    };
    table[Special.JGE_SUB] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        long dst = Mem.get64(st + Cpu.CC_DST);
        long src = Mem.get64(st + Cpu.CC_SRC);
        return dst >= src ? i.taken(st, p) : p + NEXT;
      }
    };
    table[Special.JLE_SUB] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        long dst = Mem.get64(st + Cpu.CC_DST);
        long src = Mem.get64(st + Cpu.CC_SRC);
        return dst <= src ? i.taken(st, p) : p + NEXT;
      }
    };
    table[Special.JG_SUB] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        long dst = Mem.get64(st + Cpu.CC_DST);
        long src = Mem.get64(st + Cpu.CC_SRC);
        return dst > src ? i.taken(st, p) : p + NEXT;
      }
    };
  }

  /// The flags came from a result: it is compared with zero.
  private static void afterResult(Handler[] table) {
    table[Special.JE_RES] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        return Mem.get64(st + Cpu.CC_DST) == 0 ? i.taken(st, p) : p + NEXT;
      }
    };
    table[Special.JNE_RES] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        return Mem.get64(st + Cpu.CC_DST) != 0 ? i.taken(st, p) : p + NEXT;
      }
    };
    table[Special.JS_RES] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        return Mem.get64(st + Cpu.CC_DST) < 0 ? i.taken(st, p) : p + NEXT;
      }
    };
    table[Special.JNS_RES] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        return Mem.get64(st + Cpu.CC_DST) >= 0 ? i.taken(st, p) : p + NEXT;
      }
    };
    table[Special.JLE_RES] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        return Mem.get64(st + Cpu.CC_DST) <= 0 ? i.taken(st, p) : p + NEXT;
      }
    };
    table[Special.JG_RES] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        return Mem.get64(st + Cpu.CC_DST) > 0 ? i.taken(st, p) : p + NEXT;
      }
    };
  }
}
