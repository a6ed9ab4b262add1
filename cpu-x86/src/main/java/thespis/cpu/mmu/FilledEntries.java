package thespis.cpu.mmu;

import java.util.Arrays;

/// Numbers of entries, each listed once: what a flush has to visit.
final class FilledEntries {
  private static final int FIRST = 256;

  private int[] list = new int[FIRST];

  /// A bit for each entry.
  private final long[] listed;

  private int size;

  FilledEntries(int entries) {
    listed = new long[entries + 63 >>> 6];
  }

  void add(int n) {
    if (!has(n)) {
      listed[n >>> 6] |= 1L << n;
      if (size == list.length) {
        list = Arrays.copyOf(list, size * 2);
      }
      list[size++] = n;
    }
  }

  boolean has(int n) {
    return (listed[n >>> 6] >>> n & 1) != 0;
  }

  int size() {
    return size;
  }

  int get(int i) {
    return list[i];
  }

  void clear() {
    for (int i = 0; i < size; i++) {
      listed[list[i] >>> 6] = 0;
    }
    size = 0;
  }
}
