package thespis.cpu.exec;

import thespis.cpu.decode.Op;
import thespis.cpu.decode.Ops;
import thespis.cpu.mmu.Mem;
import thespis.cpu.state.Cpu;
import thespis.cpu.state.GuestFault;

/// The x87 opcodes D8 to DF, FWAIT and EMMS, and the instructions that move whole images of the floating-point state. SDM
/// Vol. 2D "Escape Opcode Instructions": the tables there are the two switches here, by opcode and ModRM.reg.
public final class X87 {
  private X87() {}

  public static int run(Cpu cpu, long p, int op) {
    switch (op) {
      case Ops.X87 -> {
        X87State.require(cpu);
        int row = (Op.opcode(p) & 7) << 3 | Op.modrm(p) >>> 3 & 7;
        if (Op.modrm(p) < 0xC0) {
          memory(cpu, p, row);
        } else {
          register(cpu, p, row, Op.modrm(p) & 7);
        }
      }
      case Ops.FWAIT -> {
        if ((cpu.cr0 & (Cpu.CR0_MP | Cpu.CR0_TS)) == (Cpu.CR0_MP | Cpu.CR0_TS)) {
          throw cpu.raise(GuestFault.NM);
        }
        X87State.deliverPending(cpu);
      }
      case Ops.EMMS -> {
        Vectors.requireMmx(cpu);
        X87State.setTop(cpu, 0);
        Mem.put16(cpu.st + Cpu.FTW, (short) 0);
      }
      case Ops.LDMXCSR -> SseControl.load(cpu, p);
      case Ops.STMXCSR -> SseControl.store(cpu, p);
      case Ops.FXSAVE -> Fxsave.save(cpu, p);
      case Ops.FXRSTOR -> Fxsave.restore(cpu, p);
      default -> {
        return Xsave.run(cpu, p, op);
      }
    }
    return Flow.NEXT;
  }

  /// D8-DF with a memory operand. Octal rows: opcode, ModRM.reg.
  private static void memory(Cpu cpu, long p, int row) {
    switch (row) {
      case 016 -> X87Image.storeEnvironment(cpu, p); // FNSTENV: these four do not wait
      case 017 -> cpu.mmu.store16(Operands.linear(cpu, p, 2, true), (short) X87State.fcw(cpu));
      case 056 -> X87Image.save(cpu, p);
      case 057 -> cpu.mmu.store16(Operands.linear(cpu, p, 2, true), (short) X87State.fsw(cpu));
      default -> {
        X87State.deliverPending(cpu);
        switch (row) {
          case 014 -> X87Image.loadEnvironment(cpu, p);
          case 015 -> loadControl(cpu, p);
          case 054 -> X87Image.restore(cpu, p);
          default -> {
            X87Memory.run(cpu, p, row);
            pointMemory(cpu, p);
          }
        }
      }
    }
  }

  private static void loadControl(Cpu cpu, long p) {
    int fcw = cpu.mmu.load16(Operands.linear(cpu, p, 2, false)) & 0xFFFF;
    X87State.setFcw(cpu, fcw);
  }

  /// Pointers to the last instruction that was not a control instruction. SDM Vol. 1 "x87 FPU Instruction and Data
  /// (Operand) Pointers".
  private static void point(Cpu cpu, long p) {
    point(cpu, cpu.rip(), (Op.opcode(p) & 7) << 8 | Op.modrm(p));
  }

  static void point(Cpu cpu, long rip, int fop) {
    Mem.put16(cpu.st + Cpu.FOP, (short) fop);
    Mem.put64(cpu.st + Cpu.FIP, rip);
    Mem.put16(cpu.st + Cpu.FCS, (short) cpu.selector(Cpu.CS));
  }

  private static void pointMemory(Cpu cpu, long p) {
    point(cpu, p);
    Mem.put64(cpu.st + Cpu.FDP, Operands.offset(cpu, p));
    int seg = Op.seg(p);
    Mem.put16(cpu.st + Cpu.FDS, (short) cpu.selector(seg == Op.NO_SEG ? Cpu.DS : seg));
  }

  /// D8-DF with ST(i).
  private static void register(Cpu cpu, long p, int row, int i) {
    if (row == 034 && i < 5) {
      control(cpu, i);
      return;
    }
    if (row == 074 && i == 0) {
      Operands.writeReg(cpu, Cpu.RAX, 1, X87State.fsw(cpu));
      return;
    }
    if (undefined(row, i)) {
      throw cpu.ud();
    }
    X87State.deliverPending(cpu);
    switch (row) {
      case 000, 001, 004, 005, 006, 007 -> X87Arith.binary(cpu, row, 0, i, false);
      case 040, 041, 044, 045, 046, 047 -> X87Arith.binary(cpu, row & 7, i, i, false);
      case 060, 061, 064, 065, 066, 067 -> X87Arith.binary(cpu, row & 7, i, i, true);
      case 002, 042 -> X87Compare.codes(cpu, i, false, 0);
      case 003, 043, 062 -> X87Compare.codes(cpu, i, false, 1);
      case 063 -> X87Compare.codes(cpu, 1, false, 2); // FCOMPP
      case 010 -> X87Stack.loadRegister(cpu, i);
      case 011, 051, 071 -> X87Stack.exchange(cpu, i);
      case 012 -> {} // FNOP
      case 013 -> X87Stack.storeUnlessEmpty(cpu, i);
      case 053, 072, 073 -> X87Stack.storeRegister(cpu, i, true);
      case 052 -> X87Stack.storeRegister(cpu, i, false);
      case 014 -> unary(cpu, i);
      case 015 -> X87Stack.loadConstant(cpu, i);
      case 016, 017 -> X87Arith.function(cpu, row << 3 & 8 | i);
      case 020, 021, 022, 023, 030, 031, 032, 033 -> X87Stack.moveIf(cpu, i, X87Compare.condition(cpu, row));
      case 025 -> X87Compare.codes(cpu, 1, true, 2); // FUCOMPP
      case 035 -> X87Compare.flags(cpu, i, true, false);
      case 036 -> X87Compare.flags(cpu, i, false, false);
      case 050 -> {
        X87State.free(cpu, i);
        X87Stack.clearC1(cpu);
      }
      case 070 -> {
        X87State.free(cpu, i); // FFREEP
        X87Stack.clearC1(cpu);
        X87State.pop(cpu);
      }
      case 054 -> X87Compare.codes(cpu, i, true, 0);
      case 055 -> X87Compare.codes(cpu, i, true, 1);
      case 075 -> X87Compare.flags(cpu, i, true, true);
      default -> X87Compare.flags(cpu, i, false, true);
    }
    point(cpu, p);
  }

  private static boolean undefined(int row, int i) {
    return switch (row) {
      case 012 -> i != 0;
      case 014 -> i == 2 || i == 3 || i > 5;
      case 015 -> i == 7;
      case 025, 063 -> i != 1;
      case 024, 026, 027, 034, 037, 056, 057, 074, 077 -> true;
      default -> false;
    };
  }

  /// FNENI FNDISI FNCLEX FNINIT FNSETPM, of which only two still do anything.
  private static void control(Cpu cpu, int i) {
    if (i == 2) {
      X87State.withdrawPending(cpu);
      X87State.setFsw(cpu, X87State.fsw(cpu) & ~(0x3F | X87State.SF | X87State.ES | X87State.BUSY));
    } else if (i == 3) {
      X87State.init(cpu);
    }
  }

  /// FCHS FABS FTST FXAM.
  private static void unary(Cpu cpu, int i) {
    switch (i) {
      case 0, 1 -> X87Stack.changeSign(cpu, i == 0);
      case 4 -> X87Compare.test(cpu);
      default -> X87Compare.examine(cpu);
    }
  }
}
