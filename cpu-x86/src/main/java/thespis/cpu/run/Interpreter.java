package thespis.cpu.run;

import thespis.cpu.decode.Op;
import thespis.cpu.decode.Ops;
import thespis.cpu.exec.Flow;
import thespis.cpu.exec.Interrupts;
import thespis.cpu.mmu.Mem;
import thespis.cpu.state.Cpu;
import thespis.cpu.state.GuestFault;

/// Executes decoded blocks, one switch over the records of a block.
final class Interpreter {
  /// Not an exit: the core has something to serve (or a block ended that may have changed what is deliverable).
  static final int SERVE = -2;

  /// PAUSEs in one slice before the thread is given to somebody else.
  private static final int PAUSES = 64;

  private final Cpu cpu;
  private final BlockCache blocks;
  private final long one = Mem.allocate(Op.BYTES);
  private long budget;
  private long retired;
  private int pauses;

  Interpreter(Cpu cpu, BlockCache blocks) {
    this.cpu = cpu;
    this.blocks = blocks;
  }

  void budget(long instructions) {
    budget = instructions;
    pauses = 0;
  }

  long retired() {
    return retired;
  }

  /// Runs until the slice ends or attention is called for.
  int run() {
    Cpu c = cpu;
    long st = c.st;
    while (true) {
      long p = 0;
      long rip = 0;
      long first = 0;
      try {
        while (true) {
          if (Mem.get32(st + Cpu.ATTENTION) != 0) {
            return SERVE;
          }
          if (budget <= 0) {
            return Exit.BUDGET;
          }
          p = 0;
          rip = Mem.get64(st + Cpu.RIP);
          long h = blocks.find(rip);
          if (h == 0) {
            int e = step();
            if (e >= 0) {
              return e;
            }
            continue;
          }
          p = first = h + BlockCache.HEADER;
          int flow;
          do {
            Mem.put64(st + Cpu.RIP, rip + Op.offset(p));
            flow = Families.run(c, p, Op.op(p));
            p += Op.BYTES;
          } while (flow == Flow.NEXT);
          account(p - first >>> 5);
          if (flow == Flow.EXIT && !(c.exit == Exit.YIELD && ++pauses < PAUSES)) {
            return c.exit;
          }
        }
      } catch (GuestFault f) {
        if (p != 0) {
          account(p - first >>> 5);
        }
        if (!Interrupts.exception(c, f.vector, f.errorCode)) {
          return Exit.SHUTDOWN;
        }
      }
    }
  }

  private void account(long instructions) {
    budget -= instructions;
    retired += instructions;
  }

  /// One instruction outside of any block: in an interrupt shadow, under TF, at the end of a deferred access. An exit
  /// reason or -1.
  int step() {
    Cpu c = cpu;
    boolean trap = c.flag(Cpu.TF);
    try {
      long rip = c.rip();
      blocks.decodeOne(rip, one);
      c.interruptShadow = false;
      int flow = Families.run(c, one, Op.op(one));
      account(1);
      if (flow == Flow.NEXT) {
        c.setRip(Flow.nextRip(c, one));
      }
      if (trap && Op.op(one) != Ops.INT) {
        c.pendingDebug |= 1L << 14; // DR6.BS
        if (!Interrupts.exception(c, GuestFault.DB, -1)) {
          return Exit.SHUTDOWN;
        }
      }
      return flow == Flow.EXIT && c.exit != Exit.YIELD ? c.exit : -1;
    } catch (GuestFault f) {
      return Interrupts.exception(c, f.vector, f.errorCode) ? -1 : Exit.SHUTDOWN;
    }
  }

  void close() {
    Mem.free(one);
  }
}
