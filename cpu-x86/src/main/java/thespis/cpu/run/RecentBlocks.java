package thespis.cpu.run;

import thespis.cpu.mmu.Mem;

/// The blocks found last, by a hash of their RIP: the last one in its place, and the one that it has driven out beside it,
/// if that is nobody's own or every other time. They may be dead, or of another address space: who finds one compares.
final class RecentBlocks implements AutoCloseable {
  private static final int PLACES = 1 << 16;
  private static final int BYTES = 8;

  private long table = Mem.allocateSparse(PLACES * BYTES);
  private boolean turn;

  private long place(long rip) {
    return table + ((rip ^ rip >>> 16) & PLACES - 1) * BYTES;
  }

  /// The block with this RIP and mode, or 0.
  long find(long rip, int mode) {
    long place = place(rip);
    long h = Mem.get64(place);
    if (!isAt(h, rip, mode)) {
      h = Mem.get64(place ^ BYTES);
    }
    return isAt(h, rip, mode) ? h : 0;
  }

  private static boolean isAt(long h, long rip, int mode) {
    return h != 0 && Block.isAt(h, rip, mode);
  }

  void remember(long h, long rip) {
    long place = place(rip);
    long beside = place ^ BYTES;
    long other = Mem.get64(beside);
    turn = !turn;
    if (turn || other == 0 || place(Mem.get64(other + Block.RIP)) != beside) {
      Mem.put64(beside, Mem.get64(place));
    }
    Mem.put64(place, h);
  }

  void clear() {
    Mem.freeSparse(table, PLACES * BYTES);
    table = Mem.allocateSparse(PLACES * BYTES);
  }

  @Override
  public void close() {
    Mem.freeSparse(table, PLACES * BYTES);
  }
}
