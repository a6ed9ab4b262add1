package thespis.cpu.jit;

import thespis.cpu.decode.Ops;
import thespis.cpu.state.Cpu;

/// Translates what kernels do all the time: CLI, STI, SWAPGS at privilege level 0. SDM Vol. 2A "CLI", Vol. 2B "STI",
/// "SWAPGS".
final class SystemCode {
  private SystemCode() {}

  /// @param last nothing of the block stands behind the instruction
  static boolean emit(Unit u, int op, boolean last) {
    switch (op) {
      case Ops.CLI -> {
        supervisor(u);
        u.a.group1M(4, 2, Asm.STATE, Asm.st(Cpu.RFLAGS), ~Cpu.IF);
      }
      case Ops.STI -> {
        if (last) {
          return false; // interrupts could come before the next instruction
        }
        supervisor(u);
        u.a.group1M(7, 2, Asm.STATE, Asm.st(Cpu.WAITING), 0);
        u.interpretIf(Asm.CC_NE);
        u.a.group1M(1, 2, Asm.STATE, Asm.st(Cpu.RFLAGS), Cpu.IF);
      }
      case Ops.SWAPGS -> {
        supervisor(u);
        u.a.loadState(Asm.RAX, Cpu.SEG_BASE + 8 * Cpu.GS);
        u.a.loadState(Asm.RCX, Cpu.KERNEL_GS);
        u.a.storeState(Asm.RCX, Cpu.SEG_BASE + 8 * Cpu.GS);
        u.a.storeState(Asm.RAX, Cpu.KERNEL_GS);
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  private static void supervisor(Unit u) {
    u.needSaved();
    u.a.group1M(7, 2, Asm.STATE, Asm.st(Cpu.SUPERVISOR), 0);
    u.interpretIf(Asm.CC_E);
    u.lost();
  }
}
