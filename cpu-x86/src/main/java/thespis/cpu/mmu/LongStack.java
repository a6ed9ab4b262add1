package thespis.cpu.mmu;

import java.util.Arrays;

/// A stack of numbers that grows.
final class LongStack {
  private long[] values = new long[16];
  private int size;

  void push(long v) {
    if (size == values.length) {
      values = Arrays.copyOf(values, 2 * size);
    }
    values[size++] = v;
  }

  long pop() {
    return values[--size];
  }

  boolean isEmpty() {
    return size == 0;
  }
}
