package thespis.cpu.jit;

import thespis.cpu.decode.Op;
import thespis.cpu.decode.Ops;
import thespis.cpu.state.Cpu;

/// Which accesses of a block lie at a constant distance from each other, so that one look into the address cache serves
/// them all. A block is translated to note its accesses, each checked by itself, and once more where some belong together.
///
/// In a block that branches to its own start, what lies at the same address in each turn is checked in the first turn only.
///
/// A general register is known as a value, which has a number of its own, plus a constant. The first sixteen values are
/// those that the block begins with.
final class AccessPlan {
  /// Host addresses that a block can keep at a time.
  static final int SLOTS = 8;

  /// Bytes that a group may span: the more, the oftener it runs over a page's edge.
  private static final int SPAN = 256;

  private static final int MAX = 128;

  /// No group.
  static final int ALONE = -1;

  private static final int NO_VALUE = -1;
  private static final int RSP = Cpu.RSP >>> 3;
  private static final int RBP = Cpu.RBP >>> 3;

  // ---- the registers at this point
  private final int[] value = new int[16];
  private final long[] constant = new long[16];
  private int values;

  /// Addresses without a register stay comparable as long as nothing unknown was executed.
  private int epoch;

  // ---- accesses, in order
  private final int[] base = new int[MAX];
  private final int[] index = new int[MAX];
  private final int[] rest = new int[MAX];
  private final long[] from = new long[MAX];
  private final int[] bytes = new int[MAX];
  private final boolean[] store = new boolean[MAX];
  private final int[] group = new int[MAX];
  private int noted;

  // ---- groups
  private final int[] first = new int[MAX];
  private final int[] last = new int[MAX];
  private final long[] low = new long[MAX];
  private final long[] high = new long[MAX];
  private final boolean[] stored = new boolean[MAX];
  private final int[] slot = new int[MAX];
  private final boolean[] lasting = new boolean[MAX];
  private int groups;

  // ---- further turns
  /// Slots that are left to addresses of one turn.
  private static final int FLEETING = 2;

  /// Accesses before the first branch to the block's start, or -1.
  private int beforeTurn;

  /// Registers that each turn begins with as the one before, one bit each. None if anything may have been executed.
  private int kept;

  /// The turn that is translated is not the first.
  private boolean further;

  /// True while accesses are noted, false while they are looked up.
  private boolean noting;

  private int next;

  /// log2 of the bytes of a pointer: what an instruction of this operand size changes is known wholly.
  private int pointer = 3;

  /// The block is about to be translated to note its accesses.
  ///
  /// @param pointer log2 of the bytes of a pointer
  void note(int pointer) {
    this.pointer = pointer;
    noted = 0;
    noting = true;
    beforeTurn = -1;
    kept = 0xFFFF;
    restart();
  }

  /// What was noted is to be used. False if no two accesses belong together: then the translation is right as it is.
  boolean use() {
    noting = false;
    form();
    restart();
    return groups != 0;
  }

  /// The same accesses come once more.
  private void restart() {
    further = false;
    begin();
  }

  /// The same once more, for all turns but the first.
  void furtherTurns() {
    further = true;
    begin();
  }

  private void begin() {
    next = 0;
    epoch = 0;
    values = 0;
    for (int r = 0; r < 16; r++) {
      fresh(r);
    }
  }

  /// Here is a branch to the block's start.
  void turn() {
    if (!noting) {
      return;
    }
    if (beforeTurn < 0) {
      beforeTurn = next;
    }
    for (int r = 0; r < 16; r++) {
      if (value[r] != r || constant[r] != 0 || epoch != 0) {
        kept &= ~(1 << r);
      }
    }
    if (epoch != 0) {
      beforeTurn = 0;
    }
  }

  // ---- accesses

  /// The next access: of `size` bytes at register + register << scale + disp, registers by guest number or -1.
  ///
  /// @return number of its group, or -1
  int access(int baseRegister, int indexRegister, int scale, int segment, long disp, int size, boolean write) {
    int n = next++;
    if (!noting) {
      return n < noted ? group[n] : ALONE;
    }
    if (n >= MAX) {
      return ALONE;
    }
    base[n] = baseRegister < 0 ? NO_VALUE : value[baseRegister];
    index[n] = indexRegister < 0 ? NO_VALUE : value[indexRegister];
    rest[n] = epoch << 8 | segment << 4 | (indexRegister < 0 ? 0 : scale);
    from[n] = disp + (baseRegister < 0 ? 0 : constant[baseRegister])
        + (indexRegister < 0 ? 0 : constant[indexRegister] << scale);
    bytes[n] = size;
    store[n] = write;
    noted = n + 1;
    return ALONE;
  }

  private void form() {
    groups = 0;
    for (int n = 0; n < noted; n++) {
      group[n] = join(n);
    }
    int free = keep();
    int used = SLOTS - Integer.bitCount(free);
    for (int n = 0; n < noted; n++) {
      int g = group[n];
      if (first[g] == n && !lasting[g]) {
        slot[g] = first[g] == last[g] || free == 0 ? ALONE : Integer.numberOfTrailingZeros(free);
        free &= slot[g] == ALONE ? free : ~(1 << slot[g]);
        used += slot[g] == ALONE ? 0 : 1;
      }
      if (last[g] == n && slot[g] != ALONE && !lasting[g]) {
        free |= 1 << slot[g];
      }
      group[n] = slot[g] == ALONE ? ALONE : g;
    }
    groups = used;
  }

  /// Gives slots of their own to what lasts for all turns: in the next they must not have been another's.
  ///
  /// @return the slots that are left
  private int keep() {
    int free = (1 << SLOTS) - 1;
    for (int g = 0; g < groups; g++) {
      lasting[g] = Integer.bitCount(free) > FLEETING && lasts(first[g]);
      if (lasting[g]) {
        slot[g] = Integer.numberOfTrailingZeros(free);
        free &= ~(1 << slot[g]);
      }
    }
    return free;
  }

  private int join(int n) {
    for (int g = groups - 1; g >= 0; g--) {
      int f = first[g];
      if (base[f] == base[n] && index[f] == index[n] && rest[f] == rest[n]) {
        long from1 = Math.min(low[g], from[n]);
        long to = Math.max(high[g], from[n] + bytes[n]);
        if (to - from1 <= SPAN) {
          low[g] = from1;
          high[g] = to;
          stored[g] |= store[n];
          last[g] = n;
          return g;
        }
      }
    }
    int g = groups++;
    first[g] = n;
    last[g] = n;
    low[g] = from[n];
    high[g] = from[n] + bytes[n];
    stored[g] = store[n];
    return g;
  }

  /// Is the access, which some turn begins with, at the same address in all turns?
  private boolean lasts(int n) {
    return n < beforeTurn && kept(base[n]) && kept(index[n]);
  }

  private boolean kept(int v) {
    return v == NO_VALUE || v < 16 && (kept >>> v & 1) != 0;
  }

  /// Is the access that was looked up last the one that is to find the group's address?
  boolean opens(int g) {
    return first[g] == next - 1 && !(further && lasting[g]);
  }

  /// Distance of the access that was looked up last from the group's lowest address.
  int above(int g) {
    return (int) (from[next - 1] - low[g]);
  }

  int span(int g) {
    return (int) (high[g] - low[g]);
  }

  boolean writes(int g) {
    return stored[g];
  }

  /// Does the first access need no more than all others?
  boolean uniform(int g) {
    return stored[g] == store[first[g]];
  }

  int slot(int g) {
    return slot[g];
  }

  // ---- registers

  private void fresh(int register) {
    value[register] = values++;
    constant[register] = 0;
  }

  private void copy(int to, int register, long plus) {
    value[to] = value[register];
    constant[to] = constant[register] + plus;
  }

  /// Something was executed that may have changed anything.
  void barrier() {
    for (int r = 0; r < 16; r++) {
      fresh(r);
    }
    epoch++;
  }

  /// A translated instruction was executed.
  void executed(long p, int op) {
    boolean register = Op.dstKind(p) == Op.KIND_REG;
    int dst = Op.dst(p) >>> 3 & 15;
    int src = Op.src(p) >>> 3 & 15;
    boolean whole = register && Op.size(p) == pointer;
    boolean immediate = Op.srcKind(p) == Op.KIND_IMM;
    switch (op) {
      case Ops.CMP, Ops.TEST, Ops.NOP, Ops.PREFETCH, Ops.JCC, Ops.BT, Ops.FENCE -> {}
      case Ops.PUSH, Ops.PUSHF, Ops.PUSH_SREG -> copy(RSP, RSP, -1 << pointer);
      case Ops.POP -> {
        copy(RSP, RSP, 1 << pointer);
        fresh(dst);
      }
      case Ops.POPF -> copy(RSP, RSP, 1 << pointer);
      case Ops.LEAVE -> {
        copy(RSP, RBP, 1 << pointer);
        fresh(RBP);
      }
      case Ops.ADD -> change(register, dst, whole && immediate, Op.imm(p));
      case Ops.SUB -> change(register, dst, whole && immediate, -Op.imm(p));
      case Ops.INC -> change(register, dst, whole, 1);
      case Ops.DEC -> change(register, dst, whole, -1);
      case Ops.MOV -> {
        if (whole && Op.srcKind(p) == Op.KIND_REG) {
          copy(dst, src, 0);
        } else {
          change(register, dst, false, 0);
        }
      }
      case Ops.LEA -> {
        if (whole && Op.addressSize(p) == pointer && Op.index(p) == Op.NO_REG && Op.base(p) != Op.NO_REG) {
          copy(dst, Op.base(p) >>> 3, Op.disp(p));
        } else {
          fresh(dst);
        }
      }
      case Ops.OR, Ops.ADC, Ops.SBB, Ops.AND, Ops.XOR, Ops.NEG, Ops.NOT, Ops.MOVZX, Ops.MOVSX, Ops.CMOV, Ops.SETCC,
          Ops.BSWAP, Ops.IMUL2, Ops.IMUL3, Ops.ROL, Ops.ROR, Ops.RCL, Ops.RCR, Ops.SHL, Ops.SHR, Ops.SAL, Ops.SAR,
          Ops.SHLD, Ops.SHRD, Ops.SHLD_CL, Ops.SHRD_CL, Ops.BTS, Ops.BTR, Ops.BTC, Ops.BSF, Ops.BSR, Ops.TZCNT,
          Ops.LZCNT, Ops.POPCNT, Ops.MOVNTI -> change(register, dst, false, 0);
      case Ops.MUL, Ops.IMUL, Ops.CBW, Ops.CWD -> {
        fresh(Cpu.RAX >>> 3);
        fresh(Cpu.RDX >>> 3);
      }
      default -> {
        if (CompareCode.is(op)) {
          fresh(Cpu.RCX >>> 3);
        } else if (op >= Ops.SIMD) {
          change(register, dst, false, 0); // a vector register's number does no harm
        } else {
          barrier();
        }
      }
    }
  }

  private void change(boolean register, int dst, boolean known, long plus) {
    if (register) {
      if (known) {
        copy(dst, dst, plus);
      } else {
        fresh(dst);
      }
    }
  }
}
