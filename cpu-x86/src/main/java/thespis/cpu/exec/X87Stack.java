package thespis.cpu.exec;

import thespis.cpu.fp.Float80;
import thespis.cpu.fp.FpEnv;
import thespis.cpu.fp.Transcendental;
import thespis.cpu.mmu.Mem;
import thespis.cpu.state.Cpu;

/// Moves within the x87's register stack. SDM Vol. 1 "Data Transfer Instructions", "Load Constant Instructions".
final class X87Stack {
  private static final Transcendental.Constant[] CONSTANTS = Transcendental.Constant.values();

  private X87Stack() {}

  /// Onto a free register; the caller has seen to overflow.
  static void push(Cpu cpu, long sig, int se) {
    X87State.setTop(cpu, X87State.top(cpu) - 1);
    X87State.set(cpu, 0, sig, se);
  }

  /// Loads: overflow pushes the indefinite if masked. A denormal is pushed even if that exception is unmasked.
  static void load(Cpu cpu, FpEnv e, long sig, int se) {
    if (!X87State.empty(cpu, -1)) {
      overflow(cpu);
      return;
    }
    X87State.settle(cpu, e);
    if ((e.unmasked() & FpEnv.IE) == 0) {
      push(cpu, sig, se);
    }
  }

  private static void overflow(Cpu cpu) {
    if (X87State.stackFault(cpu, true)) {
      push(cpu, Float80.INDEFINITE, Float80.INDEFINITE_SE);
    }
  }

  static void loadRegister(Cpu cpu, int i) {
    if (X87State.empty(cpu, i)) {
      if (X87State.stackFault(cpu, false)) {
        push(cpu, Float80.INDEFINITE, Float80.INDEFINITE_SE);
      }
    } else if (!X87State.empty(cpu, -1)) {
      overflow(cpu);
    } else {
      clearC1(cpu);
      push(cpu, X87State.sig(cpu, i), X87State.se(cpu, i));
    }
  }

  /// FLD1 FLDL2T FLDL2E FLDPI FLDLG2 FLDLN2 FLDZ.
  static void loadConstant(Cpu cpu, int i) {
    FpEnv e = X87State.begin(cpu);
    if (i == 6) {
      load(cpu, e, 0, 0);
    } else {
      long sig = CONSTANTS[i].load(e);
      load(cpu, e, sig, e.se);
    }
  }

  static void storeRegister(Cpu cpu, int i, boolean pop) {
    boolean store = true;
    long sig = X87State.sig(cpu, 0);
    int se = X87State.se(cpu, 0);
    if (X87State.empty(cpu, 0)) {
      store = X87State.stackFault(cpu, false);
      sig = Float80.INDEFINITE;
      se = Float80.INDEFINITE_SE;
    } else {
      clearC1(cpu);
    }
    if (store) {
      X87State.set(cpu, i, sig, se);
      if (pop) {
        X87State.pop(cpu);
      }
    }
  }

  /// FSTPNCE, an alias of FSTP that does not mind an empty register: nothing is stored then.
  static void storeUnlessEmpty(Cpu cpu, int i) {
    if (X87State.empty(cpu, 0)) {
      clearC1(cpu);
      X87State.pop(cpu);
    } else {
      storeRegister(cpu, i, true);
    }
  }

  /// FXCH: an empty register counts as the indefinite.
  static void exchange(Cpu cpu, int i) {
    boolean firstEmpty = X87State.empty(cpu, 0);
    boolean otherEmpty = X87State.empty(cpu, i);
    if (firstEmpty || otherEmpty) {
      if (!X87State.stackFault(cpu, false)) {
        return;
      }
      if (firstEmpty) {
        X87State.set(cpu, 0, Float80.INDEFINITE, Float80.INDEFINITE_SE);
      }
      if (otherEmpty) {
        X87State.set(cpu, i, Float80.INDEFINITE, Float80.INDEFINITE_SE);
      }
    } else {
      clearC1(cpu);
    }
    long sig = X87State.sig(cpu, 0);
    int se = X87State.se(cpu, 0);
    X87State.set(cpu, 0, X87State.sig(cpu, i), X87State.se(cpu, i));
    X87State.set(cpu, i, sig, se);
  }

  /// FCMOVcc.
  static void moveIf(Cpu cpu, int i, boolean condition) {
    if (X87State.empty(cpu, 0) || X87State.empty(cpu, i)) {
      if (X87State.stackFault(cpu, false)) {
        X87State.set(cpu, 0, Float80.INDEFINITE, Float80.INDEFINITE_SE);
      }
      return;
    }
    if (condition) {
      X87State.set(cpu, 0, X87State.sig(cpu, i), X87State.se(cpu, i));
    }
  }

  /// FCHS and FABS: any encoding, no exception but #IS.
  static void changeSign(Cpu cpu, boolean negate) {
    if (X87State.empty(cpu, 0)) {
      if (X87State.stackFault(cpu, false)) {
        X87State.set(cpu, 0, Float80.INDEFINITE, Float80.INDEFINITE_SE);
      }
      return;
    }
    clearC1(cpu);
    int se = X87State.se(cpu, 0);
    Mem.put16(X87State.st(cpu, 0) + 8, (short) (negate ? se ^ 0x8000 : se & 0x7FFF));
  }

  static void clearC1(Cpu cpu) {
    X87State.setFsw(cpu, X87State.fsw(cpu) & ~X87State.C1);
  }
}
