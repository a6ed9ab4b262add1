package thespis.cpu.exec;

import thespis.cpu.fp.Float80Compare;
import thespis.cpu.fp.FpEnv;
import thespis.cpu.state.Cpu;

/// FCOM and its kin, FCOMI, FTST, FXAM and the conditions of FCMOVcc. SDM Vol. 2A by name.
final class X87Compare {
  private X87Compare() {}

  /// Condition codes of ST(0) against ST(i), then as many pops.
  static void codes(Cpu cpu, int i, boolean quiet, int pops) {
    FpEnv e = X87State.begin(cpu);
    if (X87State.empty(cpu, 0) || X87State.empty(cpu, i)) {
      underflow(cpu, pops);
      return;
    }
    int codes = Float80Compare.compare(
        e, X87State.sig(cpu, 0), X87State.se(cpu, 0), X87State.sig(cpu, i), X87State.se(cpu, i), quiet);
    finish(cpu, e, codes, pops);
  }

  static void memory(Cpu cpu, FpEnv e, long b, int bSe, int pops) {
    if (X87State.empty(cpu, 0)) {
      underflow(cpu, pops);
      return;
    }
    int loaded = X87Arith.holdDenormal(e);
    int codes = Float80Compare.compare(e, X87State.sig(cpu, 0), X87State.se(cpu, 0), b, bSe, false);
    X87Arith.addDenormal(cpu, e, loaded);
    finish(cpu, e, codes, pops);
  }

  private static void underflow(Cpu cpu, int pops) {
    boolean masked = X87State.stackFault(cpu, false);
    setCodes(cpu, Float80Compare.UNORDERED);
    pop(cpu, masked ? pops : 0);
  }

  private static void finish(Cpu cpu, FpEnv e, int codes, int pops) {
    boolean store = X87State.settle(cpu, e);
    setCodes(cpu, codes);
    pop(cpu, store ? pops : 0);
  }

  /// C3 C2 C0 from bits 6, 2 and 0.
  private static void setCodes(Cpu cpu, int codes) {
    X87State.setFsw(cpu, X87State.fsw(cpu) & ~(X87State.C0 | X87State.C2 | X87State.C3) | codes << 8);
  }

  private static void pop(Cpu cpu, int pops) {
    for (int n = 0; n < pops; n++) {
      X87State.pop(cpu);
    }
  }

  /// FCOMI and FUCOMI: ZF PF CF. Condition codes stay as they are; EFLAGS is set even when an
  /// exception is unmasked (AMD's processors do so, Intel's manual says otherwise).
  static void flags(Cpu cpu, int i, boolean quiet, boolean pop) {
    int c1 = X87State.fsw(cpu) & X87State.C1;
    FpEnv e = X87State.begin(cpu);
    if (X87State.empty(cpu, 0) || X87State.empty(cpu, i)) {
      boolean masked = X87State.stackFault(cpu, false);
      Flags.setArithmetic(cpu, Float80Compare.UNORDERED);
      pop(cpu, pop && masked ? 1 : 0);
      return;
    }
    int codes = Float80Compare.compare(
        e, X87State.sig(cpu, 0), X87State.se(cpu, 0), X87State.sig(cpu, i), X87State.se(cpu, i), quiet);
    boolean store = X87State.settle(cpu, e);
    X87State.setFsw(cpu, X87State.fsw(cpu) | c1);
    Flags.setArithmetic(cpu, codes);
    pop(cpu, pop && store ? 1 : 0);
  }

  /// FTST: against +0.
  static void test(Cpu cpu) {
    memory(cpu, X87State.begin(cpu), 0, 0, 0);
  }

  /// FXAM: C1 is the sign even of an empty register.
  static void examine(Cpu cpu) {
    int se = X87State.se(cpu, 0);
    int codes = X87State.empty(cpu, 0) ? 0x41 | se >>> 14 & 2 : Float80Compare.examine(X87State.sig(cpu, 0), se);
    X87State.setFsw(cpu, X87State.fsw(cpu) & ~X87State.CODES | codes << 8);
  }

  /// FCMOVB E BE U (rows 020-023) and their opposites (030-033).
  static boolean condition(Cpu cpu, int row) {
    int f = Flags.arithmetic(cpu);
    boolean yes =
        (f & switch (row & 3) {
          case 0 -> Cpu.CF;
          case 1 -> Cpu.ZF;
          case 2 -> Cpu.CF | Cpu.ZF;
          default -> Cpu.PF;
        }) != 0;
    return yes != (row >= 030);
  }
}
