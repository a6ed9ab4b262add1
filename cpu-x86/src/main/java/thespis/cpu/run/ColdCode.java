package thespis.cpu.run;

import thespis.cpu.mmu.Mem;

/// The guest's bytes of blocks as they were decoded, one after the other in native memory: at the machine's end most of
/// those that ran a few times only are no longer what lies in guest memory, since what starts a kernel is given back and
/// patched.
final class ColdCode implements AutoCloseable {
  /// More code than anybody boots.
  private static final long ROOM = 8 << 20;

  private static final int RIP = 0;
  private static final int MODE = 8;
  private static final int LENGTH = 12;
  private static final int HEAD = 16;

  private long block;
  private long at;

  /// Who looks at the blocks.
  interface Visitor {
    /// @param bytes where they stand
    /// @return whether to go on
    boolean visit(long rip, int mode, long bytes, int length);
  }

  /// @param host where the guest has the block
  void add(long rip, int mode, long host, int length) {
    if (block == 0) {
      block = Mem.allocateSparse(ROOM);
      at = block;
    }
    int whole = length + 7 & -8;
    if (at + HEAD + whole > block + ROOM) {
      return;
    }
    Mem.put64(at + RIP, rip);
    Mem.put32(at + MODE, mode);
    Mem.put32(at + LENGTH, length);
    for (int i = 0; i < length; i++) {
      Mem.put8(at + HEAD + i, Mem.get8(host + i));
    }
    at += HEAD + whole;
  }

  /// In the order in which they were decoded.
  void forEach(Visitor visitor) {
    boolean on = true;
    for (long p = block; p < at && on; p += HEAD + (Mem.get32(p + LENGTH) + 7 & -8)) {
      on = visitor.visit(Mem.get64(p + RIP), Mem.get32(p + MODE), p + HEAD, Mem.get32(p + LENGTH));
    }
  }

  /// Forgets them and gives their memory back.
  @Override
  public void close() {
    if (block != 0) {
      Mem.freeSparse(block, ROOM);
    }
    block = 0;
    at = 0;
  }
}
