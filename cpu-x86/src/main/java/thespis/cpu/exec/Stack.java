package thespis.cpu.exec;

import thespis.cpu.decode.Op;
import thespis.cpu.decode.Ops;
import thespis.cpu.mmu.Mem;
import thespis.cpu.mmu.Segmentation;
import thespis.cpu.state.CodeMode;
import thespis.cpu.state.Cpu;

/// PUSH, POP and their relatives. The stack pointer changes only when the memory access has gone well. SDM Vol. 1
/// "Procedure Stack"; Vol. 2B "PUSH", "POP", "PUSHF/PUSHFD/PUSHFQ", "POPF/POPFD/POPFQ"; Vol. 2A "ENTER".
public final class Stack {
  private Stack() {}

  public static int run(Cpu cpu, long p, int op) {
    switch (op) {
      case Ops.PUSH -> push(cpu, Op.size(p), Operands.dst(cpu, p));
      case Ops.POP -> pop(cpu, p);
      case Ops.PUSHA -> pushAll(cpu, Op.size(p));
      case Ops.POPA -> popAll(cpu, Op.size(p));
      case Ops.PUSHF -> pushFlags(cpu, Op.size(p));
      case Ops.POPF -> {
        popFlags(cpu, Op.size(p));
        return Flow.endBlock(cpu, p);
      }
      case Ops.ENTER -> enter(cpu, p);
      case Ops.LEAVE -> leave(cpu, Op.size(p));
      case Ops.PUSH_SREG -> pushSegment(cpu, p);
      case Ops.POP_SREG -> {
        popSegment(cpu, p);
        return Flow.endBlock(cpu, p);
      }
      default -> throw new IllegalStateException("not a stack operation: " + Ops.name(op));
    }
    return Flow.NEXT;
  }

  /// Linear address of the stack at an offset from RSP.
  public static long address(Cpu cpu, long sp, int bytes, boolean write) {
    int w = Segmentation.stackSize(cpu);
    if (w == 3) {
      return sp;
    }
    return Segmentation.linear(cpu, Cpu.SS, w == 2 ? sp & 0xFFFF_FFFFL : sp & 0xFFFF, bytes, write);
  }

  public static void setSp(Cpu cpu, long sp) {
    switch (Segmentation.stackSize(cpu)) {
      case 3 -> cpu.setReg(Cpu.RSP, sp);
      case 2 -> cpu.setReg(Cpu.RSP, sp & 0xFFFF_FFFFL);
      default -> Mem.put16(cpu.st + Cpu.RSP, (short) sp);
    }
  }

  public static void push(Cpu cpu, int size, long value) {
    long sp = cpu.reg(Cpu.RSP) - (1 << size);
    cpu.mmu.store(address(cpu, sp, 1 << size, true), size, value);
    setSp(cpu, sp);
  }

  /// The value on top of the stack (sign-extended); RSP stays.
  public static long peek(Cpu cpu, int size, int depth) {
    return cpu.mmu.load(address(cpu, cpu.reg(Cpu.RSP) + depth, 1 << size, false), size);
  }

  public static void drop(Cpu cpu, long bytes) {
    setSp(cpu, cpu.reg(Cpu.RSP) + bytes);
  }

  /// RSP in the address of the destination is the one after the pop.
  private static void pop(Cpu cpu, long p) {
    int size = Op.size(p);
    long v = peek(cpu, size, 0);
    long old = cpu.reg(Cpu.RSP);
    drop(cpu, 1 << size);
    if (Op.dstKind(p) == Op.KIND_MEM) {
      long la;
      try {
        la = Operands.linear(cpu, p, 1 << size, true);
        cpu.mmu.store(la, size, v);
      } catch (thespis.cpu.state.GuestFault f) {
        cpu.setReg(Cpu.RSP, old);
        throw f;
      }
    } else {
      Operands.setDst(cpu, p, v);
    }
  }

  private static void pushAll(Cpu cpu, int size) {
    long sp = cpu.reg(Cpu.RSP);
    int bytes = 1 << size;
    cpu.mmu.checkWrite(address(cpu, sp - 8L * bytes, bytes, true), bytes);
    cpu.mmu.checkWrite(address(cpu, sp - bytes, bytes, true), bytes);
    for (int r = 0; r < 8; r++) {
      long v = r == 4 ? sp : cpu.reg(8 * r);
      cpu.mmu.store(address(cpu, sp - (long) (r + 1) * bytes, bytes, true), size, v);
    }
    setSp(cpu, sp - 8L * bytes);
  }

  private static void popAll(Cpu cpu, int size) {
    int bytes = 1 << size;
    peek(cpu, size, 7 * bytes);
    for (int r = 7; r >= 0; r--) {
      long v = peek(cpu, size, (7 - r) * bytes);
      if (r != 4) {
        Operands.writeReg(cpu, 8 * r, size, v);
      }
    }
    drop(cpu, 8L * bytes);
  }

  /// In virtual-8086 mode with IOPL below 3: #GP.
  private static void pushFlags(Cpu cpu, int size) {
    if (cpu.vm86() && cpu.iopl() < 3) {
      throw cpu.gp();
    }
    push(cpu, size, Flags.rflags(cpu) & ~(long) (Cpu.VM | Cpu.RF));
  }

  /// Which flags change depends on CPL and IOPL.
  private static void popFlags(Cpu cpu, int size) {
    if (cpu.vm86() && cpu.iopl() < 3) {
      throw cpu.gp();
    }
    long v = peek(cpu, size, 0);
    drop(cpu, 1 << size);
    int mask = Cpu.ARITHMETIC | Cpu.TF | Cpu.DF | Cpu.NT;
    if (size > 1) {
      mask |= Cpu.AC | Cpu.ID;
    }
    if (cpu.cpl <= cpu.iopl()) {
      mask |= Cpu.IF;
    }
    if (cpu.cpl == 0) {
      mask |= Cpu.IOPL;
    }
    setFlags(cpu, v, mask);
    if (size > 1) {
      Flags.setSystem(cpu, Cpu.RF, 0);
    }
  }

  /// Stores RFLAGS bits under a mask and sees to what depends on them.
  public static void setFlags(Cpu cpu, long value, int mask) {
    long old = Flags.rflags(cpu);
    Flags.setRflags(cpu, old & ~(long) mask | value & mask);
    if (((old ^ value) & mask & Cpu.AC) != 0) {
      cpu.mmu.privilegeChanged();
    }
    if ((value & mask & (Cpu.IF | Cpu.TF)) != 0) {
      cpu.interruptible();
    }
  }

  private static void enter(Cpu cpu, long p) {
    int size = operandSize(cpu, p);
    int bytes = 1 << size;
    int alloc = (int) Op.imm(p) & 0xFFFF;
    int level = (int) (Op.imm(p) >>> 16) & 31;
    long sp = cpu.reg(Cpu.RSP);
    long bp = cpu.reg(Cpu.RBP);
    long top = sp - bytes;
    cpu.mmu.checkWrite(address(cpu, sp - (long) (level + 1) * bytes - alloc, 1, true), 1);
    cpu.mmu.store(address(cpu, top, bytes, true), size, bp);
    long at = top;
    if (level > 0) {
      for (int i = 1; i < level; i++) {
        long v = cpu.mmu.load(address(cpu, bp - (long) i * bytes, bytes, false), size);
        at -= bytes;
        cpu.mmu.store(address(cpu, at, bytes, true), size, v);
      }
      at -= bytes;
      cpu.mmu.store(address(cpu, at, bytes, true), size, top);
    }
    Operands.writeReg(cpu, Cpu.RBP, Math.min(size, Segmentation.stackSize(cpu)) == 1 ? 1 : size, top);
    setSp(cpu, at - alloc);
  }

  private static void leave(Cpu cpu, int size) {
    long bp = cpu.reg(Cpu.RBP);
    long v = cpu.mmu.load(address(cpu, bp, 1 << size, false), size);
    setSp(cpu, bp + (1 << size));
    Operands.writeReg(cpu, Cpu.RBP, size, v);
  }

  /// With a 32- or 64-bit operand only 16 bits need be written; processors since the P6 do so.
  private static void pushSegment(Cpu cpu, long p) {
    int size = Op.opcode(p) >= 0xA0 && cpu.code64() && (Op.prefixes(p) & Op.PREFIX_66) == 0 ? 3 : operandSize(cpu, p);
    push(cpu, size, cpu.selector(Op.dst(p)));
  }

  private static void popSegment(Cpu cpu, long p) {
    int size = operandSize(cpu, p);
    int seg = Op.dst(p);
    int selector = (int) peek(cpu, 1, 0) & 0xFFFF;
    Segmentation.loadData(cpu, seg, selector);
    drop(cpu, 1 << size);
    if (seg == Cpu.SS) {
      cpu.interruptShadow = true;
    }
  }

  private static int operandSize(Cpu cpu, long p) {
    boolean small = (Op.prefixes(p) & Op.PREFIX_66) != 0;
    if (cpu.code64()) {
      return small ? 1 : 3;
    }
    return (cpu.mode & CodeMode.CODE_32) != 0 != small ? 2 : 1;
  }
}
