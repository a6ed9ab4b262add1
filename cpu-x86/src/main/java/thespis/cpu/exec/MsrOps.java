package thespis.cpu.exec;

import thespis.cpu.decode.Ops;
import thespis.cpu.mmu.Canonical;
import thespis.cpu.mmu.Mem;
import thespis.cpu.state.Cpu;
import thespis.cpu.state.CpuFeatures;
import thespis.cpu.state.GuestFault;
import thespis.cpu.state.Msrs;

/// RDMSR, WRMSR and RDPMC. Registers that Linux and firmware touch; unknown ones raise #GP(0). SDM Vol. 4
/// "Model-Specific Registers (MSRs)"; AMD64 APM Vol. 2 "MSR Cross-Reference".
public final class MsrOps {
  private MsrOps() {}

  static int run(Cpu cpu, long p, int op) {
    if (op == Ops.RDPMC) {
      if ((cpu.cr4 & Cpu.CR4_PCE) == 0 && cpu.cpl != 0) {
        throw cpu.gp();
      }
      throw cpu.gp(); // no performance counters
    }
    cpu.requireCpl0();
    int msr = Mem.get32(cpu.st + Cpu.RCX);
    if (op == Ops.RDMSR) {
      long v = read(cpu, msr);
      cpu.setReg32(Cpu.RAX, (int) v);
      cpu.setReg32(Cpu.RDX, (int) (v >>> 32));
    } else {
      write(cpu, msr, cpu.reg(Cpu.RAX) & 0xFFFF_FFFFL | cpu.reg(Cpu.RDX) << 32);
    }
    return Flow.endBlock(cpu, p);
  }

  private static long read(Cpu cpu, int msr) {
    Msrs m = cpu.msrs;
    if (msr >= 0x800 && msr <= 0x83F) {
      if (!cpu.apic.msrs().readable(msr)) {
        throw cpu.gp();
      }
      return cpu.apic.msrs().read(msr);
    }
    return switch (msr) {
      case 0x10 -> cpu.tsc();
      case 0x1B -> cpu.apic.base();
      case 0x17, 0x2A, 0xC1, 0xC2, 0x186, 0x187, 0xE7, 0xE8, 0xCE, 0x198, 0x199, 0x19A, 0x19B, 0x1D9, 0x1DB, 0x1DC,
          0x1DD, 0x1DE, 0x140, 0x34, 0x606, 0x611, 0x619, 0x639, 0x641, 0x64D -> 0;
      case 0x3A -> m.featureControl;
      case 0x3B -> m.tscAdjust;
      case 0x48 -> {
        requireSpecCtrl(cpu);
        yield m.specCtrl;
      }
      case 0x8B -> m.microcode;
      case 0xFE -> 0x508; // MTRRcap: 8 variable ranges, fixed ranges, write combining
      case 0x174 -> m.sysenterCs;
      case 0x175 -> m.sysenterEsp;
      case 0x176 -> m.sysenterEip;
      case 0x179 -> 0x100_0000 | 10; // MCG_CAP as QEMU has it: MCG_CTL_P, 10 banks
      case 0x17A -> m.mcgStatus;
      case 0x17B -> m.mcgCtl;
      case 0x1A0 -> m.miscEnable;
      case 0x277 -> m.pat;
      case 0x2FF -> m.mtrrDefType;
      case 0x6E0 -> cpu.apic.tscDeadline();
      case 0x6E1 -> {
        requireSupervisorKeys(cpu);
        yield m.pkrs & 0xFFFF_FFFFL;
      }
      case 0xDA0 -> m.xss;
      case 0xD90 -> {
        requireBounds(cpu);
        yield cpu.bounds.configSupervisor;
      }
      case 0xC000_0080 -> cpu.efer;
      case 0xC000_0081 -> m.star;
      case 0xC000_0082 -> m.lstar;
      case 0xC000_0083 -> m.cstar;
      case 0xC000_0084 -> m.fmask;
      case 0xC000_0100 -> cpu.base(Cpu.FS);
      case 0xC000_0101 -> cpu.base(Cpu.GS);
      case 0xC000_0102 -> cpu.reg(Cpu.KERNEL_GS);
      case 0xC000_0103 -> cpu.reg(Cpu.TSC_AUX);
      case 0xC001_0117 -> m.vmHsavePa;
      case 0xC001_0015, 0xC001_001F, 0xC001_0010, 0xC001_1029, 0xC001_0055, 0xC001_0114, 0xC001_0140, 0xC001_0141,
          0xC001_1020, 0xC001_1023, 0xC001_1022, 0xC001_102A, 0xC001_0071, 0xC001_0061, 0xC001_0062, 0xC001_0063 -> 0;
      default -> ranges(cpu, msr);
    };
  }

  private static long ranges(Cpu cpu, int msr) {
    Msrs m = cpu.msrs;
    if (msr >= 0x200 && msr < 0x210) {
      return m.mtrrPhys[msr - 0x200];
    }
    int fixed = fixedMtrr(msr);
    if (fixed >= 0) {
      return m.mtrrFix[fixed];
    }
    if (msr >= 0x400 && msr < 0x400 + m.mcBanks.length) {
      return m.mcBanks[msr - 0x400];
    }
    if (legacyCounter(cpu, msr)) {
      return 0;
    }
    throw unknown(cpu, msr, false);
  }

  private static GuestFault unknown(Cpu cpu, int msr, boolean write) {
    if (cpu.log != null) {
      cpu.log.unknownMsr(msr, write);
    }
    return cpu.gp();
  }

  private static int fixedMtrr(int msr) {
    return switch (msr) {
      case 0x250 -> 0;
      case 0x258 -> 1;
      case 0x259 -> 2;
      default -> msr >= 0x268 && msr <= 0x26F ? 3 + msr - 0x268 : -1;
    };
  }

  /// WRMSR, by the guest or by whoever stands in for its firmware.
  public static void write(Cpu cpu, int msr, long v) {
    Msrs m = cpu.msrs;
    if (msr >= 0x800 && msr <= 0x83F) {
      if (!cpu.apic.msrs().write(msr, v)) {
        throw cpu.gp();
      }
      return;
    }
    switch (msr) {
      case 0x10 -> {
        long change = v - cpu.tsc();
        moveTsc(cpu, change);
        m.tscAdjust += change;
      }
      case 0x1B -> {
        boolean x2 = cpu.features.has(CpuFeatures.Word.L1_ECX, 21);
        if ((v & ~(-1L >>> 64 - cpu.features.physBits())) != 0 || !cpu.apic.setBase(v, x2)) {
          throw cpu.gp();
        }
      }
      case 0x3A -> m.featureControl = v;
      case 0x3B -> {
        moveTsc(cpu, v - m.tscAdjust);
        m.tscAdjust = v;
      }
      case 0x48 -> {
        requireSpecCtrl(cpu);
        m.specCtrl = v;
      }
      case 0x49 -> requirePredictionBarrier(cpu);
      case 0x79, 0x8B, 0xC1, 0xC2, 0x186, 0x187, 0x199, 0x1D9, 0x38F, 0x140 -> {}
      case 0x174 -> {
        m.sysenterCs = v & 0xFFFF;
        SystemCalls.changed(cpu);
      }
      case 0x175 -> {
        m.sysenterEsp = canonical(cpu, v);
        SystemCalls.changed(cpu);
      }
      case 0x176 -> {
        m.sysenterEip = canonical(cpu, v);
        SystemCalls.changed(cpu);
      }
      case 0x17A -> m.mcgStatus = v;
      case 0x17B -> {
        if (v != 0 && v != -1) {
          throw cpu.gp();
        }
        m.mcgCtl = v;
      }
      case 0x1A0 -> m.miscEnable = v;
      case 0x277 -> {
        for (int i = 0; i < 8; i++) {
          int type = (int) (v >>> 8 * i) & 0xFF;
          if (type > 7 || type == 2 || type == 3) {
            throw cpu.gp();
          }
        }
        m.pat = v;
      }
      case 0x2FF -> m.mtrrDefType = v;
      case 0x6E0 -> cpu.apic.setTscDeadline(v);
      case 0x6E1 -> {
        requireSupervisorKeys(cpu);
        if (v >>> 32 != 0) {
          throw cpu.gp();
        }
        m.pkrs = (int) v;
        cpu.mmu.flush();
      }
      case 0xDA0 -> m.xss = v;
      case 0xD90 -> {
        requireBounds(cpu);
        if ((v & 0xFFC) != 0 || !Canonical.isAddress(cpu, v)) {
          throw cpu.gp();
        }
        cpu.bounds.configSupervisor = v;
        Bounds.configured(cpu);
      }
      case 0xC000_0080 -> setEfer(cpu, v);
      case 0xC000_0081 -> {
        m.star = v;
        SystemCalls.changed(cpu);
      }
      case 0xC000_0082 -> {
        m.lstar = canonical(cpu, v);
        SystemCalls.changed(cpu);
      }
      case 0xC000_0083 -> {
        m.cstar = canonical(cpu, v);
        SystemCalls.changed(cpu);
      }
      case 0xC000_0084 -> {
        m.fmask = v & 0xFFFF_FFFFL;
        SystemCalls.changed(cpu);
      }
      case 0xC000_0100 -> cpu.setBase(Cpu.FS, canonical(cpu, v));
      case 0xC000_0101 -> cpu.setBase(Cpu.GS, canonical(cpu, v));
      case 0xC000_0102 -> cpu.setReg(Cpu.KERNEL_GS, canonical(cpu, v));
      case 0xC000_0103 -> cpu.setReg(Cpu.TSC_AUX, v & 0xFFFF_FFFFL);
      case 0xC001_0117 -> m.vmHsavePa = v;
      case 0xC001_0015, 0xC001_001F, 0xC001_0010, 0xC001_1029, 0xC001_1020, 0xC001_1022, 0xC001_1023, 0xC001_102A,
          0xC001_0020 -> {}
      default -> writeRanges(cpu, msr, v);
    }
  }

  private static void moveTsc(Cpu cpu, long change) {
    cpu.setReg(Cpu.TSC_OFFSET, cpu.reg(Cpu.TSC_OFFSET) + change);
  }

  private static void writeRanges(Cpu cpu, int msr, long v) {
    Msrs m = cpu.msrs;
    int fixed = fixedMtrr(msr);
    if (msr >= 0x200 && msr < 0x210) {
      m.mtrrPhys[msr - 0x200] = v;
    } else if (fixed >= 0) {
      m.mtrrFix[fixed] = v;
    } else if (msr >= 0x400 && msr < 0x400 + m.mcBanks.length) {
      m.mcBanks[msr - 0x400] = checkedBank(cpu, msr, v);
    } else if (!legacyCounter(cpu, msr)) {
      throw unknown(cpu, msr, true);
    }
  }

  /// PERF_LEGACY_CTL0 to PERF_LEGACY_CTR3: there, but they count nothing and keep nothing. AMD64 APM Vol. 2 "Core
  /// Performance-Monitoring Counters".
  private static boolean legacyCounter(Cpu cpu, int msr) {
    return msr >= 0xC001_0000 && msr <= 0xC001_0007 && cpu.features.amd();
  }

  /// Banks are switched on or off as a whole, but AMD's error by error (Linux leaves one of theirs off); a status can only
  /// be cleared. SDM Vol. 3B "IA32_MCi_CTL MSRs", "IA32_MCi_STATUS MSRS"; AMD64 APM Vol. 2 "Machine-Check Miscellaneous
  /// and Control Registers".
  private static long checkedBank(Cpu cpu, int msr, long v) {
    int register = msr & 3;
    if (register == 0 && v != 0 && v != -1 && !cpu.features.amd() || register == 1 && v != 0) {
      throw cpu.gp();
    }
    return v;
  }

  /// IA32_SPEC_CTRL is there with one of what it controls: IBRS, STIBP, SSBD, by Intel's bits or AMD's. SDM Vol. 4
  /// "Architectural MSRs", AMD64 APM Vol. 3 "CPUID Fn8000_0008_EBX".
  private static void requireSpecCtrl(Cpu cpu) {
    CpuFeatures f = cpu.features;
    boolean intel = f.has(CpuFeatures.Word.L7_EDX, 26) || f.has(CpuFeatures.Word.L7_EDX, 27)
        || f.has(CpuFeatures.Word.L7_EDX, 31);
    boolean amd = f.has(CpuFeatures.Word.X8_EBX, 14) || f.has(CpuFeatures.Word.X8_EBX, 15)
        || f.has(CpuFeatures.Word.X8_EBX, 24);
    if (!intel && !amd) {
      throw cpu.gp();
    }
  }

  /// IA32_PRED_CMD is there with IBRS and IBPB of Intel or IBPB of AMD.
  private static void requirePredictionBarrier(Cpu cpu) {
    if (!cpu.features.has(CpuFeatures.Word.L7_EDX, 26) && !cpu.features.has(CpuFeatures.Word.X8_EBX, 12)) {
      throw cpu.gp();
    }
  }

  /// IA32_BNDCFGS is there with CPUID.7.0:EBX.MPX.
  private static void requireBounds(Cpu cpu) {
    if (!cpu.features.has(CpuFeatures.Word.L7_EBX, 14)) {
      throw cpu.gp();
    }
  }

  /// IA32_PKRS is there with CPUID.7.0:ECX.PKS. SDM Vol. 4 "Architectural MSRs".
  private static void requireSupervisorKeys(Cpu cpu) {
    if (!cpu.features.has(CpuFeatures.Word.L7_ECX, 31)) {
      throw cpu.gp();
    }
  }

  private static long canonical(Cpu cpu, long v) {
    if (!Canonical.isBase(cpu, v)) {
      throw cpu.gp();
    }
    return v;
  }

  /// Bits that this processor offers; the others are reserved.
  public static long eferAllowed(Cpu cpu) {
    CpuFeatures f = cpu.features;
    long allowed = Cpu.EFER_LMA;
    allowed |= f.has(CpuFeatures.Word.X1_EDX, 11) ? Cpu.EFER_SCE : 0;
    allowed |= f.has(CpuFeatures.Word.X1_EDX, 29) ? Cpu.EFER_LME : 0;
    allowed |= f.has(CpuFeatures.Word.X1_EDX, 20) ? Cpu.EFER_NXE : 0;
    allowed |= f.has(CpuFeatures.Word.X1_ECX, 2) ? Cpu.EFER_SVME : 0;
    allowed |= f.has(CpuFeatures.Word.X1_EDX, 25) ? Cpu.EFER_FFXSR : 0;
    return allowed;
  }

  /// SDM Vol. 3A "Extended Feature Enable Register".
  private static void setEfer(Cpu cpu, long v) {
    if ((v & ~eferAllowed(cpu)) != 0 || ((v ^ cpu.efer) & Cpu.EFER_LME) != 0 && (cpu.cr0 & Cpu.CR0_PG) != 0) {
      throw cpu.gp();
    }
    cpu.efer = v & ~(long) Cpu.EFER_LMA | cpu.efer & Cpu.EFER_LMA;
    cpu.mmu.flush();
    SystemCalls.changed(cpu);
    cpu.updateMode();
  }
}
