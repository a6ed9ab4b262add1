package thespis.cpu.jit;

import java.util.Arrays;

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

  private static final int FIRST = 1024;

  /// More than a block has.
  private static final int RECENT = 2048;

  /// By kind, for people.
  static final String[] NAMES = {
    "pages missed", "interpreter", "direct branches", "computed branches", "polls", "calls", "x87 state", "groups missed"
  };

  private final long[] end = new long[RECENT];
  private int count;
  private byte[] kind = new byte[FIRST];
  private byte[] detail = new byte[FIRST];
  private long[] block = new long[FIRST];
  private long[] rip = new long[FIRST];
  private long[] address = new long[FIRST];
  private long[] stub = new long[FIRST];
  private int[] next = new int[FIRST];

  int add(int kind, int detail, long block, long rip, long address) {
    if (count == this.kind.length) {
      resize(count * 2);
    }
    int n = count++;
    this.kind[n] = (byte) kind;
    this.detail[n] = (byte) detail;
    this.block[n] = block;
    this.rip[n] = rip;
    this.address[n] = address;
    this.stub[n] = 0;
    return n;
  }

  private void resize(int n) {
    kind = Arrays.copyOf(kind, n);
    detail = Arrays.copyOf(detail, n);
    block = Arrays.copyOf(block, n);
    rip = Arrays.copyOf(rip, n);
    address = Arrays.copyOf(address, n);
    stub = Arrays.copyOf(stub, n);
    next = Arrays.copyOf(next, n);
  }

  int kind(int n) {
    return kind[n];
  }

  int detail(int n) {
    return detail[n];
  }

  void setDetail(int n, int d) {
    detail[n] = (byte) d;
  }

  /// Header of the block.
  long block(int n) {
    return block[n];
  }

  /// Where a branch goes, or where the instruction stands.
  long rip(int n) {
    return rip[n];
  }

  long address(int n) {
    return address[n];
  }

  void setAddress(int n, long a) {
    address[n] = a;
  }

  /// Where the exit's own code lies: a branch that is unlinked goes there again.
  long stub(int n) {
    return stub[n];
  }

  void setStub(int n, long a) {
    stub[n] = a;
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
    return next[n];
  }

  void setNext(int n, int link) {
    next[n] = link;
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
    resize(FIRST);
  }
}
