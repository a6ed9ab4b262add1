package thespis.cpu.mmu;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;

/// The guest-physical address space as the CPUs see it: ranges of host memory (RAM, ROM, shadowed firmware); everything
/// else is MMIO and goes to the {@link thespis.cpu.run.IoBus}. Ranges are whole 4 KiB pages and later ones hide earlier
/// ones, so that a board can lay PAM segments and ROM over RAM and take them away again. Changes are rare (firmware,
/// boot): each makes a new immutable table and tells the listeners (the CPUs flush their TLBs).
public final class PhysMap {
  public static final int PAGE_SHIFT = 12;
  public static final long PAGE_SIZE = 1L << PAGE_SHIFT;

  /// What a page is to the CPU.
  public static final int READ = 1;

  public static final int WRITE = 2;

  /// A run of pages with the same backing. `host` is 0 for a hole (MMIO again).
  public record Range(String name, long gpa, long bytes, long host, int access) {
    public Range {
      if ((gpa | bytes | host) % PAGE_SIZE != 0 || bytes <= 0) {
        throw new IllegalArgumentException("not whole pages: " + name + " at 0x" + Long.toHexString(gpa));
      }
    }

    /// Host address of an address in the range, or 0 if it is not memory to read.
    long readable(long at) {
      return (access & READ) == 0 ? 0 : host + (at - gpa);
    }

    boolean writable() {
      return (access & WRITE) != 0;
    }
  }

  private final Object lock = new Object();
  private final List<Range> ranges = new ArrayList<>();
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private volatile Table table = new Table(new Range[0]);

  /// The visible ranges, and the one that was found last: most searches are for it again.
  private static final class Table {
    final Range[] ranges;
    Range last;

    Table(Range[] ranges) {
      this.ranges = ranges;
    }
  }

  /// Lays a range over what is there. A range of the same name moves.
  public void map(Range range) {
    synchronized (lock) {
      ranges.removeIf(r -> r.name().equals(range.name()));
      ranges.addFirst(range);
      table = new Table(flatten());
    }
    listeners.forEach(Runnable::run);
  }

  public void unmap(String name) {
    synchronized (lock) {
      ranges.removeIf(r -> r.name().equals(name));
      table = new Table(flatten());
    }
    listeners.forEach(Runnable::run);
  }

  public void onChange(Runnable listener) {
    listeners.add(listener);
  }

  public void removeListener(Runnable listener) {
    listeners.remove(listener);
  }

  /// The visible parts, sorted, without overlaps.
  private Range[] flatten() {
    TreeSet<Long> cuts = new TreeSet<>();
    for (Range r : ranges) {
      cuts.add(r.gpa);
      cuts.add(r.gpa + r.bytes);
    }
    List<Range> flat = new ArrayList<>();
    Long from = null;
    for (long to : cuts) {
      if (from != null) {
        long at = from;
        for (Range r : ranges) {
          if (at >= r.gpa && at < r.gpa + r.bytes) {
            if (r.host != 0) {
              flat.add(new Range(r.name, at, to - at, r.host + (at - r.gpa), r.access));
            }
            break;
          }
        }
      }
      from = to;
    }
    return flat.toArray(Range[]::new);
  }

  /// The visible range that holds an address, or null for MMIO.
  public Range find(long gpa) {
    Table now = table;
    Range last = now.last;
    if (last != null && gpa - last.gpa >= 0 && gpa - last.gpa < last.bytes) {
      return last;
    }
    Range[] t = now.ranges;
    int low = 0;
    int high = t.length - 1;
    while (low <= high) {
      int mid = low + high >>> 1;
      Range r = t[mid];
      if (gpa < r.gpa) {
        high = mid - 1;
      } else if (gpa - r.gpa >= r.bytes) {
        low = mid + 1;
      } else {
        now.last = r;
        return r;
      }
    }
    return null;
  }

  /// Host address of a readable guest-physical address, or 0 where it is MMIO.
  public long hostForRead(long gpa) {
    Range r = find(gpa);
    return r == null ? 0 : r.readable(gpa);
  }

  /// Host address of a writable guest-physical address, or 0 where it is MMIO or ROM.
  public long hostForWrite(long gpa) {
    Range r = find(gpa);
    return r == null || !r.writable() ? 0 : r.host + (gpa - r.gpa);
  }

  public List<Range> ranges() {
    return List.of(table.ranges);
  }
}
