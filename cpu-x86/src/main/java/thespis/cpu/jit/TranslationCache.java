package thespis.cpu.jit;

import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import thespis.cpu.mmu.ExecutableMemory;
import thespis.cpu.state.CpuFeatures;

/// Translations for cores to take instead of making them: what other cores of this process have made, and what was kept
/// in a file by an earlier one. Good for processors with the same features. Any thread.
public final class TranslationCache implements AutoCloseable {
  /// So much is kept in a file, and as much new is kept in memory.
  private static final long LIMIT = 64L << 20;

  /// A file is written again only for this many new translations, or for this share of those it has.
  private static final int WORTH = 64;

  private static final int WORTH_SHARE = 64;

  private static final long[] NONE = {};

  private final int[] features;
  private final Optional<TranslationFile> file;
  private final Consumer<String> warn;
  private final CompletableFuture<Void> loaded;

  /// What the file has: a translation's number is its slot there. Those made since have the numbers behind.
  private Optional<TranslationIndex> kept = Optional.empty();

  private int slots;
  private boolean[] used = {};
  private boolean warned;

  private final TranslationTable made = new TranslationTable();
  private long madeBytes;
  /// How many of those were there when the file was written.
  private int written;

  private TranslationCache(CpuFeatures features, Optional<TranslationFile> file, Consumer<String> warn) {
    this.features = features(features);
    this.file = file;
    this.warn = warn;
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
      int n = behind < slots && behind >= 0 ? -1 : made.find(rip, mode, behind < 0 ? -1 : behind - slots);
      if (n >= 0) {
        return n + slots;
      }
      return kept.isPresent() ? inFile(rip, mode, behind < slots ? behind : -1) : -1;
    }
  }

  private int inFile(long rip, int mode, int behind) {
    int n = kept.get().find(rip, mode, behind);
    if (kept.get().isDamaged() && !warned) {
      warned = true;
      warn.accept(file.orElseThrow().damaged().getMessage());
    }
    return n;
  }

  synchronized long address(int n) {
    return n < slots ? kept.orElseThrow().address(n) : made.address(n - slots);
  }

  /// Somebody has taken it.
  synchronized void used(int n) {
    if (n < slots) {
      used[n] = true;
    }
  }

  /// Keeps the translation that lies at [code, end).
  ///
  /// @param bytes the guest's
  /// @param first number of its first exit; it has all from there on
  synchronized void add(long rip, int mode, long bytes, int length, long code, long codeEnd, Exits exits, int first,
      int saved, int inHost) {
    int size = Translation.size(length, exits.count() - first, (int) (codeEnd - code));
    if (madeBytes + size > LIMIT) {
      return;
    }
    long t = made.room(size);
    Translation.write(t, rip, mode, bytes, length, code, codeEnd, exits, first);
    Translation.setEntries(t, saved, inHost);
    made.enter(t);
    madeBytes += size;
  }

  /// How many translations there are.
  public int count() {
    loaded.join();
    synchronized (this) {
      return made.count() + kept.map(TranslationIndex::count).orElse(0);
    }
  }

  // ---- the file

  private void load() {
    try {
      Optional<TranslationIndex> read = file.orElseThrow().read();
      synchronized (this) {
        kept = read;
        slots = read.map(TranslationIndex::slots).orElse(0);
        used = new boolean[slots];
      }
    } catch (TranslationFile.RefusedException e) {
      warn.accept(e.getMessage());
    }
  }

  /// The processor that took translations is idle: they need not be this process's memory as long as the file has them.
  synchronized void rest() {
    kept.ifPresent(index -> ExecutableMemory.unload(index.memory()));
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
    int added = made.count() - written;
    if (!warned && (added < WORTH || added < slots / WORTH_SHARE)) {
      to.touch();
      return;
    }
    try {
      to.write(chosen(to.changed() ? to.read() : Optional.empty()));
      written = made.count();
    } catch (TranslationFile.RefusedException e) {
      // whoever may write there will
    }
  }

  /// What goes into a file: what was of use, then what was not.
  ///
  /// @param others what another process has put in the place of the file that was read
  private long[] chosen(Optional<TranslationIndex> others) {
    Stream<long[]> all = Stream.of(
        kept.map(index -> index.addresses(n -> used[n])).orElse(NONE),
        IntStream.range(0, made.count()).mapToLong(made::address).toArray(),
        others.map(index -> index.addresses(n -> !made.has(index.address(n)) && !has(kept, index.address(n)))).orElse(NONE),
        kept.map(index -> index.addresses(n -> !used[n])).orElse(NONE));
    long[] room = {LIMIT};
    return all.flatMapToLong(Arrays::stream).takeWhile(t -> (room[0] -= Translation.size(t)) >= 0).toArray();
  }

  private static boolean has(Optional<TranslationIndex> index, long t) {
    return index.isPresent() && index.get().has(t);
  }
}
