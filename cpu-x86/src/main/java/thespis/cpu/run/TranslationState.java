package thespis.cpu.run;

import java.util.List;
import java.util.stream.IntStream;

/// What one core, or several together, have translated: the counters behind `info jit`. QEMU's translation block is our
/// block of translated code; what it says of its hash table's occupancy has no counterpart.
///
/// @param codeBytes of translated code, and `codeRoom` how many there may be
/// @param blocks that are translated now, of `guestBytes`, the longest of `longest`
/// @param crossing blocks whose instruction lies in two pages
/// @param branching blocks with a direct branch inside their page, `branchingTwice` with two
/// @param heads of the hash table that are used, of `hashSize`, for `chained` blocks
/// @param flushes of all code, `invalidated` single blocks
/// @param tlbFlushes of everything, `tlbPartial` of an address space or a page, `tlbFills` single pages
/// @param decoded instructions; `translated` blocks in all and `recalled` of them from the cache
/// @param exits of translated code by {@link thespis.cpu.jit.NativeEngine#exitNames}
/// @param compared runs of translated code, `loose` where they may differ and did
public record TranslationState(
    long codeBytes,
    long codeRoom,
    long blocks,
    long guestBytes,
    long longest,
    long crossing,
    long branching,
    long branchingTwice,
    long heads,
    long hashSize,
    long chained,
    long flushes,
    long invalidated,
    long tlbFlushes,
    long tlbPartial,
    long tlbFills,
    long decoded,
    long translated,
    long recalled,
    long compared,
    long loose,
    List<Exits> exits) {

  /// @param kind why translated code stopped
  public record Exits(String kind, long count) {}

  public static final TranslationState NONE = new TranslationState(
      0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, List.of());

  public TranslationState plus(TranslationState o) {
    return new TranslationState(
        codeBytes + o.codeBytes,
        codeRoom + o.codeRoom,
        blocks + o.blocks,
        guestBytes + o.guestBytes,
        Math.max(longest, o.longest),
        crossing + o.crossing,
        branching + o.branching,
        branchingTwice + o.branchingTwice,
        heads + o.heads,
        hashSize + o.hashSize,
        chained + o.chained,
        flushes + o.flushes,
        invalidated + o.invalidated,
        tlbFlushes + o.tlbFlushes,
        tlbPartial + o.tlbPartial,
        tlbFills + o.tlbFills,
        decoded + o.decoded,
        translated + o.translated,
        recalled + o.recalled,
        compared + o.compared,
        loose + o.loose,
        sum(exits, o.exits));
  }

  private static List<Exits> sum(List<Exits> a, List<Exits> b) {
    if (a.isEmpty() || b.isEmpty()) {
      return a.isEmpty() ? b : a;
    }
    return IntStream.range(0, a.size())
        .mapToObj(i -> new Exits(a.get(i).kind, a.get(i).count + b.get(i).count))
        .toList();
  }

  /// As QEMU 7.2's `info jit` has it; our own counters follow its statistics.
  public String text() {
    StringBuilder s = new StringBuilder("Translation buffer state:\n");
    line(s, "gen code size", codeBytes + "/" + codeRoom);
    line(s, "TB count", blocks);
    line(s, "TB avg target size", average(guestBytes, blocks) + " max=" + longest + " bytes");
    line(s, "TB avg host size", String.format("%d bytes (expansion ratio: %.1f)", average(codeBytes, blocks),
        guestBytes == 0 ? 0.0 : (double) codeBytes / guestBytes));
    line(s, "cross page TB count", crossing + " (" + percent(crossing) + "%)");
    line(s, "direct jump count", String.format("%d (%d%%) (2 jumps=%d %d%%)", branching, percent(branching),
        branchingTwice, percent(branchingTwice)));
    line(s, "TB hash buckets", String.format("%d/%d (%.2f%% head buckets used)", heads, hashSize,
        hashSize == 0 ? 0.0 : 100.0 * heads / hashSize));
    line(s, "TB hash avg chain", String.format("%.3f buckets", heads == 0 ? 0.0 : (double) chained / heads));
    s.append("\nStatistics:\n");
    line(s, "TB flush count", flushes);
    line(s, "TB invalidate count", invalidated);
    line(s, "TLB full flushes", tlbFlushes);
    line(s, "TLB partial flushes", tlbPartial);
    line(s, "TLB elided flushes", 0);
    line(s, "TLB fills", tlbFills);
    line(s, "decoded instructions", decoded);
    line(s, "TBs translated", translated);
    line(s, "TBs from the cache", recalled);
    for (Exits e : exits) {
      line(s, "exits: " + e.kind, e.count);
    }
    if (compared != 0) {
      line(s, "runs verified", compared + " (undefined results differ in " + loose + ")");
    }
    return s.append("[TCG profiler not compiled]\n").toString();
  }

  private static void line(StringBuilder s, String name, Object value) {
    s.append(String.format("%-19s %s\n", name, value));
  }

  private static long average(long sum, long count) {
    return count == 0 ? 0 : sum / count;
  }

  private long percent(long n) {
    return blocks == 0 ? 0 : 100 * n / blocks;
  }
}
