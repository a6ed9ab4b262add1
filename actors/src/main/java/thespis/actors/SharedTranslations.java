package thespis.actors;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import thespis.cpu.jit.TranslationCache;
import thespis.cpu.jit.TranslationFolder;
import thespis.cpu.state.CpuFeatures;

/// Translations of guest code are kept once for all machines of the process that have the same folder for them and the
/// same processors. They go with the last of these machines.
final class SharedTranslations {
  private record Kept(TranslationFolder folder, WeakReference<TranslationCache> cache) {}

  private static final List<Kept> ALL = new ArrayList<>();

  private SharedTranslations() {}

  /// @param warn hears of a file that can't be used, unless another machine has
  static TranslationCache of(TranslationFolder folder, CpuFeatures cpu, Consumer<String> warn) {
    synchronized (ALL) {
      ALL.removeIf(kept -> kept.cache.get() == null);
      for (Kept kept : ALL) {
        TranslationCache cache = kept.cache.get();
        if (kept.folder.equals(folder) && cache != null && cache.suits(cpu)) {
          return cache;
        }
      }
      TranslationCache fresh = TranslationCache.in(folder, cpu, warn);
      ALL.add(new Kept(folder, new WeakReference<>(fresh)));
      return fresh;
    }
  }
}
