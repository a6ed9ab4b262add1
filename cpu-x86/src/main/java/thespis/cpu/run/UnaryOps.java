package thespis.cpu.run;

import thespis.cpu.decode.Special;
import thespis.cpu.exec.Arithmetic;
import thespis.cpu.exec.Flags;
import thespis.cpu.mmu.Mem;
import thespis.cpu.state.Cpu;

/// INC, DEC, NEG, NOT, shifts and rotates by a constant, multiplication. SDM Vol. 1 "Binary Arithmetic
/// Instructions", "Shift and Rotate Instructions". Each function is one form of one instruction on
/// operands that are known: `d` and `s` are register offsets, `la` a linear address; `live` is false where nobody reads
/// the flags. The interpreter's handlers and compiled blocks share them.
final class UnaryOps extends Kernel {
  private UnaryOps() {}

  static void incR64(Cpu c, long st, int d, boolean live) {
    long a = Mem.get64(st + d);
    long r = a + 1;
    if (live) {
      int carry = Flags.carry(c) ? 1 : 0;
      flags(st, Flags.RESULT, r, Arithmetic.incBits(a, r, carry));
    }
    Mem.put64(st + d, r);
  }

  static void incR32(Cpu c, long st, int d, boolean live) {
    long a = Mem.get32(st + d);
    long r = (int) (a + 1);
    if (live) {
      int carry = Flags.carry(c) ? 1 : 0;
      flags(st, Flags.RESULT, r, Arithmetic.incBits(a, r, carry));
    }
    Mem.put64(st + d, r & U32);
  }

  static void decR64(Cpu c, long st, int d, boolean live) {
    long a = Mem.get64(st + d);
    long r = a - 1;
    if (live) {
      int carry = Flags.carry(c) ? 1 : 0;
      flags(st, Flags.RESULT, r, Arithmetic.decBits(a, r, carry));
    }
    Mem.put64(st + d, r);
  }

  static void decR32(Cpu c, long st, int d, boolean live) {
    long a = Mem.get32(st + d);
    long r = (int) (a - 1);
    if (live) {
      int carry = Flags.carry(c) ? 1 : 0;
      flags(st, Flags.RESULT, r, Arithmetic.decBits(a, r, carry));
    }
    Mem.put64(st + d, r & U32);
  }

  static void negR64(long st, int d, boolean live) {
    long a = Mem.get64(st + d);
    Mem.put64(st + d, -a);
    if (live) {
      flags(st, Flags.SUB + 3, 0, a);
    }
  }

  static void negR32(long st, int d, boolean live) {
    long a = Mem.get32(st + d);
    Mem.put64(st + d, -a & U32);
    if (live) {
      flags(st, Flags.SUB + 2, 0, a);
    }
  }

  static void notR64(long st, int d) {
    Mem.put64(st + d, ~Mem.get64(st + d));
  }

  static void shlRI64(long st, int d, long imm, boolean live) {
    int n = (int) imm & 63;
    long a = Mem.get64(st + d);
    long r = a << n;
    Mem.put64(st + d, r);
    if (live) {
      int cf = (int) (a >>> 64 - n) & 1;
      flags(st, Flags.RESULT, r, cf | ((int) (r >>> 63) ^ cf) << 11);
    }
  }

  static void shlRI32(long st, int d, long imm, boolean live) {
    int n = (int) imm & 31;
    long a = Mem.get32(st + d);
    long r = (int) (a << n);
    Mem.put64(st + d, r & U32);
    if (live) {
      int cf = (int) (a >>> 32 - n) & 1;
      flags(st, Flags.RESULT, r, cf | ((int) (r >>> 63) ^ cf) << 11);
    }
  }

  static void shrRI64(long st, int d, long imm, boolean live) {
    int n = (int) imm & 63;
    long a = Mem.get64(st + d);
    long r = a >>> n;
    Mem.put64(st + d, r);
    if (live) {
      int cf = (int) (a >>> n - 1) & 1;
      flags(st, Flags.RESULT, r, cf | (int) (a >>> 63) << 11);
    }
  }

  static void shrRI32(long st, int d, long imm, boolean live) {
    int n = (int) imm & 31;
    long a = Mem.get32(st + d);
    long r = (a & U32) >>> n;
    Mem.put64(st + d, r);
    if (live) {
      int cf = (int) ((a & U32) >>> n - 1) & 1;
      flags(st, Flags.RESULT, (int) r, cf | (int) (a >>> 63) << 11);
    }
  }

  static void sarRI64(long st, int d, long imm, boolean live) {
    int n = (int) imm & 63;
    long a = Mem.get64(st + d);
    long r = a >> n;
    Mem.put64(st + d, r);
    if (live) {
      flags(st, Flags.RESULT, r, (int) (a >> n - 1) & 1);
    }
  }

  static void sarRI32(long st, int d, long imm, boolean live) {
    int n = (int) imm & 31;
    long a = Mem.get32(st + d);
    long r = a >> n;
    Mem.put64(st + d, r & U32);
    if (live) {
      flags(st, Flags.RESULT, r, (int) (a >> n - 1) & 1);
    }
  }

  static void imulRR64(long st, int d, int s, boolean live) {
    long a = Mem.get64(st + d);
    long b = Mem.get64(st + s);
    long r = a * b;
    Mem.put64(st + d, r);
    if (live) {
      flags(st, Flags.RESULT, r, Math.multiplyHigh(a, b) == r >> 63 ? 0 : Cpu.CF | Cpu.OF);
    }
  }

  static void imulRR32(long st, int d, int s, boolean live) {
    long a = Mem.get32(st + d);
    long b = Mem.get32(st + s);
    long r = a * b;
    Mem.put64(st + d, r & U32);
    if (live) {
      flags(st, Flags.RESULT, (int) r, r == (int) r ? 0 : Cpu.CF | Cpu.OF);
    }
  }

  static void imulRRI64(long st, int d, int s, long imm, boolean live) {
    long a = Mem.get64(st + s);
    long b = imm;
    long r = a * b;
    Mem.put64(st + d, r);
    if (live) {
      flags(st, Flags.RESULT, r, Math.multiplyHigh(a, b) == r >> 63 ? 0 : Cpu.CF | Cpu.OF);
    }
  }

  static void imulRRI32(long st, int d, int s, long imm, boolean live) {
    long a = Mem.get32(st + s);
    long b = imm;
    long r = a * b;
    Mem.put64(st + d, r & U32);
    if (live) {
      flags(st, Flags.RESULT, (int) r, r == (int) r ? 0 : Cpu.CF | Cpu.OF);
    }
  }

  static void rolRI64(Cpu c, long st, int d, long imm, boolean live) {
    long r = Long.rotateLeft(Mem.get64(st + d), (int) imm);
    Mem.put64(st + d, r);
    if (live) {
      int cf = (int) r & 1;
      int others = Flags.arithmetic(c) & ~(Cpu.CF | Cpu.OF);
      Flags.setArithmetic(c, others | cf | ((int) (r >>> 63) & 1 ^ cf) << 11);
    }
  }

  static void rolRI32(Cpu c, long st, int d, long imm, boolean live) {
    long r = Integer.rotateLeft(Mem.get32(st + d), (int) imm);
    Mem.put64(st + d, r & U32);
    if (live) {
      int cf = (int) r & 1;
      int others = Flags.arithmetic(c) & ~(Cpu.CF | Cpu.OF);
      Flags.setArithmetic(c, others | cf | ((int) (r >>> 31) & 1 ^ cf) << 11);
    }
  }

  static void rorRI64(Cpu c, long st, int d, long imm, boolean live) {
    long r = Long.rotateRight(Mem.get64(st + d), (int) imm);
    Mem.put64(st + d, r);
    if (live) {
      int cf = (int) (r >>> 63) & 1;
      int others = Flags.arithmetic(c) & ~(Cpu.CF | Cpu.OF);
      Flags.setArithmetic(c, others | cf | (cf ^ (int) (r >>> 62) & 1) << 11);
    }
  }

  static void rorRI32(Cpu c, long st, int d, long imm, boolean live) {
    long r = Integer.rotateRight(Mem.get32(st + d), (int) imm);
    Mem.put64(st + d, r & U32);
    if (live) {
      int cf = (int) (r >>> 31) & 1;
      int others = Flags.arithmetic(c) & ~(Cpu.CF | Cpu.OF);
      Flags.setArithmetic(c, others | cf | (cf ^ (int) (r >>> 30) & 1) << 11);
    }
  }

  static void mulR64(long st, int d, boolean live) {
    long a = Mem.get64(st + Cpu.RAX);
    long b = Mem.get64(st + d);
    long high = Math.unsignedMultiplyHigh(a, b);
    Mem.put64(st + Cpu.RAX, a * b);
    Mem.put64(st + Cpu.RDX, high);
    if (live) {
      flags(st, Flags.RESULT, a * b, high != 0 ? Cpu.CF | Cpu.OF : 0);
    }
  }

  static void fill(Handler[] table) {
    table[Special.INC_R64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        incR64(i.cpu, st, d(w), true);
        return p + NEXT;
      }
    };
    table[Special.INC_R32] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        incR32(i.cpu, st, d(w), true);
        return p + NEXT;
      }
    };
    table[Special.DEC_R64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        decR64(i.cpu, st, d(w), true);
        return p + NEXT;
      }
    };
    table[Special.DEC_R32] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        decR32(i.cpu, st, d(w), true);
        return p + NEXT;
      }
    };
    table[Special.NEG_R64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        negR64(st, d(w), true);
        return p + NEXT;
      }
    };
    table[Special.NEG_R32] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        negR32(st, d(w), true);
        return p + NEXT;
      }
    };
    table[Special.NOT_R64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        notR64(st, d(w));
        return p + NEXT;
      }
    };
    table[Special.SHL_RI64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        shlRI64(st, d(w), Mem.get64(p + 16), true);
        return p + NEXT;
      }
    };
    table[Special.SHL_RI32] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        shlRI32(st, d(w), Mem.get64(p + 16), true);
        return p + NEXT;
      }
    };
    table[Special.SHR_RI64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        shrRI64(st, d(w), Mem.get64(p + 16), true);
        return p + NEXT;
      }
    };
    table[Special.SHR_RI32] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        shrRI32(st, d(w), Mem.get64(p + 16), true);
        return p + NEXT;
      }
    };
    table[Special.SAR_RI64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        sarRI64(st, d(w), Mem.get64(p + 16), true);
        return p + NEXT;
      }
    };
    table[Special.SAR_RI32] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        sarRI32(st, d(w), Mem.get64(p + 16), true);
        return p + NEXT;
      }
    };
    table[Special.IMUL_RR64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        imulRR64(st, d(w), s(w), true);
        return p + NEXT;
      }
    };
    table[Special.IMUL_RR32] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        imulRR32(st, d(w), s(w), true);
        return p + NEXT;
      }
    };
    table[Special.IMUL_RRI64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        imulRRI64(st, d(w), s(w), Mem.get64(p + 16), true);
        return p + NEXT;
      }
    };
    table[Special.IMUL_RRI32] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        imulRRI32(st, d(w), s(w), Mem.get64(p + 16), true);
        return p + NEXT;
      }
    };
    table[Special.ROL_RI64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        rolRI64(i.cpu, st, d(w), Mem.get64(p + 16), true);
        return p + NEXT;
      }
    };
    table[Special.ROL_RI32] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        rolRI32(i.cpu, st, d(w), Mem.get64(p + 16), true);
        return p + NEXT;
      }
    };
    table[Special.ROR_RI64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        rorRI64(i.cpu, st, d(w), Mem.get64(p + 16), true);
        return p + NEXT;
      }
    };
    table[Special.ROR_RI32] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        rorRI32(i.cpu, st, d(w), Mem.get64(p + 16), true);
        return p + NEXT;
      }
    };
    table[Special.MUL_R64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        mulR64(st, d(w), true);
        return p + NEXT;
      }
    };
  }
}
