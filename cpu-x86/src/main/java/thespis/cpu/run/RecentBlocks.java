package thespis.cpu.run;

import thespis.cpu.mmu.Mem;

/// The blocks found last, by a hash of their RIP: the last one in its place, and the one that it has driven out beside it,
/// if that is nobody's own or every other time. They may be dead, or of another address space: who finds one compares.
/// There are few places as long as few blocks are remembered: what an idle guest runs fits a few pages of the host.
final class RecentBlocks implements AutoCloseable {
  private static final int FEWEST = 1 << 12;
  private static final int MOST = 1 << 16;
  private static final int GROWTH = 4;
  private static final int BYTES = 8;

  private int places = FEWEST;
  private long table = Mem.allocateSparse(FEWEST * BYTES);
  private int remembered;
  private boolean turn;

  private long place(long rip) {
    return table + ((rip ^ rip >>> 16) & places - 1) * BYTES;
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
    if (++remembered > places && places < MOST) {
      take(places * GROWTH);
    }
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
    take(FEWEST);
  }

  /// So many places, all empty.
  private void take(int count) {
    close();
    places = count;
    table = Mem.allocateSparse(count * BYTES);
    remembered = 0;
  }

  @Override
  public void close() {
    Mem.freeSparse(table, places * BYTES);
  }
}
