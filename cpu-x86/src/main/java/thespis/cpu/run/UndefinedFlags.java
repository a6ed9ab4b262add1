package thespis.cpu.run;

import thespis.cpu.decode.Op;
import thespis.cpu.decode.Ops;
import thespis.cpu.state.Cpu;

/// Which arithmetic flags are undefined while instructions run one after the other, and whether something depends on
/// one that is. SDM Vol. 1 "EFLAGS Cross-Reference", and "Flags Affected" of each instruction.
final class UndefinedFlags {
  private static final int CF = Cpu.CF;
  private static final int PF = Cpu.PF;
  private static final int AF = Cpu.AF;
  private static final int ZF = Cpu.ZF;
  private static final int SF = Cpu.SF;
  private static final int OF = Cpu.OF;
  private static final int ALL = Cpu.ARITHMETIC;

  /// By pairs of condition codes. SDM Vol. 1 "EFLAGS Condition Codes".
  private static final int[] CONDITION = {OF, CF, ZF, CF | ZF, SF, PF, SF | OF, SF | OF | ZF};

  /// The flags that are undefined now.
  int mask;

  /// Something was computed that need not be the same on all processors.
  boolean loose;

  void clear() {
    mask = 0;
    loose = false;
  }

  /// To be called before the instruction is executed.
  void before(Cpu cpu, long p, int op) {
    if ((reads(p, op) & mask) != 0) {
      loose = true;
    }
    switch (op) {
      case Ops.ADD, Ops.ADC, Ops.SUB, Ops.SBB, Ops.CMP, Ops.NEG, Ops.XADD, Ops.CMPXCHG, Ops.POPCNT ->
          flags(ALL, 0);
      case Ops.SAHF -> flags(ALL & ~OF, 0);
      case Ops.INC, Ops.DEC -> flags(ALL & ~CF, 0);
      case Ops.AND, Ops.OR, Ops.XOR, Ops.TEST -> flags(ALL & ~AF, AF);
      case Ops.MUL, Ops.IMUL, Ops.IMUL2, Ops.IMUL3 -> flags(CF | OF, SF | ZF | AF | PF);
      case Ops.DIV, Ops.IDIV -> flags(0, ALL);
      case Ops.SHL, Ops.SHR, Ops.SAL, Ops.SAR -> shift(p, count(cpu, p));
      case Ops.ROL, Ops.ROR -> rotate(count(cpu, p));
      case Ops.RCL, Ops.RCR -> rotate(count(cpu, p) % ((8 << Op.size(p)) + 1));
      case Ops.SHLD, Ops.SHRD -> doubleShift(p, (int) Op.imm(p) & (Op.size(p) == 3 ? 63 : 31));
      case Ops.SHLD_CL, Ops.SHRD_CL -> doubleShift(p, (int) cpu.reg(Cpu.RCX) & (Op.size(p) == 3 ? 63 : 31));
      case Ops.BT, Ops.BTS, Ops.BTR, Ops.BTC -> flags(CF, OF | SF | AF | PF);
      case Ops.BSF, Ops.BSR -> flags(ZF, CF | OF | SF | AF | PF);
      case Ops.TZCNT, Ops.LZCNT -> flags(ZF | CF, OF | SF | AF | PF);
      case Ops.ANDN, Ops.BLSR, Ops.BLSMSK, Ops.BLSI, Ops.BZHI -> flags(CF | OF | ZF | SF, AF | PF);
      case Ops.BEXTR -> flags(CF | OF | ZF, AF | PF | SF);
      case Ops.ADCX, Ops.CLC, Ops.STC, Ops.CMC -> flags(CF, 0);
      case Ops.ADOX -> flags(OF, 0);
      case Ops.CMPS, Ops.SCAS -> flags(Op.rep(p) == Op.REP_NONE ? ALL : 0, 0);
      case Ops.X87 -> loose |= transcendental(p);
      default -> loose |= approximate(op);
    }
  }

  private void flags(int defined, int undefined) {
    mask = mask & ~defined | undefined;
  }

  private static int count(Cpu cpu, long p) {
    int n = Op.srcKind(p) == Op.KIND_IMM ? (int) Op.imm(p) : (int) cpu.reg(Cpu.RCX);
    return n & (Op.size(p) == 3 ? 63 : 31);
  }

  private void shift(long p, int n) {
    if (n != 0) {
      flags(ALL & ~AF, AF | (n == 1 ? 0 : OF) | (n >= 8 << Op.size(p) ? CF : 0));
    }
  }

  private void rotate(int n) {
    if (n != 0) {
      flags(CF | OF, n == 1 ? 0 : OF);
    }
  }

  private void doubleShift(long p, int n) {
    shift(p, n);
    loose |= n > 8 << Op.size(p); // the result is undefined too
  }

  private static int reads(long p, int op) {
    return switch (op) {
      case Ops.JCC, Ops.SETCC, Ops.CMOV -> CONDITION[Op.opcode(p) >>> 1 & 7];
      case Ops.ADC, Ops.SBB, Ops.RCL, Ops.RCR, Ops.ADCX, Ops.CMC -> CF;
      case Ops.ADOX -> OF;
      case Ops.LOOPE, Ops.LOOPNE -> ZF;
      case Ops.PUSHF, Ops.LAHF -> ALL;
      case Ops.X87 -> (Op.opcode(p) & 0xFE) == 0xDA && Op.modrm(p) >= 0xC0 ? CF | ZF | PF : 0; // FCMOVcc
      default -> 0;
    };
  }

  /// F2XM1, FYL2X, FPTAN, FPATAN, FYL2XP1, FSINCOS, FSIN, FCOS: the last bit is the processor's own.
  private static boolean transcendental(long p) {
    return (Op.opcode(p) & 7) == 1 && switch (Op.modrm(p)) {
      case 0xF0, 0xF1, 0xF2, 0xF3, 0xF9, 0xFB, 0xFE, 0xFF -> true;
      default -> false;
    };
  }

  /// RCPPS, RSQRTPS and their scalar forms: within a bound, each processor has its own.
  private static boolean approximate(int op) {
    return op >= thespis.cpu.decode.SseOps.RCPPS && op < thespis.cpu.decode.SseOps.ADDSUBPS;
  }
}
