package thespis.cpu.run;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/// What of a machine's processors is logged at the moment, by QEMU's names for it, and where it goes. Any thread may
/// change it; processors look when a slice begins.
public final class EngineLog {
  /// What can be logged. QEMU "-d" names them in lower case.
  public enum Item {
    OUT_ASM, IN_ASM, OP, INT, EXEC, CPU, FPU, CPU_RESET, UNIMP, GUEST_ERRORS, NOCHAIN;

    public static Optional<Item> of(String name) {
      for (Item item : values()) {
        if (item.name().toLowerCase(Locale.ROOT).equals(name)) {
          return Optional.of(item);
        }
      }
      return Optional.empty();
    }

    int bit() {
      return 1 << ordinal();
    }
  }

  /// Addresses of guest code, first and last.
  public record Range(long first, long last) {
    boolean holds(long address) {
      return Long.compareUnsigned(address, first) >= 0 && Long.compareUnsigned(address, last) <= 0;
    }
  }

  private volatile int items;
  private volatile List<Range> filter = List.of();
  private final Consumer<String> sink;

  /// @param sink takes whole lines, of several processors at once
  public EngineLog(Consumer<String> sink) {
    this.sink = sink;
  }

  /// One that nobody reads.
  public EngineLog() {
    this(text -> {});
  }

  public void set(Iterable<Item> wanted) {
    int bits = 0;
    for (Item item : wanted) {
      bits |= item.bit();
    }
    items = bits;
  }

  /// Only code in one of these ranges is logged; none: all.
  public void filter(List<Range> ranges) {
    filter = List.copyOf(ranges);
  }

  /// Ranges as `-dfilter` takes them: start+length, start-length, start..end, with commas between.
  ///
  /// @throws IllegalArgumentException with QEMU's words
  public static List<Range> ranges(String text) {
    List<Range> list = new ArrayList<>();
    for (String one : text.split(",")) {
      list.add(range(one));
    }
    return list;
  }

  private static Range range(String text) {
    int dots = text.indexOf("..");
    int sign = Math.max(text.indexOf('+'), text.indexOf('-'));
    int at = dots >= 0 ? dots : sign;
    if (at < 0) {
      throw new IllegalArgumentException("Bad range specifier");
    }
    String operator = dots >= 0 ? ".." : text.substring(at, at + 1);
    long left = number(text.substring(0, at), "left", operator);
    long right = number(text.substring(at + operator.length()), "right", operator);
    Range range = switch (operator) {
      case "+" -> new Range(left, left + right - 1);
      case "-" -> new Range(left - (right - 1), left);
      default -> new Range(left, right);
    };
    if (Long.compareUnsigned(range.first, range.last) > 0) {
      throw new IllegalArgumentException("Invalid range");
    }
    return range;
  }

  private static long number(String text, String side, String operator) {
    try {
      return text.startsWith("0x") || text.startsWith("0X") ? Long.parseUnsignedLong(text.substring(2), 16)
          : text.length() > 1 && text.startsWith("0") ? Long.parseUnsignedLong(text, 8) : Long.parseUnsignedLong(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("Invalid number to the " + side + " of " + operator);
    }
  }

  int items() {
    return items;
  }

  boolean wants(Item item) {
    return (items & item.bit()) != 0;
  }

  boolean covers(long address) {
    List<Range> ranges = filter;
    return ranges.isEmpty() || ranges.stream().anyMatch(r -> r.holds(address));
  }

  void write(String text) {
    sink.accept(text);
  }
}
