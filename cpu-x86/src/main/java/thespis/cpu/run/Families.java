package thespis.cpu.run;

import thespis.cpu.decode.Ops;
import thespis.cpu.exec.Arithmetic;
import thespis.cpu.exec.Branch;
import thespis.cpu.exec.Move;
import thespis.cpu.exec.MulDiv;
import thespis.cpu.exec.Shift;
import thespis.cpu.exec.Stack;
import thespis.cpu.exec.StringOps;
import thespis.cpu.exec.SystemOps;
import thespis.cpu.state.Cpu;

/// From an operation's number to its family.
final class Families {
  private Families() {}

  static int run(Cpu cpu, long p, int op) {
    return switch (op >>> 6) {
      case Ops.ARITHMETIC_FAMILY -> Arithmetic.run(cpu, p, op);
      case Ops.SHIFT_FAMILY -> Shift.run(cpu, p, op);
      case Ops.MULDIV_FAMILY -> MulDiv.run(cpu, p, op);
      case Ops.MOVE_FAMILY -> Move.run(cpu, p, op);
      case Ops.STACK_FAMILY -> Stack.run(cpu, p, op);
      case Ops.BRANCH_FAMILY -> Branch.run(cpu, p, op);
      case Ops.STRING_FAMILY -> StringOps.run(cpu, p, op);
      case Ops.SYSTEM_FAMILY, Ops.SYSTEM_FAMILY + 1 -> SystemOps.run(cpu, p, op);
      default -> throw cpu.ud();
    };
  }
}
