package thespis.cpu.exec;

import thespis.cpu.decode.Op;
import thespis.cpu.mmu.Mem;
import thespis.cpu.state.Cpu;
import thespis.cpu.state.GuestFault;

/// Operands of MMX, SSE and AVX instructions, and what must hold before one may run. SDM Vol. 3A "System Programming for
/// Instruction Set Extensions and Processor Extended States", "Intel MMX Technology System Programming". A vector
/// source is handed on as the host address of its bytes: the register itself, or {@link Cpu#VECTOR_TEMP} with a copy of
/// the memory operand, so that every fault of the load comes before anything changes.
///
/// SSE and AVX share one form: destination, first source, source, and a number of 128-bit lanes. In SSE the first source
/// is the destination and there is one lane. Bits 255:128 of a VEX.128 result are cleared by {@link Simd}.
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

  private static final int AVX_STATE = Xsave.SSE | Xsave.AVX;

  /// As {@link #requireSse}; a VEX-coded instruction asks CR4.OSXSAVE and XCR0 instead. SDM Vol. 2A "Instruction Exception
  /// Classification".
  static void require(Cpu cpu, long p) {
    if (!isVex(p)) {
      requireSse(cpu);
      return;
    }
    if ((cpu.cr4 & Cpu.CR4_OSXSAVE) == 0 || (Mem.get64(cpu.st + Cpu.XCR0) & AVX_STATE) != AVX_STATE) {
      throw cpu.ud();
    }
    if ((cpu.cr0 & Cpu.CR0_TS) != 0) {
      throw cpu.raise(GuestFault.NM);
    }
  }

  static boolean isVex(long p) {
    return (Op.prefixes(p) & Op.PREFIX_VEX) != 0;
  }

  /// Bytes of the vector: 16 or 32.
  static int bytes(long p) {
    return (Op.prefixes(p) & Op.PREFIX_VEX_L) != 0 ? 32 : 16;
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

  /// The operand that SSE has in its destination.
  static long first(Cpu cpu, long p) {
    return xmm(cpu, Op.reg3(p));
  }

  /// Vector register or memory of its size. SSE wants 16 aligned bytes: #GP(0) if they are not.
  static long source(Cpu cpu, long p) {
    return source(cpu, p, bytes(p));
  }

  /// As {@link #source(Cpu, long)}, of 16 or 32 bytes.
  static long source(Cpu cpu, long p, int bytes) {
    if (Op.srcKind(p) == Op.KIND_REG) {
      return xmm(cpu, Op.src(p));
    }
    long la = Operands.linear(cpu, p, bytes, false);
    if (!isVex(p)) {
      requireAligned(cpu, la);
    }
    return load(cpu, la, bytes);
  }

  /// MOVAPS and MOVNTDQA: aligned to the vector's size in AVX too.
  static long sourceAligned(Cpu cpu, long p) {
    if (Op.srcKind(p) == Op.KIND_REG) {
      return xmm(cpu, Op.src(p));
    }
    int bytes = bytes(p);
    long la = Operands.linear(cpu, p, bytes, false);
    requireAligned(cpu, la, bytes);
    return load(cpu, la, bytes);
  }

  static void requireAligned(Cpu cpu, long la) {
    requireAligned(cpu, la, 16);
  }

  static void requireAligned(Cpu cpu, long la, int bytes) {
    if ((la & bytes - 1) != 0) {
      throw cpu.gp();
    }
  }

  static long sourceUnaligned(Cpu cpu, long p) {
    if (Op.srcKind(p) == Op.KIND_REG) {
      return xmm(cpu, Op.src(p));
    }
    return load(cpu, Operands.linear(cpu, p, bytes(p), false), bytes(p));
  }

  private static long load(Cpu cpu, long la, int bytes) {
    long t = cpu.st + Cpu.VECTOR_TEMP;
    for (int at = 0; at < bytes; at += 8) {
      Mem.put64(t + at, cpu.mmu.load64(la + at));
    }
    return t;
  }

  /// A whole vector to memory.
  static void store(Cpu cpu, long la, long from, int bytes) {
    cpu.mmu.checkWrite(la, bytes);
    for (int at = 0; at < bytes; at += 8) {
      cpu.mmu.store64(la + at, Mem.get64(from + at));
    }
  }

  /// Where a result waits until nothing can fault any more.
  static long result(Cpu cpu) {
    return cpu.st + Cpu.VECTOR_RESULT;
  }

  /// The waiting result to the destination.
  static void commit(Cpu cpu, long p) {
    copy(result(cpu), dst(cpu, p), bytes(p));
  }

  static void copy(long from, long to, int bytes) {
    for (int at = 0; at < bytes; at += 8) {
      Mem.put64(to + at, Mem.get64(from + at));
    }
  }

  /// A scalar result: the rest of the lower half comes from the first source.
  static void setScalar32(Cpu cpu, long p, int v) {
    long a = first(cpu, p);
    set(dst(cpu, p), Mem.get64(a) & 0xFFFF_FFFF_0000_0000L | v & 0xFFFF_FFFFL, Mem.get64(a + 8));
  }

  static void setScalar64(Cpu cpu, long p, long v) {
    set(dst(cpu, p), v, Mem.get64(first(cpu, p) + 8));
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

  /// Every MMX instruction but EMMS marks all registers as in use; all set TOP to 0. SDM Vol. 3A "The MMX State and MMX
  /// Register Aliasing".
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
