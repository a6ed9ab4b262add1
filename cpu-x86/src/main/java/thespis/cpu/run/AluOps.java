package thespis.cpu.run;

import thespis.cpu.decode.Special;
import thespis.cpu.exec.Arithmetic;
import thespis.cpu.exec.Flags;
import thespis.cpu.mmu.Mem;
import thespis.cpu.mmu.Mmu;
import thespis.cpu.state.Cpu;

/// ADD, SUB, AND, OR, XOR, ADC, SBB in their common forms. SDM Vol. 1 "Binary Arithmetic Instructions", "Logical
/// Instructions". Each function is one form of one instruction on
/// operands that are known: `d` and `s` are register offsets, `la` a linear address; `live` is false where nobody reads
/// the flags. The interpreter's handlers and compiled blocks share them.
final class AluOps extends Kernel {
  private AluOps() {}

  static void addRR64(long st, int d, int s, boolean live) {
    long b = Mem.get64(st + s);
    long a = Mem.get64(st + d);
    Mem.put64(st + d, a + b);
    if (live) {
      flags(st, Flags.ADD + 3, a, b);
    }
  }

  static void addRR32(long st, int d, int s, boolean live) {
    long b = Mem.get32(st + s);
    long a = Mem.get32(st + d);
    Mem.put64(st + d, a + b & U32);
    if (live) {
      flags(st, Flags.ADD + 2, a, b);
    }
  }

  static void addRI64(long st, int d, long imm, boolean live) {
    long b = imm;
    long a = Mem.get64(st + d);
    Mem.put64(st + d, a + b);
    if (live) {
      flags(st, Flags.ADD + 3, a, b);
    }
  }

  static void addRI32(long st, int d, long imm, boolean live) {
    long b = imm;
    long a = Mem.get32(st + d);
    Mem.put64(st + d, a + b & U32);
    if (live) {
      flags(st, Flags.ADD + 2, a, b);
    }
  }

  static void addRM64(Mmu m, long st, int d, long la, boolean live) {
    long b = m.load64(la);
    long a = Mem.get64(st + d);
    Mem.put64(st + d, a + b);
    if (live) {
      flags(st, Flags.ADD + 3, a, b);
    }
  }

  static void addRM32(Mmu m, long st, int d, long la, boolean live) {
    long b = m.load32(la);
    long a = Mem.get32(st + d);
    Mem.put64(st + d, a + b & U32);
    if (live) {
      flags(st, Flags.ADD + 2, a, b);
    }
  }

  static void subRR64(long st, int d, int s, boolean live) {
    long b = Mem.get64(st + s);
    long a = Mem.get64(st + d);
    Mem.put64(st + d, a - b);
    if (live) {
      flags(st, Flags.SUB + 3, a, b);
    }
  }

  static void subRR32(long st, int d, int s, boolean live) {
    long b = Mem.get32(st + s);
    long a = Mem.get32(st + d);
    Mem.put64(st + d, a - b & U32);
    if (live) {
      flags(st, Flags.SUB + 2, a, b);
    }
  }

  static void subRI64(long st, int d, long imm, boolean live) {
    long b = imm;
    long a = Mem.get64(st + d);
    Mem.put64(st + d, a - b);
    if (live) {
      flags(st, Flags.SUB + 3, a, b);
    }
  }

  static void subRI32(long st, int d, long imm, boolean live) {
    long b = imm;
    long a = Mem.get32(st + d);
    Mem.put64(st + d, a - b & U32);
    if (live) {
      flags(st, Flags.SUB + 2, a, b);
    }
  }

  static void subRM64(Mmu m, long st, int d, long la, boolean live) {
    long b = m.load64(la);
    long a = Mem.get64(st + d);
    Mem.put64(st + d, a - b);
    if (live) {
      flags(st, Flags.SUB + 3, a, b);
    }
  }

  static void subRM32(Mmu m, long st, int d, long la, boolean live) {
    long b = m.load32(la);
    long a = Mem.get32(st + d);
    Mem.put64(st + d, a - b & U32);
    if (live) {
      flags(st, Flags.SUB + 2, a, b);
    }
  }

  static void andRR64(long st, int d, int s, boolean live) {
    long r = Mem.get64(st + d) & Mem.get64(st + s);
    Mem.put64(st + d, r);
    if (live) {
      result(st, r);
    }
  }

  static void andRR32(long st, int d, int s, boolean live) {
    int r = (int) (Mem.get32(st + d) & Mem.get32(st + s));
    Mem.put64(st + d, r & U32);
    if (live) {
      result(st, r);
    }
  }

  static void andRI64(long st, int d, long imm, boolean live) {
    long r = Mem.get64(st + d) & imm;
    Mem.put64(st + d, r);
    if (live) {
      result(st, r);
    }
  }

  static void andRI32(long st, int d, long imm, boolean live) {
    int r = (int) (Mem.get32(st + d) & imm);
    Mem.put64(st + d, r & U32);
    if (live) {
      result(st, r);
    }
  }

  static void andRM64(Mmu m, long st, int d, long la, boolean live) {
    long r = Mem.get64(st + d) & m.load64(la);
    Mem.put64(st + d, r);
    if (live) {
      result(st, r);
    }
  }

  static void andRM32(Mmu m, long st, int d, long la, boolean live) {
    int r = (int) (Mem.get32(st + d) & m.load32(la));
    Mem.put64(st + d, r & U32);
    if (live) {
      result(st, r);
    }
  }

  static void orRR64(long st, int d, int s, boolean live) {
    long r = Mem.get64(st + d) | Mem.get64(st + s);
    Mem.put64(st + d, r);
    if (live) {
      result(st, r);
    }
  }

  static void orRR32(long st, int d, int s, boolean live) {
    int r = (int) (Mem.get32(st + d) | Mem.get32(st + s));
    Mem.put64(st + d, r & U32);
    if (live) {
      result(st, r);
    }
  }

  static void orRI64(long st, int d, long imm, boolean live) {
    long r = Mem.get64(st + d) | imm;
    Mem.put64(st + d, r);
    if (live) {
      result(st, r);
    }
  }

  static void orRI32(long st, int d, long imm, boolean live) {
    int r = (int) (Mem.get32(st + d) | imm);
    Mem.put64(st + d, r & U32);
    if (live) {
      result(st, r);
    }
  }

  static void orRM64(Mmu m, long st, int d, long la, boolean live) {
    long r = Mem.get64(st + d) | m.load64(la);
    Mem.put64(st + d, r);
    if (live) {
      result(st, r);
    }
  }

  static void orRM32(Mmu m, long st, int d, long la, boolean live) {
    int r = (int) (Mem.get32(st + d) | m.load32(la));
    Mem.put64(st + d, r & U32);
    if (live) {
      result(st, r);
    }
  }

  static void xorRR64(long st, int d, int s, boolean live) {
    long r = Mem.get64(st + d) ^ Mem.get64(st + s);
    Mem.put64(st + d, r);
    if (live) {
      result(st, r);
    }
  }

  static void xorRR32(long st, int d, int s, boolean live) {
    int r = (int) (Mem.get32(st + d) ^ Mem.get32(st + s));
    Mem.put64(st + d, r & U32);
    if (live) {
      result(st, r);
    }
  }

  static void xorRI64(long st, int d, long imm, boolean live) {
    long r = Mem.get64(st + d) ^ imm;
    Mem.put64(st + d, r);
    if (live) {
      result(st, r);
    }
  }

  static void xorRI32(long st, int d, long imm, boolean live) {
    int r = (int) (Mem.get32(st + d) ^ imm);
    Mem.put64(st + d, r & U32);
    if (live) {
      result(st, r);
    }
  }

  static void xorRM64(Mmu m, long st, int d, long la, boolean live) {
    long r = Mem.get64(st + d) ^ m.load64(la);
    Mem.put64(st + d, r);
    if (live) {
      result(st, r);
    }
  }

  static void xorRM32(Mmu m, long st, int d, long la, boolean live) {
    int r = (int) (Mem.get32(st + d) ^ m.load32(la));
    Mem.put64(st + d, r & U32);
    if (live) {
      result(st, r);
    }
  }

  static void addMR64(Mmu m, long st, long la, int s, boolean live) {
    long b = Mem.get64(st + s);
    long a = m.load64(la);
    m.store64(la, a + b);
    if (live) {
      flags(st, Flags.ADD + 3, a, b);
    }
  }

  static void addMR32(Mmu m, long st, long la, int s, boolean live) {
    long b = Mem.get32(st + s);
    long a = m.load32(la);
    m.store32(la, (int) (a + b));
    if (live) {
      flags(st, Flags.ADD + 2, a, b);
    }
  }

  static void addMI64(Mmu m, long st, long la, long imm, boolean live) {
    long b = imm;
    long a = m.load64(la);
    m.store64(la, a + b);
    if (live) {
      flags(st, Flags.ADD + 3, a, b);
    }
  }

  static void addMI32(Mmu m, long st, long la, long imm, boolean live) {
    long b = imm;
    long a = m.load32(la);
    m.store32(la, (int) (a + b));
    if (live) {
      flags(st, Flags.ADD + 2, a, b);
    }
  }

  static void adcRR64(Cpu c, long st, int d, int s, boolean live) {
    long b = Mem.get64(st + s);
    int carry = Flags.carry(c) ? 1 : 0;
    long a = Mem.get64(st + d);
    long r = a + b + carry;
    Mem.put64(st + d, r);
    if (live) {
      flags(st, Flags.RESULT, r, Arithmetic.adcBits(a, b, r, carry));
    }
  }

  static void adcRI64(Cpu c, long st, int d, long imm, boolean live) {
    long b = imm;
    int carry = Flags.carry(c) ? 1 : 0;
    long a = Mem.get64(st + d);
    long r = a + b + carry;
    Mem.put64(st + d, r);
    if (live) {
      flags(st, Flags.RESULT, r, Arithmetic.adcBits(a, b, r, carry));
    }
  }

  static void adcRM64(Cpu c, Mmu m, long st, int d, long la, boolean live) {
    long b = m.load64(la);
    int carry = Flags.carry(c) ? 1 : 0;
    long a = Mem.get64(st + d);
    long r = a + b + carry;
    Mem.put64(st + d, r);
    if (live) {
      flags(st, Flags.RESULT, r, Arithmetic.adcBits(a, b, r, carry));
    }
  }

  static void sbbRR64(Cpu c, long st, int d, int s, boolean live) {
    long b = Mem.get64(st + s);
    int carry = Flags.carry(c) ? 1 : 0;
    long a = Mem.get64(st + d);
    long r = a - b - carry;
    Mem.put64(st + d, r);
    if (live) {
      flags(st, Flags.RESULT, r, Arithmetic.sbbBits(a, b, r, carry));
    }
  }

  static void sbbRR32(Cpu c, long st, int d, int s, boolean live) {
    long b = Mem.get32(st + s);
    int carry = Flags.carry(c) ? 1 : 0;
    long a = Mem.get32(st + d);
    long r = (int) (a - b - carry);
    Mem.put64(st + d, r & U32);
    if (live) {
      flags(st, Flags.RESULT, r, Arithmetic.sbbBits(a, b, r, carry));
    }
  }

  static void fill(Handler[] table) {
    table[Special.ADD_RR64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        addRR64(st, d(w), s(w), true);
        return p + NEXT;
      }
    };
    table[Special.ADD_RR32] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        addRR32(st, d(w), s(w), true);
        return p + NEXT;
      }
    };
    table[Special.ADD_RI64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        addRI64(st, d(w), Mem.get64(p + 16), true);
        return p + NEXT;
      }
    };
    table[Special.ADD_RI32] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        addRI32(st, d(w), Mem.get64(p + 16), true);
        return p + NEXT;
      }
    };
    table[Special.ADD_RM64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        addRM64(i.mmu, st, d(w), ea(st, p, w), true);
        return p + NEXT;
      }
    };
    table[Special.ADD_RM32] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        addRM32(i.mmu, st, d(w), ea(st, p, w), true);
        return p + NEXT;
      }
    };
    table[Special.SUB_RR64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        subRR64(st, d(w), s(w), true);
        return p + NEXT;
      }
    };
    table[Special.SUB_RR32] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        subRR32(st, d(w), s(w), true);
        return p + NEXT;
      }
    };
    table[Special.SUB_RI64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        subRI64(st, d(w), Mem.get64(p + 16), true);
        return p + NEXT;
      }
    };
    table[Special.SUB_RI32] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        subRI32(st, d(w), Mem.get64(p + 16), true);
        return p + NEXT;
      }
    };
    table[Special.SUB_RM64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        subRM64(i.mmu, st, d(w), ea(st, p, w), true);
        return p + NEXT;
      }
    };
    table[Special.SUB_RM32] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        subRM32(i.mmu, st, d(w), ea(st, p, w), true);
        return p + NEXT;
      }
    };
    table[Special.AND_RR64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        andRR64(st, d(w), s(w), true);
        return p + NEXT;
      }
    };
    table[Special.AND_RR32] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        andRR32(st, d(w), s(w), true);
        return p + NEXT;
      }
    };
    table[Special.AND_RI64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        andRI64(st, d(w), Mem.get64(p + 16), true);
        return p + NEXT;
      }
    };
    table[Special.AND_RI32] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        andRI32(st, d(w), Mem.get64(p + 16), true);
        return p + NEXT;
      }
    };
    table[Special.AND_RM64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        andRM64(i.mmu, st, d(w), ea(st, p, w), true);
        return p + NEXT;
      }
    };
    table[Special.AND_RM32] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        andRM32(i.mmu, st, d(w), ea(st, p, w), true);
        return p + NEXT;
      }
    };
    table[Special.OR_RR64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        orRR64(st, d(w), s(w), true);
        return p + NEXT;
      }
    };
    table[Special.OR_RR32] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        orRR32(st, d(w), s(w), true);
        return p + NEXT;
      }
    };
    table[Special.OR_RI64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        orRI64(st, d(w), Mem.get64(p + 16), true);
        return p + NEXT;
      }
    };
    table[Special.OR_RI32] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        orRI32(st, d(w), Mem.get64(p + 16), true);
        return p + NEXT;
      }
    };
    table[Special.OR_RM64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        orRM64(i.mmu, st, d(w), ea(st, p, w), true);
        return p + NEXT;
      }
    };
    table[Special.OR_RM32] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        orRM32(i.mmu, st, d(w), ea(st, p, w), true);
        return p + NEXT;
      }
    };
    table[Special.XOR_RR64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        xorRR64(st, d(w), s(w), true);
        return p + NEXT;
      }
    };
    table[Special.XOR_RR32] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        xorRR32(st, d(w), s(w), true);
        return p + NEXT;
      }
    };
    table[Special.XOR_RI64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        xorRI64(st, d(w), Mem.get64(p + 16), true);
        return p + NEXT;
      }
    };
    table[Special.XOR_RI32] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        xorRI32(st, d(w), Mem.get64(p + 16), true);
        return p + NEXT;
      }
    };
    table[Special.XOR_RM64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        xorRM64(i.mmu, st, d(w), ea(st, p, w), true);
        return p + NEXT;
      }
    };
    table[Special.XOR_RM32] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        xorRM32(i.mmu, st, d(w), ea(st, p, w), true);
        return p + NEXT;
      }
    };
    table[Special.ADD_MR64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        addMR64(i.mmu, st, ea(st, p, w), s(w), true);
        return p + NEXT;
      }
    };
    table[Special.ADD_MR32] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        addMR32(i.mmu, st, ea(st, p, w), s(w), true);
        return p + NEXT;
      }
    };
    table[Special.ADD_MI64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        addMI64(i.mmu, st, ea(st, p, w), Mem.get64(p + 16), true);
        return p + NEXT;
      }
    };
    table[Special.ADD_MI32] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        addMI32(i.mmu, st, ea(st, p, w), Mem.get64(p + 16), true);
        return p + NEXT;
      }
    };
    table[Special.ADC_RR64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        adcRR64(i.cpu, st, d(w), s(w), true);
        return p + NEXT;
      }
    };
    table[Special.ADC_RI64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        adcRI64(i.cpu, st, d(w), Mem.get64(p + 16), true);
        return p + NEXT;
      }
    };
    table[Special.ADC_RM64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        adcRM64(i.cpu, i.mmu, st, d(w), ea(st, p, w), true);
        return p + NEXT;
      }
    };
    table[Special.SBB_RR64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        sbbRR64(i.cpu, st, d(w), s(w), true);
        return p + NEXT;
      }
    };
    table[Special.SBB_RR32] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        sbbRR32(i.cpu, st, d(w), s(w), true);
        return p + NEXT;
      }
    };
  }
}
