package thespis.cpu.state;

import thespis.cpu.exec.Bounds;
import thespis.cpu.exec.Breakpoints;
import thespis.cpu.exec.ControlRegisters;
import thespis.cpu.exec.Flags;
import thespis.cpu.exec.MsrOps;
import thespis.cpu.exec.SystemCalls;
import thespis.cpu.exec.Xsave;
import thespis.cpu.mmu.Mem;

/// The one list of what a processor remembers between two instructions, its local APIC aside. SDM Vol. 1 "Basic Execution
/// Environment", Vol. 3A "System Architecture Overview". What can be derived is not in it; translated code trusts some
/// registers to hold only what instructions can put there, so a loader is held to that.
public final class CpuState {
  private static final int REGISTERS = 16;
  private static final int YMM_BYTES = 16 * 32;
  private static final int FPR_BYTES = 8 * 16;

  /// SDM Vol. 1 "EFLAGS Register": those that are not reserved.
  private static final long RFLAGS = 0x3F_7FD7;

  /// SDM Vol. 3A "Control Registers".
  private static final long CR0 = 0xE005_003FL;

  /// SDM Vol. 1 "MXCSR Control and Status Register": others would be a fault of the host's.
  private static final int MXCSR = 0xFFFF;

  private CpuState() {}

  public static void walk(Cpu cpu, StateIo io) {
    general(cpu, io);
    segments(cpu, io);
    control(cpu, io);
    modelSpecific(cpu, io);
    floatingPoint(cpu, io);
    events(cpu, io);
    if (io.loading()) {
      settle(cpu);
    }
  }

  private static void general(Cpu cpu, StateIo io) {
    long[] gpr = new long[REGISTERS];
    for (int i = 0; i < REGISTERS; i++) {
      gpr[i] = cpu.reg(8 * i);
    }
    io.longs("gpr", gpr);
    for (int i = 0; i < REGISTERS; i++) {
      cpu.setReg(8 * i, gpr[i]);
    }
    cpu.setRip(io.u64("rip", cpu.rip()));
    Flags.setRflags(cpu, io.bits("rflags", Flags.rflags(cpu), RFLAGS));
  }

  private static void segments(Cpu cpu, StateIo io) {
    int[] selectors = new int[cpu.attr.length];
    int[] attributes = cpu.attr.clone();
    long[] bases = new long[cpu.attr.length];
    for (int s = 0; s < selectors.length; s++) {
      selectors[s] = cpu.selector(s);
      bases[s] = cpu.base(s);
    }
    io.ints("selectors", selectors);
    io.longs("bases", bases);
    io.ints("limits", cpu.limit);
    io.ints("attributes", attributes);
    for (int s = 0; s < selectors.length; s++) {
      cpu.setSelector(s, selectors[s]);
      cpu.setBase(s, bases[s]);
      cpu.setAttributes(s, attributes[s]);
    }
    cpu.setGdt(io.u64("gdt-base", cpu.gdtBase()), io.u16("gdt-limit", cpu.gdtLimit()));
    cpu.idtBase = io.u64("idt-base", cpu.idtBase);
    cpu.idtLimit = io.u16("idt-limit", cpu.idtLimit);
  }

  private static void control(Cpu cpu, StateIo io) {
    cpu.cr0 = (int) io.bits("cr0", cpu.cr0 & 0xFFFF_FFFFL, CR0) | Cpu.CR0_ET;
    cpu.setCr2(io.u64("cr2", cpu.cr2()));
    cpu.cr3 = io.u64("cr3", cpu.cr3);
    cpu.cr4 = (int) io.bits("cr4", cpu.cr4 & 0xFFFF_FFFFL, ControlRegisters.cr4Allowed(cpu));
    cpu.efer = io.bits("efer", cpu.efer, MsrOps.eferAllowed(cpu));
    cpu.cpl = io.within("cpl", cpu.cpl, 0, 3);
    cpu.pkru = io.u32("pkru", cpu.pkru);
    io.longs("dr", cpu.dr);
    long xcr0 = io.u64("xcr0", cpu.reg(Cpu.XCR0));
    if (io.loading() && !Xsave.mayBeXcr0(cpu, xcr0)) {
      throw new StateException("xcr0 has bits that are not there: 0x" + Long.toHexString(xcr0));
    }
    cpu.setReg(Cpu.XCR0, xcr0);
  }

  private static void modelSpecific(Cpu cpu, StateIo io) {
    cpu.msrs.state(io);
    cpu.setReg(Cpu.KERNEL_GS, io.u64("kernel-gs-base", cpu.reg(Cpu.KERNEL_GS)));
    cpu.setReg(Cpu.TSC_AUX, io.u64("tsc-aux", cpu.reg(Cpu.TSC_AUX)));
    cpu.setReg(Cpu.TSC_OFFSET, io.u64("tsc-offset", cpu.reg(Cpu.TSC_OFFSET)));
    cpu.bounds.state(io);
  }

  private static void floatingPoint(Cpu cpu, StateIo io) {
    long st = cpu.st;
    block(io, "fpr", st + Cpu.FPR, FPR_BYTES);
    block(io, "ymm", st + Cpu.XMM, YMM_BYTES);
    Mem.put32(st + Cpu.MXCSR, (int) io.bits("mxcsr", Mem.get32(st + Cpu.MXCSR), MXCSR));
    word(io, "fcw", st + Cpu.FCW);
    word(io, "fsw", st + Cpu.FSW);
    Mem.put16(st + Cpu.FTW, (short) io.u8("ftw", Mem.get16(st + Cpu.FTW) & 0xFF));
    word(io, "fop", st + Cpu.FOP);
    word(io, "fcs", st + Cpu.FCS);
    word(io, "fds", st + Cpu.FDS);
    Mem.put64(st + Cpu.FIP, io.u64("fip", Mem.get64(st + Cpu.FIP)));
    Mem.put64(st + Cpu.FDP, io.u64("fdp", Mem.get64(st + Cpu.FDP)));
  }

  private static void word(StateIo io, String name, long at) {
    Mem.put16(at, (short) io.u16(name, Mem.get16(at) & 0xFFFF));
  }

  private static void block(StateIo io, String name, long at, int length) {
    byte[] bytes = new byte[length];
    Mem.copyOut(at, bytes, 0, length);
    io.bytes(name, bytes);
    Mem.copyIn(bytes, 0, at, length);
  }

  /// What is about to happen, and a port access whose answer has come.
  private static void events(Cpu cpu, StateIo io) {
    cpu.interruptShadow = io.bool("interrupt-shadow", cpu.interruptShadow);
    cpu.halted = io.bool("halted", cpu.halted);
    cpu.nmiPending = io.bool("nmi-pending", cpu.nmiPending);
    cpu.blockNmi(io.bool("nmi-blocked", cpu.nmiBlocked()));
    cpu.pendingDebug = io.u64("pending-debug", cpu.pendingDebug);
    cpu.monitorAddress = io.u64("monitor", cpu.monitorAddress);
    cpu.ioDone = io.bool("io-done", cpu.ioDone);
    cpu.ioPort = io.u32("io-port", cpu.ioPort);
    cpu.ioSize = io.u32("io-size", cpu.ioSize);
    cpu.ioWrite = io.bool("io-write", cpu.ioWrite);
    cpu.ioAnswer = io.u64("io-answer", cpu.ioAnswer);
  }

  private static void settle(Cpu cpu) {
    SystemCalls.changed(cpu);
    Breakpoints.changed(cpu);
    Bounds.configured(cpu);
    cpu.mmu.flush();
    cpu.attention();
  }
}
