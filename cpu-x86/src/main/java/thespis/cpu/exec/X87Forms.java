package thespis.cpu.exec;

import thespis.cpu.decode.Ops;
import thespis.cpu.fp.Float80Arith;
import thespis.cpu.fp.Float80Compare;
import thespis.cpu.fp.Float80Convert;
import thespis.cpu.fp.FpEnv;
import thespis.cpu.mmu.Mem;
import thespis.cpu.mmu.Mmu;
import thespis.cpu.state.Cpu;

/// The common x87 instructions for compiled blocks, when all goes well: unit on, no exception pending, registers in use or
/// free as need be, nothing raised but a masked loss of precision. In every other case nothing has changed yet and the
/// whole instruction goes to {@link X87}, which says what each does. `fop` is opcode and ModRM as in the last-opcode
/// register, `ip` the instruction's address, `p` its record, `la` the memory operand.
public final class X87Forms {
  private static final int OFF = Cpu.CR0_EM | Cpu.CR0_TS;

  private X87Forms() {}

  private static int fsw(long st) {
    return Mem.get16(st + Cpu.FSW) & 0xFFFF;
  }

  private static boolean usable(Cpu c, int fsw) {
    return (c.cr0 & OFF) == 0 && (fsw & X87State.ES) == 0;
  }

  private static int top(int fsw) {
    return fsw >>> 11 & 7;
  }

  private static long reg(long st, int n) {
    return st + Cpu.FPR + 16L * n;
  }

  private static boolean used(long st, int n) {
    return (Mem.get16(st + Cpu.FTW) >>> n & 1) != 0;
  }

  private static int se(long a) {
    return Mem.get16(a + 8) & 0xFFFF;
  }

  private static void put(long a, long sig, int se) {
    Mem.put64(a, sig);
    Mem.put16(a + 8, (short) se);
  }

  private static FpEnv begin(Cpu c, long st) {
    FpEnv e = c.x87;
    e.loadControlWord(Mem.get16(st + Cpu.FCW) & 0xFFFF);
    return e;
  }

  /// Nothing was raised, or PE and it is masked.
  private static boolean fine(FpEnv e) {
    return (e.flags & ~FpEnv.PE | e.unmasked()) == 0;
  }

  private static int status(int fsw, FpEnv e) {
    return fsw & ~X87State.C1 | e.flags | (e.roundedUp ? X87State.C1 : 0);
  }

  private static void setFsw(long st, int fsw) {
    Mem.put16(st + Cpu.FSW, (short) fsw);
  }

  private static void setPopped(long st, int fsw) {
    int top = top(fsw);
    Mem.put16(st + Cpu.FTW, (short) (Mem.get16(st + Cpu.FTW) & ~(1 << top)));
    setFsw(st, fsw & ~X87State.TOP | (top + 1 & 7) << 11);
  }

  private static void pointMemory(Cpu c, long st, long ip, int fop, long la) {
    X87.point(c, ip, fop);
    Mem.put64(st + Cpu.FDP, la);
    Mem.put16(st + Cpu.FDS, (short) c.selector(Cpu.DS));
  }

  private static void whole(Cpu c, long p, long ip) {
    c.setRip(ip);
    X87.run(c, p, Ops.X87);
  }

  private static long compute(FpEnv e, int function, long a, int aSe, long b, int bSe) {
    return switch (function) {
      case 0 -> Float80Arith.add(e, a, aSe, b, bSe);
      case 1 -> Float80Arith.mul(e, a, aSe, b, bSe);
      case 4 -> Float80Arith.sub(e, a, aSe, b, bSe);
      case 5 -> Float80Arith.sub(e, b, bSe, a, aSe);
      case 6 -> Float80Arith.div(e, a, aSe, b, bSe);
      default -> Float80Arith.div(e, b, bSe, a, aSe);
    };
  }

  /// D8, DC and DE C0-FF but for the comparisons.
  public static void arithmetic(Cpu c, Mmu m, long st, long p, long ip, int fop) {
    int fsw = fsw(st);
    int top = top(fsw);
    int other = top + fop & 7;
    if (usable(c, fsw) && used(st, top) && used(st, other)) {
      FpEnv e = begin(c, st);
      long a = reg(st, top);
      long b = reg(st, other);
      long sig = compute(e, fop >>> 3 & 7, Mem.get64(a), se(a), Mem.get64(b), se(b));
      if (fine(e)) {
        put((fop & 0x400) == 0 ? a : b, sig, e.se);
        if (fop >>> 8 == 6) {
          setPopped(st, status(fsw, e));
        } else {
          setFsw(st, status(fsw, e));
        }
        X87.point(c, ip, fop);
        return;
      }
    }
    whole(c, p, ip);
  }

  /// D8 and DC with memory: a float or double operand.
  public static void arithmeticMemory(Cpu c, Mmu m, long st, long p, long ip, int fop, long la) {
    int fsw = fsw(st);
    int top = top(fsw);
    if (usable(c, fsw) && used(st, top)) {
      FpEnv e = begin(c, st);
      long b = (fop & 0x400) == 0 ? Float80Convert.operand(e, m.load32(la)) : Float80Convert.operand(e, m.load64(la));
      int bSe = e.se;
      long a = reg(st, top);
      long sig = compute(e, fop >>> 3 & 7, Mem.get64(a), se(a), b, bSe);
      if (fine(e)) {
        put(a, sig, e.se);
        setFsw(st, status(fsw, e));
        pointMemory(c, st, ip, fop, la);
        return;
      }
    }
    whole(c, p, ip);
  }

  /// Bit 2 of the opcode chooses between 32 and 64 bits.
  private static long real(FpEnv e, Mmu m, int fop, long la) {
    return (fop & 0x400) == 0 ? Float80Convert.fromFloat(e, m.load32(la)) : Float80Convert.fromDouble(e, m.load64(la));
  }

  /// FLD of a float or double.
  public static void load(Cpu c, Mmu m, long st, long p, long ip, int fop, long la) {
    int fsw = fsw(st);
    FpEnv e = begin(c, st);
    if (usable(c, fsw)) {
      long sig = real(e, m, fop, la);
      if (e.flags == 0 && pushed(c, st, fsw, sig, e.se)) {
        pointMemory(c, st, ip, fop, la);
        return;
      }
    }
    whole(c, p, ip);
  }

  /// FLD m80.
  public static void load80(Cpu c, Mmu m, long st, long p, long ip, int fop, long la) {
    int fsw = fsw(st);
    if (usable(c, fsw)) {
      long sig = m.load64(la);
      int se = m.load16(la + 8) & 0xFFFF;
      if (pushed(c, st, fsw, sig, se)) {
        pointMemory(c, st, ip, fop, la);
        return;
      }
    }
    whole(c, p, ip);
  }

  /// FILD: 16 bits for DF /0, 32 for DB /0, 64 for DF /5.
  public static void loadInteger(Cpu c, Mmu m, long st, long p, long ip, int fop, long la) {
    int fsw = fsw(st);
    FpEnv e = begin(c, st);
    if (usable(c, fsw)) {
      long v = (fop & 0x400) == 0 ? m.load32(la) : (fop & 0x20) == 0 ? m.load16(la) : m.load64(la);
      long sig = Float80Convert.fromInt(e, v);
      if (pushed(c, st, fsw, sig, e.se)) {
        pointMemory(c, st, ip, fop, la);
        return;
      }
    }
    whole(c, p, ip);
  }

  private static boolean pushed(Cpu c, long st, int fsw, long sig, int se) {
    int top = top(fsw) - 1 & 7;
    int tags = Mem.get16(st + Cpu.FTW);
    if ((tags >>> top & 1) != 0) {
      return false;
    }
    put(reg(st, top), sig, se);
    Mem.put16(st + Cpu.FTW, (short) (tags | 1 << top));
    setFsw(st, fsw & ~(X87State.TOP | X87State.C1) | top << 11);
    return true;
  }

  /// FLD ST(i).
  public static void loadRegister(Cpu c, Mmu m, long st, long p, long ip, int fop) {
    int fsw = fsw(st);
    int from = top(fsw) + fop & 7;
    long a = reg(st, from);
    if (usable(c, fsw) && used(st, from) && pushed(c, st, fsw, Mem.get64(a), se(a))) {
      X87.point(c, ip, fop);
    } else {
      whole(c, p, ip);
    }
  }

  /// FLD1 and FLDZ.
  public static void loadOne(Cpu c, Mmu m, long st, long p, long ip, int fop) {
    constant(c, st, p, ip, fop, Long.MIN_VALUE, 0x3FFF);
  }

  public static void loadZero(Cpu c, Mmu m, long st, long p, long ip, int fop) {
    constant(c, st, p, ip, fop, 0, 0);
  }

  private static void constant(Cpu c, long st, long p, long ip, int fop, long sig, int se) {
    int fsw = fsw(st);
    if (usable(c, fsw) && pushed(c, st, fsw, sig, se)) {
      X87.point(c, ip, fop);
    } else {
      whole(c, p, ip);
    }
  }

  /// FXCH.
  public static void exchange(Cpu c, Mmu m, long st, long p, long ip, int fop) {
    int fsw = fsw(st);
    int top = top(fsw);
    int other = top + fop & 7;
    if (usable(c, fsw) && used(st, top) && used(st, other)) {
      long a = reg(st, top);
      long b = reg(st, other);
      long sig = Mem.get64(a);
      int se = se(a);
      put(a, Mem.get64(b), se(b));
      put(b, sig, se);
      setFsw(st, fsw & ~X87State.C1);
      X87.point(c, ip, fop);
    } else {
      whole(c, p, ip);
    }
  }

  /// FCHS and FABS.
  public static void changeSign(Cpu c, Mmu m, long st, long p, long ip, int fop) {
    int fsw = fsw(st);
    int top = top(fsw);
    if (usable(c, fsw) && used(st, top)) {
      long a = reg(st, top);
      Mem.put16(a + 8, (short) ((fop & 1) == 0 ? se(a) ^ 0x8000 : se(a) & 0x7FFF));
      setFsw(st, fsw & ~X87State.C1);
      X87.point(c, ip, fop);
    } else {
      whole(c, p, ip);
    }
  }

  /// FST and FSTP to ST(i); bit 3 of ModRM says pop.
  public static void storeRegister(Cpu c, Mmu m, long st, long p, long ip, int fop) {
    int fsw = fsw(st);
    int top = top(fsw);
    if (usable(c, fsw) && used(st, top)) {
      int to = top + fop & 7;
      long a = reg(st, top);
      put(reg(st, to), Mem.get64(a), se(a));
      Mem.put16(st + Cpu.FTW, (short) (Mem.get16(st + Cpu.FTW) | 1 << to));
      if ((fop & 8) != 0) {
        setPopped(st, fsw & ~X87State.C1);
      } else {
        setFsw(st, fsw & ~X87State.C1);
      }
      X87.point(c, ip, fop);
    } else {
      whole(c, p, ip);
    }
  }

  /// FST and FSTP of a float or double.
  public static void store(Cpu c, Mmu m, long st, long p, long ip, int fop, long la) {
    int fsw = fsw(st);
    int top = top(fsw);
    if (usable(c, fsw) && used(st, top)) {
      FpEnv e = begin(c, st);
      long a = reg(st, top);
      boolean wide = (fop & 0x400) != 0;
      long v = wide ? Float80Convert.toDouble(e, Mem.get64(a), se(a)) : Float80Convert.toFloat(e, Mem.get64(a), se(a));
      if (fine(e)) {
        if (wide) {
          m.store64(la, v);
        } else {
          m.store32(la, (int) v);
        }
        stored(c, st, ip, fop, la, status(fsw, e));
        return;
      }
    }
    whole(c, p, ip);
  }

  private static void stored(Cpu c, long st, long ip, int fop, long la, int fsw) {
    if ((fop & 8) != 0) {
      setPopped(st, fsw);
    } else {
      setFsw(st, fsw);
    }
    pointMemory(c, st, ip, fop, la);
  }

  /// FSTP m80.
  public static void store80(Cpu c, Mmu m, long st, long p, long ip, int fop, long la) {
    int fsw = fsw(st);
    int top = top(fsw);
    if (usable(c, fsw) && used(st, top)) {
      long a = reg(st, top);
      m.checkWrite(la, 10);
      m.store64(la, Mem.get64(a));
      m.store16(la + 8, (short) se(a));
      setPopped(st, fsw & ~X87State.C1);
      pointMemory(c, st, ip, fop, la);
    } else {
      whole(c, p, ip);
    }
  }

  /// FIST and FISTP of 16 (DF), 32 (DB) and 64 bits (DF /7).
  public static void storeInteger(Cpu c, Mmu m, long st, long p, long ip, int fop, long la) {
    int fsw = fsw(st);
    int top = top(fsw);
    if (usable(c, fsw) && used(st, top)) {
      FpEnv e = begin(c, st);
      long a = reg(st, top);
      int bits = (fop & 0x400) == 0 ? 32 : (fop & 0x20) == 0 ? 16 : 64;
      long v = Float80Convert.toInt(e, Mem.get64(a), se(a), bits, e.rounding());
      if (fine(e)) {
        switch (bits) {
          case 16 -> m.store16(la, (short) v);
          case 32 -> m.store32(la, (int) v);
          default -> m.store64(la, v);
        }
        stored(c, st, ip, fop, la, status(fsw, e));
        return;
      }
    }
    whole(c, p, ip);
  }

  /// FCOMI, FUCOMI and their popping forms (DF): only operands that compare without any exception come through here.
  public static void compareFlags(Cpu c, Mmu m, long st, long p, long ip, int fop) {
    int fsw = fsw(st);
    int top = top(fsw);
    int other = top + fop & 7;
    if (usable(c, fsw) && used(st, top) && used(st, other)) {
      FpEnv e = begin(c, st);
      long a = reg(st, top);
      long b = reg(st, other);
      int codes = Float80Compare.compare(e, Mem.get64(a), se(a), Mem.get64(b), se(b), (fop & 8) != 0);
      if (e.flags == 0) {
        Flags.setArithmetic(c, codes);
        if ((fop & 0x400) != 0) {
          setPopped(st, fsw);
        }
        X87.point(c, ip, fop);
        return;
      }
    }
    whole(c, p, ip);
  }

  /// FLDCW.
  public static void loadControl(Cpu c, Mmu m, long st, long p, long ip, int fop, long la) {
    if (usable(c, fsw(st))) {
      X87State.setFcw(c, m.load16(la) & 0xFFFF);
    } else {
      whole(c, p, ip);
    }
  }

  /// FNSTCW.
  public static void storeControl(Cpu c, Mmu m, long st, long p, long ip, int fop, long la) {
    if (usable(c, fsw(st))) {
      m.store16(la, Mem.get16(st + Cpu.FCW));
    } else {
      whole(c, p, ip);
    }
  }
}
