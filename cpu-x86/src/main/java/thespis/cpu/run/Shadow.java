package thespis.cpu.run;

import thespis.cpu.decode.Op;
import thespis.cpu.decode.Ops;
import thespis.cpu.exec.Flags;
import thespis.cpu.exec.Flow;
import thespis.cpu.mmu.Mem;
import thespis.cpu.mmu.Mmu;
import thespis.cpu.mmu.PageCopies;
import thespis.cpu.mmu.Tlb;
import thespis.cpu.state.Cpu;
import thespis.cpu.state.GuestFault;
import thespis.cpu.state.NativeState;

/// A second processor that does by the semantics of {@link thespis.cpu.exec}, one instruction after the other, what
/// translated code of the first has just done. It writes to copies of pages only and has no devices.
final class Shadow implements AutoCloseable {
  /// More than translated code can execute without a poll: all that one page holds.
  private static final int MAX_STEPS = 5000;

  private static final int CACHE = 4096;

  final Cpu cpu;
  final UndefinedFlags undefined = new UndefinedFlags();

  /// What was raised at the end, or null.
  GuestFault fault;

  private final Cpu first;
  private final InstructionCache decoded;
  private final long[] path = new long[MAX_STEPS];
  private int steps;

  /// The last instruction is not done with all its elements.
  private boolean repeats;

  /// The state block as it was at the start, up to the vector registers.
  final long before = Mem.allocate(Cpu.XCR0);

  Shadow(Cpu first, PageCopies copies) {
    this.first = first;
    this.cpu = new Cpu(first.index, new NoDevices(), first.clock, first.features);
    this.cpu.mmu = new Mmu(cpu, first.mmu, copies, cpu.bus);
    this.decoded = new InstructionCache(cpu, CACHE);
  }

  /// Takes over the state of the first processor, which is about to enter translated code at `rip`.
  void take(long rip) {
    Mem.copy(first.st, cpu.st, Cpu.STATE_BYTES);
    System.arraycopy(first.limit, 0, cpu.limit, 0, first.limit.length);
    System.arraycopy(first.attr, 0, cpu.attr, 0, first.attr.length);
    cpu.cr0 = first.cr0;
    cpu.cr3 = first.cr3;
    cpu.cr4 = first.cr4;
    cpu.efer = first.efer;
    cpu.msrs.star = first.msrs.star;
    cpu.msrs.lstar = first.msrs.lstar;
    cpu.msrs.cstar = first.msrs.cstar;
    cpu.msrs.fmask = first.msrs.fmask;
    cpu.msrs.sysenterCs = first.msrs.sysenterCs;
    cpu.msrs.sysenterEsp = first.msrs.sysenterEsp;
    cpu.msrs.sysenterEip = first.msrs.sysenterEip;
    cpu.cpl = first.cpl;
    cpu.updateMode();
    cpu.mmu.flush();
    cpu.setRip(rip);
    cpu.attention(); // a repeated instruction ends at each page, as it does in translated code that sees attention
    int f = Mem.get16(cpu.st + NativeState.FLAGS_SAVED);
    Flags.setArithmetic(cpu, f >>> 8 & 0xFF | (f & 1) << 11);
    Mem.copy(cpu.st, before, Cpu.XCR0);
    undefined.clear();
    fault = null;
    steps = 0;
  }

  /// Executes what translated code has executed that stopped at `target`.
  ///
  /// @param polled it stopped behind a branch at which it looks for attention, else before the instruction at `target`
  /// @param turns branches before that at which it did not look
  /// @return whether this one came there too
  boolean reach(long target, boolean polled, int turns) {
    int left = turns;
    while (steps < MAX_STEPS) {
      long at = cpu.rip();
      if (left == 0 && !polled && at == target) {
        return true;
      }
      path[steps++] = at;
      repeats = false;
      boolean free;
      try {
        free = step(at);
      } catch (GuestFault f) {
        fault = f;
        return false;
      }
      boolean there = left == 0 && polled && at == target && isSame(Cpu.RCX) && isSame(Cpu.RSI) && isSame(Cpu.RDI);
      if (repeats && !there) {
        steps--; // the first processor may do more elements at a time
      } else if (!free && left > 0) {
        left--;
      } else if (!free) {
        return polled && cpu.rip() == target;
      }
    }
    return false;
  }

  private boolean isSame(int register) {
    return cpu.reg(register) == first.reg(register);
  }

  /// Executes the instruction at which the first processor faulted.
  void raise() {
    try {
      path[steps++] = cpu.rip();
      step(cpu.rip());
    } catch (GuestFault f) {
      fault = f;
    }
  }

  /// @return whether translated code goes on without looking for attention
  private boolean step(long at) {
    long p = decoded.record(at);
    int op = Op.op(p);
    cpu.interruptShadow = false;
    int mask = undefined.mask;
    undefined.before(cpu, p, op);
    try {
      if (Families.run(cpu, p, op) == Flow.NEXT) {
        cpu.setRip(Flow.nextRip(cpu, p));
      }
    } catch (GuestFault f) {
      undefined.mask = mask;
      throw f;
    }
    long to = cpu.rip();
    repeats = to == at && Op.rep(p) != Op.REP_NONE;
    return Long.compareUnsigned(to, at) > 0 && ((to ^ at) & Tlb.PAGE_MASK) == 0 && op != Ops.RET && op != Ops.JMP_IND
        && op != Ops.CALL_IND && op != Ops.IRET && op != Ops.SYSENTER && op != Ops.SYSEXIT
        && op != Ops.SYSCALL && op != Ops.SYSRET
        && op != Ops.STAC && op != Ops.CLAC;
  }

  /// Addresses of the instructions that were executed.
  long[] path() {
    return java.util.Arrays.copyOf(path, steps);
  }

  /// The record of the instruction at an address on the path.
  long record(long at) {
    return decoded.record(at);
  }

  @Override
  public void close() {
    decoded.close();
    Mem.free(before);
    cpu.mmu.close();
    cpu.close();
  }

  /// Translated code cannot reach a device, so this one must not either.
  private static final class NoDevices implements IoBus {
    private static IllegalStateException reached(String what, long where) {
      return new IllegalStateException("the interpreter comes to a device, " + what + " 0x" + Long.toHexString(where));
    }

    @Override
    public long in(int port, int size) {
      throw reached("port", port);
    }

    @Override
    public boolean out(int port, int size, int value) {
      throw reached("port", port);
    }

    @Override
    public long mmioRead(long gpa, int size) {
      throw reached("address", gpa);
    }

    @Override
    public void mmioWrite(long gpa, int size, long value) {
      throw reached("address", gpa);
    }
  }
}
