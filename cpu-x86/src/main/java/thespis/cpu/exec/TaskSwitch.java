package thespis.cpu.exec;

import thespis.cpu.mmu.Mmu;
import thespis.cpu.mmu.Segmentation;
import thespis.cpu.state.Cpu;
import thespis.cpu.state.GuestFault;

/// Hardware task switches through a TSS, 16 and 32 bits. SDM Vol. 3A "Task Switching", "32-Bit Task-State Segment
/// (TSS)", "16-Bit Task-State Segment (TSS)". Not available in IA-32e mode.
final class TaskSwitch {
  static final int BY_JUMP = 0;
  static final int BY_CALL = 1;
  static final int BY_GATE = 2;
  static final int BY_IRET = 3;

  private static final int[] ORDER = {Cpu.RAX, Cpu.RCX, Cpu.RDX, Cpu.RBX, Cpu.RSP, Cpu.RBP, Cpu.RSI, Cpu.RDI};

  private TaskSwitch() {}

  /// @param error pushed on the new task's stack, unless it is -1
  /// @param next where the old task will go on
  static void to(Cpu cpu, int selector, int why, int error, long next) {
    int fault = why == BY_IRET ? GuestFault.TS : GuestFault.GP;
    if ((selector & 4) != 0 || (selector & 0xFFFC) == 0) {
      throw cpu.raise(fault, selector & 0xFFFC);
    }
    long d = Segmentation.descriptor(cpu, selector, fault);
    int attr = Segmentation.attributes(d);
    int type = attr & 0x1F;
    int wanted = why == BY_IRET ? 3 : 1;
    if ((type & 0x17) != wanted) {
      throw cpu.raise(fault, selector & 0xFFFC);
    }
    if ((attr & Cpu.ATTR_P) == 0) {
      throw cpu.raise(GuestFault.NP, selector & 0xFFFC);
    }
    boolean wide = (type & 8) != 0;
    if ((Segmentation.limitOf(d) & 0xFFFF_FFFFL) < (wide ? 0x67 : 0x2B)) {
      throw cpu.raise(GuestFault.TS, selector & 0xFFFC);
    }
    long base = Segmentation.baseOf(d);
    save(cpu, why, next);
    boolean nested = why == BY_CALL || why == BY_GATE;
    if (nested) {
      cpu.mmu.system.store(base, 1, cpu.selector(Cpu.TR));
    }
    if (why == BY_JUMP || why == BY_IRET) {
      busy(cpu, cpu.selector(Cpu.TR), false);
    }
    if (why != BY_IRET) {
      busy(cpu, selector, true);
    }
    load(cpu, selector, d, base, wide, nested);
    if (error != -1) {
      Stack.push(cpu, wide ? 2 : 1, error);
    }
    Branch.check(cpu, cpu.rip());
  }

  private static void busy(Cpu cpu, int selector, boolean set) {
    long la = Segmentation.descriptorAddress(cpu, selector, 7, GuestFault.TS) + 5;
    long b = cpu.mmu.system.load(la, 0);
    cpu.mmu.system.store(la, 0, set ? b | 2 : b & ~2L);
  }

  private static void save(Cpu cpu, int why, long next) {
    Mmu m = cpu.mmu;
    long base = cpu.trBase;
    long flags = Flags.rflags(cpu);
    if (why == BY_IRET) {
      flags &= ~(long) Cpu.NT;
    }
    boolean wide = (cpu.attr[Cpu.TR] & 8) != 0;
    int size = wide ? 2 : 1;
    int width = 1 << size;
    long at = base + (wide ? 0x20 : 0x0E);
    m.system.store(at, size, next);
    m.system.store(at + width, size, flags);
    for (int i = 0; i < 8; i++) {
      m.system.store(at + (2L + i) * width, size, cpu.reg(ORDER[i]));
    }
    long segs = base + (wide ? 0x48 : 0x22);
    for (int s = 0; s < (wide ? 6 : 4); s++) {
      m.system.store(segs + (long) s * width, 1, cpu.selector(s));
    }
  }

  private static void load(Cpu cpu, int selector, long d, long base, boolean wide, boolean nested) {
    Mmu m = cpu.mmu;
    int size = wide ? 2 : 1;
    int width = 1 << size;
    long at = base + (wide ? 0x20 : 0x0E);
    long rip = Flags.zext(m.system.load(at, size), size);
    long flags = Flags.zext(m.system.load(at + width, size), size);
    long[] regs = new long[8];
    for (int i = 0; i < 8; i++) {
      regs[i] = Flags.zext(m.system.load(at + (2L + i) * width, size), size);
    }
    int[] segs = new int[6];
    long segAt = base + (wide ? 0x48 : 0x22);
    for (int s = 0; s < (wide ? 6 : 4); s++) {
      segs[s] = (int) m.system.load(segAt + (long) s * width, 1) & 0xFFFF;
    }
    int ldt = (int) m.system.load(base + (wide ? 0x60 : 0x2A), 1) & 0xFFFF;
    long cr3 = wide ? m.system.load(base + 0x1C, 2) & 0xFFFF_FFFFL : cpu.cr3;
    Segmentation.load(cpu, Cpu.TR, selector, d | 1L << 41);
    cpu.cr0 |= Cpu.CR0_TS;
    cpu.dr[7] &= ~0x55L; // breakpoints that are local to a task
    Breakpoints.changed(cpu);
    if (wide && (cpu.cr0 & Cpu.CR0_PG) != 0) {
      cpu.cr3 = cr3;
      m.flush();
    }
    Flags.setRflags(cpu, flags | (nested ? Cpu.NT : 0));
    for (int i = 0; i < 8; i++) {
      Operands.writeReg(cpu, ORDER[i], size, regs[i]);
    }
    cpu.setRip(rip);
    loadLdt(cpu, ldt);
    loadSegments(cpu, segs);
  }

  private static void loadLdt(Cpu cpu, int ldt) {
    if ((ldt & 0xFFFC) == 0) {
      Segmentation.loadNull(cpu, Cpu.LDTR, ldt);
      return;
    }
    long d = Segmentation.descriptor(cpu, ldt, GuestFault.TS);
    if ((Segmentation.attributes(d) & 0x9F) != 0x82 || (ldt & 4) != 0) {
      throw cpu.raise(GuestFault.TS, ldt & 0xFFFC);
    }
    Segmentation.load(cpu, Cpu.LDTR, ldt, d);
  }

  private static void loadSegments(Cpu cpu, int[] segs) {
    if (cpu.flag(Cpu.VM)) {
      cpu.cpl = 3;
      cpu.updateMode();
      for (int s = 0; s < 6; s++) {
        Segmentation.loadReal(cpu, s, segs[s]);
      }
      cpu.updateMode();
      return;
    }
    int cs = segs[Cpu.CS];
    long code = Segmentation.descriptor(cpu, cs, GuestFault.TS);
    int attr = Segmentation.attributes(code);
    boolean conforming = (attr & 4) != 0;
    int rpl = cs & 3;
    if ((attr & 0x18) != 0x18 || (conforming ? Segmentation.dpl(attr) > rpl : Segmentation.dpl(attr) != rpl)) {
      throw cpu.raise(GuestFault.TS, cs & 0xFFFC);
    }
    if ((attr & Cpu.ATTR_P) == 0) {
      throw cpu.raise(GuestFault.NP, cs & 0xFFFC);
    }
    Segmentation.load(cpu, Cpu.CS, cs, Segmentation.markAccessed(cpu, cs, code));
    cpu.cpl = rpl;
    cpu.updateMode();
    for (int s : new int[] {Cpu.SS, Cpu.ES, Cpu.DS, Cpu.FS, Cpu.GS}) {
      try {
        Segmentation.loadData(cpu, s, segs[s]);
      } catch (GuestFault f) {
        if (f.vector == GuestFault.GP) {
          f.vector = GuestFault.TS;
          f.errorCode = segs[s] & 0xFFFC;
        }
        throw f;
      }
    }
    cpu.updateMode();
  }
}
