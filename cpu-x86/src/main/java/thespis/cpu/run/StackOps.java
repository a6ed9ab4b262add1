package thespis.cpu.run;

import thespis.cpu.decode.Special;
import thespis.cpu.exec.Flags;
import thespis.cpu.mmu.Mem;
import thespis.cpu.mmu.Mmu;
import thespis.cpu.state.Cpu;

/// PUSH, POP, LEAVE, and what depends on a condition. SDM Vol. 1 "Data Transfer Instructions". Each function is one
/// form of one instruction on operands that are known: `d` and `s` are register offsets, `la` a linear address; `live`
/// is false where nobody reads the flags. The interpreter's handlers and compiled blocks share them.
final class StackOps extends Kernel {
  private StackOps() {}

  static void pushR(Mmu m, long st, int d) {
    long sp = Mem.get64(st + Cpu.RSP) - 8;
    m.store64(sp, Mem.get64(st + d));
    Mem.put64(st + Cpu.RSP, sp);
  }

  static void pushI(Mmu m, long st, long imm) {
    long sp = Mem.get64(st + Cpu.RSP) - 8;
    m.store64(sp, imm);
    Mem.put64(st + Cpu.RSP, sp);
  }

  static void popR(Mmu m, long st, int d) {
    long sp = Mem.get64(st + Cpu.RSP);
    long v = m.load64(sp);
    Mem.put64(st + Cpu.RSP, sp + 8);
    Mem.put64(st + d, v);
  }

  static void leave(Mmu m, long st) {
    long bp = Mem.get64(st + Cpu.RBP);
    long v = m.load64(bp);
    Mem.put64(st + Cpu.RSP, bp + 8);
    Mem.put64(st + Cpu.RBP, v);
  }

  static void setcc(Cpu c, long st, int d, int cc) {
    Mem.put8(st + d, (byte) (Flags.condition(c, cc) ? 1 : 0));
  }

  static void cmov64(Cpu c, long st, int d, int s, int cc) {
    if (Flags.condition(c, cc)) {
      Mem.put64(st + d, Mem.get64(st + s));
    }
  }

  static void cmov32(Cpu c, long st, int d, int s, int cc) {
    Mem.put64(st + d, Mem.get32(st + (Flags.condition(c, cc) ? s : d)) & U32);
  }

  static void fill(Handler[] table) {
    table[Special.PUSH_R] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        pushR(i.mmu, st, d(w));
        return p + NEXT;
      }
    };
    table[Special.PUSH_I] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        pushI(i.mmu, st, Mem.get64(p + 16));
        return p + NEXT;
      }
    };
    table[Special.POP_R] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        popR(i.mmu, st, d(w));
        return p + NEXT;
      }
    };
    table[Special.LEAVE] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        leave(i.mmu, st);
        return p + NEXT;
      }
    };
    table[Special.SETCC] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        setcc(i.cpu, st, d(w), Mem.get8(p + 14) & 15);
        return p + NEXT;
      }
    };
    table[Special.CMOV64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        cmov64(i.cpu, st, d(w), s(w), Mem.get8(p + 14) & 15);
        return p + NEXT;
      }
    };
    table[Special.CMOV32] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        cmov32(i.cpu, st, d(w), s(w), Mem.get8(p + 14) & 15);
        return p + NEXT;
      }
    };
    table[Special.NOP] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        return p + NEXT;
      }
    };
  }
}
