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

/// Translates PUSHF, and POPF where nothing but flags changes: no single step begins, no interrupt has waited for it, and
/// EFLAGS.AC stays. SDM Vol. 2B "PUSHF/PUSHFD/PUSHFQ", "POPF/POPFD/POPFQ".
final class StackedFlags {
  private static final int SYSTEM_BITS = ~(Cpu.ARITHMETIC | Cpu.RF | Cpu.VM);

  /// What POPF changes besides the arithmetic flags: at privilege level 3, and what comes to that at level 0.
  private static final int POPPED = Cpu.DF | Cpu.NT | Cpu.ID;

  private static final int PRIVILEGED = Cpu.IF | Cpu.IOPL;

  private StackedFlags() {}

  /// False if it needs the interpreter always; then nothing was emitted.
  static boolean emit(Unit u, long p, int op) {
    if (Op.size(p) != u.pointer) {
      return false;
    }
    if (op == Ops.PUSHF) {
      push(u);
    } else {
      pop(u);
    }
    return true;
  }

  private static void push(Unit u) {
    Asm a = u.a;
    BranchCode.top(u, Mmu.STORE);
    u.flags.needSaved();
    a.storeState(RCX, NativeState.NATIVE_TEMP);
    flags(a);
    a.loadState(RCX, NativeState.NATIVE_TEMP);
    a.opM(ONE, 0x88, u.pointer, RAX, RCX, 0);
    u.addTo(HostRegs.GUEST_RSP, -1 << u.pointer);
    u.flags.lost();
  }

  /// RFLAGS as PUSHF has it to RAX; they are saved. Destroys RCX.
  static void flags(Asm a) {
    a.rm(0, Asm.M0F, 0xB6, 0, RCX, STATE, Asm.st(NativeState.FLAGS_SAVED)); // OF
    a.rr(0, ONE, 0xC1, 0, 4, RCX);
    a.b(11);
    a.rm(0, Asm.M0F, 0xB6, 0, RAX, STATE, Asm.st(NativeState.FLAGS_SAVED) + 1);
    a.rr(0, ONE, 0x0B, 0, RAX, RCX); // OR EAX, ECX
    a.rm(0, ONE, 0x8B, 0, RCX, STATE, Asm.st(Cpu.RFLAGS));
    a.group1(4, 2, RCX, SYSTEM_BITS);
    a.rr(0, ONE, 0x0B, 0, RAX, RCX);
  }

  private static void pop(Unit u) {
    Asm a = u.a;
    u.flags.needSaved();
    BranchCode.top(u, Mmu.LOAD);
    a.rm(0, ONE, 0x8B, 0, RAX, RCX, 0);
    a.rm(0, ONE, 0x8B, 0, RCX, STATE, Asm.st(Cpu.RFLAGS));
    int mask = POPPED;
    if (u.user) {
      test(a, RCX, Cpu.IOPL); // at another level than 0 it may change IF
      u.interpretIf(Asm.CC_NE);
    } else {
      mask |= PRIVILEGED;
      u.whenState(NativeState.SUPERVISOR, Asm.CC_E);
      u.whenState(NativeState.WAITING, Asm.CC_NE);
    }
    a.rr(0, ONE, 0x33, 0, RCX, RAX); // XOR
    test(a, RCX, Cpu.AC);
    u.interpretIf(Asm.CC_NE);
    test(a, RAX, Cpu.TF);
    u.interpretIf(Asm.CC_NE);
    arithmetic(a);
    a.group1(4, 2, RAX, mask);
    a.rm(0, ONE, 0x8B, 0, RCX, STATE, Asm.st(Cpu.RFLAGS));
    a.group1(4, 2, RCX, ~(mask | Cpu.RF));
    a.rr(0, ONE, 0x0B, 0, RAX, RCX);
    a.rm(0, ONE, 0x89, 0, RAX, STATE, Asm.st(Cpu.RFLAGS));
    u.addTo(HostRegs.GUEST_RSP, 1 << u.pointer);
    u.flags.forget();
  }

  private static void test(Asm a, int register, int mask) {
    a.op(ONE, 0xF6, 2, 0, register);
    a.d(mask);
  }

  /// The arithmetic flags from EAX to where they are saved. Destroys RCX.
  static void arithmetic(Asm a) {
    a.mov32(RCX, RAX);
    a.rr(0, ONE, 0xC1, 0, 5, RCX); // SHR
    a.b(11);
    a.group1(4, 2, RCX, 1);
    a.opM(ONE, 0x88, 0, RCX, STATE, Asm.st(NativeState.FLAGS_SAVED));
    a.mov32(RCX, RAX);
    a.group1(4, 2, RCX, Cpu.ARITHMETIC & 0xFF);
    a.group1(1, 2, RCX, 2);
    a.opM(ONE, 0x88, 0, RCX, STATE, Asm.st(NativeState.FLAGS_SAVED) + 1);
  }
}
