package thespis.cpu.exec;

import thespis.cpu.mmu.Segmentation;
import thespis.cpu.state.Cpu;
import thespis.cpu.state.GuestFault;

/// A stack that is being pushed to but not yet the current one: interrupts and call gates write their frame here first
/// and switch when nothing can fault any more. SDM Vol. 3A "Stack Switching".
public final class StackFrame {
  private int selector;
  private long descriptor;
  private long base;
  private long limit;
  private boolean big;
  private boolean expandDown;
  private long sp;
  private boolean user;

  void current(Cpu cpu) {
    base = cpu.base(Cpu.SS);
    limit = cpu.limit[Cpu.SS] & 0xFFFF_FFFFL;
    big = (cpu.attr[Cpu.SS] & Cpu.ATTR_DB) != 0;
    expandDown = (cpu.attr[Cpu.SS] & 0x0C) == 4;
    sp = cpu.reg(Cpu.RSP);
  }

  void inner(int selector, long descriptor, long sp) {
    this.selector = selector;
    this.descriptor = descriptor;
    this.base = Segmentation.baseOf(descriptor);
    this.limit = Segmentation.limitOf(descriptor) & 0xFFFF_FFFFL;
    int attr = Segmentation.attributes(descriptor);
    this.big = (attr & Cpu.ATTR_DB) != 0;
    this.expandDown = (attr & 0x0C) == 4;
    this.sp = sp;
  }

  /// #SS if the frame has no room; page faults come now.
  void reserve(Cpu cpu, int bytes, int cpl) {
    user = cpl == 3;
    long low = mask(sp - bytes);
    long high = mask(sp - 1);
    boolean ok = low <= high
        && (expandDown ? low > limit && high <= (big ? 0xFFFF_FFFFL : 0xFFFF) : high <= limit);
    if (!ok) {
      throw cpu.raise(GuestFault.SS, 0);
    }
  }

  private long mask(long v) {
    return big ? v & 0xFFFF_FFFFL : v & 0xFFFF;
  }

  void push(Cpu cpu, int size, long value) {
    sp = mask(sp - (1 << size));
    long la = base + sp & 0xFFFF_FFFFL;
    if (user) {
      cpu.mmu.store(la, size, value);
    } else {
      cpu.mmu.system.store(la, size, value);
    }
  }

  /// Makes it the current stack; CPL is already the inner one.
  void install(Cpu cpu) {
    Segmentation.load(cpu, Cpu.SS, selector, descriptor);
    commit(cpu);
  }

  void commit(Cpu cpu) {
    if (big) {
      cpu.setReg(Cpu.RSP, sp);
    } else {
      Operands.writeReg(cpu, Cpu.RSP, 1, sp);
    }
  }
}
