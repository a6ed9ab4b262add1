package thespis.cpu.run;

import thespis.cpu.decode.Special;
import thespis.cpu.exec.Flags;
import thespis.cpu.mmu.Mem;
import thespis.cpu.state.Cpu;

/// PUSH, POP, LEAVE, and what depends on a condition. SDM Vol. 1 "Data Transfer Instructions".
final class StackOps {
  private StackOps() {}

  static void fill(Handler[] table) {
    table[Special.PUSH_R] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        long sp = Mem.get64(st + Cpu.RSP) - 8;
        i.mmu.store64(sp, Mem.get64(dst(st, w)));
        Mem.put64(st + Cpu.RSP, sp);
        return p + NEXT;
      }
    };
    table[Special.PUSH_I] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        long sp = Mem.get64(st + Cpu.RSP) - 8;
        i.mmu.store64(sp, Mem.get64(p + 16));
        Mem.put64(st + Cpu.RSP, sp);
        return p + NEXT;
      }
    };
    table[Special.POP_R] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        long sp = Mem.get64(st + Cpu.RSP);
        long v = i.mmu.load64(sp);
        Mem.put64(st + Cpu.RSP, sp + 8);
        Mem.put64(dst(st, w), v);
        return p + NEXT;
      }
    };
    table[Special.LEAVE] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        long bp = Mem.get64(st + Cpu.RBP);
        long v = i.mmu.load64(bp);
        Mem.put64(st + Cpu.RSP, bp + 8);
        Mem.put64(st + Cpu.RBP, v);
        return p + NEXT;
      }
    };
    table[Special.SETCC] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        Mem.put8(dst(st, w), (byte) (Flags.condition(i.cpu, Mem.get8(p + 14) & 15) ? 1 : 0));
        return p + NEXT;
      }
    };
    table[Special.CMOV64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        if (Flags.condition(i.cpu, Mem.get8(p + 14) & 15)) {
          Mem.put64(dst(st, w), Mem.get64(src(st, w)));
        }
        return p + NEXT;
      }
    };
    table[Special.CMOV32] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        long d = dst(st, w);
        long from = Flags.condition(i.cpu, Mem.get8(p + 14) & 15) ? src(st, w) : d;
        Mem.put64(d, Mem.get32(from) & U32);
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
