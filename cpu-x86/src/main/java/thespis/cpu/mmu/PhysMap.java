package thespis.cpu.mmu;

import java.util.ArrayList;
import java.util.List;
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
  }

  private final Object lock = new Object();
  private final List<Range> ranges = new ArrayList<>();
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private volatile Range[] table = new Range[0];

  /// Lays a range over what is there. A range of the same name moves.
  public void map(Range range) {
    synchronized (lock) {
      ranges.removeIf(r -> r.name().equals(range.name()));
      ranges.addFirst(range);
      table = ranges.toArray(Range[]::new);
    }
    listeners.forEach(Runnable::run);
  }

  public void unmap(String name) {
    synchronized (lock) {
      ranges.removeIf(r -> r.name().equals(name));
      table = ranges.toArray(Range[]::new);
    }
    listeners.forEach(Runnable::run);
  }

  public void onChange(Runnable listener) {
    listeners.add(listener);
  }

  public void removeListener(Runnable listener) {
    listeners.remove(listener);
  }

  public Range find(long gpa) {
    for (Range r : table) {
      if (gpa - r.gpa >= 0 && gpa - r.gpa < r.bytes) {
        return r.host == 0 ? null : r;
      }
    }
    return null;
  }

  /// Host address of a readable guest-physical address, or 0 where it is MMIO.
  public long hostForRead(long gpa) {
    Range r = find(gpa);
    return r == null || (r.access & READ) == 0 ? 0 : r.host + (gpa - r.gpa);
  }

  /// Host address of a writable guest-physical address, or 0 where it is MMIO or ROM.
  public long hostForWrite(long gpa) {
    Range r = find(gpa);
    return r == null || (r.access & WRITE) == 0 ? 0 : r.host + (gpa - r.gpa);
  }

  public List<Range> ranges() {
    return List.of(table);
  }
}
