package thespis.cpu.state;

import thespis.cpu.exec.SystemCalls;
import thespis.cpu.mmu.Mem;

/// The processor's state after power-on, INIT and STARTUP. SDM Vol. 3A "IA-32 and Intel 64 Processor States Following
/// Power-up, Reset, or INIT", "Multiple-Processor (MP) Initialization".
public final class CpuReset {
  private CpuReset() {}

  public static void powerOn(Cpu cpu) {
    cpu.msrs.reset();
    common(cpu);
    cpu.pkru = 0;
    cpu.bounds.reset();
    cpu.setReg(Cpu.KERNEL_GS, 0);
    cpu.setReg(Cpu.TSC_AUX, 0);
    cpu.setReg(Cpu.TSC_OFFSET, -cpu.ticks(cpu.clock.nanos()));
    long st = cpu.st;
    Mem.fill(st + Cpu.FPR, Cpu.XCR0 - Cpu.FPR, (byte) 0);
    Mem.put32(st + Cpu.MXCSR, 0x1F80);
    Mem.put16(st + Cpu.FCW, (short) 0x40);
    Mem.put16(st + Cpu.FSW, (short) 0);
    Mem.put16(st + Cpu.FTW, (short) 0xFF);
    Mem.put16(st + Cpu.FOP, (short) 0);
    Mem.put64(st + Cpu.FIP, 0);
    Mem.put64(st + Cpu.FDP, 0);
    Mem.put32(st + Cpu.FCS, 0);
    Mem.put64(st + Cpu.XCR0, 1);
  }

  /// INIT leaves MSRs, FPU and SSE state alone.
  public static void init(Cpu cpu) {
    int cache = cpu.cr0 & (Cpu.CR0_CD | Cpu.CR0_NW);
    common(cpu);
    cpu.cr0 = Cpu.CR0_ET | cache;
    cpu.mmu.flush();
  }

  private static void common(Cpu cpu) {
    long st = cpu.st;
    Mem.fill(st, 128, (byte) 0);
    cpu.setReg32(Cpu.RDX, signature(cpu));
    cpu.setRip(0xFFF0);
    Mem.put32(st + Cpu.RFLAGS, 2);
    Mem.put32(st + Cpu.CC_KIND, 0);
    cpu.cr0 = Cpu.CR0_ET | Cpu.CR0_CD | Cpu.CR0_NW;
    cpu.setCr2(0);
    cpu.cr3 = 0;
    cpu.cr4 = 0;
    cpu.efer = 0;
    cpu.cpl = 0;
    for (int s = 0; s <= Cpu.GS; s++) {
      segment(cpu, s, 0, 0, 0xFFFF, s == Cpu.CS ? 0x9B : 0x93);
    }
    segment(cpu, Cpu.CS, 0xF000, 0xFFFF_0000L, 0xFFFF, 0x9B);
    segment(cpu, Cpu.TR, 0, 0, 0xFFFF, 0x8B);
    segment(cpu, Cpu.LDTR, 0, 0, 0xFFFF, 0x82);
    cpu.setGdt(0, 0xFFFF);
    cpu.idtBase = 0;
    cpu.idtLimit = 0xFFFF;
    java.util.Arrays.fill(cpu.dr, 0);
    cpu.dr[6] = 0xFFFF_0FF0L;
    cpu.dr[7] = 0x400;
    cpu.pendingDebug = 0;
    cpu.breakpoints = cpu.debug.hasData();
    cpu.interruptShadow = false;
    cpu.halted = false;
    cpu.nmiPending = false;
    cpu.blockNmi(false);
    cpu.ioDone = false;
    cpu.monitorAddress = -1;
    SystemCalls.changed(cpu);
    cpu.bounds.configured(false);
    cpu.updateMode();
  }

  /// Family, model and stepping, as CPUID leaf 1 has them.
  private static int signature(Cpu cpu) {
    cpu.features.cpuid(1, 0, cpu, cpu.cpuid);
    return cpu.cpuid[0];
  }

  private static void segment(Cpu cpu, int s, int selector, long base, int limit, int attr) {
    cpu.setSelector(s, selector);
    cpu.setBase(s, base);
    cpu.limit[s] = limit;
    cpu.setAttributes(s, attr);
  }

  /// A STARTUP IPI: real mode at vector * 4096.
  public static void startup(Cpu cpu, int vector) {
    segment(cpu, Cpu.CS, vector << 8, (long) vector << 12, 0xFFFF, 0x9B);
    cpu.setRip(0);
    cpu.halted = false;
    cpu.updateMode();
  }

  /// Where a loader starts the boot processor in place of firmware.
  public static void apply(Cpu cpu, BootState boot) {
    for (int i = 0; i < 16; i++) {
      cpu.setReg(8 * i, boot.gpr()[i]);
    }
    cpu.cr0 = (int) boot.cr0();
    cpu.cr3 = boot.cr3();
    cpu.cr4 = (int) boot.cr4();
    cpu.efer = boot.efer();
    cpu.setGdt(boot.gdt().base(), boot.gdt().limit());
    cpu.idtBase = boot.idt().base();
    cpu.idtLimit = boot.idt().limit();
    segment(cpu, Cpu.CS, boot.cs());
    for (int s : new int[] {Cpu.ES, Cpu.SS, Cpu.DS, Cpu.FS, Cpu.GS}) {
      segment(cpu, s, boot.data());
    }
    segment(cpu, Cpu.TR, boot.tr());
    cpu.setRip(boot.rip());
    cpu.mmu.flush();
    SystemCalls.changed(cpu);
    cpu.updateMode();
  }

  private static void segment(Cpu cpu, int s, BootState.Segment from) {
    segment(cpu, s, from.selector(), from.base(), from.limit(), from.attributes());
  }
}
