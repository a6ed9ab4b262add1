package thespis.cpu.run;

import thespis.cpu.decode.Special;
import thespis.cpu.exec.Arithmetic;
import thespis.cpu.exec.Flags;
import thespis.cpu.mmu.Mem;

/// INC, DEC, NEG, NOT, shifts by a constant, two-operand multiplication. SDM Vol. 1 "Binary Arithmetic Instructions",
/// "Shift and Rotate Instructions".
final class UnaryOps {
  private UnaryOps() {}

  static void fill(Handler[] table) {
    table[Special.INC_R64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        int carry = Flags.carry(i.cpu) ? 1 : 0;
        long d = dst(st, w);
        long a = Mem.get64(d);
        long r = a + 1;
        Mem.put64(d, r);
        flags(st, Flags.RESULT, r, Arithmetic.incBits(a, r, carry));
        return p + NEXT;
      }
    };
    table[Special.INC_R32] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        int carry = Flags.carry(i.cpu) ? 1 : 0;
        long d = dst(st, w);
        long a = Mem.get32(d);
        long r = (int) (a + 1);
        Mem.put64(d, r & U32);
        flags(st, Flags.RESULT, r, Arithmetic.incBits(a, r, carry));
        return p + NEXT;
      }
    };
    table[Special.DEC_R64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        int carry = Flags.carry(i.cpu) ? 1 : 0;
        long d = dst(st, w);
        long a = Mem.get64(d);
        long r = a - 1;
        Mem.put64(d, r);
        flags(st, Flags.RESULT, r, Arithmetic.decBits(a, r, carry));
        return p + NEXT;
      }
    };
    table[Special.DEC_R32] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        int carry = Flags.carry(i.cpu) ? 1 : 0;
        long d = dst(st, w);
        long a = Mem.get32(d);
        long r = (int) (a - 1);
        Mem.put64(d, r & U32);
        flags(st, Flags.RESULT, r, Arithmetic.decBits(a, r, carry));
        return p + NEXT;
      }
    };
    table[Special.NEG_R64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        long d = dst(st, w);
        long a = Mem.get64(d);
        Mem.put64(d, -a);
        flags(st, Flags.SUB + 3, 0, a);
        return p + NEXT;
      }
    };
    table[Special.NEG_R32] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        long d = dst(st, w);
        long a = Mem.get32(d);
        Mem.put64(d, -a & U32);
        flags(st, Flags.SUB + 2, 0, a);
        return p + NEXT;
      }
    };
    table[Special.NOT_R64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        long d = dst(st, w);
        Mem.put64(d, ~Mem.get64(d));
        return p + NEXT;
      }
    };
    table[Special.SHL_RI64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        long d = dst(st, w);
        int n = Mem.get32(p + 16) & 63;
        long a = Mem.get64(d);
        long r = a << n;
        Mem.put64(d, r);
        int cf = (int) (a >>> 64 - n) & 1;
        flags(st, Flags.RESULT, r, cf | ((int) (r >>> 63) ^ cf) << 11);
        return p + NEXT;
      }
    };
    table[Special.SHR_RI64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        long d = dst(st, w);
        int n = Mem.get32(p + 16) & 63;
        long a = Mem.get64(d);
        long r = a >>> n;
        Mem.put64(d, r);
        flags(st, Flags.RESULT, r, (int) (a >>> n - 1) & 1 | (int) (a >>> 63) << 11);
        return p + NEXT;
      }
    };
    table[Special.SAR_RI64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        long d = dst(st, w);
        int n = Mem.get32(p + 16) & 63;
        long a = Mem.get64(d);
        long r = a >> n;
        Mem.put64(d, r);
        flags(st, Flags.RESULT, r, (int) (a >> n - 1) & 1);
        return p + NEXT;
      }
    };
    table[Special.SHL_RI32] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        long d = dst(st, w);
        int n = Mem.get32(p + 16) & 31;
        long a = Mem.get32(d);
        long r = (int) (a << n);
        Mem.put64(d, r & U32);
        int cf = (int) (a >>> 32 - n) & 1;
        flags(st, Flags.RESULT, r, cf | ((int) (r >>> 63) ^ cf) << 11);
        return p + NEXT;
      }
    };
    table[Special.SHR_RI32] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        long d = dst(st, w);
        int n = Mem.get32(p + 16) & 31;
        long a = Mem.get32(d);
        long r = (a & U32) >>> n;
        Mem.put64(d, r);
        flags(st, Flags.RESULT, (int) r, (int) ((a & U32) >>> n - 1) & 1 | (int) (a >>> 63) << 11);
        return p + NEXT;
      }
    };
    table[Special.SAR_RI32] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        long d = dst(st, w);
        int n = Mem.get32(p + 16) & 31;
        long a = Mem.get32(d);
        long r = a >> n;
        Mem.put64(d, r & U32);
        flags(st, Flags.RESULT, r, (int) (a >> n - 1) & 1);
        return p + NEXT;
      }
    };
    table[Special.IMUL_RR64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        long d = dst(st, w);
        imul64(st, d, Mem.get64(d), Mem.get64(src(st, w)));
        return p + NEXT;
      }
    };
    table[Special.IMUL_RR32] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        long d = dst(st, w);
        imul32(st, d, Mem.get32(d), Mem.get32(src(st, w)));
        return p + NEXT;
      }
    };
    table[Special.IMUL_RRI64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        imul64(st, dst(st, w), Mem.get64(src(st, w)), Mem.get64(p + 16));
        return p + NEXT;
      }
    };
    table[Special.IMUL_RRI32] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        imul32(st, dst(st, w), Mem.get32(src(st, w)), Mem.get32(p + 16));
        return p + NEXT;
      }
    };
  }
}
