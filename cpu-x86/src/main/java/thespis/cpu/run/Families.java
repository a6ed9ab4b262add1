package thespis.cpu.run;

import thespis.cpu.decode.Op;
import thespis.cpu.decode.Ops;
import thespis.cpu.exec.Arithmetic;
import thespis.cpu.exec.Branch;
import thespis.cpu.exec.Flow;
import thespis.cpu.exec.Move;
import thespis.cpu.exec.MulDiv;
import thespis.cpu.exec.Shift;
import thespis.cpu.exec.Stack;
import thespis.cpu.exec.Simd;
import thespis.cpu.exec.StringOps;
import thespis.cpu.exec.SystemOps;
import thespis.cpu.exec.X87;
import thespis.cpu.mmu.Mem;
import thespis.cpu.state.Cpu;

/// Handlers of the general operations: each goes to its family in {@link thespis.cpu.exec}.
abstract class Families extends Handler {
  static final int OPS = 0x1000;

  abstract int family(Cpu cpu, long p, int op);

  @Override
  long run(Interpreter i, long st, long p, long w) {
    Mem.put64(st + Cpu.RIP, i.rip + Op.offset(p));
    int flow = family(i.cpu, p, (int) w & 0xFFFF);
    return flow == Flow.NEXT ? p + NEXT : i.leave(p, flow);
  }

  static Handler of(int op) {
    return FAMILY[op >>> 6];
  }

  static int run(Cpu cpu, long p, int op) {
    return FAMILY[op >>> 6].family(cpu, p, op);
  }

  private static final Families[] FAMILY = new Families[OPS >>> 6];

  static {
    Families none = new Families() {
      @Override
      int family(Cpu cpu, long p, int op) {
        throw cpu.ud();
      }
    };
    java.util.Arrays.fill(FAMILY, none);
    FAMILY[Ops.ARITHMETIC_FAMILY] = new Families() {
      @Override
      int family(Cpu cpu, long p, int op) {
        return Arithmetic.run(cpu, p, op);
      }
    };
    FAMILY[Ops.SHIFT_FAMILY] = new Families() {
      @Override
      int family(Cpu cpu, long p, int op) {
        return Shift.run(cpu, p, op);
      }
    };
    FAMILY[Ops.MULDIV_FAMILY] = new Families() {
      @Override
      int family(Cpu cpu, long p, int op) {
        return MulDiv.run(cpu, p, op);
      }
    };
    FAMILY[Ops.MOVE_FAMILY] = new Families() {
      @Override
      int family(Cpu cpu, long p, int op) {
        return Move.run(cpu, p, op);
      }
    };
    FAMILY[Ops.STACK_FAMILY] = new Families() {
      @Override
      int family(Cpu cpu, long p, int op) {
        return Stack.run(cpu, p, op);
      }
    };
    FAMILY[Ops.BRANCH_FAMILY] = new Families() {
      @Override
      int family(Cpu cpu, long p, int op) {
        return Branch.run(cpu, p, op);
      }
    };
    FAMILY[Ops.STRING_FAMILY] = new Families() {
      @Override
      int family(Cpu cpu, long p, int op) {
        return StringOps.run(cpu, p, op);
      }
    };
    Families system = new Families() {
      @Override
      int family(Cpu cpu, long p, int op) {
        return SystemOps.run(cpu, p, op);
      }
    };
    FAMILY[Ops.SYSTEM_FAMILY] = system;
    FAMILY[Ops.SYSTEM_FAMILY + 1] = system;
    FAMILY[Ops.X87_FAMILY] = new Families() {
      @Override
      int family(Cpu cpu, long p, int op) {
        return X87.run(cpu, p, op);
      }
    };
    Families simd = new Families() {
      @Override
      int family(Cpu cpu, long p, int op) {
        return Simd.run(cpu, p, op);
      }
    };
    java.util.Arrays.fill(FAMILY, Ops.SIMD >>> 6, FAMILY.length, simd);
  }
}
