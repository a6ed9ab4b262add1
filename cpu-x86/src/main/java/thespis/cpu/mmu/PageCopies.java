package thespis.cpu.mmu;

import java.util.Arrays;

/// What pages of guest memory held before something wrote to them, for whoever wants to do the same once more from the
/// same start and compare. Pages are named by their host address.
public final class PageCopies implements AutoCloseable {
  private static final int BYTES = (int) PhysMap.PAGE_SIZE;

  private long[] pages = new long[16];
  private long[] copies = new long[16];
  private int size;

  /// Address of a page's copy, or 0.
  long of(long hostPage) {
    for (int i = 0; i < size; i++) {
      if (pages[i] == hostPage) {
        return copies[i];
      }
    }
    return 0;
  }

  /// Copies a page as it is now, unless that was done.
  long keep(long hostPage) {
    long there = of(hostPage);
    if (there != 0) {
      return there;
    }
    if (size == pages.length) {
      pages = Arrays.copyOf(pages, 2 * size);
      copies = Arrays.copyOf(copies, 2 * size);
    }
    if (copies[size] == 0) {
      copies[size] = Mem.allocate(BYTES);
    }
    Mem.copy(hostPage, copies[size], BYTES);
    pages[size] = hostPage;
    return copies[size++];
  }

  /// The pages are to be copied anew.
  public void clear() {
    size = 0;
  }

  public int size() {
    return size;
  }

  public long page(int n) {
    return pages[n];
  }

  public long copy(int n) {
    return copies[n];
  }

  /// Where page and copy differ from this offset on, or -1; in whole quadwords.
  public int difference(int n, int from) {
    long page = pages[n];
    long copy = copies[n];
    for (int i = from & -8; i < BYTES; i += 8) {
      if (Mem.get64(page + i) != Mem.get64(copy + i)) {
        return i;
      }
    }
    return -1;
  }

  @Override
  public void close() {
    for (long copy : copies) {
      if (copy != 0) {
        Mem.free(copy);
      }
    }
    Arrays.fill(copies, 0);
    size = 0;
  }
}
