package thespis.cpu.exec;

import thespis.cpu.decode.Op;
import thespis.cpu.decode.Ops;
import thespis.cpu.mmu.Mem;
import thespis.cpu.mmu.Segmentation;
import thespis.cpu.mmu.TssWindow;
import thespis.cpu.run.IoBus;
import thespis.cpu.state.Cpu;
import thespis.cpu.state.GuestFault;

/// Instructions that translated code stops for and that need neither RIP nor the flags: ports, system registers, segment
/// registers, saving and restoring state. Whatever is unusual about one (a fault, a breakpoint, an answer that is not there
/// yet) is left to its family.
public final class QuickOps {
  private QuickOps() {}

  /// Executes an instruction of code that was translated. If false nothing has happened.
  public static boolean run(Cpu cpu, long p, int op) {
    return switch (op) {
      case Ops.IN, Ops.OUT, Ops.IN_IMM, Ops.OUT_IMM -> port(cpu, p, op);
      case Ops.MOV_FROM_SREG -> selector(cpu, p);
      case Ops.MOV_FROM_CR -> controlRegister(cpu, p);
      case Ops.MOV_TO_CR -> addressSpace(cpu, p);
      case Ops.MOV_TO_SREG -> Op.dst(p) != Cpu.CS && Op.dst(p) != Cpu.SS && Op.dst(p) <= Cpu.GS && tried(cpu, p, op);
      case Ops.RDMSR, Ops.WRMSR -> isOften(Mem.get32(cpu.st + Cpu.RCX)) && tried(cpu, p, op);
      case Ops.INVLPG, Ops.RDFSBASE, Ops.RDGSBASE, Ops.WRFSBASE, Ops.WRGSBASE, Ops.RDPKRU, Ops.WRPKRU,
          Ops.LDMXCSR, Ops.STMXCSR -> tried(cpu, p, op);
      case Ops.FXSAVE, Ops.FXRSTOR, Ops.XSAVE, Ops.XSAVEOPT, Ops.XSAVEC, Ops.XRSTOR ->
          (cpu.reg(Cpu.XCR0) & Bounds.COMPONENTS) == 0 && tried(cpu, p, op);
      default -> false;
    };
  }

  private static boolean port(Cpu cpu, long p, int op) {
    int size = Op.size(p);
    int port = op == Ops.IN || op == Ops.OUT ? Mem.get32(cpu.st + Cpu.RDX) & 0xFFFF : (int) Op.imm(p) & 0xFF;
    if (cpu.breakpoints || cpu.ioDone || cpu.cpl > cpu.iopl() && !mapped(cpu, port, 1 << size)) {
      return false;
    }
    if (op == Ops.OUT || op == Ops.OUT_IMM) {
      return cpu.bus.out(port, 1 << size, Mem.get32(cpu.st));
    }
    long v = cpu.bus.in(port, 1 << size);
    if (v == IoBus.DEFERRED) {
      return false;
    }
    Operands.writeReg(cpu, Cpu.RAX, size, v);
    return true;
  }

  private static boolean mapped(Cpu cpu, int port, int bytes) {
    try {
      boolean mapped = Ports.mapped(cpu, port, bytes);
      TssWindow.open(cpu, cpu.limit[Cpu.TR] & 0xFFFF_FFFFL);
      return mapped;
    } catch (GuestFault f) {
      return false;
    }
  }

  private static boolean selector(Cpu cpu, long p) {
    if (Op.dstKind(p) != Op.KIND_REG || Op.src(p) > Cpu.GS) {
      return false;
    }
    Operands.writeReg(cpu, Op.dst(p), Op.size(p), cpu.selector(Op.src(p)));
    return true;
  }

  private static boolean controlRegister(Cpu cpu, long p) {
    int n = Op.src(p);
    if (cpu.cpl != 0 || n != 0 && n != 2 && n != 3 && n != 4) {
      return false;
    }
    ControlRegisters.read(cpu, p);
    return true;
  }

  private static boolean addressSpace(Cpu cpu, long p) {
    if (cpu.cpl != 0 || Op.dst(p) != 3 || !ControlRegisters.mayBeCr3(cpu, cpu.reg(Op.src(p)))) {
      return false;
    }
    ControlRegisters.write(cpu, p);
    return true;
  }

  /// Bases of FS and GS, and what an operating system tells processors all the time. SDM Vol. 4 "Architectural MSRs".
  private static boolean isOften(int msr) {
    return msr >= 0xC000_0100 && msr <= 0xC000_0102 || msr == 0x6E0 || msr == 0x48 || msr == 0x49;
  }

  /// These change nothing before they fault, and fault again in their family.
  private static boolean tried(Cpu cpu, long p, int op) {
    try {
      switch (op) {
        case Ops.MOV_TO_SREG -> Segmentation.loadData(cpu, Op.dst(p), (int) Operands.src(cpu, p) & 0xFFFF);
        case Ops.FXSAVE, Ops.FXRSTOR, Ops.XSAVE, Ops.XSAVEOPT, Ops.XSAVEC, Ops.XRSTOR, Ops.LDMXCSR, Ops.STMXCSR ->
            X87.run(cpu, p, op);
        default -> SystemOps.run(cpu, p, op);
      }
      return true;
    } catch (GuestFault f) {
      return false;
    }
  }
}
