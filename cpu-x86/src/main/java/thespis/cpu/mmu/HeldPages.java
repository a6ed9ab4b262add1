package thespis.cpu.mmu;

import static thespis.cpu.mmu.Tlb.*;

/// Pages that are to be copied before translated code writes to them: their write tags are held, and opened one by one
/// once the copy is made, for whoever wants to compare what was there before with what is there now.
final class HeldPages {
  /// Where to copy, or null: then nobody wants that.
  private PageCopies copies;

  /// The entries whose pages were opened.
  private final LongStack opened = new LongStack();

  void want(PageCopies to) {
    copies = to;
  }

  boolean wanted() {
    return copies != null;
  }

  /// Lets translated code write to a page that is held for its copy, and for nothing else. False: it is not.
  ///
  /// @param e the entry for the address
  boolean open(long e, long la) {
    if (copies == null || Mem.get64(e + TAG_WRITE) != unmatched(la & PAGE_MASK, HELD)) {
      return false;
    }
    copies.keep(Mem.get64(e + HOST));
    Mem.put64(e + TAG_WRITE, la & PAGE_MASK);
    opened.push(e);
    return true;
  }

  /// Holds all pages that were opened.
  void hold() {
    while (!opened.isEmpty()) {
      long tag = opened.pop() + TAG_WRITE;
      if ((Mem.get64(tag) & 0xFFF) == 0) {
        flag(tag, HELD);
      }
    }
  }
}
