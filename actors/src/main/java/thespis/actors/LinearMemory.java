package thespis.actors;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Where processors have memory by linear addresses, pages that lie side by side put together. What several processors
/// have alike is there once.
final class LinearMemory {
  /// So many linear addresses, and the physical ones behind them.
  record Run(long linear, long physical, long bytes) {}

  /// A guest can make its tables point at themselves and so map more than any file can hold.
  static final int MOST = 1 << 20;

  /// By how far linear addresses are above physical ones: where runs of linear addresses begin, and their ends.
  private final Map<Long, TreeMap<Long, Long>> runs = new TreeMap<>();

  private int visited;

  /// @return false if there are too many
  boolean add(long linear, long physical, long bytes) {
    TreeMap<Long, Long> same = runs.computeIfAbsent(linear - physical, delta -> new TreeMap<>());
    long begin = linear;
    long end = linear + bytes;
    Map.Entry<Long, Long> before = same.floorEntry(begin);
    if (before != null && before.getValue() >= begin) {
      begin = before.getKey();
      end = Math.max(end, before.getValue());
    }
    for (Long next = same.higherKey(begin); next != null && next <= end; next = same.higherKey(begin)) {
      end = Math.max(end, same.remove(next));
    }
    same.put(begin, end);
    return ++visited < MOST;
  }

  boolean tooMuch() {
    return visited >= MOST;
  }

  /// What of it is in this memory, by ascending physical address there.
  List<Run> in(List<CoreFile.Run> memory) {
    List<Run> found = new ArrayList<>();
    runs.forEach((delta, same) -> same.forEach((begin, end) -> {
      for (CoreFile.Run piece : memory) {
        long from = Math.max(begin - delta, piece.address());
        long to = Math.min(end - delta, piece.address() + piece.bytes());
        if (from < to) {
          found.add(new Run(from + delta, from, to - from));
        }
      }
    }));
    found.sort((a, b) -> a.physical != b.physical
        ? Long.compareUnsigned(a.physical, b.physical) : Long.compareUnsigned(a.linear, b.linear));
    return found;
  }

  /// Without paging linear addresses are physical ones.
  static List<Run> flat(List<CoreFile.Run> memory) {
    return memory.stream().map(piece -> new Run(piece.address(), piece.address(), piece.bytes())).toList();
  }
}
