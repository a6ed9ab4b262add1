package thespis.cpu.run;

import thespis.cpu.decode.Special;
import thespis.cpu.exec.Flags;
import thespis.cpu.mmu.Mem;
import thespis.cpu.mmu.Mmu;

/// CMP and TEST. SDM Vol. 2A "CMP", Vol. 2B "TEST". Each function is one form of one instruction on
/// operands that are known: `d` and `s` are register offsets, `la` a linear address; `live` is false where nobody reads
/// the flags. The interpreter's handlers and compiled blocks share them.
final class CompareOps extends Kernel {
  private CompareOps() {}

  static void cmpRR64(long st, int d, int s, boolean live) {
    long a = Mem.get64(st + d);
    long b = Mem.get64(st + s);
    if (live) {
      flags(st, Flags.SUB + 3, a, b);
    }
  }

  static void cmpRR32(long st, int d, int s, boolean live) {
    long a = Mem.get32(st + d);
    long b = Mem.get32(st + s);
    if (live) {
      flags(st, Flags.SUB + 2, a, b);
    }
  }

  static void cmpRR8(long st, int d, int s, boolean live) {
    long a = Mem.get8(st + d);
    long b = Mem.get8(st + s);
    if (live) {
      flags(st, Flags.SUB + 0, a, b);
    }
  }

  static void cmpRI64(long st, int d, long imm, boolean live) {
    long a = Mem.get64(st + d);
    long b = imm;
    if (live) {
      flags(st, Flags.SUB + 3, a, b);
    }
  }

  static void cmpRI32(long st, int d, long imm, boolean live) {
    long a = Mem.get32(st + d);
    long b = imm;
    if (live) {
      flags(st, Flags.SUB + 2, a, b);
    }
  }

  static void cmpRI8(long st, int d, long imm, boolean live) {
    long a = Mem.get8(st + d);
    long b = imm;
    if (live) {
      flags(st, Flags.SUB + 0, a, b);
    }
  }

  static void cmpRM64(Mmu m, long st, int d, long la, boolean live) {
    long a = Mem.get64(st + d);
    long b = m.load64(la);
    if (live) {
      flags(st, Flags.SUB + 3, a, b);
    }
  }

  static void cmpRM32(Mmu m, long st, int d, long la, boolean live) {
    long a = Mem.get32(st + d);
    long b = m.load32(la);
    if (live) {
      flags(st, Flags.SUB + 2, a, b);
    }
  }

  static void cmpMR64(Mmu m, long st, long la, int s, boolean live) {
    long a = m.load64(la);
    long b = Mem.get64(st + s);
    if (live) {
      flags(st, Flags.SUB + 3, a, b);
    }
  }

  static void cmpMR32(Mmu m, long st, long la, int s, boolean live) {
    long a = m.load32(la);
    long b = Mem.get32(st + s);
    if (live) {
      flags(st, Flags.SUB + 2, a, b);
    }
  }

  static void cmpMI64(Mmu m, long st, long la, long imm, boolean live) {
    long a = m.load64(la);
    long b = imm;
    if (live) {
      flags(st, Flags.SUB + 3, a, b);
    }
  }

  static void cmpMI32(Mmu m, long st, long la, long imm, boolean live) {
    long a = m.load32(la);
    long b = imm;
    if (live) {
      flags(st, Flags.SUB + 2, a, b);
    }
  }

  static void cmpMI16(Mmu m, long st, long la, long imm, boolean live) {
    long a = m.load16(la);
    long b = imm;
    if (live) {
      flags(st, Flags.SUB + 1, a, b);
    }
  }

  static void cmpMI8(Mmu m, long st, long la, long imm, boolean live) {
    long a = m.load8(la);
    long b = imm;
    if (live) {
      flags(st, Flags.SUB + 0, a, b);
    }
  }

  static void testRR64(long st, int d, int s, boolean live) {
    long r = Mem.get64(st + d) & Mem.get64(st + s);
    if (live) {
      result(st, r);
    }
  }

  static void testRR32(long st, int d, int s, boolean live) {
    long r = Mem.get32(st + d) & Mem.get32(st + s);
    if (live) {
      result(st, r);
    }
  }

  static void testRR8(long st, int d, int s, boolean live) {
    long r = Mem.get8(st + d) & Mem.get8(st + s);
    if (live) {
      result(st, r);
    }
  }

  static void testRI32(long st, int d, long imm, boolean live) {
    long r = Mem.get32(st + d) & (int) imm;
    if (live) {
      result(st, r);
    }
  }

  static void testRI8(long st, int d, long imm, boolean live) {
    long r = Mem.get8(st + d) & (byte) imm;
    if (live) {
      result(st, r);
    }
  }

  static void testMI8(Mmu m, long st, long la, long imm, boolean live) {
    long r = m.load8(la) & (byte) imm;
    if (live) {
      result(st, r);
    }
  }

  static void testMI32(Mmu m, long st, long la, long imm, boolean live) {
    long r = m.load32(la) & (int) imm;
    if (live) {
      result(st, r);
    }
  }

  static void fill(Handler[] table) {
    table[Special.CMP_RR64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        cmpRR64(st, d(w), s(w), true);
        return p + NEXT;
      }
    };
    table[Special.CMP_RR32] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        cmpRR32(st, d(w), s(w), true);
        return p + NEXT;
      }
    };
    table[Special.CMP_RR8] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        cmpRR8(st, d(w), s(w), true);
        return p + NEXT;
      }
    };
    table[Special.CMP_RI64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        cmpRI64(st, d(w), Mem.get64(p + 16), true);
        return p + NEXT;
      }
    };
    table[Special.CMP_RI32] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        cmpRI32(st, d(w), Mem.get64(p + 16), true);
        return p + NEXT;
      }
    };
    table[Special.CMP_RI8] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        cmpRI8(st, d(w), Mem.get64(p + 16), true);
        return p + NEXT;
      }
    };
    table[Special.CMP_RM64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        cmpRM64(i.mmu, st, d(w), ea(st, p, w), true);
        return p + NEXT;
      }
    };
    table[Special.CMP_RM32] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        cmpRM32(i.mmu, st, d(w), ea(st, p, w), true);
        return p + NEXT;
      }
    };
    table[Special.CMP_MR64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        cmpMR64(i.mmu, st, ea(st, p, w), s(w), true);
        return p + NEXT;
      }
    };
    table[Special.CMP_MR32] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        cmpMR32(i.mmu, st, ea(st, p, w), s(w), true);
        return p + NEXT;
      }
    };
    table[Special.CMP_MI64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        cmpMI64(i.mmu, st, ea(st, p, w), Mem.get64(p + 16), true);
        return p + NEXT;
      }
    };
    table[Special.CMP_MI32] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        cmpMI32(i.mmu, st, ea(st, p, w), Mem.get64(p + 16), true);
        return p + NEXT;
      }
    };
    table[Special.CMP_MI16] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        cmpMI16(i.mmu, st, ea(st, p, w), Mem.get64(p + 16), true);
        return p + NEXT;
      }
    };
    table[Special.CMP_MI8] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        cmpMI8(i.mmu, st, ea(st, p, w), Mem.get64(p + 16), true);
        return p + NEXT;
      }
    };
    table[Special.TEST_RR64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        testRR64(st, d(w), s(w), true);
        return p + NEXT;
      }
    };
    table[Special.TEST_RR32] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        testRR32(st, d(w), s(w), true);
        return p + NEXT;
      }
    };
    table[Special.TEST_RR8] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        testRR8(st, d(w), s(w), true);
        return p + NEXT;
      }
    };
    table[Special.TEST_RI32] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        testRI32(st, d(w), Mem.get64(p + 16), true);
        return p + NEXT;
      }
    };
    table[Special.TEST_RI8] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        testRI8(st, d(w), Mem.get64(p + 16), true);
        return p + NEXT;
      }
    };
    table[Special.TEST_MI8] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        testMI8(i.mmu, st, ea(st, p, w), Mem.get64(p + 16), true);
        return p + NEXT;
      }
    };
    table[Special.TEST_MI32] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        testMI32(i.mmu, st, ea(st, p, w), Mem.get64(p + 16), true);
        return p + NEXT;
      }
    };
  }
}
