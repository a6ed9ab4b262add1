package thespis.cpu.exec;

import thespis.cpu.decode.Op;
import thespis.cpu.decode.Ops;
import thespis.cpu.mmu.Mem;
import thespis.cpu.state.BoundRegisters;
import thespis.cpu.state.CodeMode;
import thespis.cpu.state.Cpu;
import thespis.cpu.state.GuestFault;

/// Intel MPX: bounds made, moved, looked up in the bound tables, and checked with #BR. Where it is not enabled these
/// opcodes do nothing. SDM Vol. 1 "Intel Memory Protection Extensions"; Vol. 2A "BNDCL", "BNDCU/BNDCN", "BNDLDX",
/// "BNDMK", "BNDMOV", "BNDSTX".
public final class Bounds {
  /// The components of XCR0 that must be enabled both.
  static final long COMPONENTS = 0x18;

  /// BNDSTATUS: what a violation was.
  private static final long VIOLATION = 1;

  private static final long INVALID_ENTRY = 2;
  private static final long VALID = 1;
  private static final int REGISTER = 0xC0;

  private Bounds() {}

  /// CR4.OSXSAVE, XCR0 or a configuration has changed.
  public static void configured(Cpu cpu) {
    long components = Mem.get64(cpu.st + Cpu.XCR0) & COMPONENTS;
    cpu.bounds.configured((cpu.cr4 & Cpu.CR4_OSXSAVE) != 0 && components == COMPONENTS);
    cpu.updateMode();
  }

  /// A near branch forgets all bounds, unless it has the BND prefix or they are to be preserved.
  static void branch(Cpu cpu, long p) {
    if (Op.rep(p) != Op.REPNE && (cpu.bounds.config(cpu.cpl) & BoundRegisters.PRESERVE) == 0) {
      cpu.bounds.init();
    }
  }

  static int run(Cpu cpu, long p, int op) {
    if ((cpu.mode & CodeMode.BOUNDS) == 0) {
      return Flow.NEXT;
    }
    if (Op.legacy(p) && Op.addressSize(p) == 1) {
      throw cpu.ud();
    }
    BoundRegisters b = cpu.bounds;
    boolean wide = cpu.code64();
    switch (op) {
      case Ops.BNDMK -> make(cpu, p, register(cpu, Op.dst(p)));
      case Ops.BNDCL -> {
        if (Long.compareUnsigned(checked(cpu, p), b.lower[register(cpu, Op.dst(p))]) < 0) {
          throw violation(cpu);
        }
      }
      case Ops.BNDCU -> checkUpper(cpu, checked(cpu, p), mask(wide, ~b.upper[register(cpu, Op.dst(p))]));
      case Ops.BNDCN -> checkUpper(cpu, checked(cpu, p), b.upper[register(cpu, Op.dst(p))]);
      case Ops.BNDMOV_LOAD -> load(cpu, p, register(cpu, Op.dst(p)));
      case Ops.BNDMOV_STORE -> store(cpu, p, register(cpu, Op.src(p)));
      case Ops.BNDLDX -> loadFromTable(cpu, p, register(cpu, Op.dst(p)));
      default -> storeToTable(cpu, p, register(cpu, Op.src(p)));
    }
    return Flow.NEXT;
  }

  private static int register(Cpu cpu, int n) {
    if (n >= BoundRegisters.COUNT) {
      throw cpu.ud();
    }
    return n;
  }

  private static long mask(boolean wide, long v) {
    return wide ? v : v & 0xFFFF_FFFFL;
  }

  private static GuestFault violation(Cpu cpu) {
    cpu.bounds.status = VIOLATION;
    return cpu.raise(GuestFault.BR);
  }

  private static void checkUpper(Cpu cpu, long address, long upper) {
    if (Long.compareUnsigned(address, upper) > 0) {
      throw violation(cpu);
    }
  }

  /// The pointer: a general register, or the address of the memory operand, which is not accessed.
  private static long checked(Cpu cpu, long p) {
    long pointer = Op.srcKind(p) == Op.KIND_REG ? Mem.get64(cpu.st + Op.src(p)) : Operands.offset(cpu, p);
    return mask(cpu.code64(), pointer);
  }

  private static void requireBase(Cpu cpu, long p) {
    if (cpu.code64() && Op.modrm(p) < REGISTER && (Op.modrm(p) & 0xC7) == 5) {
      throw cpu.ud(); // RIP-relative
    }
  }

  private static void make(Cpu cpu, long p, int n) {
    requireBase(cpu, p);
    boolean wide = cpu.code64();
    cpu.bounds.lower[n] = mask(wide, Mem.get64(cpu.st + Op.base(p)));
    cpu.bounds.upper[n] = mask(wide, ~Operands.offset(cpu, p));
  }

  private static void load(Cpu cpu, long p, int n) {
    BoundRegisters b = cpu.bounds;
    if (Op.srcKind(p) == Op.KIND_REG) {
      int from = register(cpu, Op.src(p));
      b.lower[n] = b.lower[from];
      b.upper[n] = b.upper[from];
      return;
    }
    int size = cpu.code64() ? 3 : 2;
    long la = Operands.linear(cpu, p, 2 << size, false);
    long lower = Flags.zext(cpu.mmu.load(la, size), size);
    b.upper[n] = Flags.zext(cpu.mmu.load(la + (1 << size), size), size);
    b.lower[n] = lower;
  }

  private static void store(Cpu cpu, long p, int n) {
    BoundRegisters b = cpu.bounds;
    if (Op.dstKind(p) == Op.KIND_REG) {
      int to = register(cpu, Op.dst(p));
      b.lower[to] = b.lower[n];
      b.upper[to] = b.upper[n];
      return;
    }
    int size = cpu.code64() ? 3 : 2;
    long la = Operands.linear(cpu, p, 2 << size, true);
    cpu.mmu.checkWrite(la, 2 << size);
    cpu.mmu.store(la, size, b.lower[n]);
    cpu.mmu.store(la + (1 << size), size, b.upper[n]);
  }

  /// Where the bounds of the pointer that lies at base and displacement are kept. SDM Vol. 1 "Bound Paging".
  private static long entry(Cpu cpu, long p) {
    requireBase(cpu, p);
    boolean wide = cpu.code64();
    long offset = Op.base(p) == Op.NO_REG ? 0 : Mem.get64(cpu.st + Op.base(p)) + Op.disp(p);
    long at = mask(wide, mask(Op.addressSize(p) == 3, offset) + cpu.base(Op.seg(p) < 6 ? Op.seg(p) : Cpu.DS));
    long directory = cpu.bounds.config(cpu.cpl) & -4096L;
    long slot = wide
        ? directory + ((at >>> 20 & 0xFFF_FFFFL) << 3)
        : (directory + ((at >>> 12 & 0xF_FFFFL) << 2)) & 0xFFFF_FFFFL;
    long table = Flags.zext(cpu.mmu.load(slot, wide ? 3 : 2), wide ? 3 : 2);
    if ((table & VALID) == 0) {
      cpu.bounds.status = slot | INVALID_ENTRY;
      throw cpu.raise(GuestFault.BR);
    }
    return wide ? (table & -8L) + ((at >>> 3 & 0x1_FFFFL) << 5) : (table & -4L) + ((at >>> 2 & 0x3FFL) << 4);
  }

  private static long pointer(Cpu cpu, long p) {
    return mask(cpu.code64(), Mem.get64(cpu.st + Op.index(p)));
  }

  private static void loadFromTable(Cpu cpu, long p, int n) {
    long entry = entry(cpu, p);
    int size = cpu.code64() ? 3 : 2;
    int step = 1 << size;
    long lower = Flags.zext(cpu.mmu.load(entry, size), size);
    long upper = Flags.zext(cpu.mmu.load(entry + step, size), size);
    boolean same = Flags.zext(cpu.mmu.load(entry + 2 * step, size), size) == pointer(cpu, p);
    cpu.bounds.lower[n] = same ? lower : 0;
    cpu.bounds.upper[n] = same ? upper : 0;
  }

  private static void storeToTable(Cpu cpu, long p, int n) {
    long entry = entry(cpu, p);
    int size = cpu.code64() ? 3 : 2;
    int step = 1 << size;
    cpu.mmu.checkWrite(entry, 3 * step);
    cpu.mmu.store(entry, size, cpu.bounds.lower[n]);
    cpu.mmu.store(entry + step, size, cpu.bounds.upper[n]);
    cpu.mmu.store(entry + 2 * step, size, pointer(cpu, p));
  }
}
