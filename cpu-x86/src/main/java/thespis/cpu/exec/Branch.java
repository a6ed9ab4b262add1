package thespis.cpu.exec;

import thespis.cpu.decode.Op;
import thespis.cpu.decode.Ops;
import thespis.cpu.mmu.Canonical;
import thespis.cpu.state.CodeMode;
import thespis.cpu.state.Cpu;
import thespis.cpu.state.GuestFault;

/// Near control transfers; the far ones are in {@link FarControl} and {@link Interrupts}. SDM Vol. 1 "Control Transfer
/// Instructions"; Vol. 2A "CALL", "JMP", "Jcc", "LOOP/LOOPcc", Vol. 2B "RET".
public final class Branch {
  private static final int SHORT_JUMP = 0xEB;

  private Branch() {}

  public static int run(Cpu cpu, long p, int op) {
    if ((cpu.mode & CodeMode.BOUNDS) != 0 && isNear(p, op)) {
      int flow = transfer(cpu, p, op);
      Bounds.branch(cpu, p);
      return flow;
    }
    return transfer(cpu, p, op);
  }

  /// Those that the BND prefix goes with. SDM Vol. 1 "Intel MPX Instruction Prefix".
  private static boolean isNear(long p, int op) {
    return op == Ops.JMP && Op.opcode(p) != SHORT_JUMP || op == Ops.JCC || op == Ops.CALL || op == Ops.RET
        || op == Ops.JMP_IND || op == Ops.CALL_IND;
  }

  private static int transfer(Cpu cpu, long p, int op) {
    switch (op) {
      case Ops.JMP -> {
        return to(cpu, Op.imm(p));
      }
      case Ops.JCC -> {
        return Flags.condition(cpu, Op.opcode(p) & 15) ? to(cpu, Op.imm(p)) : Flow.NEXT;
      }
      case Ops.CALL -> {
        check(cpu, Op.imm(p));
        Stack.push(cpu, operandSize(cpu, p), Flow.nextRip(cpu, p));
        cpu.setRip(Op.imm(p));
        return Flow.JUMP;
      }
      case Ops.RET -> {
        int size = nearSize(cpu, p);
        long target = Flags.zext(Stack.peek(cpu, size, 0), size);
        check(cpu, target);
        Stack.drop(cpu, (1 << size) + (Op.dstKind(p) == Op.KIND_IMM ? Op.imm(p) & 0xFFFF : 0));
        cpu.setRip(target);
        return Flow.JUMP;
      }
      case Ops.JMP_IND -> {
        return to(cpu, Flags.zext(Operands.dst(cpu, p), Op.size(p)));
      }
      case Ops.CALL_IND -> {
        long target = Flags.zext(Operands.dst(cpu, p), Op.size(p));
        check(cpu, target);
        Stack.push(cpu, Op.size(p), Flow.nextRip(cpu, p));
        cpu.setRip(target);
        return Flow.JUMP;
      }
      case Ops.JCXZ -> {
        return counter(cpu, p) == 0 ? to(cpu, Op.imm(p)) : Flow.endBlock(cpu, p);
      }
      case Ops.LOOP, Ops.LOOPE, Ops.LOOPNE -> {
        return loop(cpu, p, op);
      }
      case Ops.BOUND -> bound(cpu, p);
      case Ops.END_BLOCK -> {
        cpu.setRip(Op.imm(p));
        return Flow.JUMP;
      }
      case Ops.STALE -> {
        return Flow.JUMP;
      }
      case Ops.UD -> {
        throw Op.imm(p) == 1 ? cpu.gp() : cpu.ud();
      }
      default -> {
        return FarControl.run(cpu, p, op);
      }
    }
    return Flow.NEXT;
  }

  private static int nearSize(Cpu cpu, long p) {
    return Op.dstKind(p) == Op.KIND_IMM ? operandSize(cpu, p) : Op.size(p);
  }

  /// Operand size of an instruction whose only operand is a 16-bit immediate.
  static int operandSize(Cpu cpu, long p) {
    if (cpu.code64()) {
      return 3;
    }
    return (cpu.mode & CodeMode.CODE_32) != 0 != ((Op.prefixes(p) & Op.PREFIX_66) != 0) ? 2 : 1;
  }

  private static int to(Cpu cpu, long target) {
    check(cpu, target);
    cpu.setRip(target);
    return Flow.JUMP;
  }

  /// #GP(0) for a target outside of the code segment, before anything changes.
  static void check(Cpu cpu, long target) {
    if (cpu.code64()) {
      if (!Canonical.isAddress(cpu, target)) {
        throw cpu.gp();
      }
    } else if (Long.compareUnsigned(target, cpu.limit[Cpu.CS] & 0xFFFF_FFFFL) > 0) {
      throw cpu.gp();
    }
  }

  private static long counter(Cpu cpu, long p) {
    long rcx = cpu.reg(Cpu.RCX);
    return switch (Op.addressSize(p)) {
      case 3 -> rcx;
      case 2 -> rcx & 0xFFFF_FFFFL;
      default -> rcx & 0xFFFF;
    };
  }

  private static int loop(Cpu cpu, long p, int op) {
    long c = counter(cpu, p) - 1;
    boolean more = op == Ops.LOOP || Flags.condition(cpu, 4) == (op == Ops.LOOPE);
    int size = Op.addressSize(p);
    more &= Flags.zext(c, size) != 0;
    if (more) {
      check(cpu, Op.imm(p));
    }
    Operands.writeReg(cpu, Cpu.RCX, size, c);
    if (more) {
      cpu.setRip(Op.imm(p));
      return Flow.JUMP;
    }
    return Flow.endBlock(cpu, p);
  }

  /// SDM Vol. 2A "BOUND".
  private static void bound(Cpu cpu, long p) {
    int size = Op.size(p);
    long index = Operands.readReg(cpu, Op.dst(p), size);
    long offset = Operands.offset(cpu, p);
    long low = cpu.mmu.load(Operands.linear(cpu, p, offset, 1 << size, false), size);
    long high = cpu.mmu.load(Operands.linear(cpu, p, offset + (1 << size), 1 << size, false), size);
    if (index < low || index > high) {
      throw cpu.raise(GuestFault.BR);
    }
  }
}
