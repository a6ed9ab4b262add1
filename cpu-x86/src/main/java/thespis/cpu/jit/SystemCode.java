package thespis.cpu.jit;

import static thespis.cpu.jit.Asm.ONE;
import static thespis.cpu.jit.Asm.RAX;
import static thespis.cpu.jit.Asm.RCX;
import static thespis.cpu.jit.Asm.RDX;
import static thespis.cpu.jit.Asm.STATE;

import thespis.cpu.decode.Op;
import thespis.cpu.decode.Ops;
import thespis.cpu.state.Cpu;
import thespis.cpu.state.CpuFeatures;
import thespis.cpu.state.NativeState;

/// Translates what kernels do all the time: CLI, STI, SWAPGS at privilege level 0, reads of CS, SS and CR2; and what
/// spinning and measuring code does: PAUSE, RDTSC. SDM Vol. 2A "CLI", Vol. 2B "MOV", "PAUSE", "RDTSC", "RDTSCP", "STI",
/// "SWAPGS".
final class SystemCode {
  private SystemCode() {}

  /// @param last nothing of the block stands behind the instruction
  static boolean emit(Unit u, Cpu cpu, int op, boolean last) {
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
        u.whenState(NativeState.WAITING, Asm.CC_NE);
        u.a.group1M(1, 2, Asm.STATE, Asm.st(Cpu.RFLAGS), Cpu.IF);
      }
      case Ops.SWAPGS -> {
        supervisor(u);
        u.a.loadState(Asm.RAX, Cpu.SEG_BASE + 8 * Cpu.GS);
        u.a.loadState(Asm.RCX, Cpu.KERNEL_GS);
        u.a.storeState(Asm.RCX, Cpu.SEG_BASE + 8 * Cpu.GS);
        u.a.storeState(Asm.RAX, Cpu.KERNEL_GS);
      }
      case Ops.MOV_FROM_SREG -> {
        return selector(u);
      }
      case Ops.MOV_FROM_CR -> {
        return faultAddress(u);
      }
      case Ops.PAUSE -> pause(u);
      case Ops.RDTSC -> timeStamp(u, false);
      case Ops.RDTSCP -> {
        if (!cpu.features.has(CpuFeatures.Word.X1_EDX, 27)) {
          return false;
        }
        timeStamp(u, true);
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  /// Those of 64-bit code but CS and SS are known only when it has stopped.
  private static boolean selector(Unit u) {
    int segment = Op.src(u.p);
    int dst = Op.dst(u.p);
    boolean known = u.code32 ? segment <= Cpu.GS : segment == Cpu.CS || segment == Cpu.SS;
    if (Op.dstKind(u.p) != Op.KIND_REG || !known) {
      return false;
    }
    int at = Asm.st(Cpu.SELECTORS + 2 * segment);
    if (Op.size(u.p) == 1) {
      u.a.opM(ONE, 0x8A, 1, u.change(dst, RAX), STATE, at);
    } else {
      u.a.rm(0, Asm.M0F, 0xB7, 0, Unit.target(dst, RAX), STATE, at); // MOVZX
    }
    u.put(dst, RAX);
    return true;
  }

  /// CR2; the other control registers are looked up elsewhere.
  private static boolean faultAddress(Unit u) {
    if (Op.src(u.p) != 2) {
      return false;
    }
    supervisor(u);
    u.a.rm(0, ONE, 0x8B, u.code32 ? 0 : 1, Unit.target(Op.dst(u.p), RAX), STATE, Asm.st(Cpu.CR2));
    u.put(Op.dst(u.p), RAX);
    return true;
  }

  /// The host's own, as long as the slice may take more of them.
  private static void pause(Unit u) {
    Asm a = u.a;
    u.flushXmm();
    u.flags.needSaved();
    a.b(0xF3);
    a.b(0x90);
    a.group1M(5, 2, STATE, Asm.st(NativeState.PAUSES), 1); // SUB
    u.orCall(a.jcc(Asm.CC_E, a.at));
  }

  /// The host's counter made the guest's, where {@link NativeState#TSC_START} and its like say how; the clock is asked where
  /// not.
  ///
  /// @param withAux RDTSCP: it waits for what stands before
  private static void timeStamp(Unit u, boolean withAux) {
    Asm a = u.a;
    u.flushXmm();
    u.flags.needSaved();
    if (withAux) {
      a.b(0x0F); // LFENCE
      a.b(0xAE);
      a.b(0xE8);
    }
    a.mov(RCX, HostRegs.GUEST_RDX);
    a.b(0x0F);
    a.b(0x31);
    a.rr(0, ONE, 0xC1, 1, 4, RDX); // SHL
    a.b(32);
    a.rr(0, ONE, 0x0B, 1, RAX, RDX); // OR
    a.mov(HostRegs.GUEST_RDX, RCX);
    state(a, 0x2B, RAX, NativeState.TSC_START); // SUB
    state(a, 0x3B, RAX, NativeState.TSC_LENGTH); // CMP
    long site = a.jcc(Asm.CC_AE, a.at);
    a.rm(0, Asm.M0F, 0xAF, 1, RAX, STATE, Asm.st(NativeState.TSC_RATE)); // IMUL
    a.rr(0, ONE, 0xC1, 1, 5, RAX); // SHR
    a.b(32);
    state(a, 0x03, RAX, NativeState.TSC_BASE); // ADD
    state(a, 0x03, RAX, Cpu.TSC_OFFSET);
    a.mov32(HostRegs.GUEST_RAX, RAX);
    a.rorx(3, RAX, RAX, 32);
    a.mov32(HostRegs.GUEST_RDX, RAX);
    if (withAux) {
      a.loadState(HostRegs.GUEST_RCX, Cpu.TSC_AUX);
    }
    u.orCall(site);
  }

  private static void state(Asm a, int opcode, int register, int offset) {
    a.rm(0, ONE, opcode, 1, register, STATE, Asm.st(offset));
  }

  private static void supervisor(Unit u) {
    u.flags.needSaved();
    u.whenState(NativeState.SUPERVISOR, Asm.CC_E);
    u.flags.lost();
  }
}
