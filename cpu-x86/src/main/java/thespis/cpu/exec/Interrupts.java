package thespis.cpu.exec;

import thespis.cpu.mmu.Canonical;
import thespis.cpu.mmu.Segmentation;
import thespis.cpu.run.Exit;
import thespis.cpu.state.Cpu;
import thespis.cpu.state.GuestFault;

/// Delivery of interrupts and exceptions through the IDT (or the real-mode vector table), with double and triple faults.
/// SDM Vol. 3A "Interrupt and Exception Handling", "Interrupt and Exception Handling in 64-bit Mode". A delivery changes
/// registers only after every check and every push has gone well.
public final class Interrupts {
  private static final int IDT = 2;

  private Interrupts() {}

  /// An exception of the instruction at RIP. False: triple fault, the processor shuts down.
  public static boolean exception(Cpu cpu, int vector, int errorCode) {
    int v = vector;
    int e = errorCode;
    int during = -1;
    while (true) {
      long returnRip = cpu.rip();
      if (cpu.log != null) {
        cpu.log.exception(during, v);
      }
      during = v;
      try {
        if (v == GuestFault.DB) {
          Debug.enter(cpu);
        }
        deliver(cpu, v, e, false, returnRip, isFault(v));
        return true;
      } catch (GuestFault f) {
        if (v == GuestFault.DF) {
          cpu.exit = Exit.SHUTDOWN;
          return false;
        }
        if (makesDoubleFault(v, f.vector)) {
          v = GuestFault.DF;
          e = 0;
        } else {
          v = f.vector;
          e = f.errorCode;
        }
      }
    }
  }

  /// A hardware interrupt or NMI at RIP.
  public static boolean external(Cpu cpu, int vector) {
    if (cpu.log != null) {
      cpu.log.acknowledged(vector);
    }
    try {
      deliver(cpu, vector, -1, false, cpu.rip(), false);
      return true;
    } catch (GuestFault f) {
      return exception(cpu, f.vector, f.errorCode);
    }
  }

  /// INT n, INT3, INTO, INT1: RIP of the next instruction is pushed. Faults leave RIP at the instruction. INT1, which is
  /// `privileged`, takes along the debug exception that a load of SS has held back.
  static void software(Cpu cpu, int vector, long nextRip, boolean privileged) {
    if (privileged && cpu.pendingDebug != 0) {
      Debug.enter(cpu);
    }
    deliver(cpu, vector, -1, !privileged, nextRip, false);
  }

  private static boolean isFault(int v) {
    return v != GuestFault.DB && v != GuestFault.BP && v != GuestFault.OF && v != GuestFault.DF && v != GuestFault.MC;
  }

  /// SDM Vol. 3A "Interrupt 8-Double Fault Exception (#DF)".
  private static boolean makesDoubleFault(int first, int second) {
    boolean contributory = second == GuestFault.DE || second >= GuestFault.TS && second <= GuestFault.GP;
    if (first == GuestFault.PF) {
      return contributory || second == GuestFault.PF;
    }
    return contributory && (first == GuestFault.DE || first >= GuestFault.TS && first <= GuestFault.GP);
  }

  private static void deliver(Cpu cpu, int vector, int error, boolean software, long returnRip, boolean resume) {
    if (cpu.log != null) {
      cpu.log.interrupt(vector, error, software);
    }
    if (!cpu.protectedMode()) {
      real(cpu, vector, returnRip);
    } else if (cpu.longMode()) {
      long64(cpu, vector, error, software, returnRip, resume);
    } else {
      protectedMode(cpu, vector, error, software, returnRip, resume);
    }
    cpu.halted = false;
  }

  /// SDM Vol. 3A "Interrupt and Exception Handling in Real-Address Mode".
  private static void real(Cpu cpu, int vector, long returnRip) {
    if (vector * 4 + 3 > cpu.idtLimit) {
      throw cpu.gp();
    }
    int entry = (int) cpu.mmu.system.load(cpu.idtBase + vector * 4L, 2);
    long sp = cpu.reg(Cpu.RSP);
    cpu.mmu.store16(Stack.address(cpu, sp - 2, 2, true), (short) Flags.rflags(cpu));
    cpu.mmu.store16(Stack.address(cpu, sp - 4, 2, true), (short) cpu.selector(Cpu.CS));
    cpu.mmu.store16(Stack.address(cpu, sp - 6, 2, true), (short) returnRip);
    Stack.setSp(cpu, sp - 6);
    Flags.setSystem(cpu, Cpu.IF | Cpu.TF | Cpu.AC, 0);
    Segmentation.loadReal(cpu, Cpu.CS, entry >>> 16);
    cpu.setRip(entry & 0xFFFF);
  }

  private static GuestFault badGate(Cpu cpu, int fault, int vector, boolean software) {
    return cpu.raise(fault, vector << 3 | IDT | (software ? 0 : 1));
  }

  private static void long64(Cpu cpu, int vector, int error, boolean software, long returnRip, boolean resume) {
    if (vector * 16 + 15 > cpu.idtLimit) {
      throw badGate(cpu, GuestFault.GP, vector, software);
    }
    long low = cpu.mmu.system.load(cpu.idtBase + vector * 16L, 3);
    long high = cpu.mmu.system.load(cpu.idtBase + vector * 16L + 8, 3);
    int type = (int) (low >>> 40) & 0x1F;
    if (type != 0x0E && type != 0x0F) {
      throw badGate(cpu, GuestFault.GP, vector, software);
    }
    if (software && (low >>> 45 & 3) < cpu.cpl) {
      throw badGate(cpu, GuestFault.GP, vector, true);
    }
    if ((low >>> 47 & 1) == 0) {
      throw badGate(cpu, GuestFault.NP, vector, software);
    }
    int ext = software ? 0 : 1;
    int selector = (int) (low >>> 16) & 0xFFFF;
    long target = low & 0xFFFF | low >>> 32 & 0xFFFF_0000L | high << 32;
    long code = handlerCode(cpu, selector, ext);
    int attr = Segmentation.attributes(code);
    if ((attr & (Cpu.ATTR_L | Cpu.ATTR_DB)) != Cpu.ATTR_L) {
      throw cpu.gp(selector & 0xFFFC | ext);
    }
    int dpl = (attr & 4) != 0 ? cpu.cpl : Segmentation.dpl(attr);
    int ist = (int) (low >>> 32) & 7;
    long sp;
    if (ist != 0) {
      sp = tssStack(cpu, 0x24 + 8 * (ist - 1), ext);
    } else if (dpl < cpu.cpl) {
      sp = tssStack(cpu, 4 + 8 * dpl, ext);
    } else {
      sp = cpu.reg(Cpu.RSP);
    }
    if (!Canonical.isAddress(cpu, sp)) {
      throw cpu.raise(GuestFault.SS, ext);
    }
    sp &= -16L;
    long flags = Flags.rflags(cpu) | (resume ? Cpu.RF : 0);
    long at = sp - 40 - (error != -1 ? 8 : 0);
    boolean user = dpl == 3;
    put(cpu, user, sp - 8, cpu.selector(Cpu.SS));
    put(cpu, user, sp - 16, cpu.reg(Cpu.RSP));
    put(cpu, user, sp - 24, flags);
    put(cpu, user, sp - 32, cpu.selector(Cpu.CS));
    put(cpu, user, sp - 40, returnRip);
    if (error != -1) {
      put(cpu, user, at, error);
    }
    code = Segmentation.markAccessed(cpu, selector, code);
    if (dpl != cpu.cpl) {
      cpu.cpl = dpl;
      Segmentation.loadNull(cpu, Cpu.SS, dpl);
    }
    Segmentation.load(cpu, Cpu.CS, selector & 0xFFFC | dpl, code);
    cpu.setReg(Cpu.RSP, at);
    Flags.setSystem(cpu, Cpu.TF | Cpu.NT | Cpu.RF | Cpu.VM | (type == 0x0E ? Cpu.IF : 0), 0);
    cpu.setRip(target);
    cpu.updateMode();
  }

  private static void put(Cpu cpu, boolean user, long la, long value) {
    if (user) {
      cpu.mmu.store64(la, value);
    } else {
      cpu.mmu.system.store(la, 3, value);
    }
  }

  private static long handlerCode(Cpu cpu, int selector, int ext) {
    if ((selector & 0xFFFC) == 0) {
      throw cpu.gp(ext);
    }
    long code;
    try {
      code = Segmentation.descriptor(cpu, selector, GuestFault.GP);
    } catch (GuestFault f) {
      if (f.vector == GuestFault.GP) {
        f.errorCode |= ext;
      }
      throw f;
    }
    int attr = Segmentation.attributes(code);
    if ((attr & 0x18) != 0x18 || Segmentation.dpl(attr) > cpu.cpl) {
      throw cpu.gp(selector & 0xFFFC | ext);
    }
    if ((attr & Cpu.ATTR_P) == 0) {
      throw cpu.raise(GuestFault.NP, selector & 0xFFFC | ext);
    }
    return code;
  }

  private static long tssStack(Cpu cpu, int offset, int ext) {
    if (offset + 7 > (cpu.limit[Cpu.TR] & 0xFFFF_FFFFL)) {
      throw cpu.raise(GuestFault.TS, cpu.selector(Cpu.TR) & 0xFFFC | ext);
    }
    return cpu.mmu.system.load(cpu.trBase + offset, 3);
  }

  /// SDM Vol. 3A "Exception- or Interrupt-Handler Procedures".
  private static void protectedMode(
      Cpu cpu, int vector, int error, boolean software, long returnRip, boolean resume) {
    if (vector * 8 + 7 > cpu.idtLimit) {
      throw badGate(cpu, GuestFault.GP, vector, software);
    }
    if (software && cpu.vm86() && cpu.iopl() < 3) {
      throw cpu.gp();
    }
    long gate = cpu.mmu.system.load(cpu.idtBase + vector * 8L, 3);
    int type = (int) (gate >>> 40) & 0x1F;
    if (type != 5 && type != 6 && type != 7 && type != 0x0E && type != 0x0F) {
      throw badGate(cpu, GuestFault.GP, vector, software);
    }
    if (software && (gate >>> 45 & 3) < cpu.cpl) {
      throw badGate(cpu, GuestFault.GP, vector, true);
    }
    if ((gate >>> 47 & 1) == 0) {
      throw badGate(cpu, GuestFault.NP, vector, software);
    }
    int ext = software ? 0 : 1;
    int selector = (int) (gate >>> 16) & 0xFFFF;
    if (type == 5) {
      TaskSwitch.to(cpu, selector, TaskSwitch.BY_GATE, error, returnRip);
      return;
    }
    int size = type >= 0x0E ? 2 : 1;
    long target = size == 2 ? gate & 0xFFFF | gate >>> 32 & 0xFFFF_0000L : gate & 0xFFFF;
    long code = handlerCode(cpu, selector, ext);
    int attr = Segmentation.attributes(code);
    int dpl = (attr & 4) != 0 ? cpu.cpl : Segmentation.dpl(attr);
    if (cpu.vm86() && dpl != 0) {
      throw cpu.gp(selector & 0xFFFC | ext);
    }
    long flags = Flags.rflags(cpu) | (resume ? Cpu.RF : 0);
    int width = 1 << size;
    boolean inner = dpl < cpu.cpl;
    StackFrame frame = cpu.frame;
    if (inner) {
      FarControl.innerStack(cpu, dpl, frame, ext);
    } else {
      frame.current(cpu);
    }
    int slots = 3 + (error != -1 ? 1 : 0) + (inner ? 2 : 0) + (cpu.vm86() ? 4 : 0);
    frame.reserve(cpu, slots * width, dpl);
    if (cpu.vm86()) {
      frame.push(cpu, size, cpu.selector(Cpu.GS));
      frame.push(cpu, size, cpu.selector(Cpu.FS));
      frame.push(cpu, size, cpu.selector(Cpu.DS));
      frame.push(cpu, size, cpu.selector(Cpu.ES));
    }
    if (inner) {
      frame.push(cpu, size, cpu.selector(Cpu.SS));
      frame.push(cpu, size, cpu.reg(Cpu.RSP));
    }
    frame.push(cpu, size, flags);
    frame.push(cpu, size, cpu.selector(Cpu.CS));
    frame.push(cpu, size, returnRip);
    if (error != -1) {
      frame.push(cpu, size, error);
    }
    boolean vm = cpu.vm86();
    code = Segmentation.markAccessed(cpu, selector, code);
    Flags.setSystem(cpu, Cpu.TF | Cpu.NT | Cpu.RF | Cpu.VM | (type == 6 || type == 0x0E ? Cpu.IF : 0), 0);
    cpu.cpl = dpl;
    if (inner) {
      frame.install(cpu);
    } else {
      frame.commit(cpu);
    }
    Segmentation.load(cpu, Cpu.CS, selector & 0xFFFC | dpl, code);
    if (vm) {
      cpu.updateMode();
      for (int s : new int[] {Cpu.ES, Cpu.DS, Cpu.FS, Cpu.GS}) {
        Segmentation.loadNull(cpu, s, 0);
      }
    }
    cpu.setRip(target);
    cpu.updateMode();
  }

  /// IRET in all its forms. A task that it ends goes on after it. SDM Vol. 2A "IRET/IRETD/IRETQ".
  static void iret(Cpu cpu, int size, long next) {
    cpu.blockNmi(false);
    if (!cpu.protectedMode() || cpu.vm86()) {
      iretReal(cpu, size);
      return;
    }
    if (cpu.longMode()) {
      iretLong(cpu, size);
      return;
    }
    if (cpu.flag(Cpu.NT)) {
      int back = (int) cpu.mmu.system.load(cpu.trBase, 1) & 0xFFFF;
      TaskSwitch.to(cpu, back, TaskSwitch.BY_IRET, -1, next);
      return;
    }
    int width = 1 << size;
    long rip = Flags.zext(Stack.peek(cpu, size, 0), size);
    int selector = (int) Stack.peek(cpu, size, width) & 0xFFFF;
    long flags = Stack.peek(cpu, size, 2 * width);
    if (size == 2 && (flags & Cpu.VM) != 0 && cpu.cpl == 0) {
      iretToVm86(cpu, rip, selector, flags);
      return;
    }
    returnTo(cpu, size, rip, selector, flags, 3 * width);
  }

  private static void iretReal(Cpu cpu, int size) {
    if (cpu.vm86() && cpu.iopl() < 3) {
      throw cpu.gp();
    }
    int width = 1 << size;
    long rip = Flags.zext(Stack.peek(cpu, size, 0), size);
    int cs = (int) Stack.peek(cpu, size, width) & 0xFFFF;
    long flags = Stack.peek(cpu, size, 2 * width);
    if (rip > (cpu.limit[Cpu.CS] & 0xFFFF_FFFFL)) {
      throw cpu.gp();
    }
    Stack.drop(cpu, 3L * width);
    Segmentation.loadReal(cpu, Cpu.CS, cs);
    cpu.setRip(rip);
    int mask = Cpu.ARITHMETIC | Cpu.TF | Cpu.IF | Cpu.DF | Cpu.NT | (cpu.vm86() ? 0 : Cpu.IOPL);
    Stack.setFlags(cpu, flags, size == 2 ? mask | Cpu.AC | Cpu.ID | Cpu.RF : mask);
    cpu.updateMode();
  }

  private static void iretToVm86(Cpu cpu, long rip, int selector, long flags) {
    long sp = Stack.peek(cpu, 2, 12);
    int[] seg = new int[4];
    int ss = (int) Stack.peek(cpu, 2, 16) & 0xFFFF;
    for (int i = 0; i < 4; i++) {
      seg[i] = (int) Stack.peek(cpu, 2, 20 + 4 * i) & 0xFFFF;
    }
    Flags.setRflags(cpu, flags & 0x3F_7FD5L);
    cpu.cpl = 3;
    cpu.updateMode();
    Segmentation.loadReal(cpu, Cpu.CS, selector);
    Segmentation.loadReal(cpu, Cpu.SS, ss);
    Segmentation.loadReal(cpu, Cpu.ES, seg[0]);
    Segmentation.loadReal(cpu, Cpu.DS, seg[1]);
    Segmentation.loadReal(cpu, Cpu.FS, seg[2]);
    Segmentation.loadReal(cpu, Cpu.GS, seg[3]);
    cpu.setReg(Cpu.RSP, sp & 0xFFFF_FFFFL);
    cpu.setRip(rip & 0xFFFF);
    cpu.updateMode();
    cpu.attention();
  }

  private static void iretLong(Cpu cpu, int size) {
    if (cpu.flag(Cpu.NT)) {
      throw cpu.gp();
    }
    int width = 1 << size;
    long rip = Flags.zext(Stack.peek(cpu, size, 0), size);
    int selector = (int) Stack.peek(cpu, size, width) & 0xFFFF;
    long flags = Stack.peek(cpu, size, 2 * width);
    returnTo(cpu, size, rip, selector, flags, 3 * width);
  }

  /// Common part of IRET outside of real mode: same or outer privilege; in 64-bit mode SS:RSP always comes along.
  private static void returnTo(Cpu cpu, int size, long rip, int selector, long flags, int at) {
    int rpl = selector & 3;
    long code = FarControl.returnCode(cpu, selector, rip);
    boolean withStack = rpl != cpu.cpl || cpu.code64();
    long sp = 0;
    int ss = 0;
    long stack = 0;
    int width = 1 << size;
    if (withStack) {
      sp = Flags.zext(Stack.peek(cpu, size, at), size);
      ss = (int) Stack.peek(cpu, size, at + width) & 0xFFFF;
      stack = FarControl.returnStack(cpu, ss, rpl, Segmentation.attributes(code));
    }
    int mask = Cpu.ARITHMETIC | Cpu.TF | Cpu.DF | Cpu.NT;
    if (size > 1) {
      mask |= Cpu.RF | Cpu.AC | Cpu.ID;
    }
    if (cpu.cpl <= cpu.iopl()) {
      mask |= Cpu.IF;
    }
    if (cpu.cpl == 0) {
      mask |= Cpu.IOPL | (size > 1 ? Cpu.VIF | Cpu.VIP : 0);
    }
    code = Segmentation.markAccessed(cpu, selector, code);
    boolean outer = rpl != cpu.cpl;
    if (!withStack) {
      Stack.drop(cpu, at);
    }
    cpu.cpl = rpl;
    Segmentation.load(cpu, Cpu.CS, selector, code);
    cpu.setRip(rip);
    cpu.updateMode();
    if (withStack) {
      FarControl.loadReturnStack(cpu, ss, stack, sp);
    }
    Stack.setFlags(cpu, flags, mask);
    if (outer) {
      FarControl.dropInnerSegments(cpu);
    }
    cpu.updateMode();
    cpu.interruptible();
  }

  /// Debug exceptions: DR6 and DR7 bookkeeping. SDM Vol. 3B "Debug Status Register (DR6)".
  private static final class Debug {
    static void enter(Cpu cpu) {
      cpu.dr[6] = cpu.dr[6] & ~0xFL | cpu.pendingDebug;
      cpu.pendingDebug = 0;
      cpu.dr[7] &= ~(1L << 13);
    }
  }
}
