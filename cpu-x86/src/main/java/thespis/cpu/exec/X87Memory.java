package thespis.cpu.exec;

import thespis.cpu.fp.Float80;
import thespis.cpu.fp.Float80Convert;
import thespis.cpu.fp.FpEnv;
import thespis.cpu.mmu.Mmu;
import thespis.cpu.state.Cpu;

/// x87 instructions with a memory operand: loads, stores, and arithmetic and comparison with a converted operand. SDM
/// Vol. 2D "Escape Opcode Instructions". Memory is read or written before the register state changes, so that a fault
/// leaves it as it was.
final class X87Memory {
  private X87Memory() {}

  static void run(Cpu cpu, long p, int row) {
    switch (row >>> 3) {
      case 0 -> arithmetic(cpu, row & 7, singleOperand(cpu, p));
      case 2 -> arithmetic(cpu, row & 7, integer(cpu, cpu.mmu.load32(Operands.linear(cpu, p, 4, false))));
      case 4 -> arithmetic(cpu, row & 7, dualOperand(cpu, p));
      case 6 -> arithmetic(cpu, row & 7, integer(cpu, cpu.mmu.load16(Operands.linear(cpu, p, 2, false))));
      default -> move(cpu, p, row);
    }
  }

  private static long singleOperand(Cpu cpu, long p) {
    int v = cpu.mmu.load32(Operands.linear(cpu, p, 4, false));
    return Float80Convert.operand(X87State.begin(cpu), v);
  }

  private static long dualOperand(Cpu cpu, long p) {
    long v = cpu.mmu.load64(Operands.linear(cpu, p, 8, false));
    return Float80Convert.operand(X87State.begin(cpu), v);
  }

  private static long single(Cpu cpu, long p) {
    int v = cpu.mmu.load32(Operands.linear(cpu, p, 4, false));
    return Float80Convert.fromFloat(X87State.begin(cpu), v);
  }

  private static long dual(Cpu cpu, long p) {
    long v = cpu.mmu.load64(Operands.linear(cpu, p, 8, false));
    return Float80Convert.fromDouble(X87State.begin(cpu), v);
  }

  private static long integer(Cpu cpu, long v) {
    return Float80Convert.fromInt(X87State.begin(cpu), v);
  }

  /// The operand's sign and exponent are in the environment.
  private static void arithmetic(Cpu cpu, int function, long sig) {
    FpEnv e = cpu.x87;
    int se = e.se;
    if (function == 2 || function == 3) {
      X87Compare.memory(cpu, e, sig, se, function - 2);
    } else {
      X87Arith.memory(cpu, e, function, sig, se);
    }
  }

  private static void load(Cpu cpu, long sig) {
    X87Stack.load(cpu, cpu.x87, sig, cpu.x87.se);
  }

  private static void move(Cpu cpu, long p, int row) {
    switch (row) {
      case 010 -> load(cpu, single(cpu, p));
      case 050 -> load(cpu, dual(cpu, p));
      case 030 -> load(cpu, integer(cpu, cpu.mmu.load32(Operands.linear(cpu, p, 4, false))));
      case 070 -> load(cpu, integer(cpu, cpu.mmu.load16(Operands.linear(cpu, p, 2, false))));
      case 075 -> load(cpu, integer(cpu, cpu.mmu.load64(Operands.linear(cpu, p, 8, false))));
      case 035 -> loadExtended(cpu, p);
      case 074 -> loadBcd(cpu, p);
      case 012, 013 -> storeReal(cpu, p, 4, row == 013);
      case 052, 053 -> storeReal(cpu, p, 8, row == 053);
      case 037 -> storeExtended(cpu, p);
      case 076 -> storeBcd(cpu, p);
      case 032, 033 -> storeInteger(cpu, p, 4, false, row == 033);
      case 072, 073 -> storeInteger(cpu, p, 2, false, row == 073);
      case 077 -> storeInteger(cpu, p, 8, false, true);
      case 031 -> storeInteger(cpu, p, 4, true, true);
      case 051 -> storeInteger(cpu, p, 8, true, true);
      case 071 -> storeInteger(cpu, p, 2, true, true);
      default -> throw cpu.ud();
    }
  }

  private static void loadExtended(Cpu cpu, long p) {
    long la = Operands.linear(cpu, p, 10, false);
    long sig = cpu.mmu.load64(la);
    int se = cpu.mmu.load16(la + 8) & 0xFFFF;
    X87Stack.load(cpu, X87State.begin(cpu), sig, se);
  }

  private static void loadBcd(Cpu cpu, long p) {
    long la = Operands.linear(cpu, p, 10, false);
    long lo = cpu.mmu.load64(la);
    int hi = cpu.mmu.load16(la + 8) & 0xFFFF;
    load(cpu, Float80Convert.fromBcd(X87State.begin(cpu), lo, hi));
  }

  /// FST m32 and m64. An unmasked overflow or underflow stores nothing and pops nothing.
  private static void storeReal(Cpu cpu, long p, int bytes, boolean pop) {
    long la = Operands.linear(cpu, p, bytes, true);
    FpEnv e = X87State.begin(cpu);
    if (X87State.empty(cpu, 0)) {
      underflow(cpu, la, bytes, bytes == 4 ? 0xFFC0_0000L : 0xFFF8_0000_0000_0000L, pop);
      return;
    }
    long v = bytes == 4 ? Float80Convert.toFloat(e, X87State.sig(cpu, 0), X87State.se(cpu, 0))
        : Float80Convert.toDouble(e, X87State.sig(cpu, 0), X87State.se(cpu, 0));
    finish(cpu, e, la, bytes, v, pop);
  }

  private static void storeInteger(Cpu cpu, long p, int bytes, boolean truncate, boolean pop) {
    long la = Operands.linear(cpu, p, bytes, true);
    FpEnv e = X87State.begin(cpu);
    if (X87State.empty(cpu, 0)) {
      underflow(cpu, la, bytes, -1L << 8 * bytes - 1, pop);
      return;
    }
    int rounding = truncate ? FpEnv.TRUNCATE : e.rounding();
    finish(cpu, e, la, bytes,
        Float80Convert.toInt(e, X87State.sig(cpu, 0), X87State.se(cpu, 0), 8 * bytes, rounding), pop);
  }

  private static void finish(Cpu cpu, FpEnv e, long la, int bytes, long v, boolean pop) {
    int held = FpEnv.IE | FpEnv.DE | FpEnv.ZE | FpEnv.OE | FpEnv.UE;
    if ((e.unmasked() & held) != 0) {
      cpu.mmu.checkWrite(la, bytes);
      X87State.settle(cpu, e);
      return;
    }
    store(cpu.mmu, la, bytes, v);
    X87State.settle(cpu, e);
    if (pop) {
      X87State.pop(cpu);
    }
  }

  private static void store(Mmu mmu, long la, int bytes, long v) {
    switch (bytes) {
      case 2 -> mmu.store16(la, (short) v);
      case 4 -> mmu.store32(la, (int) v);
      default -> mmu.store64(la, v);
    }
  }

  private static void underflow(Cpu cpu, long la, int bytes, long indefinite, boolean pop) {
    if ((X87State.fcw(cpu) & FpEnv.IE) != 0) {
      store(cpu.mmu, la, bytes, indefinite);
    } else {
      cpu.mmu.checkWrite(la, bytes);
    }
    if (X87State.stackFault(cpu, false) && pop) {
      X87State.pop(cpu);
    }
  }

  private static void storeExtended(Cpu cpu, long p) {
    boolean empty = X87State.empty(cpu, 0);
    long la = Operands.linear(cpu, p, 10, true);
    if (empty && (X87State.fcw(cpu) & FpEnv.IE) == 0) {
      cpu.mmu.checkWrite(la, 10);
      X87State.stackFault(cpu, false);
      return;
    }
    store10(cpu, la, empty ? Float80.INDEFINITE : X87State.sig(cpu, 0), empty ? Float80.INDEFINITE_SE : X87State.se(cpu, 0));
    if (empty) {
      X87State.stackFault(cpu, false);
    } else {
      X87Stack.clearC1(cpu);
    }
    X87State.pop(cpu);
  }

  private static void store10(Cpu cpu, long la, long lo, int hi) {
    cpu.mmu.checkWrite(la, 10);
    cpu.mmu.store64(la, lo);
    cpu.mmu.store16(la + 8, (short) hi);
  }

  private static void storeBcd(Cpu cpu, long p) {
    long la = Operands.linear(cpu, p, 10, true);
    FpEnv e = X87State.begin(cpu);
    boolean empty = X87State.empty(cpu, 0);
    if (empty) {
      e.flags = FpEnv.IE;
    }
    long digits = empty ? 0xC000_0000_0000_0000L : Float80Convert.toBcd(e, X87State.sig(cpu, 0), X87State.se(cpu, 0));
    boolean store = (e.unmasked() & FpEnv.IE) == 0;
    if (store) {
      store10(cpu, la, digits, empty ? 0xFFFF : e.se);
    } else {
      cpu.mmu.checkWrite(la, 10);
    }
    if (empty) {
      X87State.stackFault(cpu, false);
    } else {
      X87State.settle(cpu, e);
    }
    if (store) {
      X87State.pop(cpu);
    }
  }
}
