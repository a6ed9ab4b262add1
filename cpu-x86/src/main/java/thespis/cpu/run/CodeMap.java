package thespis.cpu.run;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import thespis.cpu.mmu.GuestRam;
import thespis.cpu.mmu.Mem;
import thespis.cpu.mmu.PhysMap;

/// Which parts of a machine's RAM some core has decoded, in pieces of 64 bytes. A page with such a part is marked in
/// {@link GuestRam}; every core then writes to it the slow way, which ends here, and all cores drop what the write has
/// made stale. SDM Vol. 3A "Handling Self- and Cross-Modifying Code".
public final class CodeMap {
  private static final int PIECE_SHIFT = 6;

  /// So many writes in a row that hit no code make a page that once had some one of data again.
  private static final int PATIENCE = 64;

  /// Held by the core that runs, where only one may.
  final ReentrantLock turn = new ReentrantLock(true);

  private final GuestRam ram;
  private final Map<Long, Pieces> pages = new HashMap<>();
  private final List<Core> cores = new CopyOnWriteArrayList<>();

  public CodeMap(GuestRam ram) {
    this.ram = ram;
  }

  /// What some core has decoded of a page.
  private static final class Pieces {
    long decoded;
    int missed;
  }

  void add(Core core) {
    cores.add(core);
  }

  void remove(Core core) {
    cores.remove(core);
  }

  private static long page(long host) {
    return host & -PhysMap.PAGE_SIZE;
  }

  /// Bits of the pieces that [host, host + bytes) touches; the range stays in one page.
  static long pieces(long host, int bytes) {
    int first = (int) (host & 0xFFF) >>> PIECE_SHIFT;
    int last = (int) ((host & 0xFFF) + bytes - 1) >>> PIECE_SHIFT;
    return -1L >>> 63 - (last - first) << first;
  }

  /// A core is about to decode this range. After the call no write to it goes unseen.
  void claim(Core core, long host, int bytes) {
    if (!ram.holds(host)) {
      return; // ROM
    }
    long page = page(host);
    boolean first;
    synchronized (pages) {
      Pieces known = pages.get(page);
      first = known == null;
      if (first) {
        known = new Pieces();
        pages.put(page, known);
        mark(page, GuestRam.CODE);
        Mem.fullFence();
      }
      known.decoded |= pieces(host, bytes);
    }
    if (first) {
      core.watchPage(page);
      for (Core other : cores) {
        if (other != core) {
          other.requestWatch(page, core);
        }
      }
    }
  }

  private void mark(long page, int code) {
    long flags = ram.flagsOf(page);
    Mem.store8(flags, (byte) (Mem.get8(flags) & ~GuestRam.CODE | code));
  }

  /// Guest memory was written, by a core or (core == null) by a device.
  public void written(Core core, long host, int bytes) {
    long page = page(host);
    long mask = pieces(host, (int) Math.min(bytes, page + PhysMap.PAGE_SIZE - host));
    synchronized (pages) {
      Pieces known = pages.get(page);
      if (known == null) {
        return;
      }
      if ((known.decoded & mask) == 0) {
        missed(page, known);
        return;
      }
      known.decoded &= ~mask;
      known.missed = 0;
      for (Core other : cores) {
        if (other != core) {
          other.requestInvalidate(page, mask);
        }
      }
    }
    if (core != null) {
      core.invalidate(page, mask);
    }
  }

  /// A page of old code that is data now is written the fast way again, but not one whose code is replaced all the time:
  /// telling all cores to watch it is dear.
  private void missed(long page, Pieces known) {
    if (known.decoded == 0 && ++known.missed == PATIENCE) {
      pages.remove(page);
      mark(page, 0);
    }
  }

  /// From when this returns, {@link GuestRam#written} is told of every page that a core writes to, once more. Not on a
  /// core's thread.
  public void closePages() {
    for (Core core : cores) {
      core.requestClosed();
    }
  }

  /// A device wrote guest memory at a host address (DMA, a loader, a debugger).
  public void writtenByDevice(long host, long bytes) {
    ram.written(host, bytes);
    long at = host;
    long end = host + bytes;
    while (at < end) {
      int n = (int) Math.min(end - at, PhysMap.PAGE_SIZE - (at & 0xFFF));
      if (ram.holdsCode(at)) {
        written(null, at, n);
      }
      at += n;
    }
  }
}
