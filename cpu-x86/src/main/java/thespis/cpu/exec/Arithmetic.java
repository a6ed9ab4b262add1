package thespis.cpu.exec;

import static thespis.cpu.exec.Flags.sext;
import static thespis.cpu.exec.Flags.zext;

import thespis.cpu.decode.Op;
import thespis.cpu.decode.Ops;
import thespis.cpu.mmu.Mem;
import thespis.cpu.state.Cpu;

/// Two-operand arithmetic and logic, increments, exchange-and-add, compare-and-exchange. SDM Vol. 1 "Binary Arithmetic
/// Instructions", "Logical Instructions"; Vol. 2A "ADC", "CMPXCHG", "CMPXCHG8B/CMPXCHG16B", Vol. 2D "XADD".
public final class Arithmetic {
  private Arithmetic() {}

  public static int run(Cpu cpu, long p, int op) {
    switch (op) {
      case Ops.CMP -> {
        long a = Operands.dst(cpu, p);
        Flags.setSub(cpu, Op.size(p), a, source(cpu, p));
      }
      case Ops.TEST -> Flags.setLogic(cpu, sext(Operands.dst(cpu, p) & source(cpu, p), Op.size(p)));
      case Ops.CMPXCHG -> cmpxchg(cpu, p);
      case Ops.CMPXCHG8B -> Wide.cmpxchg8b(cpu, p);
      case Ops.CMPXCHG16B -> Wide.cmpxchg16b(cpu, p);
      case Ops.XADD -> xadd(cpu, p);
      case Ops.ADCX, Ops.ADOX -> addCarryX(cpu, p, op == Ops.ADCX ? Cpu.CF : Cpu.OF);
      default -> update(cpu, p, op);
    }
    return Flow.NEXT;
  }

  /// Source at the destination's size: a byte immediate arrives sign-extended already.
  private static long source(Cpu cpu, long p) {
    return Operands.src(cpu, p);
  }

  /// Read, compute, write, then flags: a fault on the way leaves everything as it was.
  private static void update(Cpu cpu, long p, int op) {
    int size = Op.size(p);
    long b = Op.srcKind(p) == Op.KIND_NONE ? 0 : source(cpu, p);
    int carry = op == Ops.ADC || op == Ops.SBB || op == Ops.INC || op == Ops.DEC ? Flags.carry(cpu) ? 1 : 0 : 0;
    long a;
    long r;
    if (Op.lock(p) && Op.dstKind(p) == Op.KIND_MEM) {
      do {
        a = Operands.dstForUpdate(cpu, p);
        r = compute(op, a, b, carry, size);
      } while (!Operands.replace(cpu, p, a, r));
    } else {
      a = Operands.dstForUpdate(cpu, p);
      r = compute(op, a, b, carry, size);
      Operands.setDst(cpu, p, r);
    }
    flags(cpu, op, size, a, b, r, carry);
  }

  private static long compute(int op, long a, long b, int carry, int size) {
    long r =
        switch (op) {
          case Ops.ADD -> a + b;
          case Ops.OR -> a | b;
          case Ops.ADC -> a + b + carry;
          case Ops.SBB -> a - b - carry;
          case Ops.AND -> a & b;
          case Ops.SUB -> a - b;
          case Ops.XOR -> a ^ b;
          case Ops.INC -> a + 1;
          case Ops.DEC -> a - 1;
          case Ops.NEG -> -a;
          case Ops.NOT -> ~a;
          default -> throw new IllegalStateException("not an arithmetic operation: " + Ops.name(op));
        };
    return sext(r, size);
  }

  private static void flags(Cpu cpu, int op, int size, long a, long b, long r, int carry) {
    switch (op) {
      case Ops.ADD -> Flags.setAdd(cpu, size, a, b);
      case Ops.SUB -> Flags.setSub(cpu, size, a, b);
      case Ops.NEG -> Flags.setSub(cpu, size, 0, a);
      case Ops.ADC -> Flags.setResult(cpu, r, adcBits(a, b, r, carry));
      case Ops.SBB -> Flags.setResult(cpu, r, sbbBits(a, b, r, carry));
      case Ops.INC -> Flags.setResult(cpu, r, incBits(a, r, carry));
      case Ops.DEC -> Flags.setResult(cpu, r, decBits(a, r, carry));
      case Ops.NOT -> {}
      default -> Flags.setLogic(cpu, r);
    }
  }

  /// CF, OF, AF of a + b + carry; all sign-extended.
  public static int adcBits(long a, long b, long r, int carry) {
    int c = Long.compareUnsigned(r, a);
    boolean out = c < 0 || c == 0 && carry != 0;
    return (out ? Cpu.CF : 0) | ((~(a ^ b) & (a ^ r)) < 0 ? Cpu.OF : 0) | (int) (a ^ b ^ r) & Cpu.AF;
  }

  public static int sbbBits(long a, long b, long r, int carry) {
    int c = Long.compareUnsigned(a, b);
    boolean out = c < 0 || c == 0 && carry != 0;
    return (out ? Cpu.CF : 0) | (((a ^ b) & (a ^ r)) < 0 ? Cpu.OF : 0) | (int) (a ^ b ^ r) & Cpu.AF;
  }

  public static int incBits(long a, long r, int carry) {
    return carry | ((~a & r) < 0 ? Cpu.OF : 0) | ((r & 0xF) == 0 ? Cpu.AF : 0);
  }

  public static int decBits(long a, long r, int carry) {
    return carry | ((a & ~r) < 0 ? Cpu.OF : 0) | ((r & 0xF) == 0xF ? Cpu.AF : 0);
  }

  private static void xadd(Cpu cpu, long p) {
    int size = Op.size(p);
    long b = Operands.src(cpu, p);
    long a;
    if (Op.lock(p)) {
      do {
        a = Operands.dstForUpdate(cpu, p);
      } while (!Operands.replace(cpu, p, a, a + b));
      Operands.writeReg(cpu, Op.src(p), size, a);
    } else {
      a = Operands.dstForUpdate(cpu, p);
      if (Op.dstKind(p) == Op.KIND_MEM) {
        Operands.setDst(cpu, p, a + b);
        Operands.writeReg(cpu, Op.src(p), size, a);
      } else {
        Operands.writeReg(cpu, Op.src(p), size, a);
        Operands.setDst(cpu, p, a + b);
      }
    }
    Flags.setAdd(cpu, size, a, b);
  }

  /// A register that is not equal keeps its upper half too (seen on AMD family 19h; the manuals leave it open).
  private static void cmpxchg(Cpu cpu, long p) {
    int size = Op.size(p);
    long acc = Operands.readReg(cpu, Cpu.RAX, size);
    long src = Operands.src(cpu, p);
    long a;
    boolean equal;
    if (Op.dstKind(p) == Op.KIND_MEM && Op.lock(p)) {
      do {
        a = Operands.dstForUpdate(cpu, p);
        equal = a == acc;
      } while (equal && !Operands.replace(cpu, p, a, src));
    } else {
      a = Operands.dstForUpdate(cpu, p);
      equal = a == acc;
      if (equal) {
        Operands.setDst(cpu, p, src);
      }
    }
    if (!equal) {
      Operands.writeReg(cpu, Cpu.RAX, size, a);
    }
    Flags.setSub(cpu, size, acc, a);
  }

  /// ADCX and ADOX: only CF or only OF takes part.
  private static void addCarryX(Cpu cpu, long p, int flag) {
    int size = Op.size(p);
    int f = Flags.arithmetic(cpu);
    long carry = (f & flag) != 0 ? 1 : 0;
    long a = Operands.dst(cpu, p);
    long b = Operands.src(cpu, p);
    boolean out;
    long r;
    if (size == 3) {
      r = a + b + carry;
      int c = Long.compareUnsigned(r, a);
      out = c < 0 || c == 0 && carry != 0;
    } else {
      r = zext(a, 2) + zext(b, 2) + carry;
      out = r >>> 32 != 0;
    }
    Operands.setDst(cpu, p, r);
    Flags.setArithmetic(cpu, f & ~flag | (out ? flag : 0));
  }

  /// Compare-and-exchange of two words.
  private static final class Wide {
    static void cmpxchg8b(Cpu cpu, long p) {
      long la = Operands.linear(cpu, p, 8, true);
      long want = Mem.get32(cpu.st + Cpu.RAX) & 0xFFFF_FFFFL | (long) Mem.get32(cpu.st + Cpu.RDX) << 32;
      long next = Mem.get32(cpu.st + Cpu.RBX) & 0xFFFF_FFFFL | (long) Mem.get32(cpu.st + Cpu.RCX) << 32;
      cpu.mmu.checkWrite(la, 8);
      while (true) {
        long now = cpu.mmu.load64(la);
        if (now != want) {
          cpu.setReg(Cpu.RAX, now & 0xFFFF_FFFFL);
          cpu.setReg(Cpu.RDX, now >>> 32);
          zf(cpu, false);
          return;
        }
        if (cpu.mmu.locked.compareAndStore(la, 3, now, next)) {
          zf(cpu, true);
          return;
        }
      }
    }

    static void cmpxchg16b(Cpu cpu, long p) {
      long la = Operands.linear(cpu, p, 16, true);
      if ((la & 15) != 0) {
        throw cpu.gp();
      }
      cpu.mmu.checkWrite(la, 16);
      if (cpu.mmu.locked.compareAndStore16(
          la, cpu.reg(Cpu.RAX), cpu.reg(Cpu.RDX), cpu.reg(Cpu.RBX), cpu.reg(Cpu.RCX), cpu.pair)) {
        zf(cpu, true);
      } else {
        cpu.setReg(Cpu.RAX, cpu.pair[0]);
        cpu.setReg(Cpu.RDX, cpu.pair[1]);
        zf(cpu, false);
      }
    }

    private static void zf(Cpu cpu, boolean set) {
      Flags.setArithmetic(cpu, Flags.arithmetic(cpu) & ~Cpu.ZF | (set ? Cpu.ZF : 0));
    }
  }
}
