package thespis.cpu.exec;

import thespis.cpu.decode.Ops;
import thespis.cpu.mmu.Mem;
import thespis.cpu.mmu.Mmu;
import thespis.cpu.state.BoundRegisters;
import thespis.cpu.state.Cpu;
import thespis.cpu.state.CpuFeatures.Word;
import thespis.cpu.state.GuestFault;

/// XSAVE, XSAVEOPT, XSAVEC, XRSTOR, XGETBV and XSETBV for x87, SSE, AVX, MPX and PKRU state. SDM Vol. 1 "Managing State
/// Using the XSAVE Feature Set". No component is tracked for being in its initial configuration: what is asked for counts
/// as in use, as in QEMU. XSAVES and XRSTORS are not there.
public final class Xsave {
  static final int X87 = 1;
  static final int SSE = 2;
  static final int AVX = 4;
  static final int BNDREGS = 8;
  static final int BNDCSR = 0x10;
  static final int PKRU = 0x200;

  /// Components this core has.
  private static final int KNOWN = X87 | SSE | AVX | BNDREGS | BNDCSR | PKRU;

  private static final int HEADER = 512;
  private static final int HEADER_BYTES = 64;
  private static final int AVX_AT = HEADER + HEADER_BYTES;
  private static final int AVX_BYTES = 256;
  private static final long COMPACT = Long.MIN_VALUE;

  private Xsave() {}

  static int run(Cpu cpu, long p, int op) {
    switch (op) {
      case Ops.XGETBV -> getBv(cpu);
      case Ops.XSETBV -> {
        setBv(cpu);
        return Flow.endBlock(cpu, p);
      }
      case Ops.XSAVE, Ops.XSAVEOPT, Ops.XSAVEC -> save(cpu, p, op);
      case Ops.XRSTOR -> {
        restore(cpu, p);
        return Flow.endBlock(cpu, p);
      }
      default -> throw cpu.ud();
    }
    return Flow.NEXT;
  }

  private static long xcr0(Cpu cpu) {
    return Mem.get64(cpu.st + Cpu.XCR0);
  }

  private static void requireOsxsave(Cpu cpu) {
    if ((cpu.cr4 & Cpu.CR4_OSXSAVE) == 0) {
      throw cpu.ud();
    }
  }

  private static void getBv(Cpu cpu) {
    requireOsxsave(cpu);
    long ecx = cpu.reg(Cpu.RCX) & 0xFFFF_FFFFL;
    if (ecx > 1 || (ecx == 1 && !cpu.features.has(Word.XD1_EAX, 2))) {
      throw cpu.gp();
    }
    cpu.setReg32(Cpu.RAX, (int) xcr0(cpu));
    cpu.setReg32(Cpu.RDX, (int) (xcr0(cpu) >>> 32));
  }

  private static void setBv(Cpu cpu) {
    requireOsxsave(cpu);
    cpu.requireCpl0();
    long v = cpu.reg(Cpu.RAX) & 0xFFFF_FFFFL | cpu.reg(Cpu.RDX) << 32;
    if ((int) cpu.reg(Cpu.RCX) != 0 || !mayBeXcr0(cpu, v)) {
      throw cpu.gp();
    }
    Mem.put64(cpu.st + Cpu.XCR0, v);
    Bounds.configured(cpu);
  }

  /// What XSETBV accepts, and with it what the register can hold.
  public static boolean mayBeXcr0(Cpu cpu, long v) {
    int[] leaf = new int[4];
    cpu.features.cpuid(0xD, 0, cpu, leaf);
    long allowed = leaf[0] & KNOWN | X87;
    return (v & X87) != 0 && (v & ~allowed) == 0 && (v & (SSE | AVX)) != AVX
        && ((v & Bounds.COMPONENTS) == 0 || (v & Bounds.COMPONENTS) == Bounds.COMPONENTS);
  }

  private static long operand(Cpu cpu, long p, int bytes, boolean write) {
    requireOsxsave(cpu);
    if ((cpu.cr0 & Cpu.CR0_TS) != 0) {
      throw cpu.raise(GuestFault.NM);
    }
    long la = Operands.linear(cpu, p, bytes, write);
    if ((la & 63) != 0) {
      throw cpu.gp();
    }
    return la;
  }

  /// Components asked for: EDX:EAX and XCR0.
  private static long requested(Cpu cpu) {
    return (cpu.reg(Cpu.RAX) & 0xFFFF_FFFFL | cpu.reg(Cpu.RDX) << 32) & xcr0(cpu);
  }

  private static void save(Cpu cpu, long p, int op) {
    boolean compact = op == Ops.XSAVEC;
    if (op != Ops.XSAVE && !cpu.features.has(Word.XD1_EAX, compact ? 1 : 0)) {
      throw cpu.ud();
    }
    long components = requested(cpu);
    int bytes = end(components, compact);
    long la = operand(cpu, p, bytes, true);
    cpu.mmu.checkWrite(la, bytes);
    StateImage.open(cpu, la, bytes, Mmu.STORE);
    if ((components & X87) != 0) {
      Fxsave.saveX87(cpu, p, la);
    }
    if ((components & SSE) != 0 || (!compact && (components & AVX) != 0)) {
      Fxsave.saveMxcsr(cpu, la);
    }
    if ((components & SSE) != 0) {
      Fxsave.saveXmm(cpu, la);
    }
    if ((components & AVX) != 0) {
      for (int n = 0; n < registers(cpu); n++) {
        long a = Vectors.xmm(cpu, n) + 16;
        StateImage.put64(cpu, la + AVX_AT + 16L * n, Mem.get64(a));
        StateImage.put64(cpu, la + AVX_AT + 16L * n + 8, Mem.get64(a + 8));
      }
    }
    saveBounds(cpu, la, components, compact);
    if ((components & PKRU) != 0) {
      StateImage.put64(cpu, la + at(PKRU, components, compact), cpu.pkru & 0xFFFF_FFFFL);
    }
    if (compact) {
      StateImage.put64(cpu, la + HEADER, components);
      StateImage.put64(cpu, la + HEADER + 8, components | COMPACT);
      for (int i = 16; i < HEADER_BYTES; i += 8) {
        StateImage.put64(cpu, la + HEADER + i, 0);
      }
    } else {
      StateImage.put64(cpu, la + HEADER, StateImage.get64(cpu, la + HEADER) & ~components | components);
    }
  }

  /// The components behind the header, in order.
  private enum Area {
    YMM(AVX, AVX_AT, AVX_BYTES),
    REGISTERS(BNDREGS, 0x3C0, 64),
    CONTROL(BNDCSR, 0x400, 64),
    KEYS(PKRU, 0xA80, 8);

    private static final Area[] ALL = values();

    final int component;
    final int offset;
    final int bytes;

    Area(int component, int offset, int bytes) {
      this.component = component;
      this.offset = offset;
      this.bytes = bytes;
    }
  }

  /// Where a component lies. In the compacted format those that are held follow each other: SDM Vol. 1 "Compacted Form of
  /// the Extended Region of an XSAVE Area".
  private static int at(int component, long held, boolean compact) {
    int next = AVX_AT;
    for (Area area : Area.ALL) {
      if (area.component == component) {
        return compact ? next : area.offset;
      }
      next += (held & area.component) != 0 ? area.bytes : 0;
    }
    return next;
  }

  /// Where the last of these components ends.
  private static int end(long components, boolean compact) {
    int end = AVX_AT;
    for (Area area : Area.ALL) {
      if ((components & area.component) != 0) {
        end = at(area.component, components, compact) + area.bytes;
      }
    }
    return end;
  }

  private static void saveBounds(Cpu cpu, long la, long components, boolean compact) {
    BoundRegisters b = cpu.bounds;
    if ((components & BNDREGS) != 0) {
      long to = la + at(BNDREGS, components, compact);
      for (int n = 0; n < BoundRegisters.COUNT; n++) {
        StateImage.put64(cpu, to + 16 * n, b.lower[n]);
        StateImage.put64(cpu, to + 16 * n + 8, b.upper[n]);
      }
    }
    if ((components & BNDCSR) != 0) {
      long to = la + at(BNDCSR, components, compact);
      StateImage.put64(cpu, to, b.configUser);
      StateImage.put64(cpu, to + 8, b.status);
    }
  }

  private static void restoreBounds(Cpu cpu, long la, long components, long present, long held, boolean compact) {
    BoundRegisters b = cpu.bounds;
    if ((components & BNDREGS) != 0) {
      long from = la + at(BNDREGS, held, compact);
      boolean there = (present & BNDREGS) != 0;
      for (int n = 0; n < BoundRegisters.COUNT; n++) {
        b.lower[n] = there ? StateImage.get64(cpu, from + 16 * n) : 0;
        b.upper[n] = there ? StateImage.get64(cpu, from + 16 * n + 8) : 0;
      }
    }
    if ((components & BNDCSR) != 0) {
      long from = la + at(BNDCSR, held, compact);
      boolean there = (present & BNDCSR) != 0;
      b.configUser = there ? StateImage.get64(cpu, from) : 0;
      b.status = there ? StateImage.get64(cpu, from + 8) : 0;
      Bounds.configured(cpu);
    }
  }

  private static int registers(Cpu cpu) {
    return cpu.code64() ? 16 : 8;
  }

  private static void restore(Cpu cpu, long p) {
    long la = operand(cpu, p, AVX_AT, false);
    long components = requested(cpu);
    StateImage.open(cpu, la, end(xcr0(cpu), false), Mmu.LOAD);
    long present = StateImage.get64(cpu, la + HEADER);
    long format = StateImage.get64(cpu, la + HEADER + 8);
    boolean compact = format < 0;
    long held = compact ? format & ~COMPACT : xcr0(cpu);
    boolean reserved = compact ? !cpu.features.has(Word.XD1_EAX, 1) : format != 0;
    for (int i = 16; i < (compact ? HEADER_BYTES : 24); i += 8) {
      reserved |= StateImage.get64(cpu, la + HEADER + i) != 0;
    }
    if (reserved || (present & ~held) != 0 || (held & ~xcr0(cpu)) != 0) {
      throw cpu.gp();
    }
    boolean avx = (components & AVX) != 0 && (present & AVX) != 0;
    if (avx) {
      cpu.mmu.load8(la + AVX_AT + AVX_BYTES - 1);
    }
    int keys = (components & present & PKRU) != 0 ? StateImage.get32(cpu, la + at(PKRU, held, compact)) : 0;
    boolean mxcsr = (components & SSE) != 0 ? !compact || (present & SSE) != 0 : !compact && (components & AVX) != 0;
    if (mxcsr) {
      Fxsave.checkMxcsr(cpu, StateImage.get32(cpu, la + Fxsave.MXCSR_AT));
      Mem.put32(cpu.st + Cpu.MXCSR, StateImage.get32(cpu, la + Fxsave.MXCSR_AT));
    } else if ((components & SSE) != 0) {
      Mem.put32(cpu.st + Cpu.MXCSR, SseControl.RESET);
    }
    if ((components & X87) != 0) {
      restoreX87(cpu, p, la, (present & X87) != 0);
    }
    if ((components & SSE) != 0) {
      if ((present & SSE) != 0) {
        Fxsave.restoreXmm(cpu, la);
      } else {
        Fxsave.clearXmm(cpu);
      }
    }
    if ((components & AVX) != 0) {
      for (int n = 0; n < registers(cpu); n++) {
        Vectors.set(Vectors.xmm(cpu, n) + 16, avx ? StateImage.get64(cpu, la + AVX_AT + 16L * n) : 0,
            avx ? StateImage.get64(cpu, la + AVX_AT + 16L * n + 8) : 0);
      }
    }
    restoreBounds(cpu, la, components, present, held, compact);
    if ((components & PKRU) != 0) {
      SystemOps.setPkru(cpu, keys);
    }
  }

  private static void restoreX87(Cpu cpu, long p, long la, boolean present) {
    if (present) {
      Fxsave.restoreX87(cpu, p, la);
      return;
    }
    X87State.init(cpu);
    for (int n = 0; n < 8; n++) {
      Vectors.set(cpu.st + Cpu.FPR + 16L * n, 0, 0);
    }
  }
}
