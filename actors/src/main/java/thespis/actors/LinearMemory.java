package thespis.actors;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Where processors have memory by linear addresses, pages that lie side by side put together. What several processors
/// have alike is there once.
final class LinearMemory {
  /// So many linear addresses, and the physical ones behind them.
  record Run(long linear, long physical, long bytes) {
    /// By how far linear addresses are above physical ones.
    private long shift() {
      return linear - physical;
    }

    private boolean touches(Run next) {
      return shift() == next.shift() && next.linear <= linear + bytes;
    }

    private Run with(Run next) {
      return new Run(linear, physical, Math.max(bytes, next.linear + next.bytes - linear));
    }
  }

  /// A guest can make its tables point at themselves and so map more than any file can hold.
  static final int MOST = 1 << 20;

  private final List<Run> runs = new ArrayList<>();
  private int visited;

  /// @return false if there are too many
  boolean add(long linear, long physical, long bytes) {
    append(runs, new Run(linear, physical, bytes));
    return ++visited < MOST;
  }

  private static void append(List<Run> runs, Run next) {
    if (!runs.isEmpty() && runs.getLast().linear <= next.linear && runs.getLast().touches(next)) {
      runs.add(runs.removeLast().with(next));
    } else {
      runs.add(next);
    }
  }

  boolean tooMuch() {
    return visited >= MOST;
  }

  /// What of it is in this memory, by ascending physical address there.
  List<Run> in(List<CoreFile.Run> memory) {
    List<Run> joined = new ArrayList<>();
    runs.sort(Comparator.comparingLong(Run::shift).thenComparingLong(Run::linear));
    runs.forEach(run -> append(joined, run));
    List<Run> found = new ArrayList<>();
    for (Run run : joined) {
      for (CoreFile.Run piece : memory) {
        long from = Math.max(run.physical, piece.address());
        long to = Math.min(run.physical + run.bytes, piece.address() + piece.bytes());
        if (from < to) {
          found.add(new Run(from + run.shift(), from, to - from));
        }
      }
    }
    found.sort(Comparator.comparingLong(Run::physical).thenComparing(Run::linear, Long::compareUnsigned));
    return found;
  }

  /// Without paging linear addresses are physical ones.
  static List<Run> flat(List<CoreFile.Run> memory) {
    return memory.stream().map(piece -> new Run(piece.address(), piece.address(), piece.bytes())).toList();
  }
}
