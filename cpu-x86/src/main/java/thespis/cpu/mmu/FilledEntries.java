package thespis.cpu.mmu;

/// Numbers of entries, each listed once: what a flush has to visit.
final class FilledEntries {
  private final int[] list;
  private final boolean[] listed;
  private int size;

  FilledEntries(int entries) {
    list = new int[entries];
    listed = new boolean[entries];
  }

  void add(int n) {
    if (!listed[n]) {
      listed[n] = true;
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
