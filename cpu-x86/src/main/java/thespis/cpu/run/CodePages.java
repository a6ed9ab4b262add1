package thespis.cpu.run;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongConsumer;
import thespis.cpu.mmu.Tlb;

/// Which blocks of a core cover which pages of host memory, in pieces of 64 bytes: what a write there makes stale. See
/// {@link CodeMap}.
final class CodePages {
  private final CodeMap codeMap;
  private final Core core;
  private final Map<Long, Page> pages = new HashMap<>();

  /// The page that was asked for last, and its address, or -1.
  private Page page;

  private long pageAddress = -1;

  private static final class Page {
    /// Pieces that its blocks cover.
    long pieces;

    /// Pieces of which this core will be told when they are written to.
    long claimed;

    long[] blocks = new long[4];
    int count;

    void add(long block) {
      if (count == blocks.length) {
        blocks = Arrays.copyOf(blocks, 2 * count);
      }
      blocks[count++] = block;
    }
  }

  CodePages(CodeMap codeMap, Core core) {
    this.codeMap = codeMap;
    this.core = core;
  }

  private Page page(long hostPage) {
    if (pageAddress != hostPage) {
      page = pages.computeIfAbsent(hostPage, k -> new Page());
      pageAddress = hostPage;
    }
    return page;
  }

  /// To be called before a byte is read: a write that comes later is told to us. While we claim, others may write already,
  /// and tell us.
  ///
  /// @param host the range stays in one page
  void claim(long host, int bytes) {
    Page p = page(host & Tlb.PAGE_MASK);
    long pieces = CodeMap.pieces(host, bytes);
    while ((p.claimed & pieces) != pieces) {
      p.claimed |= pieces;
      codeMap.claim(core, host, bytes);
    }
  }

  /// A block covers a part of this page.
  void add(long hostPage, long h) {
    Page p = page(hostPage);
    p.pieces |= Block.pieces(h, hostPage);
    p.add(h);
  }

  /// Forgets the blocks that cover any of these pieces of a page, and what was claimed of them.
  ///
  /// @param stale is told of each of the blocks
  /// @return whether the page had blocks there
  boolean drop(long hostPage, long pieces, LongConsumer stale) {
    Page p = pages.get(hostPage);
    if (p == null) {
      return false;
    }
    p.claimed &= ~pieces;
    if ((p.pieces & pieces) == 0) {
      return false;
    }
    long left = 0;
    int keep = 0;
    for (int i = 0; i < p.count; i++) {
      long h = p.blocks[i];
      if (!Block.isAlive(h)) {
        continue;
      }
      long covers = Block.pieces(h, hostPage);
      if ((covers & pieces) != 0) {
        stale.accept(h);
      } else {
        left |= covers;
        p.blocks[keep++] = h;
      }
    }
    p.count = keep;
    p.pieces = left;
    return true;
  }

  void clear() {
    pages.clear();
    page = null;
    pageAddress = -1;
  }
}
