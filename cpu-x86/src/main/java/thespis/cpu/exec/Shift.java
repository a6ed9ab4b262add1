package thespis.cpu.exec;

import static thespis.cpu.exec.Flags.sext;
import static thespis.cpu.exec.Flags.zext;

import thespis.cpu.decode.Op;
import thespis.cpu.decode.Ops;
import thespis.cpu.state.Cpu;
import thespis.cpu.state.CpuFeatures;

/// Shifts, rotates, double shifts; bit tests and scans; BMI1 and BMI2. SDM Vol. 1 "Shift and Rotate Instructions", "Bit
/// and Byte Instructions"; Vol. 2B "RCL/RCR/ROL/ROR", "SAL/SAR/SHL/SHR", "SHLD", "SHRD"; Vol. 2A "BT", "BSF", "BSR".
public final class Shift {
  private Shift() {}

  public static int run(Cpu cpu, long p, int op) {
    switch (op) {
      case Ops.ROL, Ops.ROR, Ops.RCL, Ops.RCR -> rotate(cpu, p, op);
      case Ops.SHL, Ops.SAL, Ops.SHR, Ops.SAR -> shift(cpu, p, op);
      case Ops.SHLD, Ops.SHRD, Ops.SHLD_CL, Ops.SHRD_CL -> doubleShift(cpu, p, op);
      case Ops.BT, Ops.BTS, Ops.BTR, Ops.BTC -> bitTest(cpu, p, op);
      case Ops.BSF, Ops.BSR -> scan(cpu, p, op);
      case Ops.TZCNT, Ops.LZCNT, Ops.POPCNT -> count(cpu, p, op);
      default -> bmi(cpu, p, op);
    }
    return Flow.NEXT;
  }

  private static int shiftCount(Cpu cpu, long p, int size) {
    long c = Op.srcKind(p) == Op.KIND_IMM ? Op.imm(p) : Operands.readReg(cpu, Cpu.RCX, 0);
    return (int) c & (size == 3 ? 63 : 31);
  }

  private static void shift(Cpu cpu, long p, int op) {
    int size = Op.size(p);
    int n = shiftCount(cpu, p, size);
    long a = Operands.dstForUpdate(cpu, p);
    if (n == 0) {
      Operands.setDst(cpu, p, a); // flags stay, a 32-bit register still loses its upper half
      return;
    }
    int bits = 8 << size;
    long r;
    boolean carry;
    boolean overflow;
    switch (op) {
      case Ops.SHR -> {
        long u = zext(a, size);
        r = n >= 64 ? 0 : u >>> n;
        carry = (u >>> n - 1 & 1) != 0;
        overflow = a < 0;
      }
      case Ops.SAR -> {
        r = a >> Math.min(n, 63);
        carry = (a >> Math.min(n - 1, 63) & 1) != 0;
        overflow = false;
      }
      default -> {
        r = a << n;
        carry = n <= bits && (a >>> bits - n & 1) != 0;
        overflow = sext(r, size) < 0 != carry;
      }
    }
    Operands.setDst(cpu, p, r);
    Flags.setResult(cpu, sext(r, size), (carry ? Cpu.CF : 0) | (overflow ? Cpu.OF : 0));
  }

  /// Rotates touch CF and OF only. The count is taken modulo the size (plus one for RCL and RCR).
  private static void rotate(Cpu cpu, long p, int op) {
    int size = Op.size(p);
    int n = shiftCount(cpu, p, size);
    int bits = 8 << size;
    long a = Operands.dstForUpdate(cpu, p);
    if (n == 0) {
      Operands.setDst(cpu, p, a);
      return;
    }
    int flags = Flags.arithmetic(cpu);
    long u = zext(a, size);
    long r;
    boolean carry;
    boolean overflow;
    switch (op) {
      case Ops.ROL -> {
        int k = n & bits - 1;
        r = k == 0 ? u : u << k | u >>> bits - k;
        carry = (r & 1) != 0;
        overflow = sext(r, size) < 0 != carry;
      }
      case Ops.ROR -> {
        int k = n & bits - 1;
        r = k == 0 ? u : u >>> k | u << bits - k;
        carry = sext(r, size) < 0;
        overflow = (r << 1 ^ r) >>> bits - 1 << 63 != 0;
      }
      case Ops.RCL -> {
        int k = size == 3 ? n : n % (bits + 1);
        boolean c = (flags & Cpu.CF) != 0;
        r = u;
        for (int i = 0; i < k; i++) {
          boolean out = (r >>> bits - 1 & 1) != 0;
          r = r << 1 | (c ? 1 : 0);
          c = out;
        }
        carry = c;
        overflow = sext(r, size) < 0 != carry;
      }
      default -> {
        int k = size == 3 ? n : n % (bits + 1);
        boolean c = (flags & Cpu.CF) != 0;
        r = u;
        for (int i = 0; i < k; i++) {
          boolean out = (r & 1) != 0;
          r = zext(r, size) >>> 1 | (c ? 1L : 0L) << bits - 1;
          c = out;
        }
        carry = c;
        overflow = (r << 1 ^ r) >>> bits - 1 << 63 != 0;
      }
    }
    Operands.setDst(cpu, p, r);
    Flags.setArithmetic(cpu, flags & ~(Cpu.CF | Cpu.OF) | (carry ? Cpu.CF : 0) | (overflow ? Cpu.OF : 0));
  }

  private static void doubleShift(Cpu cpu, long p, int op) {
    int size = Op.size(p);
    boolean byCl = op == Ops.SHLD_CL || op == Ops.SHRD_CL;
    boolean left = op == Ops.SHLD || op == Ops.SHLD_CL;
    int n = (int) (byCl ? Operands.readReg(cpu, Cpu.RCX, 0) : Op.imm(p)) & (size == 3 ? 63 : 31);
    long b = zext(Operands.readReg(cpu, Op.src(p), size), size);
    long a = Operands.dstForUpdate(cpu, p);
    if (n == 0) {
      Operands.setDst(cpu, p, a);
      return;
    }
    int bits = 8 << size;
    long u = zext(a, size);
    long r;
    boolean carry;
    if (size == 1) {
      // counts above 16 are undefined in the SDM; processors shift a 48-bit a:b:a string
      long wide = left ? u << 32 | b << 16 | u : u << 32 | b << 16 | u;
      if (left) {
        r = wide << n >>> 32;
        carry = (wide << n >>> 48 & 1) != 0;
      } else {
        r = wide >>> n;
        carry = (wide >>> n - 1 & 1) != 0;
      }
    } else if (left) {
      r = u << n | b >>> bits - n;
      carry = (u >>> bits - n & 1) != 0;
    } else {
      r = u >>> n | b << bits - n;
      carry = (u >>> n - 1 & 1) != 0;
    }
    long s = sext(r, size);
    Operands.setDst(cpu, p, r);
    Flags.setResult(cpu, s, (carry ? Cpu.CF : 0) | ((s ^ a) < 0 ? Cpu.OF : 0));
  }

  /// With a memory destination and a register source the bit string may lie anywhere round the address.
  private static void bitTest(Cpu cpu, long p, int op) {
    int size = Op.size(p);
    int bits = 8 << size;
    if (Op.dstKind(p) == Op.KIND_REG) {
      int bit = (int) Operands.src(cpu, p) & bits - 1;
      long a = Operands.readReg(cpu, Op.dst(p), size);
      if (op != Ops.BT) {
        Operands.writeReg(cpu, Op.dst(p), size, flip(op, a, bit));
      }
      carry(cpu, (a >>> bit & 1) != 0);
      return;
    }
    long where = Operands.src(cpu, p);
    long offset = Operands.offset(cpu, p);
    if (Op.srcKind(p) == Op.KIND_REG) {
      offset += (where >> 3 + size) << size;
      offset = Op.addressSize(p) == 3 ? offset : Op.addressSize(p) == 2 ? offset & 0xFFFF_FFFFL : offset & 0xFFFF;
    }
    int bit = (int) where & bits - 1;
    long la = Operands.linear(cpu, p, offset, 1 << size, op != Ops.BT);
    long a;
    if (op == Ops.BT) {
      a = cpu.mmu.load(la, size);
    } else if (Op.lock(p)) {
      do {
        cpu.mmu.checkWrite(la, 1 << size);
        a = cpu.mmu.load(la, size);
      } while (!cpu.mmu.locked.compareAndStore(la, size, a, sext(flip(op, a, bit), size)));
    } else {
      cpu.mmu.checkWrite(la, 1 << size);
      a = cpu.mmu.load(la, size);
      cpu.mmu.store(la, size, flip(op, a, bit));
    }
    carry(cpu, (a >>> bit & 1) != 0);
  }

  private static long flip(int op, long a, int bit) {
    long m = 1L << bit;
    return op == Ops.BTS ? a | m : op == Ops.BTR ? a & ~m : a ^ m;
  }

  private static void carry(Cpu cpu, boolean set) {
    Flags.setArithmetic(cpu, Flags.arithmetic(cpu) & ~Cpu.CF | (set ? Cpu.CF : 0));
  }

  /// A zero source sets ZF and leaves the destination as it was.
  private static void scan(Cpu cpu, long p, int op) {
    int size = Op.size(p);
    long v = zext(Operands.src(cpu, p), size);
    int keep = Flags.arithmetic(cpu) & ~Cpu.ZF;
    if (v == 0) {
      Flags.setArithmetic(cpu, keep | Cpu.ZF);
      return;
    }
    Operands.setDst(cpu, p, op == Ops.BSF ? Long.numberOfTrailingZeros(v) : 63 - Long.numberOfLeadingZeros(v));
    Flags.setArithmetic(cpu, keep);
  }

  private static void count(Cpu cpu, long p, int op) {
    int size = Op.size(p);
    if (op == Ops.TZCNT && !cpu.features.has(CpuFeatures.Word.L7_EBX, 3)) {
      scan(cpu, p, Ops.BSF); // without BMI1 the prefix means nothing
      return;
    }
    if (op == Ops.LZCNT && !cpu.features.has(CpuFeatures.Word.X1_ECX, 5)) {
      scan(cpu, p, Ops.BSR);
      return;
    }
    if (op == Ops.POPCNT && !cpu.features.has(CpuFeatures.Word.L1_ECX, 23)) {
      throw cpu.ud();
    }
    int bits = 8 << size;
    long v = zext(Operands.src(cpu, p), size);
    int r;
    int f;
    switch (op) {
      case Ops.TZCNT -> {
        r = v == 0 ? bits : Long.numberOfTrailingZeros(v);
        f = (v == 0 ? Cpu.CF : 0) | (r == 0 ? Cpu.ZF : 0);
      }
      case Ops.LZCNT -> {
        r = Long.numberOfLeadingZeros(v) - (64 - bits);
        f = (v == 0 ? Cpu.CF : 0) | (r == 0 ? Cpu.ZF : 0);
      }
      default -> {
        r = Long.bitCount(v);
        f = v == 0 ? Cpu.ZF : 0;
      }
    }
    Operands.setDst(cpu, p, r);
    Flags.setArithmetic(cpu, f);
  }

  private static void bmi(Cpu cpu, long p, int op) {
    int size = Op.size(p);
    boolean first = op == Ops.ANDN || op == Ops.BEXTR || op == Ops.BLSR || op == Ops.BLSMSK || op == Ops.BLSI;
    if (!cpu.features.has(CpuFeatures.Word.L7_EBX, first ? 3 : 8) || (Op.prefixes(p) & Op.PREFIX_VEX_L) != 0) {
      throw cpu.ud();
    }
    long s = zext(Operands.src(cpu, p), size);
    long v = zext(Operands.readReg(cpu, Op.reg3(p), size), size);
    int bits = 8 << size;
    switch (op) {
      case Ops.ANDN -> logic(cpu, p, size, ~v & s, 0);
      case Ops.BLSR -> logic(cpu, p, size, s - 1 & s, s == 0 ? Cpu.CF : 0);
      case Ops.BLSMSK -> logic(cpu, p, size, s - 1 ^ s, s == 0 ? Cpu.CF : 0);
      case Ops.BLSI -> logic(cpu, p, size, -s & s, s != 0 ? Cpu.CF : 0);
      case Ops.BEXTR -> {
        int start = (int) v & 0xFF;
        int length = (int) (v >>> 8) & 0xFF;
        long r = start >= bits ? 0 : s >>> start;
        r = length >= 64 ? r : r & (1L << length) - 1;
        Operands.setDst(cpu, p, r);
        Flags.setArithmetic(cpu, r == 0 ? Cpu.ZF : 0);
      }
      case Ops.BZHI -> {
        int n = (int) v & 0xFF;
        logic(cpu, p, size, n >= bits ? s : s & (1L << n) - 1, n >= bits ? Cpu.CF : 0);
      }
      case Ops.PDEP -> Operands.setDst(cpu, p, Long.expand(v, s));
      case Ops.PEXT -> Operands.setDst(cpu, p, Long.compress(v, s));
      case Ops.SARX -> Operands.setDst(cpu, p, sext(s, size) >> (v & bits - 1));
      case Ops.SHLX -> Operands.setDst(cpu, p, s << (v & bits - 1));
      case Ops.SHRX -> Operands.setDst(cpu, p, s >>> (v & bits - 1));
      case Ops.RORX -> {
        int n = (int) Op.imm(p) & bits - 1;
        Operands.setDst(cpu, p, n == 0 ? s : s >>> n | s << bits - n);
      }
      case Ops.MULX -> {
        long d = zext(Operands.readReg(cpu, Cpu.RDX, size), size);
        long low = d * s;
        long high = size == 3 ? Math.unsignedMultiplyHigh(d, s) : low >>> 32;
        Operands.writeReg(cpu, Op.reg3(p), size, low);
        Operands.setDst(cpu, p, high);
      }
      default -> throw new IllegalStateException("not a bit operation: " + Ops.name(op));
    }
  }

  private static void logic(Cpu cpu, long p, int size, long r, int carry) {
    Operands.setDst(cpu, p, r);
    Flags.setResult(cpu, sext(r, size), carry);
  }
}
