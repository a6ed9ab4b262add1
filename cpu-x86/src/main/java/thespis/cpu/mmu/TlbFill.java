package thespis.cpu.mmu;

import static thespis.cpu.mmu.Tlb.*;

import thespis.cpu.exec.Breakpoints;
import thespis.cpu.state.Cpu;

/// What happens when the {@link Tlb} has no answer: a walk through the guest's page tables, or a look through the eyes of
/// another processor, and what its answer and the kind of page make of the entry.
final class TlbFill {
  private final Cpu cpu;
  private final PhysMap phys;
  private final GuestRam ram;
  private final Tlb tlb;
  private final PageWalk walk;
  private final HeldPages held;

  /// What translates instead of {@link #walk}, or null.
  private final SecondView view;

  /// So many walks were made.
  long count;

  TlbFill(Cpu cpu, PhysMap phys, GuestRam ram, Tlb tlb, PageWalk walk, HeldPages held, SecondView view) {
    this.cpu = cpu;
    this.phys = phys;
    this.ram = ram;
    this.tlb = tlb;
    this.walk = walk;
    this.held = held;
    this.view = view;
  }

  /// What {@link PageWalk#translate} says; if that is well the entry has it.
  ///
  /// @param table one of {@link Tlb}'s
  int attempt(long e, long la, int access, int table) {
    if (view != null) {
      look(e, la, access, table);
      return PageWalk.DONE;
    }
    count++;
    int error = walk.translate(la, access, table);
    if (error != PageWalk.DONE) {
      return error;
    }
    enter(e, la, access);
    if (cpu.breakpoints && Breakpoints.watches(cpu, la & PAGE_MASK)) {
      for (long tag = e; tag <= e + TAG_WRITE; tag += TAG_WRITE) {
        flag(tag, WATCH);
      }
    }
    return error;
  }

  /// Raises what the other processor's access would raise.
  private void look(long e, long la, int access, int table) {
    if (view.look(la, access, table)) {
      tlb.flushLocal();
    }
    tlb.fills(e, false);
    long page = la & PAGE_MASK;
    long other = unmatched(page, view.memory ? INVALID : MMIO);
    Mem.put64(e + HOST, view.host);
    Mem.put64(e + TAG_READ, view.memory ? page : other);
    Mem.put64(e + TAG_WRITE, view.memory && access == Mmu.STORE ? page : other);
    Mem.put64(e + TAG_FETCH, view.memory && view.executable ? page : other);
  }

  private void enter(long e, long la, int access) {
    tlb.fills(e, walk.global);
    long page = la & PAGE_MASK;
    long gpa = walk.physical & PAGE_MASK;
    PhysMap.Range range = phys.find(gpa);
    long host = range == null ? 0 : range.readable(gpa);
    boolean apicPage = cpu.apic != null && cpu.apic.covers(gpa);
    if (apicPage || host == 0) {
      Mem.put64(e + HOST, gpa);
      Mem.put64(e + TAG_READ, unmatched(page, walk.readable ? MMIO : INVALID));
      Mem.put64(e + TAG_WRITE, unmatched(page, walk.writable ? MMIO : INVALID));
      Mem.put64(e + TAG_FETCH, unmatched(page, walk.executable ? MMIO : INVALID));
      return;
    }
    if (access == Mmu.STORE && !range.writable()) {
      // ROM: writes go to the bus, which drops them; reads of the page will fill again
      Mem.put64(e + HOST, gpa);
      Mem.put64(e + TAG_READ, unmatched(page, INVALID));
      Mem.put64(e + TAG_WRITE, unmatched(page, MMIO));
      Mem.put64(e + TAG_FETCH, unmatched(page, INVALID));
      return;
    }
    Mem.put64(e + HOST, host);
    Mem.put64(e + TAG_READ, walk.readable ? page : unmatched(page, INVALID));
    Mem.put64(e + TAG_FETCH, walk.executable ? page : unmatched(page, INVALID));
    if (!walk.writable || !range.writable()) {
      Mem.put64(e + TAG_WRITE, unmatched(page, INVALID));
    } else if (ram.holdsCode(host)) {
      Mem.put64(e + TAG_WRITE, unmatched(page, NOTIFY));
    } else {
      openToWrites(e, page, host);
    }
  }

  /// After a write to a page of code, whose last piece may have gone with it.
  void unwatch(long e, long page, long host) {
    long tag = Mem.get64(e + TAG_WRITE) & ~HELD;
    if (tag == unmatched(page, NOTIFY) && !ram.holdsCode(host)) {
      openToWrites(e, page, host);
    }
  }

  private void openToWrites(long e, long page, long host) {
    tlb.opens(e, host);
    ram.written(host);
    Mem.put64(e + TAG_WRITE, held.wanted() ? unmatched(page, HELD) : page);
    // another CPU may have marked the page as code since: look again, now that the tag can be seen
    Mem.fullFence();
    if (ram.holdsCode(host)) {
      Mem.put64(e + TAG_WRITE, unmatched(page, NOTIFY));
    }
  }
}
