package thespis.cpu.run;

import thespis.cpu.decode.Op;
import thespis.cpu.decode.Special;
import thespis.cpu.exec.Flags;
import thespis.cpu.mmu.Canonical;
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
    conditional(table);
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
    table[Special.JMP_R] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        return i.indirect(st, p, canonical(i, Mem.get64(st + d(w))));
      }
    };
    table[Special.JMP_M] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        return i.indirect(st, p, canonical(i, i.mmu.load64(ea(st, p, w))));
      }
    };
  }

  /// #GP at the branch, before it changes anything. SDM Vol. 1 "Canonical Addressing".
  private static long canonical(Interpreter i, long to) {
    if (to << 16 >> 16 != to && !Canonical.isAddress(i.cpu, to)) {
      throw i.cpu.gp();
    }
    return to;
  }

  static void push(Interpreter i, long st, long p) {
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
        long to = canonical(i, Mem.get64(st + d(w)));
        push(i, st, p);
        return i.indirect(st, p, to);
      }
    };
    table[Special.CALL_M] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        long to = canonical(i, i.mmu.load64(ea(st, p, w)));
        push(i, st, p);
        return i.indirect(st, p, to);
      }
    };
    table[Special.RET] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        long sp = Mem.get64(st + Cpu.RSP);
        long to = canonical(i, i.mmu.load64(sp));
        Mem.put64(st + Cpu.RSP, sp + 8);
        return i.indirect(st, p, to);
      }
    };
  }

  /// Is the conditional branch at `p` taken? `op` is its form.
  static boolean condition(Cpu c, long st, long p, int op) {
    if (op == Special.JCC) {
      return Flags.condition(c, Mem.get8(p + 14) & 15);
    }
    return op < Special.JE_RES ? compare(op, Mem.get64(st + Cpu.CC_DST), Mem.get64(st + Cpu.CC_SRC))
        : compare(op, Mem.get64(st + Cpu.CC_DST));
  }

  /// The flags came from a subtraction or comparison: both operands are at hand.
  private static boolean compare(int op, long dst, long src) {
    return switch (op) {
      case Special.JE_SUB -> dst == src;
      case Special.JNE_SUB -> dst != src;
      case Special.JB_SUB -> dst + TOP < src + TOP;
      case Special.JAE_SUB -> dst + TOP >= src + TOP;
      case Special.JBE_SUB -> dst + TOP <= src + TOP;
      case Special.JA_SUB -> dst + TOP > src + TOP;
      case Special.JL_SUB -> dst < src;
      case Special.JGE_SUB -> dst >= src;
      case Special.JLE_SUB -> dst <= src;
      case Special.JG_SUB -> dst > src;
      default -> throw new IllegalStateException("not a branch after a comparison: " + op);
    };
  }

  /// The flags came from a result: it is compared with zero.
  private static boolean compare(int op, long result) {
    return switch (op) {
      case Special.JE_RES -> result == 0;
      case Special.JNE_RES -> result != 0;
      case Special.JS_RES -> result < 0;
      case Special.JNS_RES -> result >= 0;
      case Special.JLE_RES -> result <= 0;
      case Special.JG_RES -> result > 0;
      default -> throw new IllegalStateException("not a branch after a result: " + op);
    };
  }

  private static void conditional(Handler[] table) {
    table[Special.JCC] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        return condition(i.cpu, st, p, Special.JCC) ? i.taken(st, p) : p + NEXT;
      }
    };
    table[Special.JE_SUB] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        return condition(i.cpu, st, p, Special.JE_SUB) ? i.taken(st, p) : p + NEXT;
      }
    };
    table[Special.JNE_SUB] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        return condition(i.cpu, st, p, Special.JNE_SUB) ? i.taken(st, p) : p + NEXT;
      }
    };
    table[Special.JB_SUB] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        return condition(i.cpu, st, p, Special.JB_SUB) ? i.taken(st, p) : p + NEXT;
      }
    };
    table[Special.JAE_SUB] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        return condition(i.cpu, st, p, Special.JAE_SUB) ? i.taken(st, p) : p + NEXT;
      }
    };
    table[Special.JBE_SUB] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        return condition(i.cpu, st, p, Special.JBE_SUB) ? i.taken(st, p) : p + NEXT;
      }
    };
    table[Special.JA_SUB] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        return condition(i.cpu, st, p, Special.JA_SUB) ? i.taken(st, p) : p + NEXT;
      }
    };
    table[Special.JL_SUB] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        return condition(i.cpu, st, p, Special.JL_SUB) ? i.taken(st, p) : p + NEXT;
      }
    };
    table[Special.JGE_SUB] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        return condition(i.cpu, st, p, Special.JGE_SUB) ? i.taken(st, p) : p + NEXT;
      }
    };
    table[Special.JLE_SUB] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        return condition(i.cpu, st, p, Special.JLE_SUB) ? i.taken(st, p) : p + NEXT;
      }
    };
    table[Special.JG_SUB] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        return condition(i.cpu, st, p, Special.JG_SUB) ? i.taken(st, p) : p + NEXT;
      }
    };
    table[Special.JE_RES] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        return condition(i.cpu, st, p, Special.JE_RES) ? i.taken(st, p) : p + NEXT;
      }
    };
    table[Special.JNE_RES] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        return condition(i.cpu, st, p, Special.JNE_RES) ? i.taken(st, p) : p + NEXT;
      }
    };
    table[Special.JS_RES] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        return condition(i.cpu, st, p, Special.JS_RES) ? i.taken(st, p) : p + NEXT;
      }
    };
    table[Special.JNS_RES] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        return condition(i.cpu, st, p, Special.JNS_RES) ? i.taken(st, p) : p + NEXT;
      }
    };
    table[Special.JLE_RES] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        return condition(i.cpu, st, p, Special.JLE_RES) ? i.taken(st, p) : p + NEXT;
      }
    };
    table[Special.JG_RES] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        return condition(i.cpu, st, p, Special.JG_RES) ? i.taken(st, p) : p + NEXT;
      }
    };
  }
}
