package thespis.machine.migrate;

import java.io.IOException;
import java.util.BitSet;
import java.util.List;
import thespis.cpu.mmu.GuestRam;
import thespis.cpu.mmu.Mem;

/// RAM on its way to another process while the guest goes on writing to it: all pages at first, then those that were
/// written since, as often as somebody wants to {@link #collect} them. Used by one thread.
public final class OutgoingRam {
  private static final int PAGE = IncomingRam.PAGE;
  private static final int MOST_ZEROES = 1 << 16;

  private final GuestRam ram;
  private final List<RamBlock> blocks;
  private final Runnable closePages;
  private final BitSet due;
  private final byte[] content = new byte[Wire.MOST_PAGES * PAGE];
  private int next;
  private long remaining;
  private long normal;
  private long zero;

  /// @param closePages has the processors tell of every page that they write to from then on
  OutgoingRam(GuestRam ram, List<RamBlock> blocks, Runnable closePages) {
    this.ram = ram;
    this.blocks = blocks;
    this.closePages = closePages;
    this.due = new BitSet(pages());
  }

  private int pages() {
    return Math.toIntExact(ram.size() / PAGE);
  }

  /// Everything is to be sent.
  public void begin() {
    collect();
    due.set(0, pages());
    remaining = pages();
  }

  /// What was written since the last time is to be sent, too. What is written before this returns may be among it, or
  /// among the next.
  ///
  /// @return pages that were written
  public long collect() {
    long found = 0;
    for (int page = 0; page < pages(); page++) {
      if (ram.takeWritten(page)) {
        due.set(page);
        found++;
      }
    }
    Mem.fullFence();
    closePages.run();
    remaining = due.cardinality();
    next = 0;
    return found;
  }

  /// Pages that are to be sent.
  public long remaining() {
    return remaining;
  }

  /// Pages that were sent as they are.
  public long normal() {
    return normal;
  }

  /// Pages that were found to be zero.
  public long zero() {
    return zero;
  }

  /// Sends the next few pages, or many that are zero. Nothing if none is due.
  public void send(StreamWriter out) throws IOException {
    int first = due.nextSetBit(next);
    if (first < 0) {
      return;
    }
    int block = blockOf(first);
    RamBlock b = blocks.get(block);
    int end = (int) ((b.offset() + b.bytes()) / PAGE);
    int until = Math.min(due.nextClearBit(first), end);
    long inBlock = first - b.offset() / PAGE;
    int count;
    if (isZero(first)) {
      count = zeroes(first, until);
      zero += count;
      out.zeroes(block, inBlock, count);
    } else {
      count = load(first, until);
      normal += count;
      out.pages(block, inBlock, count, content);
    }
    due.clear(first, first + count);
    next = first + count;
    remaining -= count;
  }

  private int zeroes(int first, int until) {
    int page = first + 1;
    while (page < until && page - first < MOST_ZEROES && isZero(page)) {
      page++;
    }
    return page - first;
  }

  private int load(int first, int until) {
    int page = first;
    do {
      Mem.copyOut(ram.host() + (long) page * PAGE, content, (page - first) * PAGE, PAGE);
      page++;
    } while (page < until && page - first < Wire.MOST_PAGES && !isZero(page));
    return page - first;
  }

  /// What nobody has written to is not even looked at: the host would have to give memory for it.
  private boolean isZero(int page) {
    if (!ram.wasWritten(page)) {
      return true;
    }
    long at = ram.host() + (long) page * PAGE;
    for (int i = 0; i < PAGE; i += Long.BYTES) {
      if (Mem.get64(at + i) != 0) {
        return false;
      }
    }
    return true;
  }

  private int blockOf(int page) {
    long at = (long) page * PAGE;
    for (int i = 0; i < blocks.size(); i++) {
      if (at < blocks.get(i).offset() + blocks.get(i).bytes()) {
        return i;
      }
    }
    throw new IllegalStateException("page " + page + " is in no block");
  }
}
