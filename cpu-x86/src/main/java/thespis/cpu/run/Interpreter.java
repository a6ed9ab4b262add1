package thespis.cpu.run;

import thespis.cpu.decode.Op;
import thespis.cpu.decode.Ops;
import thespis.cpu.decode.Special;
import thespis.cpu.exec.Breakpoints;
import thespis.cpu.exec.Flags;
import thespis.cpu.exec.Flow;
import thespis.cpu.exec.Interrupts;
import thespis.cpu.jit.NativeEngine;
import thespis.cpu.mmu.Mem;
import thespis.cpu.mmu.Mmu;
import thespis.cpu.state.CodeMode;
import thespis.cpu.state.Cpu;
import thespis.cpu.state.GuestFault;
import thespis.cpu.state.NativeState;

/// Executes decoded blocks: each record's number picks a {@link Handler}, which returns the record to go on with.
final class Interpreter {
  /// Not an exit: the core has something to serve (or a block ended that may have changed what is deliverable).
  static final int SERVE = -2;

  private static final int NO_EXIT = -1;

  /// What a run of translated code counts as, which does not count its instructions.
  private static final int PER_STOP = 64;

  /// PAUSEs in one slice, those of translated code apart, before the thread is given to somebody else.
  private static final int PAUSES = 64;

  private static final int DECODED = 128;

  private static final Handler[] TABLE = table();

  final Cpu cpu;
  final Mmu mmu;
  private final BlockCache blocks;
  private final long one = Mem.allocate(Op.BYTES);

  /// What has no translation each time it comes, such as writes to pages with code.
  private final InstructionCache decoded;

  private long budget;
  private long retired;
  private int pauses;

  /// RIP and first record of the running block.
  long rip;

  private long first;

  /// The direct branch that led out of the last block, or 0: it will be linked to what is found.
  private long link;

  private int exit = NO_EXIT;

  /// Index of the record that a compiled block was at when something was thrown out of it.
  int at;

  /// The compiled block that runs, or null while records are executed one by one.
  private CompiledBlock compiled;

  private boolean inGeneral;

  private final NativeEngine engine;

  /// Stop of the native engine whose branch is to be linked to the block found next, or -1.
  private int stop = -1;

  private long stopped;

  /// Translated code stopped at a computed branch to the block found next.
  private boolean computed;

  /// One instruction runs without its block; RIP is right.
  private boolean stepping;

  private final Verifier verifier;

  Interpreter(Cpu cpu, BlockCache blocks, NativeEngine engine, Verifier verifier) {
    this.cpu = cpu;
    this.verifier = verifier;
    this.engine = engine;
    this.mmu = cpu.mmu;
    this.blocks = blocks;
    this.decoded = new InstructionCache(cpu, DECODED);
  }

  private static Handler[] table() {
    Handler[] t = new Handler[Families.OPS];
    for (int op = Ops.GENERIC; op < t.length; op++) {
      t[op] = Families.of(op);
    }
    Moves.fill(t);
    AluOps.fill(t);
    CompareOps.fill(t);
    UnaryOps.fill(t);
    StackOps.fill(t);
    BranchOps.fill(t);
    t[Special.COMPILED] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        CompiledBlock block = i.blocks.compiled(p);
        i.compiled = block;
        long next = block.run(i, i.mmu, i.cpu, st, p);
        i.compiled = null;
        return next;
      }
    };
    t[Special.NATIVE] = new Handler() {
      @Override
      long run(Interpreter i, long st, long p, long w) {
        return i.translated(st);
      }
    };
    return t;
  }

  // ---- translated code

  private boolean unchained() {
    return cpu.log != null && cpu.log.unchained();
  }

  /// Runs the host code of the block at {@link #first} and what follows it.
  private long translated(long st) {
    flagsOut(st);
    long code = Block.code(first - Block.HEADER);
    long from = rip;
    while (true) {
      budget -= PER_STOP;
      retired += PER_STOP;
      if (cpu.log != null) {
        flagsBack(st);
        cpu.setRip(from);
        cpu.log.block(from, code);
      }
      NativeEngine.Stop why = verifier == null ? engine.run(code) : verifier.run(code, from);
      long target = engine.target();
      if (why == NativeEngine.Stop.FAULT) {
        flagsBack(st);
        cpu.setRip(target);
        if (!raise(engine.fault())) {
          exit = Exit.SHUTDOWN;
          return 0;
        }
        flagsOut(st);
        target = cpu.rip();
      }
      from = target;
      if (why == NativeEngine.Stop.SINGLY) {
        code = blocks.singly(engine.block(), target);
        if (code != 0) {
          continue;
        }
        why = NativeEngine.Stop.INTERPRET;
      }
      if (why == NativeEngine.Stop.CALL || why == NativeEngine.Stop.INTERPRET) {
        flagsBack(st);
        boolean on = why == NativeEngine.Stop.CALL ? called(target) : interpreted(target);
        if (exit != NO_EXIT) {
          return 0;
        }
        flagsOut(st);
        if (on && engine.behind() != 0 && Mem.get32(st + Cpu.ATTENTION) == 0 && budget > 0) {
          code = engine.behind();
          from = cpu.rip();
          continue;
        }
        target = cpu.rip();
        from = target;
      }
      if (why != NativeEngine.Stop.POLLED && Mem.get32(st + Cpu.ATTENTION) == 0 && budget > 0) {
        long epoch = blocks.resets;
        long h = blocks.quick(target);
        if (h == 0 && CodeMode.isTranslated(cpu.mode) && !unchained()) {
          h = blocks.near(target);
        }
        if (epoch != blocks.resets) {
          why = NativeEngine.Stop.DONE; // where it stopped is no more
        }
        if (h != 0) {
          blocks.entered(h);
          code = Block.code(h);
          if (code == 0) {
            flagsBack(st);
            rip = target;
            first = h + Block.HEADER;
            return first;
          }
          if (unchained()) {
            continue;
          }
          if (why == NativeEngine.Stop.GOTO) {
            blocks.link(engine.stop(), engine.block(), h);
          } else if (why == NativeEngine.Stop.COMPUTED) {
            mmu.jumps().remember(cpu, target, code, mmu.isGlobal(target));
          }
          continue;
        }
        if (why == NativeEngine.Stop.GOTO && !unchained()) {
          stop = engine.stop();
          stopped = engine.block();
        }
        computed = why == NativeEngine.Stop.COMPUTED && !unchained();
      }
      flagsBack(st);
      Mem.put64(st + Cpu.RIP, target);
      return 0;
    }
  }

  private void flagsBack(long st) {
    int f = Mem.get16(st + NativeState.FLAGS_SAVED);
    Flags.setArithmetic(cpu, f >>> 8 & 0xFF | (f & 1) << 11);
  }

  private void flagsOut(long st) {
    int f = Flags.arithmetic(cpu);
    Mem.put16(st + NativeState.FLAGS_SAVED, (short) (f >>> 11 & 1 | (f & 0xFF | 2) << 8));
  }

  /// Executes the instructions that translated code stopped for. True if what it has behind them comes next.
  private boolean called(long at) {
    long block = engine.block();
    int mode = cpu.mode;
    long p = engine.records();
    long end = p + (long) engine.count() * Op.BYTES;
    long next = at;
    do {
      cpu.setRip(next);
      next += Op.length(p);
      executeAlone(p);
      p += Op.BYTES;
      if (cpu.rip() != next || exit != NO_EXIT || cpu.mode != mode || !Block.isAlive(block)) {
        return false;
      }
    } while (p != end && Mem.get32(cpu.st + Cpu.ATTENTION) == 0);
    return p == end;
  }

  /// Executes the instruction that has no translation this time.
  private boolean interpreted(long at) {
    cpu.setRip(at);
    stepping = true; // the rest of it may lie in a page that is not there
    executeAlone(decoded.record(at));
    return false;
  }

  private void executeAlone(long p) {
    stepping = true;
    int flow = Families.run(cpu, p, Op.op(p));
    stepping = false;
    if (flow == Flow.NEXT) {
      cpu.setRip(Flow.nextRip(cpu, p));
    } else if (flow == Flow.EXIT) {
      leave(first, flow);
    }
  }

  /// @param translatedPauses what the guest waits for in so many PAUSEs of translated code will not come soon
  void budget(long instructions, int translatedPauses) {
    budget = instructions;
    pauses = 0;
    Mem.put32(cpu.st + NativeState.PAUSES, translatedPauses);
  }

  private boolean mayPause() {
    return ++pauses < PAUSES && Mem.get32(cpu.st + NativeState.PAUSES) > 0;
  }

  long retired() {
    return retired;
  }

  /// Runs until the slice ends or attention is called for.
  int run() {
    exit = NO_EXIT;
    link = 0;
    stop = -1;
    computed = false;
    while (true) {
      if (Mem.get32(cpu.st + Cpu.ATTENTION) != 0) {
        return SERVE;
      }
      if (budget <= 0) {
        return Exit.BUDGET;
      }
      try {
        long p = enter();
        if (p == 0) {
          int e = step();
          if (e >= 0) {
            return e;
          }
          continue;
        }
        execute(p);
        if (exit != NO_EXIT) {
          return exit;
        }
      } catch (GuestFault f) {
        if (!raise(f)) {
          return Exit.SHUTDOWN;
        }
      }
    }
  }

  /// Finds the block at RIP. Its first record, or 0 if the code can't be kept.
  private long enter() {
    if (blocks.crowded) {
      blocks.reset();
      link = 0;
      stop = -1;
    }
    long from = link;
    link = 0;
    int direct = stop;
    stop = -1;
    boolean indirect = computed;
    computed = false;
    long epoch = blocks.resets;
    rip = cpu.rip();
    long h = blocks.find(rip);
    if (h == 0) {
      return 0;
    }
    if (from != 0 && epoch == blocks.resets && !unchained()) {
      Block.link(from, first - Block.HEADER, h);
    }
    first = h + Block.HEADER;
    blocks.entered(h);
    if (cpu.log != null && Block.code(h) == 0) {
      cpu.log.block(rip, first);
    }
    if (direct >= 0 && epoch == blocks.resets) {
      blocks.link(direct, stopped, h);
    }
    if (indirect && Block.code(h) != 0) {
      mmu.jumps().remember(cpu, rip, Block.code(h), mmu.isGlobal(rip));
    }
    return first;
  }

  private void execute(long start) {
    final Handler[] table = TABLE;
    final long st = cpu.st;
    long p = start;
    while (p != 0) {
      try {
        do {
          long w = Mem.get64(p);
          p = table[(int) w & 0xFFF].run(this, st, p, w);
        } while (p != 0);
      } catch (GuestFault f) {
        if (stepping) {
          stepping = false;
          throw f;
        }
        boolean kernel = compiled != null && !inGeneral;
        p = thrownAt(p);
        if (kernel || Block.operation(p, first) < Ops.GENERIC) {
          cpu.setRip(rip + Op.offset(p)); // kernels and special forms leave RIP at the block's start
        }
        account(p - Op.BYTES);
        throw f;
      } catch (SelfWrite f) {
        p = thrownAt(p);
        Block.interpret(first);
      }
    }
  }

  /// The record that threw: in a compiled block it says so itself.
  private long thrownAt(long p) {
    inGeneral = false;
    if (compiled == null) {
      return p;
    }
    compiled = null;
    return first + (long) at * Op.BYTES;
  }

  /// A compiled block is about to write over its own instructions: back to the records, which notice.
  private static final class SelfWrite extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final SelfWrite IT = new SelfWrite();

    private SelfWrite() {
      super(null, null, false, false);
    }
  }

  /// Called before a write to a page that holds code.
  void beforeWrite(long host, int bytes) {
    if (compiled != null && !inGeneral && Block.covers(first - Block.HEADER, host, bytes)) {
      throw SelfWrite.IT;
    }
  }

  // ---- how handlers leave a block

  /// A direct branch is taken: its target is the immediate, and the record knows the block once it was found.
  long taken(long st, long p) {
    account(p);
    long target = Mem.get64(p + 16);
    long next = Mem.get64(p + 24);
    if (next != 0 && Mem.get64(next) == target && Mem.get32(st + Cpu.ATTENTION) == 0 && budget > 0) {
      rip = target;
      first = next + Block.HEADER;
      blocks.entered(next);
      return first;
    }
    Mem.put64(st + Cpu.RIP, target);
    link = p;
    return 0;
  }

  /// A compiled block branches to its own start. True: it goes on there; false: it leaves, RIP is set.
  boolean again(long st, long p) {
    account(p);
    if (Mem.get64(first - Block.HEADER + Block.RIP) == rip && Mem.get32(st + Cpu.ATTENTION) == 0 && budget > 0) {
      return true;
    }
    Mem.put64(st + Cpu.RIP, rip);
    return false;
  }

  /// An operation without a kernel, from a compiled block: {@link Flow}'s numbers.
  int general(long st, long p, int op) {
    Mem.put64(st + Cpu.RIP, rip + Op.offset(p));
    inGeneral = true;
    int flow = Families.run(cpu, p, op);
    inGeneral = false;
    if (flow == Flow.NEXT && Mem.get64(first - Block.HEADER + Block.RIP) != rip) {
      return Flow.endBlock(cpu, p); // it has overwritten its own block
    }
    return flow;
  }

  /// An indirect branch, from a compiled block.
  long handle(long st, long p) {
    return TABLE[Block.operation(p, first)].run(this, st, p, Mem.get64(p));
  }

  /// To an address that the code computed.
  long indirect(long st, long p, long target) {
    account(p);
    Mem.put64(st + Cpu.RIP, target);
    if (Mem.get32(st + Cpu.ATTENTION) == 0 && budget > 0 && cpu.log == null) {
      long h = blocks.quick(target);
      if (h != 0) {
        rip = target;
        first = h + Block.HEADER;
        blocks.entered(h);
        return first;
      }
    }
    return 0;
  }

  /// A general operation ended the block; RIP is set.
  long leave(long p, int flow) {
    account(p);
    if (flow == Flow.EXIT && !(cpu.exit == Exit.YIELD && mayPause())) {
      exit = cpu.exit;
    }
    return 0;
  }

  /// @param last the record that was executed last
  private void account(long last) {
    long n = (last - first >> 5) + 1;
    budget -= n;
    retired += n;
  }

  /// One instruction outside of any block: in an interrupt shadow, under TF, at the end of a deferred access; unless a
  /// debugger wants to stop before it. An exit reason or -1.
  int step() {
    Cpu c = cpu;
    if (c.debug.hasCode() && !c.ioDone
        && c.debug.stopsAt(c.code64() ? c.rip() : c.base(Cpu.CS) + c.rip() & 0xFFFF_FFFFL)) {
      return Exit.DEBUG;
    }
    return stepNow();
  }

  /// An exception of the instruction at RIP. False: triple fault.
  private boolean raise(GuestFault f) {
    int vector = f.vector;
    int error = f.errorCode;
    return Interrupts.exception(cpu, f.notCanonical && meansStack() ? GuestFault.SS : vector, error);
  }

  private boolean meansStack() {
    try {
      blocks.decodeOne(cpu.rip(), one);
      return StackSegment.isMeant(one);
    } catch (GuestFault gone) {
      return false; // somebody else took its page away meanwhile
    }
  }

  /// The same whatever a debugger wants to stop at.
  int stepNow() {
    Cpu c = cpu;
    boolean trap = c.flag(Cpu.TF);
    boolean resumes = c.flag(Cpu.RF);
    long at = c.rip();
    if (c.breakpoints && Breakpoints.instruction(c, c.code64() ? at : c.base(Cpu.CS) + at & 0xFFFF_FFFFL)) {
      return Interrupts.exception(c, GuestFault.DB, -1) ? -1 : Exit.SHUTDOWN;
    }
    try {
      blocks.decodeOne(at, one);
      c.interruptShadow = false;
      int flow = Families.run(c, one, Op.op(one));
      budget--;
      retired++;
      if (flow == Flow.NEXT) {
        c.setRip(Flow.nextRip(c, one));
      }
      if (resumes && Op.op(one) != Ops.IRET) {
        Flags.setSystem(c, Cpu.RF, 0);
      }
      boolean heldBack = c.interruptShadow && Op.op(one) != Ops.STI;
      if (!heldBack && trapsAfter(Op.op(one), trap)) {
        c.pendingDebug |= Cpu.DR6_BS;
      }
      if (c.pendingDebug != 0 && !heldBack) {
        if (!Interrupts.exception(c, GuestFault.DB, -1)) {
          return Exit.SHUTDOWN;
        }
      }
      if (flow == Flow.EXIT && c.exit != Exit.YIELD) {
        return c.exit;
      }
      return c.met == null ? -1 : Exit.DEBUG;
    } catch (GuestFault f) {
      if (f.vector != GuestFault.DB) {
        c.pendingDebug = 0; // what the instruction touched it will touch again
      }
      return raise(f) ? -1 : Exit.SHUTDOWN;
    }
  }

  /// Single step: TF as it was before the instruction decides, but for system calls, where it is TF as they leave it, and
  /// returns from them, which say so themselves. Who enters a handler by itself is not stepped over. SDM
  /// Vol. 3B "Single-Step Exception Condition", AMD64 APM Vol. 2 "Single Stepping".
  private boolean trapsAfter(int op, boolean before) {
    return switch (op) {
      case Ops.INT, Ops.INT1, Ops.INT3, Ops.SYSRET -> false;
      case Ops.SYSCALL -> cpu.flag(Cpu.TF);
      default -> before;
    };
  }

  void close() {
    decoded.close();
    Mem.free(one);
  }
}
