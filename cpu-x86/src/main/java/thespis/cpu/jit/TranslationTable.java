package thespis.cpu.jit;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Translations in this process's memory, by number. One thread at a time.
final class TranslationTable implements Translations {
  private static final int CHUNK = 256 << 10;
  private static final int FIRST = 1 << 12;

  // ---- by number: where it is, what it is known by, and who follows in the search
  private long[] address = new long[FIRST];
  private long[] key = new long[FIRST];
  private int[] next = new int[FIRST];
  private int[] heads = new int[FIRST];
  private int count;

  /// What the addresses lead to, and the free part of the last of it.
  private final List<MemorySegment> memory = new ArrayList<>();

  private long at;
  private long end;

  TranslationTable() {
    Arrays.fill(heads, -1);
  }

  int count() {
    return count;
  }

  @Override
  public long address(int n) {
    return address[n];
  }

  /// The latest first.
  @Override
  public int find(long rip, int mode, int behind) {
    long k = TranslationIndex.key(rip, mode);
    int n = behind < 0 ? heads[head(k)] : next[behind];
    while (n >= 0 && (key[n] != k || Translation.rip(address[n]) != rip || Translation.mode(address[n]) != mode)) {
      n = next[n];
    }
    return n;
  }

  /// Room for a translation that will be entered.
  long room(int size) {
    if (at + size > end) {
      MemorySegment chunk = Arena.ofAuto().allocate(Math.max(CHUNK, size), 8);
      memory.add(chunk);
      at = chunk.address();
      end = at + chunk.byteSize();
    }
    return at;
  }

  /// Enters what has been written into the room that was given.
  void enter(long t) {
    if (count == address.length) {
      grow();
    }
    address[count] = t;
    key[count] = TranslationIndex.key(Translation.rip(t), Translation.mode(t));
    link(count++);
    at = t + Translation.size(t);
  }

  private void link(int n) {
    int h = head(key[n]);
    next[n] = heads[h];
    heads[h] = n;
  }

  private int head(long k) {
    return (int) (k >>> 40) & heads.length - 1;
  }

  private void grow() {
    address = Arrays.copyOf(address, 2 * count);
    key = Arrays.copyOf(key, 2 * count);
    next = new int[2 * count];
    heads = new int[2 * count];
    Arrays.fill(heads, -1);
    for (int n = 0; n < count; n++) {
      link(n);
    }
  }
}
