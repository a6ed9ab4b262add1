package thespis.cpu.jit;

import static thespis.cpu.jit.Asm.ONE;
import static thespis.cpu.jit.Asm.RAX;
import static thespis.cpu.jit.Asm.RCX;
import static thespis.cpu.jit.Asm.STATE;

import thespis.cpu.decode.Op;
import thespis.cpu.decode.Ops;
import thespis.cpu.mmu.Mmu;
import thespis.cpu.state.Cpu;
import thespis.cpu.state.NativeState;

/// Translates x87 instructions: each is itself on the host's x87, which holds the guest's stack meanwhile (see
/// {@link HostX87}). All exceptions are masked then, so none can be pending. Loads and stores of environments and images
/// are left to the interpreter. SDM Vol. 2D "Escape Opcode Instructions": rows are opcode and ModRM.reg, in octal.
final class X87Code {
  /// In both halves of {@link NativeState#X87_POINTED}: the half says something.
  static final int POINTED = 0x8000;

  private static final int LOAD = 0x100;
  private static final int STORE = 0x200;
  private static final int CONTROL = 0x400;

  /// Bytes of the memory operand by row, 0 where the interpreter does it.
  private static final int[] MEMORY = new int[64];

  static {
    rows(000, LOAD | 4);
    rows(020, LOAD | 4);
    rows(040, LOAD | 8);
    rows(060, LOAD | 2);
    memory(LOAD | 4, 010, 030);
    memory(STORE | 4, 012, 013, 031, 032, 033);
    memory(LOAD | 10, 035, 074);
    memory(STORE | 10, 037, 076);
    memory(LOAD | 8, 050, 075);
    memory(STORE | 8, 051, 052, 053, 077);
    memory(LOAD | 2, 070);
    memory(STORE | 2, 071, 072, 073);
    memory(STORE | CONTROL | 2, 017, 057);
    memory(LOAD | CONTROL | 2, 015);
  }

  private X87Code() {}

  private static void rows(int from, int how) {
    for (int row = from; row < from + 8; row++) {
      MEMORY[row] = how;
    }
  }

  private static void memory(int how, int... rows) {
    for (int row : rows) {
      MEMORY[row] = how;
    }
  }

  private static int row(long p) {
    return (Op.opcode(p) & 7) << 3 | Op.modrm(p) >>> 3 & 7;
  }

  static boolean emit(Unit u, long p, int op) {
    switch (op) {
      case Ops.X87 -> {
        return Op.modrm(p) < 0xC0 ? memory(u, p, MEMORY[row(p)]) : register(u, p, row(p), Op.modrm(p) & 7);
      }
      case Ops.FWAIT -> u.needX87();
      case Ops.EMMS -> {
        u.needX87();
        u.a.b(0x0F);
        u.a.b(0x77);
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  private static boolean memory(Unit u, long p, int how) {
    if (how == 0) {
      return false;
    }
    Asm a = u.a;
    u.needX87();
    boolean control = (how & CONTROL) != 0;
    u.flags.needSaved();
    long again = a.at;
    u.effectiveAddress(RCX);
    if (!control) {
      a.storeState(RCX, NativeState.NATIVE_TEMP);
    }
    u.segment(how & 0xFF);
    u.check(how & 0xFF, (how & STORE) != 0 ? Mmu.STORE : Mmu.LOAD, again);
    if (control && (how & LOAD) != 0) {
      a.wideM(0, Asm.M0F, 0xB7, 2, RAX, RCX, 0);
      a.group1(4, 2, RAX, 0x3F);
      a.group1(7, 2, RAX, 0x3F);
      u.interpretIf(Asm.CC_NE); // FLDCW is about to unmask an exception
    }
    a.rm(0, ONE, Op.opcode(p), 0, Op.modrm(p) >>> 3 & 7, RCX, 0);
    if (!control) {
      a.loadState(RAX, NativeState.NATIVE_TEMP);
      a.storeState(RAX, Cpu.FDP);
      u.pointing = p;
      u.pointed = POINTED | Op.seg(p);
    }
    return true;
  }

  private static boolean register(Unit u, long p, int row, int i) {
    if (!covered(row, i)) {
      return false;
    }
    u.needX87();
    Asm a = u.a;
    if (row == 074) {
      a.b(0xDF); // FNSTSW AX
      a.b(0xE0);
      a.op(ONE, 0x88, 1, RAX, u.change(Cpu.RAX, RCX));
      return true;
    }
    if (row <= 033 && row >= 020) {
      u.flags.needFlags(); // FCMOVcc
    }
    a.b(Op.opcode(p));
    a.b(Op.modrm(p));
    if (row == 035 || row == 036 || row == 075 || row == 076) {
      u.flags.made(u.p);
    }
    if (row != 034) {
      u.pointing = p;
    }
    return true;
  }

  /// Of control instructions FNCLEX and FNSTSW AX; all others that are defined.
  private static boolean covered(int row, int i) {
    return switch (row) {
      case 012, 074 -> i == 0;
      case 014 -> i != 2 && i != 3 && i <= 5;
      case 015 -> i != 7;
      case 025, 063 -> i == 1;
      case 034 -> i == 2;
      case 024, 026, 027, 037, 056, 057, 077 -> false;
      default -> true;
    };
  }

  /// Stores where the last x87 instruction was, unless the next one follows for certain and will be the last.
  ///
  /// @param next record of the next instruction, or 0
  static void point(Unit u, long next) {
    long p = u.pointing;
    if (p == 0 || next != 0 && Op.op(next) == Ops.X87 && Op.modrm(next) >= 0xC0 && u.x87
        && covered(row(next), Op.modrm(next) & 7) && row(next) != 034 && row(next) != 074) {
      return;
    }
    Asm a = u.a;
    long rip = u.rip + Op.offset(p);
    if (rip == (int) rip) {
      a.rm(0, ONE, 0xC7, 1, 0, STATE, Asm.st(Cpu.FIP));
      a.d((int) rip);
    } else {
      a.movImm(RAX, rip);
      a.storeState(RAX, Cpu.FIP);
    }
    int opcode = (Op.opcode(p) & 7) << 8 | Op.modrm(p) | POINTED;
    if (u.pointed != 0) {
      a.storeStateImm32(NativeState.X87_POINTED, u.pointed << 16 | opcode);
    } else {
      a.b(0x66);
      a.rm(0, ONE, 0xC7, 0, 0, STATE, Asm.st(NativeState.X87_POINTED));
      a.imm(1, opcode);
    }
    u.pointing = 0;
    u.pointed = 0;
  }
}
