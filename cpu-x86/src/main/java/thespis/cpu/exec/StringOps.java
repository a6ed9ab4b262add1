package thespis.cpu.exec;

import thespis.cpu.decode.Op;
import thespis.cpu.decode.Ops;
import thespis.cpu.mmu.Mem;
import thespis.cpu.mmu.Mmu;
import thespis.cpu.state.CodeMode;
import thespis.cpu.state.Cpu;

/// MOVS, CMPS, STOS, LODS, SCAS, INS, OUTS and their REP forms. In 64-bit and flat code whole runs inside a page are done at
/// once on host memory; the registers are brought up to date before anything can fault or interrupt, so that the instruction
/// goes on where it was. SDM Vol. 1 "String Operations"; Vol. 2B "REP/REPE/REPZ/REPNE/REPNZ".
public final class StringOps {
  private StringOps() {}

  public static int run(Cpu cpu, long p, int op) {
    int flow = Op.rep(p) != Op.REP_NONE ? repeat(cpu, p, op) : one(cpu, p, op) ? Flow.NEXT : Flow.EXIT;
    // a port access ends its block
    return flow == Flow.NEXT && (op == Ops.INS || op == Ops.OUTS) ? Flow.endBlock(cpu, p) : flow;
  }

  private static long mask(long p) {
    return switch (Op.addressSize(p)) {
      case 3 -> -1L;
      case 2 -> 0xFFFF_FFFFL;
      default -> 0xFFFFL;
    };
  }

  private static void setIndex(Cpu cpu, long p, int reg, long value) {
    Operands.writeReg(cpu, reg, Op.addressSize(p), value);
  }

  private static long step(Cpu cpu, int size) {
    return cpu.flag(Cpu.DF) ? -(1L << size) : 1L << size;
  }

  private static long sourceAddress(Cpu cpu, long p, int bytes) {
    return Operands.linear(cpu, p, cpu.reg(Cpu.RSI) & mask(p), bytes, false);
  }

  /// Always ES, without override.
  private static long targetAddress(Cpu cpu, long p, int bytes, boolean write) {
    long offset = cpu.reg(Cpu.RDI) & mask(p);
    return Op.legacy(p) ? thespis.cpu.mmu.Segmentation.linear(cpu, Cpu.ES, offset, bytes, write) : offset;
  }

  private static int repeat(Cpu cpu, long p, int op) {
    long m = mask(p);
    boolean conditional = op == Ops.CMPS || op == Ops.SCAS;
    boolean whileEqual = Op.rep(p) == Op.REP;
    while (true) {
      long count = cpu.reg(Cpu.RCX) & m;
      if (count == 0) {
        return Flow.NEXT;
      }
      long done = isFlat(cpu, p) ? run(cpu, p, op, count, whileEqual) : 0;
      if (done == 0) {
        if (!one(cpu, p, op)) {
          return Flow.EXIT;
        }
        done = 1;
      }
      setIndex(cpu, p, Cpu.RCX, (cpu.reg(Cpu.RCX) & m) - done);
      if (conditional && Flags.condition(cpu, 4) != whileEqual) {
        return Flow.NEXT;
      }
      if (Mem.get32(cpu.st + Cpu.ATTENTION) != 0 && (cpu.reg(Cpu.RCX) & m) != 0) {
        return Flow.JUMP; // RIP is still that of the instruction
      }
    }
  }

  /// Do both operands lie in segments without a limit, and are addresses as wide as they can be?
  private static boolean isFlat(Cpu cpu, long p) {
    int seg = Op.seg(p);
    return Op.addressSize(p) == 3
        || Op.addressSize(p) == 2 && (cpu.mode & CodeMode.FLAT) != 0 && seg != Cpu.CS && seg != Cpu.FS && seg != Cpu.GS;
  }

  /// One element. False: the slice must end (a deferred port).
  private static boolean one(Cpu cpu, long p, int op) {
    int size = Op.size(p);
    int bytes = 1 << size;
    Mmu mmu = cpu.mmu;
    long step = step(cpu, size);
    switch (op) {
      case Ops.MOVS -> {
        long v = mmu.load(sourceAddress(cpu, p, bytes), size);
        mmu.store(targetAddress(cpu, p, bytes, true), size, v);
        advance(cpu, p, Cpu.RSI, step);
        advance(cpu, p, Cpu.RDI, step);
      }
      case Ops.CMPS -> {
        long a = mmu.load(sourceAddress(cpu, p, bytes), size);
        long b = mmu.load(targetAddress(cpu, p, bytes, false), size);
        advance(cpu, p, Cpu.RSI, step);
        advance(cpu, p, Cpu.RDI, step);
        Flags.setSub(cpu, size, a, b);
      }
      case Ops.STOS -> {
        mmu.store(targetAddress(cpu, p, bytes, true), size, Operands.readReg(cpu, Cpu.RAX, size));
        advance(cpu, p, Cpu.RDI, step);
      }
      case Ops.LODS -> {
        Operands.writeReg(cpu, Cpu.RAX, size, mmu.load(sourceAddress(cpu, p, bytes), size));
        advance(cpu, p, Cpu.RSI, step);
      }
      case Ops.SCAS -> {
        long b = mmu.load(targetAddress(cpu, p, bytes, false), size);
        advance(cpu, p, Cpu.RDI, step);
        Flags.setSub(cpu, size, Operands.readReg(cpu, Cpu.RAX, size), b);
      }
      case Ops.INS -> {
        int port = (int) cpu.reg(Cpu.RDX) & 0xFFFF;
        Ports.check(cpu, port, bytes);
        long la = targetAddress(cpu, p, bytes, true);
        mmu.checkWrite(la, bytes);
        if (!Ports.in(cpu, port, bytes)) {
          return false;
        }
        mmu.store(la, size, cpu.ioAnswer);
        advance(cpu, p, Cpu.RDI, step);
      }
      case Ops.OUTS -> {
        int port = (int) cpu.reg(Cpu.RDX) & 0xFFFF;
        Ports.check(cpu, port, bytes);
        long v = mmu.load(sourceAddress(cpu, p, bytes), size);
        if (!Ports.out(cpu, port, bytes, (int) v)) {
          return false;
        }
        advance(cpu, p, Cpu.RSI, step);
      }
      default -> throw new IllegalStateException("not a string operation: " + Ops.name(op));
    }
    return true;
  }

  private static void advance(Cpu cpu, long p, int reg, long step) {
    setIndex(cpu, p, reg, cpu.reg(reg) + step);
  }

  /// Elements of `1 << size` bytes from `la` to the end of its page.
  private static long room(long la, int size) {
    return 4096 - (la & 0xFFF) >>> size;
  }

  /// A run of elements inside one page of each operand, forward only. Returns how many were done; 0 where the general
  /// way must be taken.
  private static long run(Cpu cpu, long p, int op, long count, boolean whileEqual) {
    if (cpu.flag(Cpu.DF) || cpu.breakpoints) {
      return 0;
    }
    long most = count < 0 ? Long.MAX_VALUE : count; // the count has no sign
    return switch (op) {
      case Ops.MOVS -> moveRun(cpu, p, most);
      case Ops.STOS -> storeRun(cpu, p, most);
      case Ops.SCAS -> scanRun(cpu, p, most, whileEqual);
      case Ops.CMPS -> compareRun(cpu, p, most, whileEqual);
      default -> 0;
    };
  }

  private static long moveRun(Cpu cpu, long p, long count) {
    int size = Op.size(p);
    long src = sourceAddress(cpu, p, 1);
    long dst = cpu.reg(Cpu.RDI) & mask(p);
    long n = Math.min(count, Math.min(room(src, size), room(dst, size)));
    if (n == 0) {
      return 0;
    }
    long from = cpu.mmu.hostForRead(src);
    long to = cpu.mmu.hostForWrite(dst);
    if (from == 0 || to == 0) {
      return 0;
    }
    long bytes = n << size;
    if (to > from && to < from + bytes) {
      if (to - from < 1L << size) {
        return 0;
      }
      for (long i = 0; i < bytes; i += 1L << size) {
        copyElement(from + i, to + i, size);
      }
    } else {
      Mem.copy(from, to, bytes);
    }
    if (cpu.mmu.notifies(dst)) {
      cpu.mmu.written(to, (int) bytes);
    }
    advance(cpu, p, Cpu.RSI, bytes);
    setIndex(cpu, p, Cpu.RDI, dst + bytes);
    return n;
  }

  private static void copyElement(long from, long to, int size) {
    switch (size) {
      case 0 -> Mem.put8(to, Mem.get8(from));
      case 1 -> Mem.put16(to, Mem.get16(from));
      case 2 -> Mem.put32(to, Mem.get32(from));
      default -> Mem.put64(to, Mem.get64(from));
    }
  }

  private static long storeRun(Cpu cpu, long p, long count) {
    int size = Op.size(p);
    long dst = cpu.reg(Cpu.RDI) & mask(p);
    long n = Math.min(count, room(dst, size));
    if (n == 0) {
      return 0;
    }
    long to = cpu.mmu.hostForWrite(dst);
    if (to == 0) {
      return 0;
    }
    long bytes = n << size;
    long v = pattern(Operands.readReg(cpu, Cpu.RAX, size), size);
    if (v == (v & 0xFF) * 0x0101_0101_0101_0101L) {
      Mem.fill(to, bytes, (byte) v);
    } else {
      long i = 0;
      for (; i + 8 <= bytes; i += 8) {
        Mem.put64(to + i, v);
      }
      for (; i < bytes; i++) {
        Mem.put8(to + i, (byte) (v >>> 8 * (i & 7)));
      }
    }
    if (cpu.mmu.notifies(dst)) {
      cpu.mmu.written(to, (int) bytes);
    }
    setIndex(cpu, p, Cpu.RDI, dst + bytes);
    return n;
  }

  /// The element repeated over eight bytes.
  private static long pattern(long v, int size) {
    return switch (size) {
      case 0 -> (v & 0xFF) * 0x0101_0101_0101_0101L;
      case 1 -> (v & 0xFFFF) * 0x0001_0001_0001_0001L;
      case 2 -> (v & 0xFFFF_FFFFL) * 0x0000_0001_0000_0001L;
      default -> v;
    };
  }

  private static long element(long host, int size) {
    return switch (size) {
      case 0 -> Mem.load8(host);
      case 1 -> Mem.load16(host);
      case 2 -> Mem.load32(host);
      default -> Mem.load64(host);
    };
  }

  private static long scanRun(Cpu cpu, long p, long count, boolean whileEqual) {
    int size = Op.size(p);
    long dst = cpu.reg(Cpu.RDI) & mask(p);
    long n = Math.min(count, room(dst, size));
    if (n == 0) {
      return 0;
    }
    long host = cpu.mmu.hostForRead(dst);
    if (host == 0) {
      return 0;
    }
    long want = Operands.readReg(cpu, Cpu.RAX, size);
    long v = 0;
    long done = 0;
    while (done < n) {
      v = element(host + (done << size), size);
      done++;
      if ((v == want) != whileEqual) {
        break;
      }
    }
    setIndex(cpu, p, Cpu.RDI, dst + (done << size));
    Flags.setSub(cpu, size, want, v);
    return done;
  }

  private static long compareRun(Cpu cpu, long p, long count, boolean whileEqual) {
    int size = Op.size(p);
    long src = sourceAddress(cpu, p, 1);
    long dst = cpu.reg(Cpu.RDI) & mask(p);
    long n = Math.min(count, Math.min(room(src, size), room(dst, size)));
    if (n == 0) {
      return 0;
    }
    long from = cpu.mmu.hostForRead(src);
    long to = cpu.mmu.hostForRead(dst);
    if (from == 0 || to == 0) {
      return 0;
    }
    long a = 0;
    long b = 0;
    long done = 0;
    while (done < n) {
      a = element(from + (done << size), size);
      b = element(to + (done << size), size);
      done++;
      if ((a == b) != whileEqual) {
        break;
      }
    }
    advance(cpu, p, Cpu.RSI, done << size);
    setIndex(cpu, p, Cpu.RDI, dst + (done << size));
    Flags.setSub(cpu, size, a, b);
    return done;
  }
}
