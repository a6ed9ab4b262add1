package thespis.cpu.exec;

import static thespis.cpu.exec.Flags.sext;
import static thespis.cpu.exec.Flags.zext;

import thespis.cpu.decode.Op;
import thespis.cpu.decode.Ops;
import thespis.cpu.state.Cpu;
import thespis.cpu.state.GuestFault;

/// Multiplication, division, decimal adjustment, sign extension of the accumulator, CRC32. SDM Vol. 1 "Binary Arithmetic
/// Instructions", "Decimal Arithmetic Instructions".
public final class MulDiv {
  private MulDiv() {}

  public static int run(Cpu cpu, long p, int op) {
    switch (op) {
      case Ops.MUL -> mul(cpu, p);
      case Ops.IMUL -> imul(cpu, p);
      case Ops.IMUL2 -> imulTo(cpu, p, Operands.readReg(cpu, Op.dst(p), Op.size(p)), Operands.src(cpu, p));
      case Ops.IMUL3 -> imulTo(cpu, p, source(cpu, p), Op.imm(p));
      case Ops.DIV -> div(cpu, p);
      case Ops.IDIV -> idiv(cpu, p);
      case Ops.CBW -> cbw(cpu, p);
      case Ops.CWD -> cwd(cpu, p);
      case Ops.CRC32 -> crc32(cpu, p);
      default -> decimal(cpu, p, op);
    }
    return Flow.NEXT;
  }

  private static long source(Cpu cpu, long p) {
    return Operands.src(cpu, p);
  }

  private static void mul(Cpu cpu, long p) {
    int size = Op.size(p);
    long b = zext(Operands.dst(cpu, p), size);
    long a = zext(Operands.readReg(cpu, Cpu.RAX, size), size);
    long low = a * b;
    long high;
    if (size == 0) {
      Operands.writeReg(cpu, Cpu.RAX, 1, low);
      high = low >>> 8;
    } else {
      high = size == 3 ? Math.unsignedMultiplyHigh(a, b) : low >>> (8 << size);
      Operands.writeReg(cpu, Cpu.RAX, size, low);
      Operands.writeReg(cpu, Cpu.RDX, size, high);
    }
    Flags.setResult(cpu, sext(low, size), high != 0 ? Cpu.CF | Cpu.OF : 0);
  }

  private static void imul(Cpu cpu, long p) {
    int size = Op.size(p);
    long b = Operands.dst(cpu, p);
    long a = Operands.readReg(cpu, Cpu.RAX, size);
    long low = a * b;
    long high;
    boolean fits;
    if (size == 0) {
      Operands.writeReg(cpu, Cpu.RAX, 1, low);
      fits = low == (byte) low;
    } else {
      high = size == 3 ? Math.multiplyHigh(a, b) : low >> (8 << size);
      Operands.writeReg(cpu, Cpu.RAX, size, low);
      Operands.writeReg(cpu, Cpu.RDX, size, high);
      fits = high == sext(low, size) >> 63;
    }
    Flags.setResult(cpu, sext(low, size), fits ? 0 : Cpu.CF | Cpu.OF);
  }

  private static void imulTo(Cpu cpu, long p, long a, long b) {
    int size = Op.size(p);
    long low = a * b;
    boolean fits = size == 3 ? Math.multiplyHigh(a, b) == low >> 63 : low == sext(low, size);
    Operands.setDst(cpu, p, low);
    Flags.setResult(cpu, sext(low, size), fits ? 0 : Cpu.CF | Cpu.OF);
  }

  private static void div(Cpu cpu, long p) {
    int size = Op.size(p);
    long d = zext(Operands.dst(cpu, p), size);
    if (d == 0) {
      throw cpu.raise(GuestFault.DE);
    }
    if (size == 3) {
      div64(cpu, cpu.reg(Cpu.RDX), cpu.reg(Cpu.RAX), d);
      return;
    }
    long n = dividend(cpu, size);
    long q = Long.divideUnsigned(n, d);
    if (q >>> (8 << size) != 0) {
      throw cpu.raise(GuestFault.DE);
    }
    result(cpu, size, q, Long.remainderUnsigned(n, d));
  }

  /// AX, DX:AX or EDX:EAX.
  private static long dividend(Cpu cpu, int size) {
    if (size == 0) {
      return zext(Operands.readReg(cpu, Cpu.RAX, 1), 1);
    }
    return zext(Operands.readReg(cpu, Cpu.RAX, size), size)
        | zext(Operands.readReg(cpu, Cpu.RDX, size), size) << (8 << size);
  }

  private static void result(Cpu cpu, int size, long q, long r) {
    if (size == 0) {
      Operands.writeReg(cpu, Cpu.RAX, 1, q & 0xFF | (r & 0xFF) << 8);
    } else {
      Operands.writeReg(cpu, Cpu.RAX, size, q);
      Operands.writeReg(cpu, Cpu.RDX, size, r);
    }
  }

  private static void div64(Cpu cpu, long high, long low, long d) {
    if (Long.compareUnsigned(high, d) >= 0) {
      throw cpu.raise(GuestFault.DE);
    }
    long q = divide128(high, low, d);
    cpu.setReg(Cpu.RAX, q);
    cpu.setReg(Cpu.RDX, low - q * d);
  }

  /// Unsigned high:low / d, where high < d: schoolbook division in two 32-bit digits (Knuth, algorithm D).
  static long divide128(long high, long low, long d) {
    if (high == 0) {
      return Long.divideUnsigned(low, d);
    }
    int s = Long.numberOfLeadingZeros(d);
    long v = d << s;
    long u = s == 0 ? high : high << s | low >>> 64 - s;
    long l = low << s;
    long q1 = digit(u, l >>> 32, v);
    u = (u << 32 | l >>> 32) - q1 * v;
    long q0 = digit(u, l & 0xFFFF_FFFFL, v);
    return q1 << 32 | q0;
  }

  private static long digit(long u, long next, long v) {
    long vHigh = v >>> 32;
    long vLow = v & 0xFFFF_FFFFL;
    long q = Long.divideUnsigned(u, vHigh);
    long r = u - q * vHigh;
    while (q >>> 32 != 0 || Long.compareUnsigned(q * vLow, r << 32 | next) > 0) {
      q--;
      r += vHigh;
      if (r >>> 32 != 0) {
        break;
      }
    }
    return q;
  }

  private static void idiv(Cpu cpu, long p) {
    int size = Op.size(p);
    long d = Operands.dst(cpu, p);
    if (d == 0) {
      throw cpu.raise(GuestFault.DE);
    }
    if (size == 3) {
      idiv64(cpu, d);
      return;
    }
    long n = size == 2 ? dividend(cpu, 2) : sext(dividend(cpu, size), size + 1);
    if (n == Long.MIN_VALUE && d == -1) {
      throw cpu.raise(GuestFault.DE);
    }
    long q = n / d;
    if (q != sext(q, size)) {
      throw cpu.raise(GuestFault.DE);
    }
    result(cpu, size, q, n % d);
  }

  private static void idiv64(Cpu cpu, long d) {
    long high = cpu.reg(Cpu.RDX);
    long low = cpu.reg(Cpu.RAX);
    if (high == low >> 63) {
      if (low == Long.MIN_VALUE && d == -1) {
        throw cpu.raise(GuestFault.DE);
      }
      cpu.setReg(Cpu.RAX, low / d);
      cpu.setReg(Cpu.RDX, low % d);
      return;
    }
    boolean negative = high < 0;
    if (negative) {
      low = -low;
      high = ~high + (low == 0 ? 1 : 0);
    }
    long m = Math.abs(d);
    if (Long.compareUnsigned(high, m) >= 0) {
      throw cpu.raise(GuestFault.DE);
    }
    long q = divide128(high, low, m);
    long r = low - q * m;
    boolean minus = negative != d < 0;
    if (minus ? Long.compareUnsigned(q, Long.MIN_VALUE) > 0 : q < 0) {
      throw cpu.raise(GuestFault.DE);
    }
    cpu.setReg(Cpu.RAX, minus ? -q : q);
    cpu.setReg(Cpu.RDX, negative ? -r : r);
  }

  /// CBW, CWDE, CDQE.
  private static void cbw(Cpu cpu, long p) {
    int size = Op.size(p);
    Operands.writeReg(cpu, Cpu.RAX, size, Operands.readReg(cpu, Cpu.RAX, size - 1));
  }

  /// CWD, CDQ, CQO.
  private static void cwd(Cpu cpu, long p) {
    int size = Op.size(p);
    Operands.writeReg(cpu, Cpu.RDX, size, Operands.readReg(cpu, Cpu.RAX, size) >> 63);
  }

  private static final int CRC32C = 0x82F6_3B78; // reflected 0x1EDC6F41

  /// SDM Vol. 2A "CRC32".
  private static void crc32(Cpu cpu, long p) {
    if (!cpu.features.has(thespis.cpu.state.CpuFeatures.Word.L1_ECX, 20)) {
      throw cpu.ud();
    }
    int size = Op.srcSize(p);
    long v = Operands.src(cpu, p);
    int crc = (int) Operands.readReg(cpu, Op.dst(p), 2);
    for (int i = 0; i < 1 << size; i++) {
      crc ^= (int) (v >>> 8 * i) & 0xFF;
      for (int k = 0; k < 8; k++) {
        crc = crc >>> 1 ^ (crc & 1) * CRC32C;
      }
    }
    Operands.writeReg(cpu, Op.dst(p), 2, crc);
  }

  /// SDM Vol. 2A "AAA", "AAD", "AAM", "AAS", "DAA", "DAS"; undefined flags as processors leave them.
  private static void decimal(Cpu cpu, long p, int op) {
    int ax = (int) Operands.readReg(cpu, Cpu.RAX, 1) & 0xFFFF;
    int al = ax & 0xFF;
    int ah = ax >>> 8;
    int f = Flags.arithmetic(cpu);
    boolean af = (f & Cpu.AF) != 0;
    boolean cf = (f & Cpu.CF) != 0;
    switch (op) {
      case Ops.AAM -> {
        int base = (int) Op.imm(p) & 0xFF;
        if (base == 0) {
          throw cpu.raise(GuestFault.DE);
        }
        Operands.writeReg(cpu, Cpu.RAX, 1, al / base << 8 | al % base);
        Flags.setResult(cpu, (byte) (al % base), 0);
      }
      case Ops.AAD -> {
        int r = al + ah * ((int) Op.imm(p) & 0xFF) & 0xFF;
        Operands.writeReg(cpu, Cpu.RAX, 1, r);
        Flags.setResult(cpu, (byte) r, 0);
      }
      case Ops.AAA, Ops.AAS -> {
        boolean adjust = (al & 0xF) > 9 || af;
        if (adjust) {
          ax = op == Ops.AAA ? ax + 0x106 : ax - 0x106;
        }
        Operands.writeReg(cpu, Cpu.RAX, 1, ax & 0xFF0F);
        Flags.setArithmetic(cpu, Flags.parity(ax & 0xF) | ((ax & 0xF) == 0 ? Cpu.ZF : 0)
            | (adjust ? Cpu.AF | Cpu.CF : 0));
      }
      default -> {
        int step = op == Ops.DAA ? 1 : -1;
        boolean low = (al & 0xF) > 9 || af;
        boolean high = al > 0x99 || cf;
        int r = al + (low ? 6 * step : 0) + (high ? 0x60 * step : 0);
        boolean borrow = op == Ops.DAS && low && al < 6;
        Operands.writeReg(cpu, Cpu.RAX, 0, r);
        Flags.setResult(cpu, (byte) r, (low ? Cpu.AF : 0) | (high || borrow ? Cpu.CF : 0));
      }
    }
  }
}
