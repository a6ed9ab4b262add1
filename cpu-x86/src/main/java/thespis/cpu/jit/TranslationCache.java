package thespis.cpu.jit;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import thespis.cpu.mmu.ExecutableMemory;
import thespis.cpu.state.CpuFeatures;

/// Translations for cores to take instead of making them: what other cores of this process have made, and what was kept
/// in a file by an earlier one. Good for processors with the same features. Any thread.
public final class TranslationCache implements AutoCloseable {
  /// So much is kept in a file, and as much new is kept in memory.
  private static final long LIMIT = 64L << 20;

  private static final int CHUNK = 256 << 10;

  /// A file is written again only for this many new translations, or for this share of those it has.
  private static final int WORTH = 64;

  private static final int WORTH_SHARE = 64;

  private final int[] features;
  private final Optional<TranslationFile> file;
  private final Consumer<String> warn;
  private final CompletableFuture<Void> loaded;

  // ---- translations by number, what they are known by, and where the search for one begins
  private long[] address = new long[1 << 12];
  private long[] key = new long[1 << 12];
  private int[] next = new int[1 << 12];
  private boolean[] used = new boolean[1 << 12];
  private int[] heads = new int[1 << 12];
  private int count;

  private int added;
  private long addedBytes;

  /// What the addresses lead to.
  private final List<MemorySegment> memory = new ArrayList<>();

  private final List<MemorySegment> files = new ArrayList<>();

  private long at;
  private long end;

  private TranslationCache(CpuFeatures features, Optional<TranslationFile> file, Consumer<String> warn) {
    this.features = features(features);
    this.file = file;
    this.warn = warn;
    Arrays.fill(heads, -1);
    loaded = file.isEmpty()
        ? CompletableFuture.completedFuture(null)
        : CompletableFuture.runAsync(this::load, TranslationCache::inThread);
  }

  /// For cores of this process alone.
  public static TranslationCache inMemory(CpuFeatures features) {
    return new TranslationCache(features, Optional.empty(), text -> { });
  }

  /// With what processes of the same product have left in a folder. The file is read meanwhile.
  ///
  /// @param warn hears of a file that can't be used
  public static TranslationCache in(TranslationFolder folder, CpuFeatures features, Consumer<String> warn) {
    return new TranslationCache(features, Optional.of(folder.file(features(features))), warn);
  }

  private static void inThread(Runnable work) {
    Thread.ofPlatform().daemon().name("translations").start(work);
  }

  /// Every feature that decoding may ask for.
  private static int[] features(CpuFeatures cpu) {
    int[] words = new int[CpuFeatures.Word.XD1_EAX + 1];
    for (int word = 0; word < words.length; word++) {
      for (int bit = 0; bit < 32; bit++) {
        words[word] |= cpu.has(word, bit) ? 1 << bit : 0;
      }
    }
    return words;
  }

  /// Are translations for this processor those for others here?
  public boolean suits(CpuFeatures cpu) {
    return Arrays.equals(features, features(cpu));
  }

  /// Will a later process find what is added?
  boolean isKept() {
    return file.isPresent();
  }

  // ---- finding and adding

  /// The next translation of code at an address.
  ///
  /// @param behind the number of the one before, or -1
  /// @return its number, or -1
  int find(long rip, int mode, int behind) {
    loaded.join();
    synchronized (this) {
      long k = key(rip, mode);
      int n = behind < 0 ? heads[hash(k, heads.length)] : next[behind];
      while (n >= 0 && (key[n] != k || Translation.rip(address[n]) != rip || Translation.mode(address[n]) != mode)) {
        n = next[n];
      }
      return n;
    }
  }

  /// Hardly ever the same for two.
  private static long key(long rip, int mode) {
    return (rip ^ (long) mode << 48) * 0x9E37_79B9_7F4A_7C15L;
  }

  private static int hash(long key, int size) {
    return (int) (key >>> 40) & size - 1;
  }

  synchronized long address(int n) {
    return address[n];
  }

  /// Somebody has taken it.
  synchronized void used(int n) {
    used[n] = true;
  }

  /// Keeps the translation that lies at [code, end).
  ///
  /// @param bytes the guest's
  /// @param first number of its first exit; it has all from there on
  synchronized void add(long rip, int mode, long bytes, int length, long code, long codeEnd, Exits exits, int first,
      int saved, int inHost) {
    int size = Translation.size(length, exits.count() - first, (int) (codeEnd - code));
    if (addedBytes + size > LIMIT) {
      return;
    }
    if (at + size > end) {
      MemorySegment chunk = Arena.ofAuto().allocate(Math.max(CHUNK, size), 8);
      memory.add(chunk);
      at = chunk.address();
      end = at + chunk.byteSize();
    }
    Translation.write(at, rip, mode, bytes, length, code, codeEnd, exits, first);
    Translation.setEntries(at, saved, inHost);
    enter(at, true);
    at += size;
    added++;
    addedBytes += size;
  }

  private void enter(long t, boolean isUsed) {
    if (count == address.length) {
      grow(count * 2);
    }
    int n = count++;
    address[n] = t;
    used[n] = isUsed;
    key[n] = key(Translation.rip(t), Translation.mode(t));
    int h = hash(key[n], heads.length);
    next[n] = heads[h];
    heads[h] = n;
  }

  private void grow(int size) {
    address = Arrays.copyOf(address, size);
    key = Arrays.copyOf(key, size);
    next = new int[size];
    used = Arrays.copyOf(used, size);
    heads = new int[size];
    Arrays.fill(heads, -1);
    for (int n = 0; n < count; n++) {
      int h = hash(key[n], size);
      next[n] = heads[h];
      heads[h] = n;
    }
  }

  /// How many translations there are.
  public int count() {
    loaded.join();
    synchronized (this) {
      return count;
    }
  }

  // ---- the file

  private void load() {
    try {
      file.orElseThrow().read().ifPresent(this::adopt);
    } catch (TranslationFile.RefusedException e) {
      warn.accept(e.getMessage());
    }
  }

  /// The processor that took translations is idle: they need not be this process's memory as long as the file has them.
  synchronized void rest() {
    files.forEach(ExecutableMemory::unload);
  }

  private synchronized void adopt(MemorySegment translations) {
    files.add(translations);
    boolean alone = count == 0;
    long t = translations.address();
    long stop = t + translations.byteSize();
    while (t < stop && Translation.sound(t, stop - t)) {
      if (alone || !has(t)) {
        enter(t, false);
      }
      t += Translation.size(t);
    }
  }

  private boolean has(long t) {
    int n = heads[hash(key(Translation.rip(t), Translation.mode(t)), heads.length)];
    while (n >= 0 && !Translation.same(address[n], t)) {
      n = next[n];
    }
    return n >= 0;
  }

  /// Leaves what is new to processes to come, beside what others have left meanwhile.
  @Override
  public void close() {
    loaded.join();
    if (file.isPresent()) {
      save(file.get());
    }
  }

  private synchronized void save(TranslationFile to) {
    if (added < WORTH || added < count / WORTH_SHARE) {
      to.touch();
      return;
    }
    try {
      if (to.changed()) {
        to.read().ifPresent(this::adopt);
      }
    } catch (TranslationFile.RefusedException e) {
      return; // whoever may write there will
    }
    to.write(chosen());
    added = 0;
  }

  /// What goes into a file: what was used first.
  private long[] chosen() {
    long[] list = new long[count];
    int n = 0;
    long bytes = 0;
    for (int round = 0; round < 2; round++) {
      for (int i = 0; i < count; i++) {
        if (used[i] == (round == 0) && bytes + Translation.size(address[i]) <= LIMIT) {
          bytes += Translation.size(address[i]);
          list[n++] = address[i];
        }
      }
    }
    return Arrays.copyOf(list, n);
  }
}
