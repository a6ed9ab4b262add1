package thespis.cpu.state;

import java.util.Arrays;
import java.util.List;

/// Where a debugger outside of the guest wants the processors of a machine to stop. Any thread may change it; a
/// processor takes over what it finds when its next slice begins. It costs nothing as long as there are none.
public final class DebugPoints {
  /// What stops a processor at data.
  public enum Access {
    WRITE,
    READ,
    ANY
  }

  /// @param address linear
  public record Watch(long address, long bytes, Access access) {
    boolean overlaps(long from, long length) {
      return Long.compareUnsigned(address, from + length) < 0 && Long.compareUnsigned(from, address + bytes) < 0;
    }
  }

  /// All of them at one time. Immutable, so that to compare two is to compare references.
  public static final class Set {
    public static final Set NONE = new Set(new long[0], List.of());

    private final long[] code;
    private final List<Watch> watches;

    private Set(long[] code, List<Watch> watches) {
      this.code = code;
      this.watches = watches;
    }

    public boolean hasCode() {
      return code.length != 0;
    }

    public boolean hasData() {
      return !watches.isEmpty();
    }

    /// Whether an instruction at this linear address is not to be begun.
    public boolean stopsAt(long linear) {
      return Arrays.binarySearch(code, linear) >= 0;
    }

    /// Whether that holds for any address of a piece of code.
    public boolean stopsIn(long linear, long bytes) {
      int at = Arrays.binarySearch(code, linear);
      return at >= 0 || ~at < code.length && code[~at] < linear + bytes;
    }

    /// The first that an access meets; null if none.
    public Watch hit(long linear, long bytes, boolean write) {
      for (Watch watch : watches) {
        Access access = watch.access;
        if ((access == Access.ANY || (access == Access.WRITE) == write) && watch.overlaps(linear, bytes)) {
          return watch;
        }
      }
      return null;
    }

    /// Whether some data of these bytes is watched.
    public boolean watches(long linear, long bytes) {
      return watches.stream().anyMatch(watch -> watch.overlaps(linear, bytes));
    }
  }

  private volatile Set now = Set.NONE;

  public Set now() {
    return now;
  }

  /// Puts these in the place of what there was.
  ///
  /// @param code linear addresses of instructions
  public void set(java.util.Set<Long> code, List<Watch> watches) {
    now = code.isEmpty() && watches.isEmpty()
        ? Set.NONE
        : new Set(code.stream().mapToLong(Long::longValue).sorted().toArray(), List.copyOf(watches));
  }
}
