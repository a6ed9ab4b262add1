package thespis.cpu.exec;

import thespis.cpu.decode.Op;
import thespis.cpu.decode.Ops;
import thespis.cpu.mmu.Canonical;
import thespis.cpu.mmu.Mem;
import thespis.cpu.mmu.Segmentation;
import thespis.cpu.run.Exit;
import thespis.cpu.state.Cpu;
import thespis.cpu.state.CpuFeatures;
import thespis.cpu.state.GuestFault;

/// System instructions: descriptor tables, control and debug registers, flags, halting, cache and TLB control, CPUID and
/// friends. SDM Vol. 3A "System Instruction Summary". MSRs are in {@link MsrOps}, ports in {@link Ports}.
public final class SystemOps {
  private SystemOps() {}

  public static int run(Cpu cpu, long p, int op) {
    switch (op) {
      case Ops.IN, Ops.OUT, Ops.IN_IMM, Ops.OUT_IMM -> {
        return Ports.run(cpu, p, op);
      }
      case Ops.CLC -> Flags.setArithmetic(cpu, Flags.arithmetic(cpu) & ~Cpu.CF);
      case Ops.STC -> Flags.setArithmetic(cpu, Flags.arithmetic(cpu) | Cpu.CF);
      case Ops.CMC -> Flags.setArithmetic(cpu, Flags.arithmetic(cpu) ^ Cpu.CF);
      case Ops.CLD -> Flags.setSystem(cpu, Cpu.DF, 0);
      case Ops.STD -> Flags.setSystem(cpu, Cpu.DF, Cpu.DF);
      case Ops.CLI, Ops.STI -> {
        return interruptFlag(cpu, p, op == Ops.STI);
      }
      case Ops.HLT -> {
        cpu.requireCpl0();
        cpu.halted = true;
        return Flow.exit(cpu, p, Exit.HALTED);
      }
      case Ops.PAUSE -> {
        cpu.clock.serveDue();
        return Flow.exit(cpu, p, Exit.YIELD);
      }
      case Ops.CPUID -> {
        cpu.features.cpuid(Mem.get32(cpu.st + Cpu.RAX), Mem.get32(cpu.st + Cpu.RCX), cpu, cpu.cpuid);
        cpu.setReg32(Cpu.RAX, cpu.cpuid[0]);
        cpu.setReg32(Cpu.RBX, cpu.cpuid[1]);
        cpu.setReg32(Cpu.RCX, cpu.cpuid[2]);
        cpu.setReg32(Cpu.RDX, cpu.cpuid[3]);
        return Flow.endBlock(cpu, p);
      }
      case Ops.RDTSC, Ops.RDTSCP -> {
        return rdtsc(cpu, p, op);
      }
      case Ops.WRMSR, Ops.RDMSR, Ops.RDPMC -> {
        return MsrOps.run(cpu, p, op);
      }
      case Ops.FENCE -> Mem.fullFence();
      case Ops.CLFLUSH -> cpu.mmu.load8(Operands.linear(cpu, p, 1, false));
      case Ops.INVD, Ops.WBINVD -> {
        cpu.requireCpl0();
        return Flow.endBlock(cpu, p);
      }
      case Ops.MONITOR -> {
        requireMonitor(cpu);
        cpu.monitorAddress = cpu.reg(Cpu.RAX);
      }
      case Ops.MWAIT -> {
        requireMonitor(cpu);
        cpu.monitorAddress = -1; // as QEMU's TCG: a hint that work may be elsewhere
        return Flow.exit(cpu, p, Exit.YIELD);
      }
      default -> {
        return protection(cpu, p, op);
      }
    }
    return Flow.NEXT;
  }

  private static void requireMonitor(Cpu cpu) {
    if (!cpu.features.has(CpuFeatures.Word.L1_ECX, 3) || cpu.cpl != 0) {
      throw cpu.ud();
    }
  }

  /// SDM Vol. 2A "CLI", Vol. 2B "STI".
  private static int interruptFlag(Cpu cpu, long p, boolean set) {
    if (cpu.protectedMode() && cpu.iopl() < cpu.cpl || cpu.vm86() && cpu.iopl() < 3) {
      throw cpu.gp();
    }
    boolean was = cpu.flag(Cpu.IF);
    Flags.setSystem(cpu, Cpu.IF, set ? Cpu.IF : 0);
    if (set && !was) {
      cpu.interruptShadow = true;
      cpu.attention();
      return Flow.endBlock(cpu, p);
    }
    return Flow.NEXT;
  }

  private static int rdtsc(Cpu cpu, long p, int op) {
    if ((cpu.cr4 & Cpu.CR4_TSD) != 0 && cpu.cpl != 0) {
      throw cpu.gp();
    }
    if (op == Ops.RDTSCP) {
      if (!cpu.features.has(CpuFeatures.Word.X1_EDX, 27)) {
        throw cpu.ud();
      }
      cpu.setReg32(Cpu.RCX, Mem.get32(cpu.st + Cpu.TSC_AUX));
    }
    cpu.clock.serveDue();
    long t = cpu.tsc();
    cpu.setReg32(Cpu.RAX, (int) t);
    cpu.setReg32(Cpu.RDX, (int) (t >>> 32));
    return Flow.endBlock(cpu, p);
  }

  private static int protection(Cpu cpu, long p, int op) {
    switch (op) {
      case Ops.LDS, Ops.LES, Ops.LFS, Ops.LGS, Ops.LSS -> {
        loadFar(cpu, p, POINTED[op - Ops.LDS]);
        return Flow.endBlock(cpu, p);
      }
      case Ops.SLDT -> store(cpu, p, cpu.selector(Cpu.LDTR));
      case Ops.STR -> store(cpu, p, cpu.selector(Cpu.TR));
      case Ops.SMSW -> store(cpu, p, cpu.cr0 & 0xFFFF_FFFFL);
      case Ops.LLDT -> {
        lldt(cpu, p);
        return Flow.endBlock(cpu, p);
      }
      case Ops.LTR -> {
        ltr(cpu, p);
        return Flow.endBlock(cpu, p);
      }
      case Ops.VERR, Ops.VERW, Ops.LAR, Ops.LSL -> Verify.run(cpu, p, op);
      case Ops.ARPL -> arpl(cpu, p);
      case Ops.SGDT -> storeTable(cpu, p, cpu.gdtBase(), cpu.gdtLimit());
      case Ops.SIDT -> storeTable(cpu, p, cpu.idtBase, cpu.idtLimit);
      case Ops.LGDT, Ops.LIDT -> {
        loadTable(cpu, p, op == Ops.LGDT);
        return Flow.endBlock(cpu, p);
      }
      case Ops.LMSW -> {
        cpu.requireCpl0();
        int v = (int) Operands.dst(cpu, p) & 0xF;
        ControlRegisters.setCr0(cpu, (cpu.cr0 & ~0xE | v) & 0xFFFF_FFFFL);
        return Flow.endBlock(cpu, p);
      }
      case Ops.CLTS -> {
        cpu.requireCpl0();
        cpu.cr0 &= ~Cpu.CR0_TS;
        return Flow.endBlock(cpu, p);
      }
      case Ops.MOV_FROM_CR -> ControlRegisters.read(cpu, p);
      case Ops.MOV_TO_CR -> {
        ControlRegisters.write(cpu, p);
        return Flow.endBlock(cpu, p);
      }
      case Ops.MOV_FROM_DR -> ControlRegisters.readDebug(cpu, p);
      case Ops.MOV_TO_DR -> {
        ControlRegisters.writeDebug(cpu, p);
        return Flow.endBlock(cpu, p);
      }
      case Ops.INVLPG -> {
        cpu.requireCpl0();
        cpu.mmu.flushPage(Operands.offset(cpu, p) + cpu.base(Op.legacy(p) || Op.seg(p) < 6 ? Op.seg(p) : Cpu.DS));
        return Flow.endBlock(cpu, p);
      }
      case Ops.INVPCID -> {
        invpcid(cpu, p);
        return Flow.endBlock(cpu, p);
      }
      case Ops.SWAPGS -> {
        cpu.requireCpl0();
        long gs = cpu.base(Cpu.GS);
        cpu.setBase(Cpu.GS, cpu.reg(Cpu.KERNEL_GS));
        cpu.setReg(Cpu.KERNEL_GS, gs);
      }
      case Ops.CLAC, Ops.STAC -> {
        if (cpu.cpl != 0 || !cpu.features.has(CpuFeatures.Word.L7_EBX, 20)) {
          throw cpu.ud();
        }
        Flags.setSystem(cpu, Cpu.AC, op == Ops.STAC ? Cpu.AC : 0);
        cpu.mmu.privilegeChanged();
        return Flow.endBlock(cpu, p);
      }
      default -> {
        return misc(cpu, p, op);
      }
    }
    return Flow.NEXT;
  }

  private static int misc(Cpu cpu, long p, int op) {
    switch (op) {
      case Ops.RDFSBASE, Ops.RDGSBASE, Ops.WRFSBASE, Ops.WRGSBASE -> {
        if ((cpu.cr4 & Cpu.CR4_FSGSBASE) == 0) {
          throw cpu.ud();
        }
        int seg = op == Ops.RDFSBASE || op == Ops.WRFSBASE ? Cpu.FS : Cpu.GS;
        if (op == Ops.RDFSBASE || op == Ops.RDGSBASE) {
          Operands.setDst(cpu, p, cpu.base(seg));
        } else {
          long v = Flags.zext(Operands.dst(cpu, p), Op.size(p));
          if (!Canonical.isBase(cpu, v)) {
            throw cpu.gp();
          }
          cpu.setBase(seg, v);
        }
      }
      case Ops.RDRAND, Ops.RDSEED -> {
        boolean have = op == Ops.RDRAND ? cpu.features.has(CpuFeatures.Word.L1_ECX, 30)
            : cpu.features.has(CpuFeatures.Word.L7_EBX, 18);
        if (!have) {
          throw cpu.ud();
        }
        Operands.setDst(cpu, p, java.util.concurrent.ThreadLocalRandom.current().nextLong());
        Flags.setArithmetic(cpu, Cpu.CF);
      }
      case Ops.RDPID -> {
        if (!cpu.features.has(CpuFeatures.Word.L7_ECX, 22)) {
          throw cpu.ud();
        }
        Operands.writeReg(cpu, Op.dst(p), cpu.code64() ? 3 : 2, cpu.reg(Cpu.TSC_AUX));
      }
      case Ops.RDPKRU -> {
        requireKeys(cpu);
        cpu.setReg32(Cpu.RAX, cpu.pkru);
        cpu.setReg32(Cpu.RDX, 0);
      }
      case Ops.WRPKRU -> {
        requireKeys(cpu);
        if (Mem.get32(cpu.st + Cpu.RDX) != 0) {
          throw cpu.gp();
        }
        setPkru(cpu, Mem.get32(cpu.st + Cpu.RAX));
        return Flow.endBlock(cpu, p);
      }
      case Ops.BNDMK, Ops.BNDCL, Ops.BNDCU, Ops.BNDCN, Ops.BNDMOV_LOAD, Ops.BNDMOV_STORE, Ops.BNDLDX, Ops.BNDSTX -> {
        return Bounds.run(cpu, p, op);
      }
      case Ops.SERIALIZE, Ops.VMMCALL, Ops.RSM -> throw cpu.ud();
      default -> throw new IllegalStateException("not a system operation: " + Ops.name(op));
    }
    return Flow.NEXT;
  }

  /// SDM Vol. 2B "RDPKRU", Vol. 2D "WRPKRU".
  private static void requireKeys(Cpu cpu) {
    if ((cpu.cr4 & Cpu.CR4_PKE) == 0) {
      throw cpu.ud();
    }
    if (Mem.get32(cpu.st + Cpu.RCX) != 0) {
      throw cpu.gp();
    }
  }

  /// What pages allow may change, and translations remember that.
  static void setPkru(Cpu cpu, int rights) {
    if (rights != cpu.pkru) {
      cpu.pkru = rights;
      cpu.mmu.flush();
    }
  }

  /// UMIP: these stores are #GP above CPL 0. SDM Vol. 3A "User-Mode Instruction Prevention (UMIP)".
  private static void umip(Cpu cpu) {
    if ((cpu.cr4 & Cpu.CR4_UMIP) != 0 && cpu.cpl != 0) {
      throw cpu.gp();
    }
  }

  private static void store(Cpu cpu, long p, long v) {
    umip(cpu);
    Operands.setDst(cpu, p, v);
  }

  private static void storeTable(Cpu cpu, long p, long base, int limit) {
    umip(cpu);
    long at = Operands.offset(cpu, p);
    int bytes = cpu.code64() ? 10 : 6;
    long la = Operands.linear(cpu, p, at, bytes, true);
    cpu.mmu.checkWrite(la, bytes);
    cpu.mmu.store16(la, (short) limit);
    cpu.mmu.store(la + 2, cpu.code64() ? 3 : 2, base);
  }

  private static void loadTable(Cpu cpu, long p, boolean gdt) {
    cpu.requireCpl0();
    long at = Operands.offset(cpu, p);
    long la = Operands.linear(cpu, p, at, cpu.code64() ? 10 : 6, false);
    int limit = cpu.mmu.load16(la) & 0xFFFF;
    long base = cpu.mmu.load(la + 2, cpu.code64() ? 3 : 2);
    if (!cpu.code64()) {
      base &= Op.size(p) == 1 ? 0xFF_FFFFL : 0xFFFF_FFFFL;
    } else if (!Canonical.isBase(cpu, base)) {
      throw cpu.gp();
    }
    if (gdt) {
      cpu.setGdt(base, limit);
    } else {
      cpu.idtBase = base;
      cpu.idtLimit = limit;
    }
  }

  /// The segment registers of LDS, LES, LFS, LGS, LSS.
  private static final int[] POINTED = {Cpu.DS, Cpu.ES, Cpu.FS, Cpu.GS, Cpu.SS};

  private static void loadFar(Cpu cpu, long p, int seg) {
    int size = Op.size(p);
    long at = Operands.offset(cpu, p);
    long offset = cpu.mmu.load(Operands.linear(cpu, p, at, 1 << size, false), size);
    int selector = cpu.mmu.load16(Operands.linear(cpu, p, at + (1 << size), 2, false)) & 0xFFFF;
    Segmentation.loadData(cpu, seg, selector);
    Operands.writeReg(cpu, Op.dst(p), size, offset);
  }

  /// In IA-32e mode LDT and TSS descriptors are 16 bytes. SDM Vol. 3A "TSS Descriptor in 64-bit mode".
  private static void loadSystem(Cpu cpu, int seg, int selector, long d) {
    if (!cpu.longMode()) {
      Segmentation.load(cpu, seg, selector, d);
      return;
    }
    long la = Segmentation.descriptorAddress(cpu, selector, 15, GuestFault.GP);
    long high = cpu.mmu.system.load(la + 8, 3);
    long base = Segmentation.baseOf(d) & 0xFFFF_FFFFL | high << 32;
    if (!Canonical.isBase(cpu, base)) {
      throw cpu.gp(selector & 0xFFFC);
    }
    Segmentation.load(cpu, seg, selector, d);
    cpu.setBase(seg, base);
  }

  private static void lldt(Cpu cpu, long p) {
    cpu.requireCpl0();
    int selector = (int) Operands.dst(cpu, p) & 0xFFFF;
    if ((selector & 0xFFFC) == 0) {
      Segmentation.loadNull(cpu, Cpu.LDTR, selector);
      return;
    }
    if ((selector & 4) != 0) {
      throw cpu.gp(selector & 0xFFFC);
    }
    long d = Segmentation.descriptor(cpu, selector, GuestFault.GP);
    int attr = Segmentation.attributes(d);
    if ((attr & 0x1F) != 2) {
      throw cpu.gp(selector & 0xFFFC);
    }
    if ((attr & Cpu.ATTR_P) == 0) {
      throw cpu.raise(GuestFault.NP, selector & 0xFFFC);
    }
    loadSystem(cpu, Cpu.LDTR, selector, d);
  }

  private static void ltr(Cpu cpu, long p) {
    cpu.requireCpl0();
    int selector = (int) Operands.dst(cpu, p) & 0xFFFF;
    if ((selector & 0xFFFC) == 0 || (selector & 4) != 0) {
      throw cpu.gp(selector & 0xFFFC);
    }
    long d = Segmentation.descriptor(cpu, selector, GuestFault.GP);
    int attr = Segmentation.attributes(d);
    int type = attr & 0x1F;
    if (type != 9 && (type != 1 || cpu.longMode())) {
      throw cpu.gp(selector & 0xFFFC);
    }
    if ((attr & Cpu.ATTR_P) == 0) {
      throw cpu.raise(GuestFault.NP, selector & 0xFFFC);
    }
    loadSystem(cpu, Cpu.TR, selector, d | 1L << 41);
    long la = Segmentation.descriptorAddress(cpu, selector, 7, GuestFault.GP);
    cpu.mmu.system.store(la + 5, 0, (d >>> 40 & 0xFF) | 2);
  }

  private static void arpl(Cpu cpu, long p) {
    long a = Operands.dstForUpdate(cpu, p);
    long b = Operands.src(cpu, p);
    boolean raise = (a & 3) < (b & 3);
    if (raise) {
      Operands.setDst(cpu, p, a & ~3L | b & 3);
    }
    Flags.setArithmetic(cpu, Flags.arithmetic(cpu) & ~Cpu.ZF | (raise ? Cpu.ZF : 0));
  }

  /// SDM Vol. 2A "INVPCID": every type flushes all, since translations carry no PCID here.
  private static void invpcid(Cpu cpu, long p) {
    if (!cpu.features.has(CpuFeatures.Word.L7_EBX, 10)) {
      throw cpu.ud();
    }
    cpu.requireCpl0();
    long type = Flags.zext(Operands.readReg(cpu, Op.dst(p), Op.size(p)), Op.size(p));
    long la = Operands.linear(cpu, p, 16, false);
    long id = cpu.mmu.load64(la);
    long address = cpu.mmu.load64(la + 8);
    boolean one = type < 2;
    if (type > 3 || id >>> 12 != 0 || one && id != 0 && (cpu.cr4 & Cpu.CR4_PCIDE) == 0
        || type == 0 && !Canonical.isBase(cpu, address)) {
      throw cpu.gp();
    }
    cpu.mmu.flush();
  }

  /// VERR, VERW, LAR, LSL: ZF tells whether the selector could be used. SDM Vol. 2B "LAR", "LSL", "VERR/VERW".
  private static final class Verify {
    static void run(Cpu cpu, long p, int op) {
      boolean dstForm = op == Ops.VERR || op == Ops.VERW;
      int selector = (int) (dstForm ? Operands.dst(cpu, p) : Operands.src(cpu, p)) & 0xFFFF;
      long d = fetch(cpu, selector);
      boolean ok = d != 0 && allowed(cpu, op, selector, Segmentation.attributes(d));
      if (ok && op == Ops.LAR) {
        Operands.setDst(cpu, p, d >>> 32 & 0xF0_FF00L);
      } else if (ok && op == Ops.LSL) {
        Operands.setDst(cpu, p, Segmentation.limitOf(d) & 0xFFFF_FFFFL);
      }
      Flags.setArithmetic(cpu, Flags.arithmetic(cpu) & ~Cpu.ZF | (ok ? Cpu.ZF : 0));
    }

    /// 0 if there is no such descriptor.
    private static long fetch(Cpu cpu, int selector) {
      if ((selector & 0xFFFC) == 0) {
        return 0;
      }
      boolean local = (selector & 4) != 0;
      long limit = local ? cpu.limit[Cpu.LDTR] & 0xFFFF_FFFFL : cpu.gdtLimit();
      if ((selector & 0xFFF8) + 7 > limit || local && (cpu.attr[Cpu.LDTR] & Cpu.ATTR_UNUSABLE) != 0) {
        return 0;
      }
      return Segmentation.descriptor(cpu, selector, GuestFault.GP);
    }

    private static boolean allowed(Cpu cpu, int op, int selector, int attr) {
      boolean plain = (attr & Cpu.ATTR_S) != 0;
      boolean code = (attr & 8) != 0;
      boolean conforming = plain && (attr & 0x0C) == 0x0C;
      int dpl = Segmentation.dpl(attr);
      if (!conforming && (cpu.cpl > dpl || (selector & 3) > dpl)) {
        return false;
      }
      if (op == Ops.VERR) {
        return plain && (!code || (attr & 2) != 0);
      }
      if (op == Ops.VERW) {
        return plain && !code && (attr & 2) != 0;
      }
      if (plain) {
        return true;
      }
      int type = attr & 0xF;
      boolean tssOrLdt = type == 2 || type == 9 || type == 0xB || !cpu.longMode() && (type == 1 || type == 3);
      boolean gate = type == 0xC || !cpu.longMode() && (type == 4 || type == 5);
      return tssOrLdt || op == Ops.LAR && gate;
    }
  }
}
