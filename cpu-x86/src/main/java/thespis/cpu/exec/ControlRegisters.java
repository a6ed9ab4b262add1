package thespis.cpu.exec;

import thespis.cpu.decode.Op;
import thespis.cpu.state.Cpu;
import thespis.cpu.state.CpuFeatures;
import thespis.cpu.state.GuestFault;

/// MOV to and from control and debug registers, and the mode switches that hang on them. SDM Vol. 3A "Control
/// Registers"; Vol. 2B "MOV-Move to/from Control Registers", "MOV-Move to/from Debug Registers"; Vol. 3A "Initializing
/// IA-32e Mode".
public final class ControlRegisters {
  private ControlRegisters() {}

  private static int width(Cpu cpu) {
    return cpu.code64() ? 3 : 2;
  }

  static void read(Cpu cpu, long p) {
    cpu.requireCpl0();
    long v =
        switch (Op.src(p)) {
          case 0 -> cpu.cr0 & 0xFFFF_FFFFL;
          case 2 -> cpu.cr2();
          case 3 -> cpu.cr3;
          case 4 -> cpu.cr4 & 0xFFFF_FFFFL;
          case 8 -> cpu.apic.cr8();
          default -> throw cpu.ud();
        };
    Operands.writeReg(cpu, Op.dst(p), width(cpu), v);
  }

  static void write(Cpu cpu, long p) {
    cpu.requireCpl0();
    long v = Flags.zext(Operands.readReg(cpu, Op.src(p), width(cpu)), width(cpu));
    switch (Op.dst(p)) {
      case 0 -> setCr0(cpu, v);
      case 2 -> cpu.setCr2(v);
      case 3 -> setCr3(cpu, v);
      case 4 -> setCr4(cpu, v);
      case 8 -> {
        if ((v & ~0xFL) != 0) {
          throw cpu.gp();
        }
        cpu.apic.setCr8((int) v);
      }
      default -> throw cpu.ud();
    }
  }

  static void setCr0(Cpu cpu, long value) {
    if (value >>> 32 != 0) {
      throw cpu.gp();
    }
    int v = (int) value & (int) 0xE005_003FL | Cpu.CR0_ET;
    int old = cpu.cr0;
    boolean pe = (v & Cpu.CR0_PE) != 0;
    boolean pg = (v & Cpu.CR0_PG) != 0;
    if (pg && !pe || (v & Cpu.CR0_NW) != 0 && (v & Cpu.CR0_CD) == 0) {
      throw cpu.gp();
    }
    boolean pagingOn = pg && (old & Cpu.CR0_PG) == 0;
    if (pagingOn && (cpu.efer & Cpu.EFER_LME) != 0) {
      if ((cpu.cr4 & Cpu.CR4_PAE) == 0 || (cpu.attr[Cpu.CS] & Cpu.ATTR_L) != 0) {
        throw cpu.gp();
      }
      cpu.efer |= Cpu.EFER_LMA;
    } else if (!pg && (old & Cpu.CR0_PG) != 0) {
      if (cpu.code64() || (cpu.cr4 & Cpu.CR4_PCIDE) != 0) {
        throw cpu.gp();
      }
      cpu.efer &= ~(long) Cpu.EFER_LMA;
    }
    cpu.cr0 = v;
    if (((old ^ v) & (Cpu.CR0_PG | Cpu.CR0_WP | Cpu.CR0_PE)) != 0) {
      cpu.mmu.flush();
    }
    if (!pe) {
      cpu.cpl = 0;
    }
    SystemCalls.changed(cpu);
    cpu.updateMode();
  }

  static void setCr3(Cpu cpu, long value) {
    if (!mayBeCr3(cpu, value)) {
      throw cpu.gp();
    }
    cpu.cr3 = withoutHint(cpu, value);
    cpu.mmu.flushLocal();
  }

  static boolean mayBeCr3(Cpu cpu, long value) {
    return !cpu.longMode() || withoutHint(cpu, value) >>> cpu.features.physBits() == 0;
  }

  /// Translations carry no PCID: even a "no flush" load must not see those of another address space.
  private static long withoutHint(Cpu cpu, long value) {
    return (cpu.cr4 & Cpu.CR4_PCIDE) != 0 ? value & Long.MAX_VALUE : value;
  }

  /// Bits that this processor offers; the others are reserved.
  public static int cr4Allowed(Cpu cpu) {
    CpuFeatures f = cpu.features;
    int bits = Cpu.CR4_TSD | Cpu.CR4_DE | Cpu.CR4_PSE | Cpu.CR4_PAE | Cpu.CR4_MCE | Cpu.CR4_PGE | Cpu.CR4_PCE
        | Cpu.CR4_OSFXSR | Cpu.CR4_OSXMMEXCPT | Cpu.CR4_VME | Cpu.CR4_PVI;
    bits |= f.has(CpuFeatures.Word.L1_ECX, 26) ? Cpu.CR4_OSXSAVE : 0;
    bits |= f.has(CpuFeatures.Word.L1_ECX, 17) ? Cpu.CR4_PCIDE : 0;
    bits |= f.has(CpuFeatures.Word.L7_EBX, 0) ? Cpu.CR4_FSGSBASE : 0;
    bits |= f.has(CpuFeatures.Word.L7_EBX, 7) ? Cpu.CR4_SMEP : 0;
    bits |= f.has(CpuFeatures.Word.L7_EBX, 20) ? Cpu.CR4_SMAP : 0;
    bits |= f.has(CpuFeatures.Word.L7_ECX, 2) ? Cpu.CR4_UMIP : 0;
    bits |= f.has(CpuFeatures.Word.L7_ECX, 16) ? Cpu.CR4_LA57 : 0;
    bits |= f.has(CpuFeatures.Word.L7_ECX, 3) ? Cpu.CR4_PKE : 0;
    bits |= f.has(CpuFeatures.Word.L7_ECX, 31) ? Cpu.CR4_PKS : 0;
    return bits;
  }

  static void setCr4(Cpu cpu, long value) {
    int v = (int) value;
    if (value >>> 32 != 0 || (v & ~cr4Allowed(cpu)) != 0) {
      throw cpu.gp();
    }
    if (cpu.longMode() && ((v & Cpu.CR4_PAE) == 0 || ((v ^ cpu.cr4) & Cpu.CR4_LA57) != 0)) {
      throw cpu.gp();
    }
    if ((v & Cpu.CR4_PCIDE) != 0 && (cpu.cr4 & Cpu.CR4_PCIDE) == 0 && (!cpu.longMode() || (cpu.cr3 & 0xFFF) != 0)) {
      throw cpu.gp();
    }
    cpu.cr4 = v;
    if ((v & Cpu.CR4_TSD) != 0) {
      cpu.tscShortcut.close();
    }
    cpu.mmu.flush();
    SystemCalls.changed(cpu);
    Bounds.configured(cpu);
  }

  private static int debugRegister(Cpu cpu, int n) {
    if (n > 7) {
      throw cpu.ud();
    }
    if (n == 4 || n == 5) {
      if ((cpu.cr4 & Cpu.CR4_DE) != 0) {
        throw cpu.ud();
      }
      n += 2;
    }
    if ((cpu.dr[7] & 1L << 13) != 0) {
      cpu.pendingDebug |= 1L << 13;
      throw cpu.raise(GuestFault.DB);
    }
    return n;
  }

  static void readDebug(Cpu cpu, long p) {
    cpu.requireCpl0();
    int n = debugRegister(cpu, Op.src(p));
    Operands.writeReg(cpu, Op.dst(p), width(cpu), cpu.dr[n]);
  }

  static void writeDebug(Cpu cpu, long p) {
    cpu.requireCpl0();
    int n = debugRegister(cpu, Op.dst(p));
    long v = Flags.zext(Operands.readReg(cpu, Op.src(p), width(cpu)), width(cpu));
    if (n >= 6 && v >>> 32 != 0) {
      throw cpu.gp();
    }
    cpu.dr[n] = n == 6 ? v & 0xE00FL | 0xFFFF_0FF0L : n == 7 ? v & 0xFFFF_2FFFL | 0x400 : v;
    Flags.setSystem(cpu, Cpu.RF, 0);
    Breakpoints.changed(cpu);
  }
}
