package thespis.cpu.exec;

import static thespis.cpu.exec.Flags.zext;

import thespis.cpu.decode.Op;
import thespis.cpu.decode.Ops;
import thespis.cpu.mmu.Mem;
import thespis.cpu.mmu.Segmentation;
import thespis.cpu.state.Cpu;

/// Data movement. SDM Vol. 1 "Data Transfer Instructions".
public final class Move {
  private Move() {}

  public static int run(Cpu cpu, long p, int op) {
    switch (op) {
      case Ops.MOV, Ops.MOVSX, Ops.MOVNTI -> Operands.setDst(cpu, p, Operands.src(cpu, p));
      case Ops.MOVZX -> Operands.setDst(cpu, p, zext(Operands.src(cpu, p), Op.srcSize(p)));
      case Ops.LEA -> Operands.setDst(cpu, p, Operands.offset(cpu, p));
      case Ops.XCHG -> xchg(cpu, p);
      case Ops.CMOV -> {
        long v = Operands.src(cpu, p);
        int size = Op.size(p);
        boolean yes = Flags.condition(cpu, Op.opcode(p) & 15);
        Operands.writeReg(cpu, Op.dst(p), size, yes ? v : Operands.readReg(cpu, Op.dst(p), size));
      }
      case Ops.SETCC -> Operands.setDst(cpu, p, Flags.condition(cpu, Op.opcode(p) & 15) ? 1 : 0);
      case Ops.XLAT -> xlat(cpu, p);
      case Ops.MOVBE -> movbe(cpu, p);
      case Ops.BSWAP -> {
        int size = Op.size(p);
        long v = Operands.readReg(cpu, Op.dst(p), size);
        // with a 16-bit operand the result is undefined; processors give zero
        long r = size == 3 ? Long.reverseBytes(v) : size == 2 ? Integer.reverseBytes((int) v) : 0;
        Operands.writeReg(cpu, Op.dst(p), size, r);
      }
      case Ops.LAHF -> Mem.put8(cpu.st + 1, (byte) (Flags.arithmetic(cpu) & 0xD5 | 2));
      case Ops.SAHF -> {
        int ah = Mem.get8(cpu.st + 1) & 0xD5;
        Flags.setArithmetic(cpu, Flags.arithmetic(cpu) & Cpu.OF | ah);
      }
      case Ops.SALC -> Mem.put8(cpu.st, (byte) (Flags.carry(cpu) ? -1 : 0));
      case Ops.NOP, Ops.PREFETCH -> {}
      case Ops.MOV_FROM_SREG -> Operands.setDst(cpu, p, cpu.selector(segment(cpu, p, Op.src(p))));
      case Ops.MOV_TO_SREG -> {
        return toSegment(cpu, p);
      }
      default -> throw new IllegalStateException("not a move: " + Ops.name(op));
    }
    return Flow.NEXT;
  }

  private static int segment(Cpu cpu, long p, int n) {
    if (n > Cpu.GS) {
      throw cpu.ud();
    }
    return n;
  }

  /// Loading SS holds interrupts off until the next instruction is done. SDM Vol. 3A "Masking Exceptions and Interrupts
  /// When Switching Stacks".
  private static int toSegment(Cpu cpu, long p) {
    int seg = segment(cpu, p, Op.dst(p));
    if (seg == Cpu.CS) {
      throw cpu.ud();
    }
    Segmentation.loadData(cpu, seg, (int) Operands.src(cpu, p) & 0xFFFF);
    if (seg == Cpu.SS) {
      cpu.interruptShadow = true;
    }
    return Flow.endBlock(cpu, p);
  }

  private static void xchg(Cpu cpu, long p) {
    int size = Op.size(p);
    int reg = Op.src(p);
    long b = Operands.readReg(cpu, reg, size);
    long a;
    if (Op.dstKind(p) == Op.KIND_REG) {
      a = Operands.readReg(cpu, Op.dst(p), size);
      Operands.writeReg(cpu, Op.dst(p), size, b);
    } else {
      do {
        a = Operands.dstForUpdate(cpu, p);
      } while (!Operands.replace(cpu, p, a, b));
    }
    Operands.writeReg(cpu, reg, size, a);
  }

  private static void xlat(Cpu cpu, long p) {
    long offset = cpu.reg(Cpu.RBX) + (Mem.get8(cpu.st) & 0xFF);
    int a = Op.addressSize(p);
    offset = a == 3 ? offset : a == 2 ? offset & 0xFFFF_FFFFL : offset & 0xFFFF;
    Mem.put8(cpu.st, cpu.mmu.load8(Operands.linear(cpu, p, offset, 1, false)));
  }

  private static void movbe(Cpu cpu, long p) {
    if (!cpu.features.has(thespis.cpu.state.CpuFeatures.Word.L1_ECX, 22)) {
      throw cpu.ud();
    }
    int size = Op.size(p);
    long v = Long.reverseBytes(Operands.src(cpu, p)) >> 64 - (8 << size);
    Operands.setDst(cpu, p, v);
  }
}
