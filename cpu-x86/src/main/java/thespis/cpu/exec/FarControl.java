package thespis.cpu.exec;

import thespis.cpu.decode.Op;
import thespis.cpu.decode.Ops;
import thespis.cpu.mmu.Canonical;
import thespis.cpu.mmu.Segmentation;
import thespis.cpu.state.CodeMode;
import thespis.cpu.state.Cpu;
import thespis.cpu.state.GuestFault;

/// Far jumps, calls and returns, through code segments, call gates and tasks; INT n; fast system calls are in
/// {@link SystemCalls}. SDM Vol. 3A "Accessing a Code Segment Through a Call Gate", "Direct Calls or Jumps to Code
/// Segments"; Vol. 2A "CALL", "JMP", "INT n/INTO/INT3/INT1".
final class FarControl {
  private FarControl() {}

  static int run(Cpu cpu, long p, int op) {
    switch (op) {
      case Ops.JMP_FAR, Ops.CALL_FAR -> {
        int size = Branch.operandSize(cpu, p);
        long offset = Op.imm(p) & 0xFFFF_FFFFL;
        transfer(cpu, p, (int) (Op.imm(p) >>> 32) & 0xFFFF, offset, size, op == Ops.CALL_FAR);
      }
      case Ops.JMP_FAR_IND, Ops.CALL_FAR_IND -> {
        int size = Op.size(p);
        long at = Operands.offset(cpu, p);
        long offset = Flags.zext(cpu.mmu.load(Operands.linear(cpu, p, at, 1 << size, false), size), size);
        int selector = cpu.mmu.load16(Operands.linear(cpu, p, at + (1 << size), 2, false)) & 0xFFFF;
        transfer(cpu, p, selector, offset, size, op == Ops.CALL_FAR_IND);
      }
      case Ops.RET_FAR -> {
        boolean imm = Op.dstKind(p) == Op.KIND_IMM;
        farReturn(cpu, farSize(cpu, p), imm ? (int) Op.imm(p) & 0xFFFF : 0);
      }
      case Ops.IRET -> Interrupts.iret(cpu, farSize(cpu, p), Flow.nextRip(cpu, p));
      case Ops.INT -> Interrupts.software(cpu, (int) Op.imm(p) & 0xFF, Flow.nextRip(cpu, p), false);
      case Ops.INT3 -> Interrupts.software(cpu, GuestFault.BP, Flow.nextRip(cpu, p), false);
      case Ops.INT1 -> Interrupts.software(cpu, GuestFault.DB, Flow.nextRip(cpu, p), true);
      case Ops.INTO -> {
        if ((Flags.arithmetic(cpu) & Cpu.OF) == 0) {
          return Flow.endBlock(cpu, p);
        }
        Interrupts.software(cpu, GuestFault.OF, Flow.nextRip(cpu, p), false);
      }
      default -> {
        SystemCalls.run(cpu, p, op);
      }
    }
    return Flow.JUMP;
  }

  /// Far returns and IRET have a 32-bit operand by default in 64-bit code.
  private static int farSize(Cpu cpu, long p) {
    int prefixes = Op.prefixes(p);
    boolean small = (prefixes & Op.PREFIX_66) != 0;
    if (cpu.code64()) {
      return (prefixes & Op.PREFIX_REX_W) != 0 ? 3 : small ? 1 : 2;
    }
    return (cpu.mode & CodeMode.CODE_32) != 0 != small ? 2 : 1;
  }

  private static void transfer(Cpu cpu, long p, int selector, long offset, int size, boolean call) {
    long next = Flow.nextRip(cpu, p);
    if (!cpu.protectedMode() || cpu.vm86()) {
      if (offset > (cpu.limit[Cpu.CS] & 0xFFFF_FFFFL)) {
        throw cpu.gp();
      }
      if (call) {
        pushReturn(cpu, size, next);
      }
      Segmentation.loadReal(cpu, Cpu.CS, selector);
      cpu.setRip(offset);
      cpu.updateMode();
      return;
    }
    if ((selector & 0xFFFC) == 0) {
      throw cpu.gp();
    }
    long d = Segmentation.descriptor(cpu, selector, GuestFault.GP);
    int attr = Segmentation.attributes(d);
    if ((attr & Cpu.ATTR_S) != 0) {
      toCode(cpu, selector, d, offset, size, call, next);
      return;
    }
    int type = attr & 0xF;
    boolean gate = type == 0xC || type == 4 && !cpu.longMode();
    boolean task = !cpu.longMode() && (type == 5 || type == 9 || type == 1);
    if (!gate && !task) {
      throw cpu.gp(selector & 0xFFFC);
    }
    if (Segmentation.dpl(attr) < cpu.cpl || (selector & 3) > Segmentation.dpl(attr)) {
      throw cpu.gp(selector & 0xFFFC);
    }
    if ((attr & Cpu.ATTR_P) == 0) {
      throw cpu.raise(GuestFault.NP, selector & 0xFFFC);
    }
    if (gate) {
      callGate(cpu, selector, d, call, next);
    } else {
      int to = type == 5 ? (int) (d >>> 16) & 0xFFFF : selector;
      TaskSwitch.to(cpu, to, call ? TaskSwitch.BY_CALL : TaskSwitch.BY_JUMP, -1, next);
    }
  }

  private static void pushReturn(Cpu cpu, int size, long next) {
    long sp = cpu.reg(Cpu.RSP);
    int width = 1 << size;
    cpu.mmu.checkWrite(Stack.address(cpu, sp - 2L * width, width, true), width);
    cpu.mmu.store(Stack.address(cpu, sp - width, width, true), size, cpu.selector(Cpu.CS));
    cpu.mmu.store(Stack.address(cpu, sp - 2L * width, width, true), size, next);
    Stack.setSp(cpu, sp - 2L * width);
  }

  private static void toCode(Cpu cpu, int selector, long d, long offset, int size, boolean call, long next) {
    int attr = Segmentation.attributes(d);
    boolean conforming = (attr & 4) != 0;
    int dpl = Segmentation.dpl(attr);
    boolean allowed = conforming ? dpl <= cpu.cpl : (selector & 3) <= cpu.cpl && dpl == cpu.cpl;
    if ((attr & 8) == 0 || !allowed) {
      throw cpu.gp(selector & 0xFFFC);
    }
    checkLongCode(cpu, selector, attr);
    if ((attr & Cpu.ATTR_P) == 0) {
      throw cpu.raise(GuestFault.NP, selector & 0xFFFC);
    }
    checkTarget(cpu, d, offset);
    if (call) {
      pushReturn(cpu, size, next);
    }
    d = Segmentation.markAccessed(cpu, selector, d);
    Segmentation.load(cpu, Cpu.CS, selector & 0xFFFC | cpu.cpl, d);
    cpu.setRip(offset);
    cpu.updateMode();
  }

  private static void checkLongCode(Cpu cpu, int selector, int attr) {
    if (cpu.longMode() && (attr & (Cpu.ATTR_L | Cpu.ATTR_DB)) == (Cpu.ATTR_L | Cpu.ATTR_DB)) {
      throw cpu.gp(selector & 0xFFFC);
    }
  }

  private static void checkTarget(Cpu cpu, long code, long offset) {
    boolean wide = cpu.longMode() && (Segmentation.attributes(code) & Cpu.ATTR_L) != 0;
    if (wide ? !Canonical.isAddress(cpu, offset) : offset > (Segmentation.limitOf(code) & 0xFFFF_FFFFL)) {
      throw cpu.gp();
    }
  }

  private static void callGate(Cpu cpu, int gateSelector, long gate, boolean call, long next) {
    int type = (int) (gate >>> 40) & 0xF;
    int selector = (int) (gate >>> 16) & 0xFFFF;
    long offset = type == 0xC ? gate & 0xFFFF | gate >>> 32 & 0xFFFF_0000L : gate & 0xFFFF;
    int size = type == 0xC ? 2 : 1;
    if (cpu.longMode()) {
      long la = Segmentation.descriptorAddress(cpu, gateSelector, 15, GuestFault.GP);
      long high = cpu.mmu.system.load(la + 8, 3);
      if ((high >>> 40 & 0x1F) != 0) {
        throw cpu.gp(gateSelector & 0xFFFC);
      }
      offset |= high << 32;
      size = 3;
    }
    if ((selector & 0xFFFC) == 0) {
      throw cpu.gp();
    }
    long code = Segmentation.descriptor(cpu, selector, GuestFault.GP);
    int attr = Segmentation.attributes(code);
    int dpl = Segmentation.dpl(attr);
    if ((attr & 0x18) != 0x18 || dpl > cpu.cpl
        || cpu.longMode() && (attr & (Cpu.ATTR_L | Cpu.ATTR_DB)) != Cpu.ATTR_L) {
      throw cpu.gp(selector & 0xFFFC);
    }
    if ((attr & Cpu.ATTR_P) == 0) {
      throw cpu.raise(GuestFault.NP, selector & 0xFFFC);
    }
    boolean conforming = (attr & 4) != 0;
    if (!call && !conforming && dpl != cpu.cpl) {
      throw cpu.gp(selector & 0xFFFC);
    }
    checkTarget(cpu, code, offset);
    if (call && !conforming && dpl < cpu.cpl) {
      innerCall(cpu, gate, size, dpl, next);
    } else if (call) {
      pushReturn(cpu, size, next);
    }
    code = Segmentation.markAccessed(cpu, selector, code);
    Segmentation.load(cpu, Cpu.CS, selector & 0xFFFC | cpu.cpl, code);
    cpu.setRip(offset);
    cpu.updateMode();
  }

  private static void innerCall(Cpu cpu, long gate, int size, int dpl, long next) {
    if (size == 3) {
      long sp = cpu.mmu.system.load(cpu.trBase + 4 + 8L * dpl, 3);
      if (!Canonical.isAddress(cpu, sp)) {
        throw cpu.raise(GuestFault.SS, 0);
      }
      cpu.mmu.system.store(sp - 8, 3, cpu.selector(Cpu.SS));
      cpu.mmu.system.store(sp - 16, 3, cpu.reg(Cpu.RSP));
      cpu.mmu.system.store(sp - 24, 3, cpu.selector(Cpu.CS));
      cpu.mmu.system.store(sp - 32, 3, next);
      cpu.cpl = dpl;
      Segmentation.loadNull(cpu, Cpu.SS, dpl);
      cpu.setReg(Cpu.RSP, sp - 32);
      return;
    }
    int count = (int) (gate >>> 32) & 31;
    int width = 1 << size;
    long[] parameters = new long[count];
    for (int i = 0; i < count; i++) {
      parameters[i] = Stack.peek(cpu, size, i * width);
    }
    StackFrame frame = cpu.frame;
    innerStack(cpu, dpl, frame, 0);
    frame.reserve(cpu, (4 + count) * width, dpl);
    frame.push(cpu, size, cpu.selector(Cpu.SS));
    frame.push(cpu, size, cpu.reg(Cpu.RSP));
    for (int i = count - 1; i >= 0; i--) {
      frame.push(cpu, size, parameters[i]);
    }
    frame.push(cpu, size, cpu.selector(Cpu.CS));
    frame.push(cpu, size, next);
    cpu.cpl = dpl;
    frame.install(cpu);
  }

  /// SS:ESP for a privilege level from the TSS, checked. SDM Vol. 3A "Stack Switching".
  static void innerStack(Cpu cpu, int dpl, StackFrame frame, int ext) {
    boolean tss32 = (cpu.attr[Cpu.TR] & 8) != 0;
    int at = tss32 ? 4 + 8 * dpl : 2 + 4 * dpl;
    int last = at + (tss32 ? 5 : 3);
    if (last > (cpu.limit[Cpu.TR] & 0xFFFF_FFFFL)) {
      throw cpu.raise(GuestFault.TS, cpu.selector(Cpu.TR) & 0xFFFC | ext);
    }
    long sp = Flags.zext(cpu.mmu.system.load(cpu.trBase + at, tss32 ? 2 : 1), tss32 ? 2 : 1);
    int ss = (int) cpu.mmu.system.load(cpu.trBase + at + (tss32 ? 4 : 2), 1) & 0xFFFF;
    if ((ss & 0xFFFC) == 0) {
      throw cpu.raise(GuestFault.TS, ext);
    }
    long d = Segmentation.descriptor(cpu, ss, GuestFault.TS);
    int attr = Segmentation.attributes(d);
    if ((ss & 3) != dpl || Segmentation.dpl(attr) != dpl || (attr & 0x1A) != 0x12) {
      throw cpu.raise(GuestFault.TS, ss & 0xFFFC | ext);
    }
    if ((attr & Cpu.ATTR_P) == 0) {
      throw cpu.raise(GuestFault.SS, ss & 0xFFFC | ext);
    }
    frame.inner(ss, Segmentation.markAccessed(cpu, ss, d), sp);
  }

  /// The code segment that a return goes to, checked. SDM Vol. 2A "IRET", Vol. 2B "RET".
  static long returnCode(Cpu cpu, int selector, long rip) {
    if ((selector & 0xFFFC) == 0) {
      throw cpu.gp();
    }
    long code = Segmentation.descriptor(cpu, selector, GuestFault.GP);
    int attr = Segmentation.attributes(code);
    int rpl = selector & 3;
    boolean conforming = (attr & 4) != 0;
    int dpl = Segmentation.dpl(attr);
    if ((attr & 0x18) != 0x18 || rpl < cpu.cpl || (conforming ? dpl > rpl : dpl != rpl)) {
      throw cpu.gp(selector & 0xFFFC);
    }
    checkLongCode(cpu, selector, attr);
    if ((attr & Cpu.ATTR_P) == 0) {
      throw cpu.raise(GuestFault.NP, selector & 0xFFFC);
    }
    checkTarget(cpu, code, rip);
    return code;
  }

  /// The stack segment that a return goes to; 0 for a null selector, which 64-bit code below CPL 3 may have.
  static long returnStack(Cpu cpu, int ss, int rpl, int codeAttr) {
    if ((ss & 0xFFFC) == 0) {
      if (cpu.longMode() && (codeAttr & Cpu.ATTR_L) != 0 && rpl != 3 && (ss & 3) == rpl) {
        return 0;
      }
      throw cpu.gp();
    }
    long d = Segmentation.descriptor(cpu, ss, GuestFault.GP);
    int attr = Segmentation.attributes(d);
    if ((ss & 3) != rpl || Segmentation.dpl(attr) != rpl || (attr & 0x1A) != 0x12) {
      throw cpu.gp(ss & 0xFFFC);
    }
    if ((attr & Cpu.ATTR_P) == 0) {
      throw cpu.raise(GuestFault.SS, ss & 0xFFFC);
    }
    return Segmentation.markAccessed(cpu, ss, d);
  }

  /// CS and CPL are already those of the return.
  static void loadReturnStack(Cpu cpu, int ss, long descriptor, long sp) {
    if (descriptor == 0) {
      Segmentation.loadNull(cpu, Cpu.SS, ss);
    } else {
      Segmentation.load(cpu, Cpu.SS, ss, descriptor);
    }
    if (Segmentation.stackSize(cpu) == 1) {
      Operands.writeReg(cpu, Cpu.RSP, 1, sp);
    } else {
      cpu.setReg(Cpu.RSP, cpu.code64() ? sp : sp & 0xFFFF_FFFFL);
    }
  }

  /// On a return to an outer level, data segments that it may not see become null.
  static void dropInnerSegments(Cpu cpu) {
    for (int s : DATA_SEGMENTS) {
      int attr = cpu.attr[s];
      boolean conforming = (attr & 0x0C) == 0x0C;
      if (!conforming && Segmentation.dpl(attr) < cpu.cpl && (attr & Cpu.ATTR_UNUSABLE) == 0) {
        long base = cpu.base(s);
        Segmentation.loadNull(cpu, s, 0);
        if (cpu.code64()) {
          cpu.setBase(s, base); // FS and GS keep their bases in 64-bit mode
        }
      }
    }
  }

  private static final int[] DATA_SEGMENTS = {Cpu.ES, Cpu.DS, Cpu.FS, Cpu.GS};

  private static void farReturn(Cpu cpu, int size, int release) {
    int width = 1 << size;
    long rip = Flags.zext(Stack.peek(cpu, size, 0), size);
    int selector = (int) Stack.peek(cpu, size, width) & 0xFFFF;
    if (!cpu.protectedMode() || cpu.vm86()) {
      if (rip > (cpu.limit[Cpu.CS] & 0xFFFF_FFFFL)) {
        throw cpu.gp();
      }
      Stack.drop(cpu, 2L * width + release);
      Segmentation.loadReal(cpu, Cpu.CS, selector);
      cpu.setRip(rip);
      cpu.updateMode();
      return;
    }
    int rpl = selector & 3;
    long code = returnCode(cpu, selector, rip);
    boolean outer = rpl > cpu.cpl;
    long sp = 0;
    int ss = 0;
    long stack = 0;
    if (outer) {
      sp = Flags.zext(Stack.peek(cpu, size, 2 * width + release), size);
      ss = (int) Stack.peek(cpu, size, 3 * width + release) & 0xFFFF;
      stack = returnStack(cpu, ss, rpl, Segmentation.attributes(code));
    }
    code = Segmentation.markAccessed(cpu, selector, code);
    if (!outer) {
      Stack.drop(cpu, 2L * width + release);
    }
    cpu.cpl = rpl;
    Segmentation.load(cpu, Cpu.CS, selector, code);
    cpu.setRip(rip);
    cpu.updateMode();
    if (outer) {
      loadReturnStack(cpu, ss, stack, sp);
      Stack.drop(cpu, release);
      dropInnerSegments(cpu);
      cpu.updateMode();
    }
  }
}
