package thespis.cpu.exec;

import thespis.cpu.fp.FpEnv;
import thespis.cpu.mmu.Mem;
import thespis.cpu.state.Cpu;
import thespis.cpu.state.GuestFault;

/// MXCSR: LDMXCSR and STMXCSR, and what an arithmetic instruction does with it before and after. SDM Vol. 1 "MXCSR Control
/// and Status Register", "SSE, SSE2, and SSE3 Exceptions".
final class SseControl {
  static final int RESET = 0x1F80;

  /// Bits that exist; setting another raises #GP(0).
  static final int MASK = 0xFFFF;

  private SseControl() {}

  /// The environment for one instruction. With everything masked flags stick in it, as in the register; else they start
  /// from none, so that {@link #finish} can tell what this instruction raised.
  static FpEnv begin(Cpu cpu) {
    FpEnv e = cpu.sse;
    e.loadMxcsr(Mem.get32(cpu.st + Cpu.MXCSR));
    return e;
  }

  /// Exceptions raised so far: stores the flags, and raises #XM (or #UD without CR4.OSXMMEXCPT) for an unmasked one.
  static void finish(Cpu cpu, FpEnv e) {
    int old = Mem.get32(cpu.st + Cpu.MXCSR);
    if ((e.flags & ~old) != 0) {
      raised(cpu, e, old);
    } else if (e.unmasked() != 0) {
      fault(cpu, e);
    }
  }

  private static void raised(Cpu cpu, FpEnv e, int old) {
    if (e.unmasked() != 0) {
      e.preempted();
      Mem.put32(cpu.st + Cpu.MXCSR, old | e.flags);
      fault(cpu, e);
    }
    Mem.put32(cpu.st + Cpu.MXCSR, old | e.flags);
    e.storedMxcsr(old | e.flags);
  }

  private static void fault(Cpu cpu, FpEnv e) {
    if ((cpu.cr4 & Cpu.CR4_OSXMMEXCPT) == 0) {
      throw cpu.ud();
    }
    throw cpu.raise(GuestFault.XM);
  }

  /// Between the steps of a compound instruction.
  static void check(Cpu cpu, FpEnv e) {
    if (e.unmasked() != 0) {
      finish(cpu, e);
    }
  }

  static void load(Cpu cpu, long p) {
    Vectors.require(cpu, p);
    int v = cpu.mmu.load32(Operands.linear(cpu, p, 4, false));
    if ((v & ~MASK) != 0) {
      throw cpu.gp();
    }
    Mem.put32(cpu.st + Cpu.MXCSR, v);
  }

  static void store(Cpu cpu, long p) {
    Vectors.require(cpu, p);
    cpu.mmu.store32(Operands.linear(cpu, p, 4, true), Mem.get32(cpu.st + Cpu.MXCSR));
  }
}
