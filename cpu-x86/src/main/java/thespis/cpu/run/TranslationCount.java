package thespis.cpu.run;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import thespis.cpu.jit.NativeEngine;
import thespis.cpu.mmu.Mem;
import thespis.cpu.mmu.Mmu;

/// Counts what a core has translated, when somebody asks.
final class TranslationCount {
  private long blocks;
  private long bytes;
  private long longest;
  private long crossing;
  private long chained;
  private long branching;
  private long branchingTwice;
  private final Map<Long, Integer> branches = new HashMap<>();

  private TranslationCount() {}

  /// @param engine null where all is interpreted
  /// @param verifier null where nothing is compared
  static TranslationState of(BlockCache cache, NativeEngine engine, Mmu mmu, Verifier verifier) {
    TranslationCount c = new TranslationCount();
    if (engine != null) {
      engine.branches(block -> c.branches.merge(block, 1, Integer::sum));
    }
    cache.chains().forEach(c::add);
    return new TranslationState(
        engine == null ? 0 : engine.used(),
        engine == null ? 0 : engine.room(),
        c.blocks,
        c.bytes,
        c.longest,
        c.crossing,
        c.branching,
        c.branchingTwice,
        cache.chains().used(),
        cache.chains().size(),
        c.chained,
        cache.resets,
        cache.killed,
        mmu.flushes,
        mmu.partialFlushes,
        mmu.fills(),
        cache.decoded(),
        engine == null ? 0 : engine.translated,
        engine == null ? 0 : engine.recalled,
        verifier == null ? 0 : verifier.compared(),
        verifier == null ? 0 : verifier.loose(),
        engine == null ? List.of() : exits(engine));
  }

  private void add(long h) {
    chained++;
    if (Mem.get64(h + Block.NATIVE) == 0) {
      return;
    }
    blocks++;
    int length = Mem.get32(h + Block.LENGTH);
    bytes += length;
    longest = Math.max(longest, length);
    crossing += Mem.get64(h + Block.SECOND) != 0 ? 1 : 0;
    int n = branches.getOrDefault(h, 0);
    branching += n > 0 ? 1 : 0;
    branchingTwice += n > 1 ? 1 : 0;
  }

  private static List<TranslationState.Exits> exits(NativeEngine engine) {
    List<TranslationState.Exits> list = new ArrayList<>();
    List<String> names = NativeEngine.exitNames();
    for (int kind = 0; kind < names.size(); kind++) {
      list.add(new TranslationState.Exits(names.get(kind), engine.exits(kind)));
    }
    return list;
  }
}
