package thespis.cpu.run;

import thespis.cpu.decode.Special;
import thespis.cpu.mmu.Mem;
import thespis.cpu.mmu.Mmu;

/// Loads, stores, register moves, extensions and address computation. SDM Vol. 1 "Data Transfer Instructions". Each
/// function is one form of one instruction on operands that are known: `d` and `s` are register offsets, `la` a linear
/// address; `live` is false where nobody reads the flags. The interpreter's handlers and compiled blocks share them.
final class Moves extends Kernel {
  private Moves() {}

  static void movRR64(long st, int d, int s) {
    Mem.put64(st + d, Mem.get64(st + s));
  }

  static void movRR32(long st, int d, int s) {
    Mem.put64(st + d, Mem.get32(st + s) & U32);
  }

  static void movRI(long st, int d, long imm) {
    Mem.put64(st + d, imm);
  }

  static void ld64(Mmu m, long st, int d, long la) {
    Mem.put64(st + d, m.load64(la));
  }

  static void ld32(Mmu m, long st, int d, long la) {
    Mem.put64(st + d, m.load32(la) & U32);
  }

  static void ld8(Mmu m, long st, int d, long la) {
    Mem.put8(st + d, m.load8(la));
  }

  static void ldzx8(Mmu m, long st, int d, long la) {
    Mem.put64(st + d, m.load8(la) & 0xFFL);
  }

  static void ldzx16(Mmu m, long st, int d, long la) {
    Mem.put64(st + d, m.load16(la) & 0xFFFFL);
  }

  static void ldsx8to32(Mmu m, long st, int d, long la) {
    Mem.put64(st + d, m.load8(la) & U32);
  }

  static void ldsx8to64(Mmu m, long st, int d, long la) {
    Mem.put64(st + d, m.load8(la));
  }

  static void ldsx16to32(Mmu m, long st, int d, long la) {
    Mem.put64(st + d, m.load16(la) & U32);
  }

  static void ldsx16to64(Mmu m, long st, int d, long la) {
    Mem.put64(st + d, m.load16(la));
  }

  static void ldsx32to64(Mmu m, long st, int d, long la) {
    Mem.put64(st + d, m.load32(la));
  }

  static void st64(Mmu m, long st, long la, int s) {
    m.store64(la, Mem.get64(st + s));
  }

  static void st32(Mmu m, long st, long la, int s) {
    m.store32(la, Mem.get32(st + s));
  }

  static void st16(Mmu m, long st, long la, int s) {
    m.store16(la, Mem.get16(st + s));
  }

  static void st8(Mmu m, long st, long la, int s) {
    m.store8(la, Mem.get8(st + s));
  }

  static void sti64(Mmu m, long la, long imm) {
    m.store64(la, imm);
  }

  static void sti32(Mmu m, long la, long imm) {
    m.store32(la, (int) imm);
  }

  static void sti8(Mmu m, long la, long imm) {
    m.store8(la, (byte) imm);
  }

  static void zx8(long st, int d, int s) {
    Mem.put64(st + d, Mem.get8(st + s) & 0xFFL);
  }

  static void zx16(long st, int d, int s) {
    Mem.put64(st + d, Mem.get16(st + s) & 0xFFFFL);
  }

  static void sx8to32(long st, int d, int s) {
    Mem.put64(st + d, Mem.get8(st + s) & U32);
  }

  static void sx8to64(long st, int d, int s) {
    Mem.put64(st + d, Mem.get8(st + s));
  }

  static void sx16to32(long st, int d, int s) {
    Mem.put64(st + d, Mem.get16(st + s) & U32);
  }

  static void sx16to64(long st, int d, int s) {
    Mem.put64(st + d, Mem.get16(st + s));
  }

  static void sx32to64(long st, int d, int s) {
    Mem.put64(st + d, Mem.get32(st + s));
  }

  static void lea64(long st, int d, long la) {
    Mem.put64(st + d, la);
  }

  static void lea32(long st, int d, long la) {
    Mem.put64(st + d, la & U32);
  }

  static void fill(Handler[] table) {
    table[Special.MOV_RR64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        movRR64(st, d(w), s(w));
        return p + NEXT;
      }
    };
    table[Special.MOV_RR32] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        movRR32(st, d(w), s(w));
        return p + NEXT;
      }
    };
    table[Special.MOV_RI] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        movRI(st, d(w), Mem.get64(p + 16));
        return p + NEXT;
      }
    };
    table[Special.LD64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        ld64(i.mmu, st, d(w), ea(st, p, w));
        return p + NEXT;
      }
    };
    table[Special.LD32] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        ld32(i.mmu, st, d(w), ea(st, p, w));
        return p + NEXT;
      }
    };
    table[Special.LD8] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        ld8(i.mmu, st, d(w), ea(st, p, w));
        return p + NEXT;
      }
    };
    table[Special.LDZX8] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        ldzx8(i.mmu, st, d(w), ea(st, p, w));
        return p + NEXT;
      }
    };
    table[Special.LDZX16] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        ldzx16(i.mmu, st, d(w), ea(st, p, w));
        return p + NEXT;
      }
    };
    table[Special.LDSX8_32] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        ldsx8to32(i.mmu, st, d(w), ea(st, p, w));
        return p + NEXT;
      }
    };
    table[Special.LDSX8_64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        ldsx8to64(i.mmu, st, d(w), ea(st, p, w));
        return p + NEXT;
      }
    };
    table[Special.LDSX16_32] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        ldsx16to32(i.mmu, st, d(w), ea(st, p, w));
        return p + NEXT;
      }
    };
    table[Special.LDSX16_64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        ldsx16to64(i.mmu, st, d(w), ea(st, p, w));
        return p + NEXT;
      }
    };
    table[Special.LDSX32_64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        ldsx32to64(i.mmu, st, d(w), ea(st, p, w));
        return p + NEXT;
      }
    };
    table[Special.ST64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        st64(i.mmu, st, ea(st, p, w), s(w));
        return p + NEXT;
      }
    };
    table[Special.ST32] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        st32(i.mmu, st, ea(st, p, w), s(w));
        return p + NEXT;
      }
    };
    table[Special.ST16] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        st16(i.mmu, st, ea(st, p, w), s(w));
        return p + NEXT;
      }
    };
    table[Special.ST8] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        st8(i.mmu, st, ea(st, p, w), s(w));
        return p + NEXT;
      }
    };
    table[Special.STI64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        sti64(i.mmu, ea(st, p, w), Mem.get64(p + 16));
        return p + NEXT;
      }
    };
    table[Special.STI32] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        sti32(i.mmu, ea(st, p, w), Mem.get64(p + 16));
        return p + NEXT;
      }
    };
    table[Special.STI8] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        sti8(i.mmu, ea(st, p, w), Mem.get64(p + 16));
        return p + NEXT;
      }
    };
    table[Special.ZX8] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        zx8(st, d(w), s(w));
        return p + NEXT;
      }
    };
    table[Special.ZX16] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        zx16(st, d(w), s(w));
        return p + NEXT;
      }
    };
    table[Special.SX8_32] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        sx8to32(st, d(w), s(w));
        return p + NEXT;
      }
    };
    table[Special.SX8_64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        sx8to64(st, d(w), s(w));
        return p + NEXT;
      }
    };
    table[Special.SX16_32] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        sx16to32(st, d(w), s(w));
        return p + NEXT;
      }
    };
    table[Special.SX16_64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        sx16to64(st, d(w), s(w));
        return p + NEXT;
      }
    };
    table[Special.SX32_64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        sx32to64(st, d(w), s(w));
        return p + NEXT;
      }
    };
    table[Special.LEA64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        lea64(st, d(w), address(st, p, w));
        return p + NEXT;
      }
    };
    table[Special.LEA32] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        lea32(st, d(w), address(st, p, w));
        return p + NEXT;
      }
    };
  }
}
