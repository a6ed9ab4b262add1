package thespis.cpu.exec;

import thespis.cpu.decode.Op;
import thespis.cpu.decode.Ops;
import thespis.cpu.mmu.Canonical;
import thespis.cpu.mmu.Mem;
import thespis.cpu.mmu.Segmentation;
import thespis.cpu.mmu.Tlb;
import thespis.cpu.state.Cpu;
import thespis.cpu.state.NativeState;

/// SYSCALL, SYSRET, SYSENTER, SYSEXIT: flat segments with fixed attributes. SDM Vol. 2B "SYSCALL", "SYSRET", "SYSENTER",
/// "SYSEXIT"; AMD64 APM Vol. 3 "SYSCALL" (its legacy-mode form is not modelled).
public final class SystemCalls {
  private static final int CODE64 = 0xA09B;
  private static final int CODE32 = 0xC09B;
  private static final int DATA = 0xC093;
  private static final int DPL3 = 0x60;

  private SystemCalls() {}

  static void run(Cpu cpu, long p, int op) {
    switch (op) {
      case Ops.SYSCALL -> syscall(cpu, p);
      case Ops.SYSRET -> sysret(cpu, p);
      case Ops.SYSENTER -> sysenter(cpu);
      case Ops.SYSEXIT -> sysexit(cpu, p);
      default -> throw new IllegalStateException("not a control transfer: " + Ops.name(op));
    }
  }

  // ---- translated code

  /// What {@link NativeState#CROSSED} says.
  public static final int BY_SYSCALL = 1;

  public static final int BY_SYSRET = 2;

  /// IRETQ to the same privilege.
  public static final int BY_IRET = 3;

  /// STAC, CLAC or loads of segment registers, and nothing else.
  public static final int BY_ACCESS = 4;

  public static final int BY_SYSENTER = 5;
  public static final int BY_SYSEXIT = 6;

  /// To 32-bit code.
  public static final int BY_SYSRET_32 = 7;

  /// Tells translated code what it must know. To be called after any change of EFER, CR0, CR4 and these MSRs.
  public static void changed(Cpu cpu) {
    long st = cpu.st;
    boolean smap = (cpu.cr4 & Cpu.CR4_SMAP) != 0;
    int fmask = (int) cpu.msrs.fmask;
    boolean free = (cpu.efer & Cpu.EFER_SCE) != 0 && cpu.longMode() && (!smap || (fmask & Cpu.AC) != 0);
    Mem.put64(st + NativeState.SYSCALL_TARGET, cpu.msrs.lstar);
    Mem.put64(st + NativeState.SYSCALL_TARGET_32, cpu.msrs.cstar);
    Mem.put32(st + NativeState.SYSCALL_KEEPS, ~fmask & ~Cpu.RF | 2);
    Mem.put32(st + NativeState.SYSCALL_KEEPS_SAVED, (~fmask & 0xFF | 2) << 8 | ((fmask & Cpu.OF) != 0 ? 0 : 1));
    Mem.put32(st + NativeState.SYSCALL_SELECTORS, entered(cpu) | entered(cpu) + 8 << 16);
    Mem.put32(st + NativeState.SYSRET_SELECTORS, (left(cpu) + 16 | 3) & 0xFFFF | (left(cpu) + 8 | 3) << 16);
    Mem.put32(st + NativeState.SYSRET_SELECTORS_32, (left(cpu) | 3) & 0xFFFF | (left(cpu) + 8 | 3) << 16);
    Mem.put64(st + NativeState.SYSCALL_JUMPS, cpu.mmu.jumps().table(smap ? Tlb.SMAP : Tlb.SUPERVISOR));
    Mem.put64(st + NativeState.STAC_JUMPS, cpu.mmu.jumps().table(Tlb.SUPERVISOR));
    Mem.put64(st + NativeState.CLAC_JUMPS, cpu.mmu.jumps().table(smap ? Tlb.SMAP : Tlb.SUPERVISOR));
    Mem.put64(st + NativeState.SYSRET_JUMPS, cpu.mmu.jumps().table(Tlb.USER));
    Mem.put32(st + NativeState.SYSCALL_FREE, free ? 1 : 0);
    sysenterChanged(cpu);
  }

  private static void sysenterChanged(Cpu cpu) {
    long st = cpu.st;
    int inner = sysenterSelector(cpu);
    boolean free = cpu.protectedMode() && !cpu.longMode() && inner != 0;
    Mem.put64(st + NativeState.SYSENTER_TARGET, cpu.msrs.sysenterEip);
    Mem.put64(st + NativeState.SYSENTER_STACK, cpu.msrs.sysenterEsp);
    Mem.put32(st + NativeState.SYSENTER_SELECTORS, inner | inner + 8 << 16);
    Mem.put32(st + NativeState.SYSEXIT_SELECTORS, (inner + 16 | 3) & 0xFFFF | (inner + 24 | 3) << 16);
    Mem.put32(st + NativeState.SYSENTER_FREE, free ? 1 : 0);
  }

  private static int sysenterSelector(Cpu cpu) {
    return (int) cpu.msrs.sysenterCs & 0xFFFC;
  }

  /// Translated code has stopped that went over a SYSCALL, SYSENTER, their returns, or IRETQ: the rest of what the last of
  /// them did; and what of memory the processor may see now.
  public static void settle(Cpu cpu) {
    int how = Mem.get32(cpu.st + NativeState.CROSSED);
    Mem.put32(cpu.st + NativeState.CROSSED, 0);
    switch (how) {
      case BY_SYSCALL -> enter(cpu);
      case BY_SYSRET -> leave(cpu, true);
      case BY_SYSRET_32 -> leave(cpu, false);
      case BY_IRET -> stay(cpu);
      case BY_SYSENTER -> sysentered(cpu, sysenterSelector(cpu));
      case BY_SYSEXIT -> sysexited(cpu, sysenterSelector(cpu), false);
      default -> {}
    }
    int moved = Mem.get32(cpu.st + NativeState.SEG_MOVED);
    if (moved != 0) {
      loadMoved(cpu, moved);
    }
    cpu.updateMode();
  }

  /// @param moved a bit for each segment register whose selector and base are there already
  private static void loadMoved(Cpu cpu, int moved) {
    Mem.put32(cpu.st + NativeState.SEG_MOVED, 0);
    for (int seg = Cpu.ES; seg <= Cpu.GS; seg++) {
      int selector = cpu.selector(seg);
      if ((moved >>> seg & 1) != 0) {
        if ((selector & 0xFFFC) == 0) {
          Segmentation.loadNull(cpu, seg, selector);
        } else {
          Segmentation.load(cpu, seg, selector, Mem.get64(cpu.st + NativeState.SEG_LOADED + 8L * seg));
        }
      }
    }
  }

  /// The selectors are there already.
  private static void stay(Cpu cpu) {
    cpu.cpl = 0;
    flat(cpu, Cpu.CS, cpu.selector(Cpu.CS), CODE64);
    if (cpu.selector(Cpu.SS) == 0) {
      Segmentation.loadNull(cpu, Cpu.SS, 0);
    } else {
      flat(cpu, Cpu.SS, cpu.selector(Cpu.SS), DATA);
    }
  }

  /// STAR's selector for SYSCALL.
  private static int entered(Cpu cpu) {
    return (int) (cpu.msrs.star >>> 32) & 0xFFFC;
  }

  /// The one for SYSRET.
  private static int left(Cpu cpu) {
    return (int) (cpu.msrs.star >>> 48);
  }

  private static void enter(Cpu cpu) {
    int selector = entered(cpu);
    cpu.cpl = 0;
    flat(cpu, Cpu.CS, selector, CODE64);
    flat(cpu, Cpu.SS, selector + 8, DATA);
  }

  private static void leave(Cpu cpu, boolean wide) {
    int star = left(cpu);
    cpu.cpl = 3;
    flat(cpu, Cpu.CS, (wide ? star + 16 : star) | 3, (wide ? CODE64 : CODE32) | DPL3);
    flat(cpu, Cpu.SS, star + 8 | 3, DATA | DPL3);
  }

  private static void flat(Cpu cpu, int seg, int selector, int attr) {
    cpu.setSelector(seg, selector & 0xFFFF);
    cpu.setBase(seg, 0);
    cpu.limit[seg] = -1;
    cpu.setAttributes(seg, attr);
  }

  private static void syscall(Cpu cpu, long p) {
    if ((cpu.efer & Cpu.EFER_SCE) == 0 || !cpu.longMode()) {
      throw cpu.ud();
    }
    long flags = Flags.rflags(cpu);
    cpu.setReg(Cpu.RCX, Flow.nextRip(cpu, p));
    cpu.setReg(Cpu.R11, flags & ~(long) Cpu.RF);
    cpu.setRip(cpu.code64() ? cpu.msrs.lstar : cpu.msrs.cstar);
    Flags.setRflags(cpu, flags & ~cpu.msrs.fmask & ~(long) Cpu.RF);
    enter(cpu);
    cpu.updateMode();
  }

  /// A TF that it sets traps at once. AMD64 APM Vol. 2 "Single Stepping".
  private static void sysret(Cpu cpu, long p) {
    if ((cpu.efer & Cpu.EFER_SCE) == 0 || !cpu.code64()) {
      throw cpu.ud();
    }
    cpu.requireCpl0();
    boolean wide = (Op.prefixes(p) & Op.PREFIX_REX_W) != 0;
    long rip = wide ? cpu.reg(Cpu.RCX) : cpu.reg(Cpu.RCX) & 0xFFFF_FFFFL;
    if (!Canonical.isAddress(cpu, rip)) {
      throw cpu.gp();
    }
    long flags = cpu.reg(Cpu.R11) & 0x3C_7FD7L | 2;
    leave(cpu, wide);
    cpu.setRip(rip);
    Flags.setRflags(cpu, flags);
    if ((flags & Cpu.TF) != 0) {
      cpu.pendingDebug |= Cpu.DR6_BS;
    }
    cpu.updateMode();
    cpu.interruptible();
  }

  private static void sysenter(Cpu cpu) {
    int selector = sysenterSelector(cpu);
    if (!cpu.protectedMode() || selector == 0) {
      throw cpu.gp();
    }
    Flags.setSystem(cpu, Cpu.VM | Cpu.IF | Cpu.RF, 0);
    sysentered(cpu, selector);
    cpu.updateMode();
    boolean wide = cpu.longMode();
    cpu.setReg(Cpu.RSP, wide ? cpu.msrs.sysenterEsp : cpu.msrs.sysenterEsp & 0xFFFF_FFFFL);
    cpu.setRip(wide ? cpu.msrs.sysenterEip : cpu.msrs.sysenterEip & 0xFFFF_FFFFL);
  }

  private static void sysentered(Cpu cpu, int selector) {
    cpu.cpl = 0;
    flat(cpu, Cpu.CS, selector, cpu.longMode() ? CODE64 : CODE32);
    flat(cpu, Cpu.SS, selector + 8, DATA);
  }

  private static void sysexited(Cpu cpu, int selector, boolean wide) {
    cpu.cpl = 3;
    flat(cpu, Cpu.CS, selector + (wide ? 32 : 16) | 3, (wide ? CODE64 : CODE32) | DPL3);
    flat(cpu, Cpu.SS, selector + (wide ? 40 : 24) | 3, DATA | DPL3);
  }

  private static void sysexit(Cpu cpu, long p) {
    int selector = sysenterSelector(cpu);
    if (!cpu.protectedMode() || selector == 0) {
      throw cpu.gp();
    }
    cpu.requireCpl0();
    boolean wide = cpu.longMode() && (Op.prefixes(p) & Op.PREFIX_REX_W) != 0;
    long rip = wide ? cpu.reg(Cpu.RDX) : cpu.reg(Cpu.RDX) & 0xFFFF_FFFFL;
    long sp = wide ? cpu.reg(Cpu.RCX) : cpu.reg(Cpu.RCX) & 0xFFFF_FFFFL;
    if (wide && (!Canonical.isAddress(cpu, rip) || !Canonical.isAddress(cpu, sp))) {
      throw cpu.gp();
    }
    sysexited(cpu, selector, wide);
    cpu.updateMode();
    cpu.setReg(Cpu.RSP, sp);
    cpu.setRip(rip);
  }
}
