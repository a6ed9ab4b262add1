package thespis.cpu.mmu;

import java.util.Arrays;

/// Numbers of entries, each listed once: what a flush has to visit.
final class FilledEntries {
  private static final int FIRST = 256;

  private int[] list = new int[FIRST];
  private final boolean[] listed;
  private int size;

  FilledEntries(int entries) {
    listed = new boolean[entries];
  }

  void add(int n) {
    if (!listed[n]) {
      listed[n] = true;
      if (size == list.length) {
        list = Arrays.copyOf(list, size * 2);
      }
      list[size++] = n;
    }
  }

  boolean has(int n) {
    return listed[n];
  }

  int size() {
    return size;
  }

  int get(int i) {
    return list[i];
  }

  void clear() {
    for (int i = 0; i < size; i++) {
      listed[list[i]] = false;
    }
    size = 0;
  }
}
