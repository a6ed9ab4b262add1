package thespis.cpu.jit;

import java.util.Arrays;
import thespis.cpu.mmu.Mem;

/// What the exits of one core's translated code mean, by number.
final class Exits {
  /// A page that the address cache does not know (or a device, or an access over a page's edge): the access kind is in
  /// the detail; go on at {@link #address} once it is known.
  static final int MISS = 0;

  /// In the detail of a miss: the operand may have to be aligned, which comes before a page fault.
  static final int WIDE = 16;

  /// The instruction needs the interpreter this time.
  static final int INTERPRET = 1;

  /// A direct branch that is not linked yet: its displacement stands at {@link #address}, the flags' state in the detail.
  static final int GOTO = 2;

  /// A branch to another page or to a computed address, which is in the exit's RCX.
  static final int COMPUTED = 3;

  /// In the detail of a computed branch if not 0: where it may not go there, it is to be executed again by the instruction
  /// at {@link #rip}, with RSP less the quadwords that the detail exceeds this by.
  static final int AGAIN = 1;

  /// A poll saw attention: to {@link #rip}.
  static final int POLLED = 4;

  /// As many instructions as the detail says are to be executed whose records stand at {@link #stub}; the code goes on at
  /// {@link #address}, or has to be looked up if that is 0.
  static final int CALL = 5;

  /// The x87 state is needed in the host's registers.
  static final int X87 = 6;

  /// As {@link #MISS}, for several accesses at once: they are in no page that is known, or run over its edge.
  static final int GROUP = 7;

  /// In the detail of a group: its first access may do less than others.
  static final int MIXED = 32;

  /// More than a block has.
  private static final int RECENT = 2048;

  /// By kind, for people.
  static final String[] NAMES = {
    "pages missed", "interpreter", "direct branches", "computed branches", "polls", "calls", "x87 state", "groups missed"
  };

  // ---- an entry; addresses are relative to the code area, which begins with something else
  private static final int KIND = 0;
  private static final int DETAIL = 1;
  private static final int NEXT = 4;
  private static final int BLOCK = 8;
  private static final int RIP = 16;
  private static final int ADDRESS = 24;
  private static final int STUB = 28;
  private static final int BYTES = 32;

  private static final int CHUNK_SHIFT = 13;
  private static final int CHUNK_ENTRIES = 1 << CHUNK_SHIFT;

  /// Where the code area begins.
  private final long base;

  private final long[] end = new long[RECENT];
  private int count;

  /// Native memory, as many entries each.
  private long[] chunks = new long[4];

  private int chunkCount;

  Exits(long base) {
    this.base = base;
  }

  private long at(int n) {
    return chunks[n >>> CHUNK_SHIFT] + (n & CHUNK_ENTRIES - 1) * BYTES;
  }

  int add(int kind, int detail, long block, long rip, long address) {
    if (count == chunkCount << CHUNK_SHIFT) {
      if (chunkCount == chunks.length) {
        chunks = Arrays.copyOf(chunks, 2 * chunkCount);
      }
      chunks[chunkCount++] = Mem.allocateSparse(CHUNK_ENTRIES * BYTES);
    }
    int n = count++;
    long e = at(n);
    Mem.put8(e + KIND, (byte) kind);
    Mem.put8(e + DETAIL, (byte) detail);
    Mem.put32(e + NEXT, 0);
    Mem.put64(e + BLOCK, block);
    Mem.put64(e + RIP, rip);
    Mem.put32(e + ADDRESS, relative(address));
    Mem.put32(e + STUB, 0);
    return n;
  }

  private int relative(long address) {
    return address == 0 ? 0 : (int) (address - base);
  }

  private long absolute(int relative) {
    return relative == 0 ? 0 : base + relative;
  }

  int kind(int n) {
    return Mem.get8(at(n) + KIND);
  }

  int detail(int n) {
    return Mem.get8(at(n) + DETAIL);
  }

  void setDetail(int n, int d) {
    Mem.put8(at(n) + DETAIL, (byte) d);
  }

  /// Header of the block.
  long block(int n) {
    return Mem.get64(at(n) + BLOCK);
  }

  /// Where a branch goes, or where the instruction stands.
  long rip(int n) {
    return Mem.get64(at(n) + RIP);
  }

  long address(int n) {
    return absolute(Mem.get32(at(n) + ADDRESS));
  }

  void setAddress(int n, long a) {
    Mem.put32(at(n) + ADDRESS, relative(a));
  }

  /// Where the exit's own code lies: a branch that is unlinked goes there again.
  long stub(int n) {
    return absolute(Mem.get32(at(n) + STUB));
  }

  void setStub(int n, long a) {
    Mem.put32(at(n) + STUB, relative(a));
  }

  /// Where its way out ends, as {@link CodeArea#leave} makes it; known of the exits made last.
  long end(int n) {
    return end[n & RECENT - 1];
  }

  void setEnd(int n, long a) {
    end[n & RECENT - 1] = a;
  }

  /// The next link to the same target, as {@link NativeEngine#link} counts them.
  int next(int n) {
    return Mem.get32(at(n) + NEXT);
  }

  void setNext(int n, int link) {
    Mem.put32(at(n) + NEXT, link);
  }

  int count() {
    return count;
  }

  /// Forgets those behind the first `n`.
  void cut(int n) {
    count = n;
  }

  void clear() {
    count = 0;
  }

  /// Forgets all, and what they took.
  void trim() {
    clear();
    while (chunkCount > 0) {
      Mem.freeSparse(chunks[--chunkCount], CHUNK_ENTRIES * BYTES);
    }
  }
}
