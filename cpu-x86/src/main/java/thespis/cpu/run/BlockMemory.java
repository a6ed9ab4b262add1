package thespis.cpu.run;

import java.util.ArrayList;
import java.util.List;
import thespis.cpu.mmu.Mem;

/// Native memory that blocks are put into one behind the other, and that is used again from the start when all are
/// forgotten.
final class BlockMemory implements AutoCloseable {
  private static final long CHUNK = 256 << 10;

  private final long most;
  private final List<Long> chunks = new ArrayList<>();

  /// So many of them are in use.
  private int used;

  private long end;

  /// Where the next block begins.
  long at;

  /// @param most bytes, or a chunk if that is more
  BlockMemory(long most) {
    this.most = most;
    grow();
  }

  private void grow() {
    if (used == chunks.size()) {
      chunks.add(Mem.allocateSparse(CHUNK));
    }
    at = chunks.get(used++);
    end = at + CHUNK;
  }

  /// Has room for so many bytes in one piece, far fewer than a chunk's. False: not before {@link #clear}.
  boolean hasRoom(long bytes) {
    if (at + bytes <= end) {
      return true;
    }
    if ((used + 1) * CHUNK > most) {
      return false;
    }
    grow();
    return true;
  }

  /// Chunks in use.
  int used() {
    return used;
  }

  void clear() {
    used = 0;
    grow();
  }

  /// Gives back what is not in use.
  void trim() {
    while (chunks.size() > used) {
      Mem.freeSparse(chunks.removeLast(), CHUNK);
    }
  }

  @Override
  public void close() {
    chunks.forEach(chunk -> Mem.freeSparse(chunk, CHUNK));
    chunks.clear();
  }
}
