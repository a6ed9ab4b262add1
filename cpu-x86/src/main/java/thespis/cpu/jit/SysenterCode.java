package thespis.cpu.jit;

import static thespis.cpu.jit.Asm.ONE;
import static thespis.cpu.jit.Asm.RCX;
import static thespis.cpu.jit.Asm.STATE;

import thespis.cpu.decode.Ops;
import thespis.cpu.exec.SystemCalls;
import thespis.cpu.state.Cpu;
import thespis.cpu.state.NativeState;

/// Translates SYSENTER and SYSEXIT between 32-bit code, as {@link SyscallCode} does SYSCALL. SDM Vol. 2B "SYSENTER",
/// "SYSEXIT".
final class SysenterCode {
  private static final int CLEARED = Cpu.VM | Cpu.IF | Cpu.RF;

  private SysenterCode() {}

  /// False if this is neither, or needs the interpreter always; then nothing was emitted.
  static boolean emit(Unit u, int op) {
    if (!u.code32 || op != Ops.SYSENTER && op != Ops.SYSEXIT || op == Ops.SYSEXIT && u.user) {
      return false;
    }
    SyscallCode.begin(u, NativeState.SYSENTER_FREE);
    if (op == Ops.SYSENTER) {
      enter(u);
    } else {
      leave(u);
    }
    u.computed(Unit.BY_ITSELF);
    return true;
  }

  private static void enter(Unit u) {
    Asm a = u.a;
    a.rm(0, ONE, 0xF7, 0, 0, STATE, Asm.st(Cpu.RFLAGS)); // TEST
    a.d(Cpu.AC);
    u.orCallAndLookUp(a.jcc(Asm.CC_NE, a.at)); // under SMAP it says which table is right
    a.group1M(4, 2, STATE, Asm.st(Cpu.RFLAGS), ~CLEARED);
    SyscallCode.selectJumps(a, NativeState.CLAC_JUMPS, true);
    SyscallCode.cross(a, 1, SystemCalls.BY_SYSENTER, NativeState.SYSENTER_SELECTORS);
    a.rm(0, ONE, 0x8B, 0, HostRegs.GUEST_RSP, STATE, Asm.st(NativeState.SYSENTER_STACK));
    a.rm(0, ONE, 0x8B, 0, RCX, STATE, Asm.st(NativeState.SYSENTER_TARGET));
  }

  private static void leave(Unit u) {
    SyscallCode.callUnless(u, NativeState.SUPERVISOR, Asm.CC_E);
    SyscallCode.selectJumps(u.a, NativeState.SYSRET_JUMPS, true);
    SyscallCode.cross(u.a, 0, SystemCalls.BY_SYSEXIT, NativeState.SYSEXIT_SELECTORS);
    u.a.mov32(HostRegs.GUEST_RSP, HostRegs.GUEST_RCX);
    u.a.mov32(RCX, HostRegs.GUEST_RDX);
  }
}
