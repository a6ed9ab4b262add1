package thespis.cpu.mmu;

/// How a second processor sees the memory of a first: through the first one's translations, but with the copies of
/// pages in their place. What it writes goes to copies only, so the first one's memory stays as it is.
final class SecondView {
  private final Mmu first;
  private final PageCopies copies;

  SecondView(Mmu first, PageCopies copies) {
    this.first = first;
    this.copies = copies;
  }

  /// The host address of the page that holds `la`, after {@link #look}.
  long host;

  boolean memory;
  boolean executable;

  /// Raises what the first processor's access would raise, with that one's fault.
  ///
  /// @param table of the second one's privilege: the first one may have gone on to another
  /// @return whether a copy was made, so that what the second one knows of the page is wrong
  boolean look(long la, int access, int table) {
    long e = first.entry(la, access, table);
    host = Mem.get64(e + Tlb.HOST);
    memory = Tlb.isMemory(Mem.get64(e + 8L * access));
    executable = Mem.get64(e + Tlb.TAG_FETCH) == (la & Tlb.PAGE_MASK);
    if (!memory) {
      return false;
    }
    long copy = copies.of(host);
    boolean made = access == Mmu.STORE && copy == 0;
    if (made) {
      copy = copies.keep(host);
    }
    host = copy != 0 ? copy : host;
    return made;
  }
}
