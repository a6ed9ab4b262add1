package thespis.cpu.exec;

import thespis.cpu.decode.Op;
import thespis.cpu.mmu.Mem;
import thespis.cpu.state.Cpu;
import thespis.cpu.state.GuestFault;

/// Operands of MMX and SSE instructions, and what must hold before one may run. SDM Vol. 3A "System Programming for
/// Instruction Set Extensions and Processor Extended States", "Intel MMX Technology System Programming". A 128-bit
/// source is handed on as the host address of its 16 bytes: the register itself, or {@link Cpu#VECTOR_TEMP} with a copy of
/// the memory operand, so that every fault of the load comes before anything changes.
final class Vectors {
  private Vectors() {}

  /// #UD under CR0.EM or without CR4.OSFXSR, #NM under CR0.TS.
  static void requireSse(Cpu cpu) {
    if ((cpu.cr0 & (Cpu.CR0_EM | Cpu.CR0_TS)) != 0 || (cpu.cr4 & Cpu.CR4_OSFXSR) == 0) {
      if ((cpu.cr0 & Cpu.CR0_EM) != 0 || (cpu.cr4 & Cpu.CR4_OSFXSR) == 0) {
        throw cpu.ud();
      }
      throw cpu.raise(GuestFault.NM);
    }
  }

  /// #UD under CR0.EM, #NM under CR0.TS, #MF for a pending x87 exception.
  static void requireMmx(Cpu cpu) {
    if ((cpu.cr0 & Cpu.CR0_EM) != 0) {
      throw cpu.ud();
    }
    if ((cpu.cr0 & Cpu.CR0_TS) != 0) {
      throw cpu.raise(GuestFault.NM);
    }
    X87State.deliverPending(cpu);
  }

  static long xmm(Cpu cpu, int n) {
    return cpu.st + Cpu.XMM + 32L * n;
  }

  static long dst(Cpu cpu, long p) {
    return xmm(cpu, Op.dst(p));
  }

  /// XMM register or 16 aligned bytes; #GP(0) if they are not.
  static long source(Cpu cpu, long p) {
    if (Op.srcKind(p) == Op.KIND_REG) {
      return xmm(cpu, Op.src(p));
    }
    long la = Operands.linear(cpu, p, 16, false);
    requireAligned(cpu, la);
    return load(cpu, la);
  }

  static void requireAligned(Cpu cpu, long la) {
    if ((la & 15) != 0) {
      throw cpu.gp();
    }
  }

  static long sourceUnaligned(Cpu cpu, long p) {
    if (Op.srcKind(p) == Op.KIND_REG) {
      return xmm(cpu, Op.src(p));
    }
    return load(cpu, Operands.linear(cpu, p, 16, false));
  }

  private static long load(Cpu cpu, long la) {
    long t = cpu.st + Cpu.VECTOR_TEMP;
    long lo = cpu.mmu.load64(la);
    Mem.put64(t + 8, cpu.mmu.load64(la + 8));
    Mem.put64(t, lo);
    return t;
  }

  static void store(Cpu cpu, long la, long lo, long hi) {
    cpu.mmu.checkWrite(la, 16);
    cpu.mmu.store64(la, lo);
    cpu.mmu.store64(la + 8, hi);
  }

  static void set(long at, long lo, long hi) {
    Mem.put64(at, lo);
    Mem.put64(at + 8, hi);
  }

  /// Low 64 bits of an XMM register, or 8 bytes of memory.
  static long source64(Cpu cpu, long p) {
    if (Op.srcKind(p) == Op.KIND_REG) {
      return Mem.get64(xmm(cpu, Op.src(p)));
    }
    return cpu.mmu.load64(Operands.linear(cpu, p, 8, false));
  }

  static int source32(Cpu cpu, long p) {
    if (Op.srcKind(p) == Op.KIND_REG) {
      return Mem.get32(xmm(cpu, Op.src(p)));
    }
    return cpu.mmu.load32(Operands.linear(cpu, p, 4, false));
  }

  static int source16(Cpu cpu, long p) {
    if (Op.srcKind(p) == Op.KIND_REG) {
      return Mem.get16(xmm(cpu, Op.src(p)));
    }
    return cpu.mmu.load16(Operands.linear(cpu, p, 2, false));
  }

  static boolean isMmx(long p) {
    return (Op.prefixes(p) & Op.PREFIX_MMX) != 0;
  }

  /// An MMX register is the significand of a physical x87 register.
  static long mmx(Cpu cpu, int n) {
    return cpu.st + Cpu.FPR + 16L * n;
  }

  /// MMX register or 8 bytes of memory.
  static long mmxSource(Cpu cpu, long p) {
    if (Op.srcKind(p) == Op.KIND_REG) {
      return Mem.get64(mmx(cpu, Op.src(p)));
    }
    return cpu.mmu.load64(Operands.linear(cpu, p, 8, false));
  }

  /// Every MMX instruction but EMMS marks all registers as in use and sets TOP to 0.
  static void enterMmx(Cpu cpu) {
    Mem.put16(cpu.st + Cpu.FTW, (short) 0xFF);
    Mem.put16(cpu.st + Cpu.FSW, (short) (Mem.get16(cpu.st + Cpu.FSW) & ~X87State.TOP));
  }

  /// A write fills sign and exponent with ones.
  static void setMmx(Cpu cpu, int n, long v) {
    long a = mmx(cpu, n);
    Mem.put64(a, v);
    Mem.put16(a + 8, (short) 0xFFFF);
  }
}
