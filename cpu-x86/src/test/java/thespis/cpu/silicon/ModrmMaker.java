package thespis.cpu.silicon;

import static thespis.cpu.silicon.IntegerTable.AF;
import static thespis.cpu.silicon.IntegerTable.CF;
import static thespis.cpu.silicon.IntegerTable.OF;
import static thespis.cpu.silicon.IntegerTable.PF;
import static thespis.cpu.silicon.IntegerTable.SF;
import static thespis.cpu.silicon.IntegerTable.ZF;

import thespis.cpu.silicon.IntegerTable.Care;

/// One instruction with a ModRM operand for {@link CodeMaker}: picks size, registers and address, sets the address's
/// registers up, and encodes. SDM Vol. 2A "Instruction Format".
final class ModrmMaker {
  private static final int RAX = 0;
  private static final int RCX = 1;
  private static final int RDX = 2;
  private static final int RSP = 4;
  private static final int NONE = -1;

  private final CodeMaker to;
  private final Operands random;
  private final IntegerTable.Row row;

  private int size;
  private int reg;
  private int vvvv;
  private boolean lock;
  private int immediate;
  private int immBytes;

  /// Registers that the address may not use.
  private int avoid;

  // ---- the r/m operand
  private boolean memory;
  private boolean small;
  private int rm = NONE;
  private int base = NONE;
  private int index = NONE;
  private int scale;
  private int disp;
  private int dispBytes;
  private boolean ripRelative;
  private long target;

  ModrmMaker(CodeMaker to, IntegerTable.Row row) {
    this.to = to;
    this.random = to.random;
    this.row = row;
  }

  void make() {
    size = "bwdq".indexOf(row.sizes().charAt(random.below(row.sizes().length())));
    memory = row.has('m') && (!row.has('r') || random.below(2) == 0);
    lock = memory && row.has('L') && random.below(4) == 0;
    vvvv = row.map() == 0x3A ? 0 : to.register(); // RORX has none
    reg = row.ext() >= 0 ? row.ext() : to.register();
    immediates();
    care();
    if (row.care() == Care.ADDRESS_ONLY) {
      anyAddress();
    } else if (memory) {
      address();
    } else {
      do {
        rm = to.register();
      } while ((avoid & 1 << rm) != 0);
    }
    before();
    encode(row.map(), row.prefix(), row.opcode(), reg, size, row.has('V'), row.ext() < 0);
    after();
  }

  // ---- immediates and counts

  private int count = NONE;

  private void immediates() {
    immBytes = row.imm() == IntegerTable.NO_IMM ? 0 : row.imm() == IntegerTable.IMM8 ? 1 : size == 1 ? 2 : 4;
    immediate = (int) random.pattern();
    switch (row.care()) {
      case SHIFT, ROTATE, ROTATE_CARRY, DOUBLE_SHIFT -> {
        count = random.below(4) == 0 ? random.below(3) : random.below(256);
        if (row.care() == Care.DOUBLE_SHIFT && size == 1) {
          count = random.below(17);
        }
        if (row.map() == 0 && row.opcode() >> 1 == 0x68) {
          count = 1;
        }
        immediate = count;
      }
      default -> {}
    }
  }

  private void care() {
    switch (row.care()) {
      case SHIFT, ROTATE, ROTATE_CARRY, DOUBLE_SHIFT -> {
        boolean byCl = row.imm() == IntegerTable.NO_IMM && !(row.map() == 0 && row.opcode() >> 1 == 0x68);
        if (byCl) {
          to.load(RCX, random.pattern() & ~0xFFL | count);
          avoid = 1 << RCX;
        }
        if (row.care() == Care.ROTATE_CARRY && to.isUndefined(CF)) {
          to.put(0xF8 | random.below(2)); // clc, stc
          to.flags(CF, 0);
        }
      }
      case BIT_OFFSET -> {
        if (memory) {
          long offset = random.below(384) - 192;
          long junk = size == 3 ? 0 : random.pattern() << (size == 1 ? 16 : 32);
          to.load(reg, offset & (size == 3 ? -1L : size == 2 ? 0xFFFF_FFFFL : 0xFFFF) | junk);
          avoid = 1 << reg;
        }
      }
      case DIVIDE, IDIVIDE -> avoid = 1 << RAX | 1 << RDX | 0xF0;
      case COMPARE_EXCHANGE -> avoid = 1 << RAX;
      default -> {}
    }
  }

  /// What must stand before the instruction, on the same operand.
  private void before() {
    switch (row.care()) {
      case DIVIDE, IDIVIDE -> {
        int imm = immediate;
        immBytes = 1;
        immediate = 1;
        encode(0, 0, size == 0 ? 0x80 : 0x83, 1, size, false, false); // or e, 1
        immediate = imm;
        immBytes = 0;
        if (size == 0) {
          to.put(0x0F, 0xB6, 0xC0); // movzx eax, al
        } else {
          to.load(RDX, 0);
        }
        if (row.care() == Care.IDIVIDE) {
          if (size == 1) {
            to.put(0x66);
          } else if (size == 3) {
            to.put(0x48);
          }
          to.put(0xD1, 0xE8); // shr eax, 1
        }
      }
      case COMPARE_EXCHANGE -> {
        // a 32-bit register that is not equal: not all processors treat its upper half alike
        if (random.below(2) == 0 || !memory && size == 2) {
          boolean locked = lock;
          lock = false;
          encode(0, 0, size == 0 ? 0x8A : 0x8B, RAX, size, false, true);
          lock = locked;
        }
      }
      default -> {}
    }
  }

  private void after() {
    if (count == NONE) {
      to.flags(row.writes(), row.undefined());
      return;
    }
    int n = count & (size == 3 ? 63 : 31);
    if (n == 0) {
      return;
    }
    int overflow = n == 1 ? 0 : OF;
    switch (row.care()) {
      case SHIFT -> {
        boolean lost = row.ext() != 7 && n >= 8 << size;
        to.flags(CF | ZF | SF | PF | OF, AF | overflow | (lost ? CF : 0));
      }
      case DOUBLE_SHIFT -> to.flags(CF | ZF | SF | PF | OF, AF | overflow);
      default -> to.flags(CF | OF, overflow);
    }
  }

  // ---- addresses

  private int free(int taken) {
    int r;
    do {
      r = to.register();
    } while ((avoid & 1 << r) != 0 || r == taken);
    return r;
  }

  private void anyAddress() {
    small = random.below(4) == 0;
    base = random.below(5) == 0 ? NONE : random.below(16);
    index = random.below(2) == 0 ? NONE : to.register();
    scale = random.below(4);
    disp = (int) random.pattern();
    dispBytes = base == NONE || random.below(2) == 0 ? 4 : 1;
    if (dispBytes == 1) {
      disp = (byte) disp;
    }
  }

  private void address() {
    boolean wideReach = row.care() == Care.BIT_OFFSET;
    target = SiliconCode.DATA + 64 + random.below(SiliconCode.DATA_BYTES - 160);
    small = random.below(6) == 0;
    long junk = small ? random.pattern() << 32 : 0;
    int kind = random.below(wideReach ? 7 : 8);
    switch (kind) {
      case 0, 1, 2 -> {
        base = free(NONE);
        dispBytes = kind == 0 ? 0 : kind == 1 ? 1 : 4;
        disp = dispBytes == 0 ? 0 : dispBytes == 1 ? (byte) random.bits() : (int) random.bits();
        to.load(base, small ? target - disp & 0xFFFF_FFFFL | junk : target - disp);
      }
      case 3, 4 -> {
        base = free(NONE);
        index = free(base);
        scale = random.below(4);
        dispBytes = random.below(2) == 0 ? 1 : 4;
        disp = dispBytes == 1 ? (byte) random.bits() : (int) random.bits();
        long i = random.pattern();
        to.load(index, i);
        long b = target - disp - (i << scale);
        to.load(base, small ? b & 0xFFFF_FFFFL | junk : b);
      }
      case 5 -> ripRelative = true;
      case 6 -> {
        dispBytes = 4;
        if (random.below(2) == 0) {
          index = free(NONE);
          scale = random.below(4);
          long i = random.below(0x10000) - 0x8000;
          to.load(index, small ? i & 0xFFFF_FFFFL | junk : i);
          disp = (int) (target - (i << scale));
        } else {
          disp = (int) target;
        }
      }
      default -> {
        base = RSP;
        dispBytes = 1;
        disp = 0x40 + random.below(0x20);
      }
    }
  }

  // ---- encoding

  private void encode(int map, int prefix, int opcode, int regField, int opSize, boolean vex, boolean regIsRegister) {
    boolean byteRm = opSize == 0 || row.has('B') && opcode == row.opcode();
    boolean byteReg = opSize == 0 && regIsRegister && map != 0x38;
    if (random.below(16) == 0) {
      to.put(new int[] {0x26, 0x2E, 0x36, 0x3E}[random.below(4)]);
    }
    if (small && memory) {
      to.put(0x67);
    }
    if (opSize == 1 && !vex) {
      to.put(0x66);
    }
    if (lock) {
      to.put(0xF0);
    }
    int rexBits = (opSize == 3 ? 8 : 0) | (regField > 7 ? 4 : 0);
    rexBits |= memory ? (index > 7 ? 2 : 0) | (base > 7 ? 1 : 0) : rm > 7 ? 1 : 0;
    if (vex) {
      int pp = prefix == 0x66 ? 1 : prefix == 0xF3 ? 2 : prefix == 0xF2 ? 3 : 0;
      to.put(0xC4, ~rexBits << 5 & 0xE0 | (map == 0x38 ? 2 : 3));
      to.put((rexBits & 8) << 4 | (~vvvv & 15) << 3 | pp);
      to.put(opcode);
    } else {
      if (prefix != 0) {
        to.put(prefix);
      }
      // without REX, byte registers 5-7 are CH, DH, BH
      if (rexBits != 0 || random.below(4) == 0) {
        to.put(0x40 | rexBits);
      } else if (byteReg && regField == 5 && random.below(2) == 0) {
        regField = 4; // AH
      }
      if (map != 0) {
        to.put(0x0F);
        if (map != 0x0F) {
          to.put(map);
        }
      }
      to.put(opcode);
    }
    operand(regField & 7);
    to.le(immediate, immBytes);
  }

  private void operand(int regField) {
    int r = regField << 3;
    if (!memory) {
      to.put(0xC0 | r | rm & 7);
      return;
    }
    if (ripRelative) {
      to.put(r | 5);
      to.le(target - (to.here() + 4 + immBytes), 4);
      return;
    }
    if (base == NONE) {
      to.put(r | 4, scale << 6 | (index == NONE ? 4 : index & 7) << 3 | 5);
      to.le(disp, 4);
      return;
    }
    int bytes = dispBytes == 0 && (base & 7) == 5 ? 1 : dispBytes;
    int mod = bytes == 0 ? 0 : bytes == 1 ? 0x40 : 0x80;
    if (index != NONE || (base & 7) == RSP) {
      to.put(mod | r | 4, scale << 6 | (index == NONE ? 4 : index & 7) << 3 | base & 7);
    } else {
      to.put(mod | r | base & 7);
    }
    to.le(disp, bytes);
  }
}
