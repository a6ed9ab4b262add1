package thespis.cpu.run;

import thespis.cpu.decode.Op;
import thespis.cpu.decode.Ops;
import thespis.cpu.decode.Special;
import thespis.cpu.mmu.Mem;
import thespis.cpu.mmu.Tlb;

/// A decoded block in native memory: a header, then a run of {@link Op} records. It lies in one guest page; its last
/// instruction may reach into the next. A dead block has an impossible RIP, which everything that points to a block
/// compares before it jumps.
final class Block {
  static final int RIP = 0;

  /// Host address of its first byte.
  static final int HOST = 8;

  /// {@link thespis.cpu.state.Cpu#mode} that it was decoded for.
  static final int MODE = 16;

  /// Bytes of guest code.
  static final int LENGTH = 20;

  /// Host address of the page that its last instruction reaches into, or 0.
  static final int SECOND = 24;

  /// The next block of its chain.
  static final int CHAIN = 32;

  /// How many records it has.
  static final int OPS = 40;

  /// Runs, until it is compiled.
  static final int COUNT = 44;

  /// Number of its bytecode, and the operation that its first record had before.
  static final int COMPILED = 48;

  static final int FIRST_OP = 52;

  /// Translated code, entered with the flags saved; and its other entry relative to that, and who jumps to it.
  static final int NATIVE = 56;

  static final int FLAGS_ENTRY = 64;
  static final int LINKS = 68;
  static final int HEADER = 96;

  /// No RIP is this: not canonical.
  private static final long DEAD = 0x8000_0000_0000_0001L;

  private Block() {}

  /// All but the records, for a block that was never run.
  static void init(long h, long rip, long host, int mode, int length, long second, int ops) {
    Mem.put64(h + RIP, rip);
    Mem.put64(h + HOST, host);
    Mem.put32(h + MODE, mode);
    Mem.put32(h + LENGTH, length);
    Mem.put64(h + SECOND, second);
    Mem.put32(h + OPS, ops);
    Mem.put32(h + COUNT, 0);
    Mem.put64(h + NATIVE, 0);
    Mem.put32(h + LINKS, 0);
  }

  static boolean isAt(long h, long rip, int mode) {
    return Mem.get64(h + RIP) == rip && Mem.get32(h + MODE) == mode;
  }

  /// The block's code is still what the guest has there.
  static boolean isAlive(long h) {
    return Mem.get64(h + RIP) != DEAD;
  }

  /// The block may be running: its records turn into ones that look for the block anew.
  static void kill(long h) {
    Mem.put64(h + RIP, DEAD);
    int ops = Mem.get32(h + OPS);
    for (int i = 0; i < ops; i++) {
      Op.setOp(h + HEADER + (long) i * Op.BYTES, Ops.STALE);
    }
  }

  /// Host code of a block, or 0.
  static long code(long h) {
    return Mem.get64(h + NATIVE);
  }

  /// The operation of a record, also where the first one says that the block is compiled.
  static int operation(long p, long first) {
    int op = Op.op(p);
    return op == Special.COMPILED || op == Special.NATIVE ? Mem.get32(first - HEADER + FIRST_OP) : op;
  }

  /// Its first record sends whoever runs it to what was made of it.
  ///
  /// @param how one of {@link Special#COMPILED}, {@link Special#NATIVE}
  /// @param op what the record was
  static void divert(long h, int how, int op) {
    Mem.put32(h + FIRST_OP, op);
    Op.setOp(h + HEADER, how);
  }

  /// Runs a compiled block from its records again, for good.
  static void interpret(long first) {
    if (Op.op(first) == Special.COMPILED) {
      Op.setOp(first, Mem.get32(first - HEADER + FIRST_OP));
    }
  }

  /// Do both lie in one page? What maps one of them maps the other too.
  static boolean sharePage(long h, long other) {
    return ((Mem.get64(h + HOST) ^ Mem.get64(other + HOST)) & Tlb.PAGE_MASK) == 0;
  }

  /// Lets the direct branch at `p` in block `from` go to block `h` without a search. Only inside one page.
  static void link(long p, long from, long h) {
    if (Mem.get64(h + SECOND) == 0 && sharePage(h, from) && Op.op(p) != Ops.STALE) {
      Mem.put64(p + 24, h);
    }
  }

  /// Does a write touch the bytes of the block?
  static boolean covers(long h, long host, int bytes) {
    long from = Mem.get64(h + HOST);
    long second = Mem.get64(h + SECOND);
    return host < from + Mem.get32(h + LENGTH) && host + bytes > from
        || second != 0 && host < second + 16 && host + bytes > second;
  }

  /// The pieces of a page that it covers: see {@link CodeMap#pieces}. Both of its pages may be the same one of the host's.
  static long pieces(long h, long hostPage) {
    long host = Mem.get64(h + HOST);
    long pieces = Mem.get64(h + SECOND) == hostPage ? 1 : 0;
    if ((host & Tlb.PAGE_MASK) == hostPage) {
      int bytes = Math.max(Mem.get32(h + LENGTH), 1);
      pieces |= CodeMap.pieces(host, (int) Math.min(bytes, 4096 - (host & 0xFFF)));
    }
    return pieces;
  }
}
