package thespis.cpu.exec;

import thespis.cpu.decode.Op;
import thespis.cpu.mmu.Mem;
import thespis.cpu.mmu.Segmentation;
import thespis.cpu.state.Cpu;

/// Operand access for the general form of an operation: register, memory or immediate, any size. Integer values are
/// sign-extended from the operand size on reading and truncated on writing; a 32-bit write to a register clears the upper
/// half. SDM Vol. 1 "Operand Addressing".
public final class Operands {
  private Operands() {}

  /// Effective address before segmentation.
  public static long offset(Cpu cpu, long p) {
    long st = cpu.st;
    long a = Mem.get64(st + Op.base(p)) + (Mem.get64(st + Op.index(p)) << Op.scale(p)) + Op.disp(p);
    return switch (Op.addressSize(p)) {
      case 3 -> a;
      case 2 -> a & 0xFFFF_FFFFL;
      default -> a & 0xFFFF;
    };
  }

  /// Linear address of the memory operand; outside of 64-bit code checked against the segment.
  public static long linear(Cpu cpu, long p, int bytes, boolean write) {
    return linear(cpu, p, offset(cpu, p), bytes, write);
  }

  public static long linear(Cpu cpu, long p, long offset, int bytes, boolean write) {
    int seg = Op.seg(p);
    if (Op.legacy(p)) {
      return Segmentation.linear(cpu, seg, offset, bytes, write);
    }
    return offset + Mem.get64(cpu.st + Cpu.SEG_BASE + 8L * seg);
  }

  public static long readReg(Cpu cpu, int offset, int size) {
    long a = cpu.st + offset;
    return switch (size) {
      case 0 -> Mem.get8(a);
      case 1 -> Mem.get16(a);
      case 2 -> Mem.get32(a);
      default -> Mem.get64(a);
    };
  }

  public static void writeReg(Cpu cpu, int offset, int size, long v) {
    long a = cpu.st + offset;
    switch (size) {
      case 0 -> Mem.put8(a, (byte) v);
      case 1 -> Mem.put16(a, (short) v);
      case 2 -> Mem.put64(a, v & 0xFFFF_FFFFL);
      default -> Mem.put64(a, v);
    }
  }

  /// Source operand, sign-extended from its own size.
  public static long src(Cpu cpu, long p) {
    int size = Op.srcSize(p);
    return switch (Op.srcKind(p)) {
      case Op.KIND_REG -> readReg(cpu, Op.src(p), size);
      case Op.KIND_MEM -> cpu.mmu.load(linear(cpu, p, 1 << size, false), size);
      default -> Op.imm(p);
    };
  }

  /// Destination operand as a value, for operations that only read it.
  public static long dst(Cpu cpu, long p) {
    int size = Op.size(p);
    return switch (Op.dstKind(p)) {
      case Op.KIND_REG -> readReg(cpu, Op.dst(p), size);
      case Op.KIND_MEM -> cpu.mmu.load(linear(cpu, p, 1 << size, false), size);
      default -> Op.imm(p);
    };
  }

  public static void setDst(Cpu cpu, long p, long v) {
    int size = Op.size(p);
    if (Op.dstKind(p) == Op.KIND_REG) {
      writeReg(cpu, Op.dst(p), size, v);
    } else {
      cpu.mmu.store(linear(cpu, p, 1 << size, true), size, v);
    }
  }

  /// Reads a destination that will be written: the page must be writable before anything changes.
  public static long dstForUpdate(Cpu cpu, long p) {
    int size = Op.size(p);
    if (Op.dstKind(p) == Op.KIND_REG) {
      return readReg(cpu, Op.dst(p), size);
    }
    long la = linear(cpu, p, 1 << size, true);
    cpu.mmu.checkWrite(la, 1 << size);
    return cpu.mmu.load(la, size);
  }

  /// LOCK: one step of an atomic update of the memory destination. True if memory still held `old`.
  public static boolean replace(Cpu cpu, long p, long old, long v) {
    int size = Op.size(p);
    return cpu.mmu.locked.compareAndStore(linear(cpu, p, 1 << size, true), size, old, v);
  }
}
