package thespis.cpu.exec;

import thespis.cpu.fp.Float80;
import thespis.cpu.fp.Float80Arith;
import thespis.cpu.fp.Float80Convert;
import thespis.cpu.fp.Float80Remainder;
import thespis.cpu.fp.FpEnv;
import thespis.cpu.state.Cpu;

/// x87 arithmetic on the register stack: the basic operations and the functions of D9 F0-FF. SDM Vol. 1 "x87 FPU
/// Instruction Set"; masked and unmasked responses as in "x87 FPU Floating-Point Exception Handling".
final class X87Arith {
  private X87Arith() {}

  /// ST(to) = ST(0) op ST(i), by ModRM.reg: add, multiply, -, -, subtract, reversed, divide, reversed.
  static void binary(Cpu cpu, int function, int to, int i, boolean pop) {
    FpEnv e = X87State.begin(cpu);
    if (X87State.empty(cpu, 0) || X87State.empty(cpu, i)) {
      underflow(cpu, to, pop);
      return;
    }
    long sig = compute(e, function, X87State.sig(cpu, 0), X87State.se(cpu, 0), X87State.sig(cpu, i), X87State.se(cpu, i));
    store(cpu, e, to, sig, pop);
  }

  /// ST(0) = ST(0) op a memory operand, given as an 80-bit number.
  static void memory(Cpu cpu, FpEnv e, int function, long b, int bSe) {
    if (X87State.empty(cpu, 0)) {
      underflow(cpu, 0, false);
      return;
    }
    int loaded = holdDenormal(e);
    long sig = compute(e, function, X87State.sig(cpu, 0), X87State.se(cpu, 0), b, bSe);
    addDenormal(cpu, e, loaded);
    store(cpu, e, 0, sig, false);
  }

  /// The operand's conversion raised DE, which must wait: NaNs, invalid operations and divisions by zero come first.
  static int holdDenormal(FpEnv e) {
    int held = e.flags & FpEnv.DE;
    e.flags &= ~FpEnv.DE;
    return held;
  }

  static void addDenormal(Cpu cpu, FpEnv e, int held) {
    if (held != 0 && (e.flags & (FpEnv.IE | FpEnv.ZE)) == 0
        && !Float80.isNan(X87State.sig(cpu, 0), X87State.se(cpu, 0))) {
      e.flags |= held;
    }
  }

  private static long compute(FpEnv e, int function, long a, int aSe, long b, int bSe) {
    return switch (function) {
      case 0 -> Float80Arith.add(e, a, aSe, b, bSe);
      case 1 -> Float80Arith.mul(e, a, aSe, b, bSe);
      case 4 -> Float80Arith.sub(e, a, aSe, b, bSe);
      case 5 -> Float80Arith.sub(e, b, bSe, a, aSe);
      case 6 -> Float80Arith.div(e, a, aSe, b, bSe);
      default -> Float80Arith.div(e, b, bSe, a, aSe);
    };
  }

  private static void store(Cpu cpu, FpEnv e, int to, long sig, boolean pop) {
    int se = e.se;
    if (X87State.settle(cpu, e)) {
      X87State.set(cpu, to, sig, se);
      if (pop) {
        X87State.pop(cpu);
      }
    }
  }

  /// An empty operand: the indefinite if masked.
  private static void underflow(Cpu cpu, int to, boolean pop) {
    if (X87State.stackFault(cpu, false)) {
      X87State.set(cpu, to, Float80.INDEFINITE, Float80.INDEFINITE_SE);
      if (pop) {
        X87State.pop(cpu);
      }
    }
  }

  /// D9 F0-FF: F2XM1 FYL2X FPTAN FPATAN FXTRACT FPREM1 FDECSTP FINCSTP FPREM FYL2XP1 FSQRT FSINCOS FRNDINT FSCALE FSIN
  /// FCOS.
  static void function(Cpu cpu, int f) {
    switch (f) {
      case 1, 3, 9 -> popping(cpu, f);
      case 2, 4, 11 -> pushing(cpu, f);
      case 5, 8 -> remainder(cpu, f == 5);
      case 6 -> rotate(cpu, -1);
      case 7 -> rotate(cpu, 1);
      case 13 -> scale(cpu);
      default -> one(cpu, f);
    }
  }

  private static void rotate(Cpu cpu, int by) {
    X87State.setTop(cpu, X87State.top(cpu) + by);
    X87State.setFsw(cpu, X87State.fsw(cpu) & ~X87State.C1);
  }

  /// ST(0) = f(ST(0)).
  private static void one(Cpu cpu, int f) {
    FpEnv e = X87State.begin(cpu);
    boolean trigonometric = f >= 14;
    if (trigonometric) {
      outOfRange(cpu, false);
    }
    if (X87State.empty(cpu, 0)) {
      underflow(cpu, 0, false);
      return;
    }
    long a = X87State.sig(cpu, 0);
    int se = X87State.se(cpu, 0);
    e.quotient = 0;
    long sig =
        switch (f) {
          case 0 -> cpu.transcendental.exp2m1(e, a, se);
          case 10 -> Float80Arith.sqrt(e, a, se);
          case 12 -> Float80Convert.roundToInt(e, a, se);
          case 14 -> cpu.transcendental.sin(e, a, se);
          default -> cpu.transcendental.cos(e, a, se);
        };
    if (trigonometric) {
      outOfRange(cpu, e.quotient < 0);
    }
    store(cpu, e, 0, sig, false);
  }

  /// C1 and C2 clear, C0 and C3 as they were: no quotient to tell of.
  private static void noQuotient(Cpu cpu) {
    X87State.setFsw(cpu, X87State.fsw(cpu) & ~(X87State.C1 | X87State.C2));
  }

  /// C2: the argument was too large, or a reduction is only partial.
  private static void outOfRange(Cpu cpu, boolean yes) {
    X87State.setFsw(cpu, X87State.fsw(cpu) & ~X87State.C2 | (yes ? X87State.C2 : 0));
  }

  /// ST(1) = f(ST(1), ST(0)) and pop: FYL2X, FPATAN, FYL2XP1.
  private static void popping(Cpu cpu, int f) {
    FpEnv e = X87State.begin(cpu);
    if (X87State.empty(cpu, 0) || X87State.empty(cpu, 1)) {
      underflow(cpu, 1, true);
      return;
    }
    long x = X87State.sig(cpu, 0);
    int xSe = X87State.se(cpu, 0);
    long y = X87State.sig(cpu, 1);
    int ySe = X87State.se(cpu, 1);
    long sig =
        switch (f) {
          case 1 -> cpu.transcendental.yLog2X(e, y, ySe, x, xSe);
          case 3 -> cpu.transcendental.atan(e, y, ySe, x, xSe);
          default -> cpu.transcendental.yLog2XPlus1(e, y, ySe, x, xSe);
        };
    store(cpu, e, 1, sig, true);
  }

  /// FPTAN, FXTRACT and FSINCOS replace ST(0) and push a second result.
  private static void pushing(Cpu cpu, int f) {
    FpEnv e = X87State.begin(cpu);
    if (f != 4) {
      outOfRange(cpu, false);
    }
    boolean under = X87State.empty(cpu, 0);
    if (under || !X87State.empty(cpu, -1)) {
      if (X87State.stackFault(cpu, !under)) {
        X87State.set(cpu, 0, Float80.INDEFINITE, Float80.INDEFINITE_SE);
        X87Stack.push(cpu, Float80.INDEFINITE, Float80.INDEFINITE_SE);
      }
      return;
    }
    long a = X87State.sig(cpu, 0);
    int se = X87State.se(cpu, 0);
    if (f == 4) {
      long exponent = Float80Remainder.exponentOf(e, a, se);
      int exponentSe = e.se;
      long significand = Float80Remainder.significandOf(e, a, se);
      two(cpu, e, exponent, exponentSe, significand, e.se);
      return;
    }
    e.quotient = 0;
    long first = f == 2 ? cpu.transcendental.tan(e, a, se) : cpu.transcendental.sin(e, a, se);
    int firstSe = e.se;
    boolean tooLarge = e.quotient < 0;
    outOfRange(cpu, tooLarge);
    if (tooLarge) {
      X87State.settle(cpu, e);
    } else if (f == 2) {
      boolean nan = Float80.isNan(first, firstSe);
      two(cpu, e, first, firstSe, nan ? first : Long.MIN_VALUE, nan ? firstSe : 0x3FFF);
    } else {
      long second = cpu.transcendental.cos(e, a, se);
      two(cpu, e, first, firstSe, second, e.se);
    }
  }

  private static void two(Cpu cpu, FpEnv e, long a, int aSe, long pushed, int pushedSe) {
    if (X87State.settle(cpu, e)) {
      X87State.set(cpu, 0, a, aSe);
      X87Stack.push(cpu, pushed, pushedSe);
    }
  }

  private static void remainder(Cpu cpu, boolean ieee) {
    FpEnv e = X87State.begin(cpu);
    if (X87State.empty(cpu, 0) || X87State.empty(cpu, 1)) {
      underflow(cpu, 0, false);
      noQuotient(cpu);
      return;
    }
    long sig = Float80Remainder.remainder(
        e, X87State.sig(cpu, 0), X87State.se(cpu, 0), X87State.sig(cpu, 1), X87State.se(cpu, 1), ieee);
    int q = e.quotient;
    int se = e.se;
    e.roundedUp = false;
    boolean stored = X87State.settle(cpu, e);
    noQuotient(cpu);
    if (stored) {
      X87State.set(cpu, 0, sig, se);
      if (!Float80.isNan(sig, se)) {
        int codes = q < 0 ? X87State.C2
            : ((q & 4) != 0 ? X87State.C0 : 0) | ((q & 2) != 0 ? X87State.C3 : 0) | ((q & 1) != 0 ? X87State.C1 : 0);
        X87State.setFsw(cpu, X87State.fsw(cpu) & ~X87State.CODES | codes);
      }
    }
  }

  private static void scale(Cpu cpu) {
    FpEnv e = X87State.begin(cpu);
    if (X87State.empty(cpu, 0) || X87State.empty(cpu, 1)) {
      underflow(cpu, 0, false);
      return;
    }
    store(cpu, e, 0, Float80Remainder.scale(
        e, X87State.sig(cpu, 0), X87State.se(cpu, 0), X87State.sig(cpu, 1), X87State.se(cpu, 1)), false);
  }
}
