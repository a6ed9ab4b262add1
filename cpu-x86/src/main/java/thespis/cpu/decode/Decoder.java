package thespis.cpu.decode;

import thespis.cpu.mmu.Mem;
import thespis.cpu.mmu.Mmu;
import thespis.cpu.state.CodeMode;
import thespis.cpu.state.Cpu;

/// Turns instruction bytes into {@link Op} records. Works on the guest's own pages, so a fetch may raise #PF; an
/// instruction that runs over a page edge is fetched from both. SDM Vol. 2A "Instruction Format".
public final class Decoder {
  private static final OpcodeMap MAP = new OpcodeMap();

  static {
    OneByteMap.fill(MAP);
    TwoByteMap.fill(MAP);
    SseMap.fill(MAP);
    AvxMap.fill(MAP);
  }

  private static final int MAX_LENGTH = 15;

  private final Cpu cpu;
  private final Mmu mmu;

  // ---- the fetch: host bytes [pos, limit) are in hand
  private long pos;
  private long limit;
  private long linear;
  private int fetched;
  private final long scratch = Mem.allocate(16);

  /// Bytes that are read instead of the guest's pages, and the address they are from; 0 for none.
  private long copy;

  private long copyEnd;
  private long copied;

  /// The last instruction took bytes from a second page.
  public boolean crossedPage;

  /// Host address of the second page's bytes, or 0.
  public long secondHost;

  // ---- the instruction
  private int prefixes;
  private boolean operand16;
  private boolean address;
  private boolean lock;
  private int rep;
  private int segment;
  private int rex;
  private boolean vex;
  private int vvvv;
  private boolean vsib;
  private int modrm;
  private int sib;
  private boolean code64;
  private int operandSize;
  private int addressSize;
  private boolean ripRelative;

  // ---- the record
  private int base;
  private int index;
  private int scale;
  private int memSegment;
  private long disp;
  private long imm;
  private int immediates;

  public Decoder(Cpu cpu, Mmu mmu) {
    this.cpu = cpu;
    this.mmu = mmu;
  }

  /// Decodes the instruction at `rip` into the record at `rec`.
  ///
  /// @param offset what to store as the start relative to the block
  /// @return the row's flags; {@link Row#END} ends the block
  public int decode(long rip, long rec, int offset) {
    start(rip);
    Row row = null;
    int opcode;
    int map;
    try {
      opcode = prefixes();
      map = OpcodeMap.ONE_BYTE;
      if ((opcode == 0xC4 || opcode == 0xC5) && isVex()) {
        map = vexPrefix(opcode);
        opcode = next();
      } else if (opcode == 0x0F) {
        opcode = next();
        map = OpcodeMap.MAP_0F;
        if (opcode == 0x38) {
          map = OpcodeMap.MAP_0F38;
          opcode = next();
        } else if (opcode == 0x3A) {
          map = OpcodeMap.MAP_0F3A;
          opcode = next();
        }
      }
      row = map < 0 ? null : find(map, opcode);
      if (row != null && allowed(row)) {
        sizes(row);
        operands(row, rec, rip, opcode);
        finish(row, rec, offset, opcode);
        if (vsib && (addressSize == 1 || Op.dst(rec) == index || Op.dst(rec) == Op.reg3(rec) || index == Op.reg3(rec))) {
          return invalid(rec, offset, Ops.UD, false);
        }
        if (!lock || (row.flags() & Row.LOCK) != 0 && Op.dstKind(rec) == Op.KIND_MEM) {
          return row.flags() & Row.END;
        }
      }
    } catch (TooLong e) {
      return invalid(rec, offset, Ops.UD, true);
    }
    return invalid(rec, offset, Ops.UD, false);
  }

  /// More than 15 bytes raise #GP(0). SDM Vol. 3A "Interrupt 13-General Protection Exception (#GP)".
  private static final class TooLong extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final TooLong IT = new TooLong();

    private TooLong() {
      super(null, null, false, false);
    }
  }

  private int invalid(long rec, int offset, int op, boolean tooLong) {
    Mem.fill(rec, Op.BYTES, (byte) 0);
    Op.setOp(rec, op);
    Mem.put8(rec + 4, (byte) Op.NO_REG);
    Mem.put8(rec + 5, (byte) Op.NO_REG);
    Mem.put16(rec + 8, (short) offset);
    Mem.put8(rec + 10, (byte) Math.min(fetched, MAX_LENGTH));
    Mem.put64(rec + 16, tooLong ? 1 : 0);
    return Row.END;
  }

  // ---- bytes

  private void start(long rip) {
    code64 = (cpu.mode & CodeMode.CODE_64) != 0;
    linear = (cpu.mode & (CodeMode.CODE_64 | CodeMode.FLAT)) != 0 ? rip : cpu.base(Cpu.CS) + rip & 0xFFFF_FFFFL;
    fetched = 0;
    crossedPage = false;
    secondHost = 0;
    window(linear);
    prefixes = rex = vvvv = rep = 0;
    operand16 = address = lock = vex = vsib = ripRelative = false;
    segment = -1;
    modrm = -1;
    base = index = Op.NO_REG;
    scale = 0;
    disp = imm = 0;
    immediates = 0;
    memSegment = Op.NO_SEG;
  }

  /// Reads this copy of code from now on.
  ///
  /// @param bytes behind which 16 more can be read
  /// @param linear where it is from
  public void read(long bytes, int length, long linear) {
    copy = bytes;
    copyEnd = bytes + length;
    copied = linear;
  }

  private void window(long la) {
    if (copy != 0) {
      pos = copy + la - copied;
      limit = copyEnd;
      return;
    }
    long host = mmu.hostForFetch(la);
    if (host == 0) {
      // code in a device's memory: one byte at a time through the bus
      Mem.put8(scratch, (byte) cpu.bus.mmioRead(mmu.physForFetch(la), 1));
      pos = scratch;
      limit = scratch + 1;
      crossedPage = true;
      return;
    }
    pos = host;
    limit = host + 4096 - (la & 0xFFF);
  }

  private int next() {
    if (fetched == MAX_LENGTH) {
      throw TooLong.IT;
    }
    if (pos == limit) {
      crossedPage = true;
      window(code64 ? linear + fetched : linear + fetched & 0xFFFF_FFFFL);
      secondHost = pos;
    }
    fetched++;
    return Mem.load8(pos++) & 0xFF;
  }

  private int next16() {
    return next() | next() << 8;
  }

  private int next32() {
    return next16() | next16() << 16;
  }

  private long next64() {
    return next32() & 0xFFFF_FFFFL | (long) next32() << 32;
  }

  // ---- prefixes

  /// SDM Vol. 2A "Instruction Prefixes", "REX Prefixes". Returns the first opcode byte.
  private int prefixes() {
    while (true) {
      int b = next();
      switch (b) {
        case 0x66 -> operand16 = true;
        case 0x67 -> address = true;
        case 0xF0 -> lock = true;
        case 0xF2 -> rep = Op.REPNE;
        case 0xF3 -> rep = Op.REP;
        case 0x26 -> segment = code64 ? segment : Cpu.ES;
        case 0x2E -> segment = code64 ? segment : Cpu.CS;
        case 0x36 -> segment = code64 ? segment : Cpu.SS;
        case 0x3E -> segment = code64 ? segment : Cpu.DS;
        case 0x64 -> segment = Cpu.FS;
        case 0x65 -> segment = Cpu.GS;
        default -> {
          if (code64 && (b & 0xF0) == 0x40) {
            rex = b;
            continue; // anything but an opcode behind it cancels it
          }
          return b;
        }
      }
      rex = 0;
    }
  }

  /// C4 and C5 are LES and LDS outside of 64-bit code, unless ModRM would name a register.
  private boolean isVex() {
    if (code64) {
      return true;
    }
    if (pos == limit) {
      window(linear + fetched & 0xFFFF_FFFFL);
      secondHost = pos;
      crossedPage = true;
    }
    return (Mem.load8(pos) & 0xC0) == 0xC0 && (cpu.mode & (CodeMode.PROTECTED | CodeMode.VM86)) == CodeMode.PROTECTED;
  }

  /// SDM Vol. 2A "The VEX Prefix". Returns the opcode map or -1.
  private int vexPrefix(int first) {
    if (lock || rex != 0 || operand16 || rep != 0) {
      return -1;
    }
    vex = true;
    int b = next();
    rex = 0x40 | (~b >>> 5 & 4); // R
    int map = OpcodeMap.MAP_0F;
    if (first == 0xC4) {
      rex |= (~b >>> 5 & 3); // X, B
      map = b & 0x1F;
      b = next();
      rex |= b >>> 4 & 8; // W
    }
    if (!code64) {
      rex &= 0x48;
    }
    vvvv = ~b >>> 3 & (code64 ? 15 : 7);
    if ((b & 4) != 0) {
      prefixes |= Op.PREFIX_VEX_L;
    }
    switch (b & 3) {
      case 1 -> operand16 = true;
      case 2 -> rep = Op.REP;
      case 3 -> rep = Op.REPNE;
      default -> {}
    }
    return map >= 1 && map <= 3 ? map : -1;
  }

  // ---- rows

  private Row find(int map, int opcode) {
    Row[] rows = MAP.at(map, vex, opcode);
    int mandatory = rep == Op.REP ? Row.PF3 : rep == Op.REPNE ? Row.PF2 : operand16 ? Row.P66 : Row.NP;
    for (Row row : rows) {
      if (modrm < 0 && row.needsModrm()) {
        modrm = next();
      }
      boolean vexL = (prefixes & Op.PREFIX_VEX_L) != 0;
      if (row.matches(modrm, mandatory, rex >>> 3 & 1, vexL) && !((row.flags() & Row.NOT64) != 0 && code64)
          && !((row.flags() & Row.ONLY64) != 0 && !code64)) {
        return row;
      }
    }
    return null;
  }

  private boolean allowed(Row row) {
    int flags = row.flags();
    if ((flags & Row.PROT) != 0 && (cpu.mode & (CodeMode.PROTECTED | CodeMode.VM86)) != CodeMode.PROTECTED) {
      return false;
    }
    if (vex && vvvv != 0 && !row.usesVvvv()) {
      return false; // VEX.vvvv names no operand: it must be 1111b
    }
    vsib = (flags & Row.VSIB) != 0;
    if (vsib && (modrm & 7) != 4) {
      return false;
    }
    int feature = row.feature();
    return feature < 0 || cpu.features.has(feature >>> 8, feature & 0xFF);
  }

  private void sizes(Row row) {
    int flags = row.flags();
    boolean small = operand16 && row.prefix() != Row.P66;
    if (code64) {
      boolean wide = (rex & 8) != 0 || (flags & Row.F64) != 0;
      operandSize = wide ? 3 : small ? 1 : (flags & Row.D64) != 0 ? 3 : 2;
      addressSize = address ? 2 : 3;
    } else {
      boolean big = (cpu.mode & CodeMode.CODE_32) != 0;
      operandSize = big != small ? 2 : 1;
      addressSize = big != address ? 2 : 1;
    }
  }

  private int size(int operand) {
    return switch (operand & 15) {
      case Operand.B -> 0;
      case Operand.W -> (operand & ~15) == Operand.FIX_ ? 0 : 1;
      case Operand.D -> 2;
      case Operand.Q -> 3;
      case Operand.Y -> code64 && (rex & 8) != 0 ? 3 : 2;
      case Operand.Z -> (operand & ~15) == Operand.I_ ? operandSize : Math.min(operandSize, 2);
      default -> operandSize;
    };
  }

  private void operands(Row row, long rec, long rip, int opcode) {
    Mem.put64(rec + 8, 0);
    if ((row.a() & ~15) == Operand.C_ || (row.b() & ~15) == Operand.C_ || (row.a() & ~15) == Operand.D_
        || (row.b() & ~15) == Operand.D_) {
      modrm |= 0xC0; // ModRM.mod of MOV to and from CRn and DRn is ignored
    }
    if (modrm >= 0 && modrm < 0xC0) {
      memory();
    }
    if (segment >= 0) {
      memSegment = segment;
    } else if (modrm < 0 || modrm >= 0xC0) {
      memSegment = code64 ? Op.NO_SEG : Cpu.DS;
    }
    int dstKind = Op.KIND_NONE;
    int srcKind = Op.KIND_NONE;
    int dst = 0;
    int src = 0;
    int a = row.a();
    int b = row.b();
    int c = row.c();
    if (a != Operand.NONE) {
      long r = operand(a, opcode);
      dst = (int) r & 0xFF;
      dstKind = (int) (r >>> 8) & 3;
    }
    if (b != Operand.NONE && !Row.isVvvv(b)) {
      long r = operand(b, opcode);
      src = (int) r & 0xFF;
      srcKind = (int) (r >>> 8) & 3;
      if (c != Operand.NONE && !Row.isVvvv(c)) {
        operand(c, opcode);
      }
    } else if (c != Operand.NONE) {
      long r = operand(c, opcode);
      src = (int) r & 0xFF;
      srcKind = (int) (r >>> 8) & 3;
    }
    if ((row.flags() & Row.IMM8) != 0) {
      immediate(Operand.Ib);
    }
    int reg3 = third(a, b, c, dst, src);
    int main = a != Operand.NONE ? size(a) : b != Operand.NONE ? size(b) : operandSize;
    int second = Row.isVvvv(b) && c != Operand.NONE ? size(c) : b != Operand.NONE ? size(b) : main;
    if (srcKind == Op.KIND_IMM && (b & 15) != Operand.B) {
      second = main;
    }
    Mem.put8(rec + 2, (byte) dst);
    Mem.put8(rec + 3, (byte) src);
    Mem.put8(rec + 4, (byte) base);
    Mem.put8(rec + 5, (byte) index);
    Mem.put8(rec + 6, (byte) (scale | memSegment << 2));
    Mem.put8(rec + 7, (byte) (main | second << 2 | addressSize << 4 | (lock ? 0x40 : 0) | (code64 ? 0 : 0x80)));
    Mem.put8(rec + 11, (byte) (dstKind | srcKind << 2));
    Mem.put8(rec + 12, (byte) reg3);
    long nextRip = rip + fetched;
    if ((a & ~15) == Operand.J_) {
      long target = nextRip + imm;
      imm = operandSize == 3 ? target : operandSize == 2 ? target & 0xFFFF_FFFFL : target & 0xFFFF;
    }
    if (ripRelative) {
      disp += nextRip;
      if (addressSize == 2) {
        disp &= 0xFFFF_FFFFL;
      }
    }
    Mem.put64(rec + 16, imm);
    Mem.put64(rec + 24, disp);
  }

  /// The first source of a vector operation: VEX.vvvv, unless that is the destination, else the destination itself.
  private int third(int a, int b, int c, int dst, int src) {
    if (Row.isVvvv(b) || Row.isVvvv(c)) {
      return ((Row.isVvvv(b) ? b : c) & ~15) == Operand.BV_ ? vvvv * 8 : vvvv;
    }
    return switch (a & ~15) {
      case Operand.H_ -> src;
      case Operand.V_, Operand.W_ -> dst;
      default -> 0;
    };
  }

  /// A VEX-coded instruction with a 128-bit or scalar result in a vector register.
  private boolean zeroesUpper(Row row) {
    int method = row.a() & ~15;
    return vex && (row.flags() & Row.READS) == 0
        && (method == Operand.V_ || method == Operand.H_ || method == Operand.W_ && modrm >= 0xC0)
        && ((prefixes & Op.PREFIX_VEX_L) == 0 || (row.flags() & Row.LIG) != 0);
  }

  private void finish(Row row, long rec, int offset, int opcode) {
    int op = row.op();
    boolean memoryDst = Op.dstKind(rec) == Op.KIND_MEM;
    if (op == Ops.XCHG && memoryDst) {
      Mem.put8(rec + 7, (byte) (Mem.get8(rec + 7) | 0x40)); // XCHG with memory always locks
    }
    if (op == Ops.XCHG && opcode == 0x90 && (rex & 1) == 0 && modrm < 0) {
      op = rep == Op.REP ? Ops.PAUSE : Ops.NOP;
    }
    Op.setOp(rec, op);
    int usedRep = (row.flags() & Row.MANDATORY) != 0 ? Op.REP_NONE : rep;
    Mem.put16(rec + 8, (short) offset);
    Mem.put8(rec + 10, (byte) fetched);
    Mem.put8(rec + 11, (byte) (Mem.get8(rec + 11) | usedRep << 4));
    Mem.put8(rec + 13, (byte) modrm);
    Mem.put8(rec + 14, (byte) opcode);
    if (zeroesUpper(row)) {
      prefixes |= Op.ZERO_UPPER;
    }
    if ((row.flags() & Row.LIG) != 0) {
      prefixes &= ~Op.PREFIX_VEX_L;
    }
    int p = prefixes | (operand16 ? Op.PREFIX_66 : 0) | (vex ? Op.PREFIX_VEX : 0) | (rex != 0 && !vex ? Op.PREFIX_REX : 0)
        | ((rex & 8) != 0 ? Op.PREFIX_REX_W : 0);
    Mem.put8(rec + 15, (byte) p);
  }

  // ---- operands: kind << 8 | register

  private static final long NOTHING = 0;
  private static final long MEMORY = Op.KIND_MEM << 8;
  private static final long IMMEDIATE = Op.KIND_IMM << 8;

  private long operand(int operand, int opcode) {
    int rm = modrm & 7 | (rex & 1) << 3;
    int reg = modrm >>> 3 & 7 | (rex & 4) << 1;
    return switch (operand & ~15) {
      case Operand.E_ -> modrm < 0xC0 ? MEMORY : register(rm, size(operand));
      case Operand.G_ -> register(reg, size(operand));
      case Operand.Z_ -> register(opcode & 7 | (rex & 1) << 3, size(operand));
      case Operand.M_ -> MEMORY;
      case Operand.S_ -> Op.KIND_REG << 8 | (modrm >= 0 ? modrm : opcode) >>> 3 & 7;
      case Operand.C_, Operand.D_ -> Op.KIND_REG << 8 | reg;
      case Operand.V_ -> Op.KIND_REG << 8 | reg;
      case Operand.W_ -> modrm < 0xC0 ? MEMORY : Op.KIND_REG << 8 | rm;
      case Operand.P_, Operand.Q_ -> {
        prefixes |= Op.PREFIX_MMX;
        yield (operand & ~15) == Operand.P_ ? Op.KIND_REG << 8 | modrm >>> 3 & 7
            : modrm < 0xC0 ? MEMORY : Op.KIND_REG << 8 | modrm & 7;
      }
      case Operand.H_ -> Op.KIND_REG << 8 | vvvv;
      case Operand.BV_ -> Op.KIND_REG << 8 | vvvv * 8;
      case Operand.FIX_ -> Op.KIND_REG << 8 | ((operand & 15) == Operand.W ? Cpu.RCX : Cpu.RAX);
      case Operand.I_ -> immediate(operand);
      case Operand.J_ -> jump(operand);
      case Operand.ONE_ -> {
        imm = 1;
        yield IMMEDIATE;
      }
      case Operand.O_ -> {
        disp = addressSize == 3 ? next64() : addressSize == 2 ? next32() & 0xFFFF_FFFFL : next16();
        yield MEMORY;
      }
      case Operand.A_ -> {
        long offset = operandSize == 1 ? next16() : next32() & 0xFFFF_FFFFL;
        imm = offset | (long) next16() << 32;
        yield IMMEDIATE;
      }
      default -> NOTHING;
    };
  }

  /// State block offset of a general register; without REX the byte registers 4-7 are AH CH DH BH.
  private long register(int n, int size) {
    int offset = size == 0 && n >= 4 && n < 8 && rex == 0 ? (n - 4) * 8 + 1 : n * 8;
    return Op.KIND_REG << 8 | offset;
  }

  private long immediate(int operand) {
    long v =
        switch (operand & 15) {
          case Operand.B, Operand.S -> (byte) next();
          case Operand.W -> next16();
          case Operand.Z -> operandSize == 1 ? (short) next16() : next32();
          default -> operandSize == 1 ? (short) next16() : operandSize == 2 ? next32() : next64();
        };
    // ENTER has two immediates: the second goes above the first
    imm = immediates++ > 0 ? imm & 0xFFFF | (v & 0xFF) << 16 : v;
    return IMMEDIATE;
  }

  private long jump(int operand) {
    imm = (operand & 15) == Operand.B ? (byte) next() : operandSize == 1 ? (short) next16() : next32();
    return IMMEDIATE;
  }

  // ---- memory operands. SDM Vol. 2A "Addressing-Mode Encoding of ModR/M and SIB Bytes"

  private static final int[] BASE16 = {Cpu.RBX, Cpu.RBX, Cpu.RBP, Cpu.RBP, Cpu.RSI, Cpu.RDI, Cpu.RBP, Cpu.RBX};
  private static final int[] INDEX16 = {
    Cpu.RSI, Cpu.RDI, Cpu.RSI, Cpu.RDI, Op.NO_REG, Op.NO_REG, Op.NO_REG, Op.NO_REG
  };

  private void memory() {
    int mod = modrm >>> 6;
    int rm = modrm & 7;
    boolean stack;
    if (addressSize == 1) {
      if (mod == 0 && rm == 6) {
        disp = (short) next16();
        stack = false;
      } else {
        base = BASE16[rm];
        index = INDEX16[rm];
        stack = base == Cpu.RBP;
        disp = mod == 1 ? (byte) next() : mod == 2 ? (short) next16() : 0;
      }
    } else {
      boolean noBase = false;
      if (rm == 4) {
        sib = next();
        int i = sib >>> 3 & 7 | (rex & 2) << 2;
        if (vsib) {
          index = i;
          scale = sib >>> 6;
        } else if (i != 4) {
          index = i * 8;
          scale = sib >>> 6;
        }
        int b = sib & 7;
        if (b == 5 && mod == 0) {
          noBase = true;
        } else {
          base = (b | (rex & 1) << 3) * 8;
        }
        if (noBase) {
          disp = next32();
        }
      } else if (rm == 5 && mod == 0) {
        noBase = true;
        disp = next32();
        ripRelative = code64;
      } else {
        base = (rm | (rex & 1) << 3) * 8;
      }
      if (mod == 1) {
        disp = (byte) next();
      } else if (mod == 2) {
        disp = next32();
      }
      stack = !noBase && (base == Cpu.RSP || base == Cpu.RBP);
    }
    memSegment = code64 ? Op.NO_SEG : stack ? Cpu.SS : Cpu.DS;
  }
}
