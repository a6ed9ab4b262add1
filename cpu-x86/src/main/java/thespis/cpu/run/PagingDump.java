package thespis.cpu.run;

import thespis.cpu.mmu.PageTables;

/// Page tables as text, as QEMU's `info mem` and `info tlb` have them.
final class PagingDump {
  /// A guest can make its tables point at themselves and so map more than anyone can read.
  private static final int MOST = 1 << 20;

  private static final String LETTERS = "XGPDACTUW";
  private static final long[] BITS = {
    PageTables.NO_EXECUTE, PageTables.GLOBAL, PageTables.LARGE, PageTables.DIRTY, PageTables.ACCESSED,
    PageTables.CACHE_DISABLED, PageTables.WRITE_THROUGH, PageTables.USER, PageTables.WRITABLE
  };

  private PagingDump() {}

  static String pages(PageTables tables) {
    StringBuilder out = new StringBuilder();
    int[] count = {0};
    tables.visit((linear, bytes, physical, entry, rights) -> {
      hex(out, linear).append(": ");
      hex(out, physical).append(' ');
      for (int i = 0; i < BITS.length; i++) {
        out.append((entry & BITS[i]) != 0 ? LETTERS.charAt(i) : '-');
      }
      out.append('\n');
      return ++count[0] < MOST;
    });
    return out.toString();
  }

  static String ranges(PageTables tables) {
    Ranges ranges = new Ranges();
    tables.visit(ranges);
    ranges.flush();
    return ranges.out.toString();
  }

  /// Neighbours with the same rights are one line.
  private static final class Ranges implements PageTables.Visitor {
    private final StringBuilder out = new StringBuilder();
    private long start;
    private long end;
    private long rights;
    private boolean any;
    private int count;

    @Override
    public boolean page(long linear, long bytes, long physical, long entry, long granted) {
      if (any && linear == end && granted == rights) {
        end += bytes;
        return true;
      }
      flush();
      any = true;
      start = linear;
      end = linear + bytes;
      rights = granted;
      return ++count < MOST;
    }

    void flush() {
      if (any) {
        hex(out, start).append('-');
        hex(out, end).append(' ');
        hex(out, end - start).append(' ')
            .append((rights & PageTables.USER) != 0 ? 'u' : '-')
            .append('r')
            .append((rights & PageTables.WRITABLE) != 0 ? 'w' : '-')
            .append('\n');
      }
    }
  }

  private static StringBuilder hex(StringBuilder out, long value) {
    String digits = Long.toHexString(value);
    return out.append("0000000000000000", 0, 16 - digits.length()).append(digits);
  }
}
