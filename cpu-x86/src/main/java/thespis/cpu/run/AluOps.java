package thespis.cpu.run;

import thespis.cpu.decode.Special;
import thespis.cpu.exec.Flags;
import thespis.cpu.mmu.Mem;

/// ADD, SUB, AND, OR, XOR in their common forms. SDM Vol. 1 "Binary Arithmetic Instructions", "Logical Instructions".
final class AluOps {
  private AluOps() {}

  static void fill(Handler[] table) {
    table[Special.ADD_RR64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        long b = Mem.get64(src(st, w));
        long d = dst(st, w);
        long a = Mem.get64(d);
        Mem.put64(d, a + b);
        flags(st, Flags.ADD + 3, a, b);
        return p + NEXT;
      }
    };
    table[Special.ADD_RR32] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        long b = Mem.get32(src(st, w));
        long d = dst(st, w);
        long a = Mem.get32(d);
        Mem.put64(d, a + b & U32);
        flags(st, Flags.ADD + 2, a, b);
        return p + NEXT;
      }
    };
    table[Special.ADD_RI64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        long b = Mem.get64(p + 16);
        long d = dst(st, w);
        long a = Mem.get64(d);
        Mem.put64(d, a + b);
        flags(st, Flags.ADD + 3, a, b);
        return p + NEXT;
      }
    };
    table[Special.ADD_RI32] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        long b = Mem.get64(p + 16);
        long d = dst(st, w);
        long a = Mem.get32(d);
        Mem.put64(d, a + b & U32);
        flags(st, Flags.ADD + 2, a, b);
        return p + NEXT;
      }
    };
    table[Special.ADD_RM64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        long b = i.mmu.load64(ea(st, p, w));
        long d = dst(st, w);
        long a = Mem.get64(d);
        Mem.put64(d, a + b);
        flags(st, Flags.ADD + 3, a, b);
        return p + NEXT;
      }
    };
    table[Special.ADD_RM32] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        long b = i.mmu.load32(ea(st, p, w));
        long d = dst(st, w);
        long a = Mem.get32(d);
        Mem.put64(d, a + b & U32);
        flags(st, Flags.ADD + 2, a, b);
        return p + NEXT;
      }
    };
    table[Special.SUB_RR64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        long b = Mem.get64(src(st, w));
        long d = dst(st, w);
        long a = Mem.get64(d);
        Mem.put64(d, a - b);
        flags(st, Flags.SUB + 3, a, b);
        return p + NEXT;
      }
    };
    table[Special.SUB_RR32] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        long b = Mem.get32(src(st, w));
        long d = dst(st, w);
        long a = Mem.get32(d);
        Mem.put64(d, a - b & U32);
        flags(st, Flags.SUB + 2, a, b);
        return p + NEXT;
      }
    };
    table[Special.SUB_RI64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        long b = Mem.get64(p + 16);
        long d = dst(st, w);
        long a = Mem.get64(d);
        Mem.put64(d, a - b);
        flags(st, Flags.SUB + 3, a, b);
        return p + NEXT;
      }
    };
    table[Special.SUB_RI32] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        long b = Mem.get64(p + 16);
        long d = dst(st, w);
        long a = Mem.get32(d);
        Mem.put64(d, a - b & U32);
        flags(st, Flags.SUB + 2, a, b);
        return p + NEXT;
      }
    };
    table[Special.SUB_RM64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        long b = i.mmu.load64(ea(st, p, w));
        long d = dst(st, w);
        long a = Mem.get64(d);
        Mem.put64(d, a - b);
        flags(st, Flags.SUB + 3, a, b);
        return p + NEXT;
      }
    };
    table[Special.SUB_RM32] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        long b = i.mmu.load32(ea(st, p, w));
        long d = dst(st, w);
        long a = Mem.get32(d);
        Mem.put64(d, a - b & U32);
        flags(st, Flags.SUB + 2, a, b);
        return p + NEXT;
      }
    };
    table[Special.AND_RR64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        long b = Mem.get64(src(st, w));
        long d = dst(st, w);
        long r = Mem.get64(d) & b;
        Mem.put64(d, r);
        result(st, r);
        return p + NEXT;
      }
    };
    table[Special.AND_RR32] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        long b = Mem.get32(src(st, w));
        long d = dst(st, w);
        int r = (int) (Mem.get32(d) & b);
        Mem.put64(d, r & U32);
        result(st, r);
        return p + NEXT;
      }
    };
    table[Special.AND_RI64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        long b = Mem.get64(p + 16);
        long d = dst(st, w);
        long r = Mem.get64(d) & b;
        Mem.put64(d, r);
        result(st, r);
        return p + NEXT;
      }
    };
    table[Special.AND_RI32] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        long b = Mem.get64(p + 16);
        long d = dst(st, w);
        int r = (int) (Mem.get32(d) & b);
        Mem.put64(d, r & U32);
        result(st, r);
        return p + NEXT;
      }
    };
    table[Special.AND_RM64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        long b = i.mmu.load64(ea(st, p, w));
        long d = dst(st, w);
        long r = Mem.get64(d) & b;
        Mem.put64(d, r);
        result(st, r);
        return p + NEXT;
      }
    };
    table[Special.AND_RM32] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        long b = i.mmu.load32(ea(st, p, w));
        long d = dst(st, w);
        int r = (int) (Mem.get32(d) & b);
        Mem.put64(d, r & U32);
        result(st, r);
        return p + NEXT;
      }
    };
    table[Special.OR_RR64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        long b = Mem.get64(src(st, w));
        long d = dst(st, w);
        long r = Mem.get64(d) | b;
        Mem.put64(d, r);
        result(st, r);
        return p + NEXT;
      }
    };
    table[Special.OR_RR32] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        long b = Mem.get32(src(st, w));
        long d = dst(st, w);
        int r = (int) (Mem.get32(d) | b);
        Mem.put64(d, r & U32);
        result(st, r);
        return p + NEXT;
      }
    };
    table[Special.OR_RI64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        long b = Mem.get64(p + 16);
        long d = dst(st, w);
        long r = Mem.get64(d) | b;
        Mem.put64(d, r);
        result(st, r);
        return p + NEXT;
      }
    };
    table[Special.OR_RI32] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        long b = Mem.get64(p + 16);
        long d = dst(st, w);
        int r = (int) (Mem.get32(d) | b);
        Mem.put64(d, r & U32);
        result(st, r);
        return p + NEXT;
      }
    };
    table[Special.OR_RM64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        long b = i.mmu.load64(ea(st, p, w));
        long d = dst(st, w);
        long r = Mem.get64(d) | b;
        Mem.put64(d, r);
        result(st, r);
        return p + NEXT;
      }
    };
    table[Special.OR_RM32] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        long b = i.mmu.load32(ea(st, p, w));
        long d = dst(st, w);
        int r = (int) (Mem.get32(d) | b);
        Mem.put64(d, r & U32);
        result(st, r);
        return p + NEXT;
      }
    };
    table[Special.XOR_RR64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        long b = Mem.get64(src(st, w));
        long d = dst(st, w);
        long r = Mem.get64(d) ^ b;
        Mem.put64(d, r);
        result(st, r);
        return p + NEXT;
      }
    };
    table[Special.XOR_RR32] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        long b = Mem.get32(src(st, w));
        long d = dst(st, w);
        int r = (int) (Mem.get32(d) ^ b);
        Mem.put64(d, r & U32);
        result(st, r);
        return p + NEXT;
      }
    };
    table[Special.XOR_RI64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        long b = Mem.get64(p + 16);
        long d = dst(st, w);
        long r = Mem.get64(d) ^ b;
        Mem.put64(d, r);
        result(st, r);
        return p + NEXT;
      }
    };
    table[Special.XOR_RI32] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        long b = Mem.get64(p + 16);
        long d = dst(st, w);
        int r = (int) (Mem.get32(d) ^ b);
        Mem.put64(d, r & U32);
        result(st, r);
        return p + NEXT;
      }
    };
    table[Special.XOR_RM64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        long b = i.mmu.load64(ea(st, p, w));
        long d = dst(st, w);
        long r = Mem.get64(d) ^ b;
        Mem.put64(d, r);
        result(st, r);
        return p + NEXT;
      }
    };
    table[Special.XOR_RM32] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        long b = i.mmu.load32(ea(st, p, w));
        long d = dst(st, w);
        int r = (int) (Mem.get32(d) ^ b);
        Mem.put64(d, r & U32);
        result(st, r);
        return p + NEXT;
      }
    };
    table[Special.ADD_MR64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        long la = ea(st, p, w);
        long b = Mem.get64(src(st, w));
        long a = i.mmu.load64(la);
        i.mmu.store64(la, a + b);
        flags(st, Flags.ADD + 3, a, b);
        return p + NEXT;
      }
    };
    table[Special.ADD_MR32] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        long la = ea(st, p, w);
        long b = Mem.get32(src(st, w));
        long a = i.mmu.load32(la);
        i.mmu.store32(la, (int) (a + b));
        flags(st, Flags.ADD + 2, a, b);
        return p + NEXT;
      }
    };
    table[Special.ADD_MI64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        long la = ea(st, p, w);
        long b = Mem.get64(p + 16);
        long a = i.mmu.load64(la);
        i.mmu.store64(la, a + b);
        flags(st, Flags.ADD + 3, a, b);
        return p + NEXT;
      }
    };
    table[Special.ADD_MI32] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        long la = ea(st, p, w);
        long b = Mem.get64(p + 16);
        long a = i.mmu.load32(la);
        i.mmu.store32(la, (int) (a + b));
        flags(st, Flags.ADD + 2, a, b);
        return p + NEXT;
      }
    };
  }
}
