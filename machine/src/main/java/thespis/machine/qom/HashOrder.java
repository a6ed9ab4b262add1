package thespis.machine.qom;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Names in the order in which QEMU tells of them. It keeps an object's children in a hash table of GLib's and walks over
/// that, so the order is the table's: it depends on the names and on what came and went before. GLib Reference Manual
/// "Hash Tables", `g_str_hash`; how full a table may be and where a name goes was seen with GLib 2.74.
public final class HashOrder {
  private static final int LEAST_SHIFT = 3;

  /// By the table's shift: the largest prime that is not above its size.
  private static final int[] PRIMES = {
    1, 2, 3, 7, 13, 31, 61, 127, 251, 509, 1021, 2039, 4093, 8191, 16381, 32749, 65521, 131071, 262139, 524287, 1048573,
  };

  /// In the place of a name that was taken out: a search goes on behind it.
  private static final String GONE = "\0";

  private String[] places = new String[1 << LEAST_SHIFT];
  private int shift = LEAST_SHIFT;
  private int count;
  /// Those that were taken out included.
  private int occupied;

  public void add(String name) {
    int place = place(name);
    String before = places[place];
    places[place] = name;
    if (before == null || before.equals(GONE)) {
      count++;
    }
    if (before == null) {
      occupied++;
      fit();
    }
  }

  /// Leaves the table's size as it is: QEMU removes in the middle of a walk.
  public void remove(String name) {
    int place = place(name);
    if (name.equals(places[place])) {
      places[place] = GONE;
      count--;
    }
  }

  /// As a walk over the table meets them.
  public List<String> walk() {
    List<String> names = new ArrayList<>(count);
    for (String name : places) {
      if (name != null && !name.equals(GONE)) {
        names.add(name);
      }
    }
    return names;
  }

  /// As most commands tell of them: each is put before those that were met earlier.
  public List<String> told() {
    return walk().reversed();
  }

  /// Where it is, or where it would go: the first place that somebody left, if there is one on the way.
  private int place(String name) {
    int at = first(name);
    int left = -1;
    for (int step = 1; places[at] != null; step++) {
      if (places[at].equals(GONE)) {
        left = left < 0 ? at : left;
      } else if (places[at].equals(name)) {
        return at;
      }
      at = next(at, step);
    }
    return left < 0 ? at : left;
  }

  private int first(String name) {
    int hash = 5381;
    for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
      hash = hash * 33 + b;
    }
    hash = Integer.compareUnsigned(hash, 2) < 0 ? 2 : hash;
    return Integer.remainderUnsigned(hash * 11, PRIMES[shift]);
  }

  private int next(int at, int step) {
    return at + step & (1 << shift) - 1;
  }

  /// More than three quarters of it empty, or less than a sixteenth: time for another size.
  private void fit() {
    int size = 1 << shift;
    if (size > count * 4 && shift > LEAST_SHIFT || size <= occupied + occupied / 16) {
      resize();
    }
  }

  /// In place, from the front: whoever is in the way of one that has found its new place looks for its own next.
  private void resize() {
    String[] old = places;
    shift = Math.max(LEAST_SHIFT, Integer.SIZE - Integer.numberOfLeadingZeros((int) (count * 1.333)));
    int size = 1 << shift;
    String[] table = Arrays.copyOf(old, Math.max(old.length, size));
    boolean[] settled = new boolean[table.length];
    places = table;
    for (int i = 0; i < old.length; i++) {
      if (settled[i]) {
        continue;
      }
      String moving = table[i];
      table[i] = null;
      while (moving != null && !moving.equals(GONE)) {
        int at = first(moving);
        for (int step = 1; settled[at]; step++) {
          at = next(at, step);
        }
        settled[at] = true;
        String evicted = table[at];
        table[at] = moving;
        moving = evicted;
      }
    }
    places = Arrays.copyOf(table, size);
    occupied = count;
  }
}
