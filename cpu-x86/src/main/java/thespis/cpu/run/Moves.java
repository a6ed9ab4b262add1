package thespis.cpu.run;

import thespis.cpu.decode.Special;
import thespis.cpu.mmu.Mem;

/// Loads, stores, register moves, extensions and address computation. SDM Vol. 1 "Data Transfer Instructions".
final class Moves {
  private Moves() {}

  static void fill(Handler[] table) {
    table[Special.MOV_RR64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        Mem.put64(dst(st, w), Mem.get64(src(st, w)));
        return p + NEXT;
      }
    };
    table[Special.MOV_RR32] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        Mem.put64(dst(st, w), Mem.get32(src(st, w)) & U32);
        return p + NEXT;
      }
    };
    table[Special.MOV_RI] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        Mem.put64(dst(st, w), Mem.get64(p + 16));
        return p + NEXT;
      }
    };
    table[Special.LD64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        Mem.put64(dst(st, w), i.mmu.load64(ea(st, p, w)));
        return p + NEXT;
      }
    };
    table[Special.LD32] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        Mem.put64(dst(st, w), i.mmu.load32(ea(st, p, w)) & U32);
        return p + NEXT;
      }
    };
    table[Special.LD8] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        Mem.put8(dst(st, w), i.mmu.load8(ea(st, p, w)));
        return p + NEXT;
      }
    };
    table[Special.LDZX8] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        Mem.put64(dst(st, w), i.mmu.load8(ea(st, p, w)) & 0xFFL);
        return p + NEXT;
      }
    };
    table[Special.LDZX16] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        Mem.put64(dst(st, w), i.mmu.load16(ea(st, p, w)) & 0xFFFFL);
        return p + NEXT;
      }
    };
    table[Special.LDSX8_32] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        Mem.put64(dst(st, w), i.mmu.load8(ea(st, p, w)) & U32);
        return p + NEXT;
      }
    };
    table[Special.LDSX8_64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        Mem.put64(dst(st, w), i.mmu.load8(ea(st, p, w)));
        return p + NEXT;
      }
    };
    table[Special.LDSX16_32] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        Mem.put64(dst(st, w), i.mmu.load16(ea(st, p, w)) & U32);
        return p + NEXT;
      }
    };
    table[Special.LDSX16_64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        Mem.put64(dst(st, w), i.mmu.load16(ea(st, p, w)));
        return p + NEXT;
      }
    };
    table[Special.LDSX32_64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        Mem.put64(dst(st, w), i.mmu.load32(ea(st, p, w)));
        return p + NEXT;
      }
    };
    table[Special.ST64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        i.mmu.store64(ea(st, p, w), Mem.get64(src(st, w)));
        return p + NEXT;
      }
    };
    table[Special.ST32] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        i.mmu.store32(ea(st, p, w), Mem.get32(src(st, w)));
        return p + NEXT;
      }
    };
    table[Special.ST16] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        i.mmu.store16(ea(st, p, w), Mem.get16(src(st, w)));
        return p + NEXT;
      }
    };
    table[Special.ST8] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        i.mmu.store8(ea(st, p, w), Mem.get8(src(st, w)));
        return p + NEXT;
      }
    };
    table[Special.STI64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        i.mmu.store64(ea(st, p, w), Mem.get64(p + 16));
        return p + NEXT;
      }
    };
    table[Special.STI32] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        i.mmu.store32(ea(st, p, w), Mem.get32(p + 16));
        return p + NEXT;
      }
    };
    table[Special.STI8] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        i.mmu.store8(ea(st, p, w), Mem.get8(p + 16));
        return p + NEXT;
      }
    };
    table[Special.ZX8] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        Mem.put64(dst(st, w), Mem.get8(src(st, w)) & 0xFFL);
        return p + NEXT;
      }
    };
    table[Special.ZX16] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        Mem.put64(dst(st, w), Mem.get16(src(st, w)) & 0xFFFFL);
        return p + NEXT;
      }
    };
    table[Special.SX8_32] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        Mem.put64(dst(st, w), Mem.get8(src(st, w)) & U32);
        return p + NEXT;
      }
    };
    table[Special.SX8_64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        Mem.put64(dst(st, w), Mem.get8(src(st, w)));
        return p + NEXT;
      }
    };
    table[Special.SX16_32] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        Mem.put64(dst(st, w), Mem.get16(src(st, w)) & U32);
        return p + NEXT;
      }
    };
    table[Special.SX16_64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        Mem.put64(dst(st, w), Mem.get16(src(st, w)));
        return p + NEXT;
      }
    };
    table[Special.SX32_64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        Mem.put64(dst(st, w), Mem.get32(src(st, w)));
        return p + NEXT;
      }
    };
    table[Special.LEA64] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        Mem.put64(dst(st, w), address(st, p, w));
        return p + NEXT;
      }
    };
    table[Special.LEA32] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        Mem.put64(dst(st, w), address(st, p, w) & U32);
        return p + NEXT;
      }
    };
  }
}
