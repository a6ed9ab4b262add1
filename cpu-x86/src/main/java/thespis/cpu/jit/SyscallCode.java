package thespis.cpu.jit;

import static thespis.cpu.jit.Asm.ONE;
import static thespis.cpu.jit.Asm.RAX;
import static thespis.cpu.jit.Asm.RCX;
import static thespis.cpu.jit.Asm.STATE;

import thespis.cpu.decode.Op;
import thespis.cpu.decode.Ops;
import thespis.cpu.exec.SystemCalls;
import thespis.cpu.mmu.JumpTable;
import thespis.cpu.state.Cpu;
import thespis.cpu.state.CpuFeatures;
import thespis.cpu.state.NativeState;

/// Translates SYSCALL and SYSRET between 64-bit kernels and code of either mode, and STAC and CLAC. What translated code sees
/// of the privilege changes at once, the segment registers when it stops: see {@link SystemCalls#settle}. SDM Vol. 2B
/// "SYSCALL", "SYSRET".
final class SyscallCode {
  /// RFLAGS that SYSRET takes from R11, less the arithmetic ones.
  private static final int RETURNED = 0x3C_7FD7 & ~Cpu.ARITHMETIC;

  private SyscallCode() {}

  /// False if this is neither, or needs the interpreter always; then nothing was emitted.
  static boolean emit(Unit u, long p, int op) {
    if (op == Ops.SYSCALL) {
      syscall(u, u.rip + Op.offset(p) + Op.length(p));
      return true;
    }
    if (op == Ops.SYSRET && !u.code32 && !u.user) {
      sysret(u, (Op.prefixes(p) & Op.PREFIX_REX_W) != 0);
      return true;
    }
    return false;
  }

  private static void syscall(Unit u, long next) {
    Asm a = u.a;
    begin(u);
    StackedFlags.flags(a);
    a.storeState(RAX, Cpu.R11);
    a.movImm(HostRegs.GUEST_RCX, next);
    a.rm(0, ONE, 0x8B, 0, RAX, STATE, Asm.st(NativeState.SYSCALL_KEEPS));
    a.rm(0, ONE, 0x21, 0, RAX, STATE, Asm.st(Cpu.RFLAGS)); // AND
    a.rm(0, ONE, 0x8B, 0, RAX, STATE, Asm.st(NativeState.SYSCALL_KEEPS_SAVED));
    a.b(0x66);
    a.rm(0, ONE, 0x21, 0, RAX, STATE, Asm.st(NativeState.FLAGS_SAVED));
    selectJumps(a, NativeState.SYSCALL_JUMPS, false);
    cross(a, 1, SystemCalls.BY_SYSCALL, NativeState.SYSCALL_SELECTORS);
    a.loadState(RCX, u.code32 ? NativeState.SYSCALL_TARGET_32 : NativeState.SYSCALL_TARGET);
    u.computed(Unit.BY_ITSELF);
  }

  /// @param wide to 64-bit code
  private static void sysret(Unit u, boolean wide) {
    Asm a = u.a;
    begin(u);
    callUnless(u, NativeState.SUPERVISOR, Asm.CC_E);
    callUnless(u, NativeState.WAITING, Asm.CC_NE);
    if (wide) {
      a.mov(RCX, HostRegs.GUEST_RCX);
      a.rr(0, ONE, 0xC1, 1, 4, RCX); // SHL
      a.b(16);
      a.rr(0, ONE, 0xC1, 1, 7, RCX); // SAR
      a.b(16);
      a.rr(0, ONE, 0x3B, 1, RCX, HostRegs.GUEST_RCX);
      u.orCallAndLookUp(a.jcc(Asm.CC_NE, a.at)); // perhaps not canonical
    } else {
      callUnless(u, NativeState.FLAT_DATA, Asm.CC_E);
    }
    a.loadState(RAX, Cpu.R11);
    a.op(ONE, 0xF6, 2, 0, RAX); // TEST
    a.d(Cpu.TF);
    u.orCallAndLookUp(a.jcc(Asm.CC_NE, a.at));
    setFlags(a, RETURNED);
    if (wide) {
      toUser(a);
      a.mov(RCX, HostRegs.GUEST_RCX);
    } else {
      selectJumps(a, NativeState.SYSRET_JUMPS, true);
      cross(a, 0, SystemCalls.BY_SYSRET_32, NativeState.SYSRET_SELECTORS_32);
      a.mov32(RCX, HostRegs.GUEST_RCX);
    }
    u.computed(Unit.BY_ITSELF);
  }

  /// STAC and CLAC: other code goes on, that was made for what may be accessed now. SDM Vol. 2A "CLAC", Vol. 2B "STAC".
  ///
  /// @return false if there are none; then nothing was emitted
  static boolean access(Unit u, Cpu cpu, long p, int op) {
    if (op != Ops.STAC && op != Ops.CLAC || u.user || !cpu.features.has(CpuFeatures.Word.L7_EBX, 20)) {
      return false;
    }
    Asm a = u.a;
    u.flushXmm();
    u.flags.needSaved();
    callUnless(u, NativeState.SUPERVISOR, Asm.CC_E);
    boolean open = op == Ops.STAC;
    a.group1M(open ? 1 : 4, 2, STATE, Asm.st(Cpu.RFLAGS), open ? Cpu.AC : ~Cpu.AC);
    selectJumps(a, open ? NativeState.STAC_JUMPS : NativeState.CLAC_JUMPS, u.code32);
    a.group1M(7, 2, STATE, Asm.st(NativeState.CROSSED), 0);
    long crossed = a.jcc(Asm.CC_NE, a.at);
    a.storeStateImm32(NativeState.CROSSED, SystemCalls.BY_ACCESS);
    Asm.patch32(crossed, a.at);
    a.movImm(RCX, u.rip + Op.offset(p) + Op.length(p));
    u.computed(Unit.BY_ITSELF);
    return true;
  }

  /// What computed branches look up from here on. The tables for 32-bit code stand behind the others.
  ///
  /// @param jumps where a table is found
  static void selectJumps(Asm a, int jumps, boolean code32) {
    a.loadState(RAX, jumps);
    if (code32) {
      a.lea(true, RAX, RAX, -1, 0, JumpTable.CODE_32_BYTES);
    }
    a.storeState(RAX, NativeState.JUMPS);
  }

  /// All flags from EAX, the arithmetic ones and those of a mask. Destroys RAX and RCX.
  static void setFlags(Asm a, int mask) {
    StackedFlags.arithmetic(a);
    a.group1(4, 2, RAX, mask);
    a.group1(1, 2, RAX, 2);
    a.rm(0, ONE, 0x89, 0, RAX, STATE, Asm.st(Cpu.RFLAGS));
  }

  /// The last x87 instruction's code segment is not noted before the code stops: it must not have changed by then.
  static void begin(Unit u) {
    begin(u, NativeState.SYSCALL_FREE);
  }

  /// @param free what must not be zero
  static void begin(Unit u, int free) {
    u.flushXmm();
    u.flags.needSaved();
    callUnless(u, free, Asm.CC_E);
    callUnless(u, NativeState.X87_LIVE, Asm.CC_NE);
  }

  static void callUnless(Unit u, int offset, int cc) {
    u.a.group1M(7, 2, STATE, Asm.st(offset), 0);
    u.orCallAndLookUp(u.a.jcc(cc, u.a.at));
  }

  /// The privilege is the user's from here on. Destroys RAX.
  static void toUser(Asm a) {
    selectJumps(a, NativeState.SYSRET_JUMPS, false);
    cross(a, 0, SystemCalls.BY_SYSRET, NativeState.SYSRET_SELECTORS);
  }

  /// @param how what {@link SystemCalls#settle} is to do
  static void cross(Asm a, int supervisor, int how, int selectors) {
    a.storeStateImm32(NativeState.SUPERVISOR, supervisor);
    a.rm(0, ONE, 0x8B, 0, RAX, STATE, Asm.st(selectors));
    a.rm(0, ONE, 0x89, 0, RAX, STATE, Asm.st(Cpu.SELECTORS + 2 * Cpu.CS)); // and that of SS behind it
    a.storeStateImm32(NativeState.CROSSED, how);
  }
}
