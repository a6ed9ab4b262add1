package thespis.cpu.silicon;

import static thespis.cpu.silicon.IntegerTable.AF;
import static thespis.cpu.silicon.IntegerTable.ALL;
import static thespis.cpu.silicon.IntegerTable.CF;
import static thespis.cpu.silicon.IntegerTable.OF;
import static thespis.cpu.silicon.IntegerTable.ZF;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/// Random user-mode integer code that never faults: instructions of {@link IntegerTable} and those without ModRM, on all
/// registers and on the data area by every kind of addressing, with branches, loops and calls round them. Keeps book of
/// the flags that are undefined, so that nothing reads them and the end of the code is compared without them.
public final class CodeMaker {
  private static final int RBX = 3;
  private static final int RSP = 4;
  private static final int RBP = 5;
  private static final int RSI = 6;
  private static final int RDI = 7;

  final Operands random;
  private ByteArrayOutputStream out = new ByteArrayOutputStream();
  private int undefined;

  public CodeMaker(long seed) {
    random = new Operands(seed);
  }

  /// Flags that the code leaves undefined.
  public int undefined() {
    return undefined;
  }

  public byte[] make(int instructions) {
    out = new ByteArrayOutputStream();
    undefined = 0;
    for (int i = 0; i < instructions; i++) {
      any();
    }
    return out.toByteArray();
  }

  // ---- bytes

  void put(int... bytes) {
    for (int b : bytes) {
      out.write(b);
    }
  }

  void le(long v, int bytes) {
    for (int i = 0; i < bytes; i++) {
      out.write((int) (v >>> 8 * i));
    }
  }

  long here() {
    return SiliconCode.CODE + out.size();
  }

  /// MOV r64, imm64: changes no flag.
  void load(int reg, long v) {
    put(0x48 | reg >> 3, 0xB8 | reg & 7);
    le(v, 8);
  }

  /// Any register but RSP.
  int register() {
    int r = random.below(15);
    return r >= RSP ? r + 1 : r;
  }

  /// A place in the data area with room for the largest operand round it.
  private long place() {
    return SiliconCode.DATA + 64 + random.below(SiliconCode.DATA_BYTES - 160);
  }

  // ---- what to make

  private void any() {
    switch (random.below(32)) {
      case 0 -> new StringMaker(this).make();
      case 1 -> skipped();
      case 2 -> loop();
      case 3 -> call();
      case 4, 5 -> stack();
      case 6, 7, 8 -> fixed();
      case 9 -> wideExchange();
      default -> modrm();
    }
  }

  /// A branch, taken or not, over one instruction.
  private void skipped() {
    int before = undefined;
    int cc = readable(random.below(16));
    ByteArrayOutputStream outer = out;
    int kind = cc < 0 ? 4 : random.below(6);
    boolean near = kind == 0;
    out = new ByteArrayOutputStream();
    int lead = outer.size() + (near ? 6 : 2); // RIP-relative operands need to know where they are
    out.writeBytes(new byte[lead]);
    modrm();
    byte[] inner = Arrays.copyOfRange(out.toByteArray(), lead, out.size());
    out = outer;
    if (near) {
      put(0x0F, 0x80 | cc);
      le(inner.length, 4);
    } else if (kind <= 3) {
      put(0x70 | cc, inner.length);
    } else if (kind == 4) {
      put(0xE3, inner.length); // jrcxz
    } else {
      put((before & ZF) != 0 ? 0xE2 : 0xE0 + random.below(3), inner.length); // loop
    }
    out.writeBytes(inner);
    undefined |= before;
  }

  /// This condition or one that can be asked for; -1 if there is none.
  private int readable(int cc) {
    for (int i = 0; i < 16; i++) {
      int other = cc + i & 15;
      if ((IntegerTable.condition(other) & undefined) == 0) {
        return other;
      }
    }
    return -1;
  }

  /// A few rounds of one instruction, counted on the stack.
  private void loop() {
    put(0x6A, 1 + random.below(4)); // push
    undefined |= CF;
    long start = here();
    modrm();
    put(0x48, 0xFF, 0x0C, 0x24); // dec [rsp]
    undefined &= CF;
    put(0x0F, 0x85);
    le(start - (here() + 4), 4); // jnz
    pop64(register());
  }

  private void pop64(int r) {
    if (r > 7) {
      put(0x41);
    }
    put(0x58 | r & 7);
  }

  private void call() {
    int before = undefined;
    ByteArrayOutputStream outer = out;
    int kind = random.below(3);
    int lead = kind == 0 ? 7 : 15;
    out = new ByteArrayOutputStream();
    out.writeBytes(new byte[outer.size() + lead]);
    int skip = out.size();
    modrm();
    byte[] inner = Arrays.copyOfRange(out.toByteArray(), skip, out.size());
    out = outer;
    undefined |= before;
    if (kind == 0) { // call f; jmp over; f: inner; ret; over:
      put(0xE8, 2, 0, 0, 0, 0xEB, inner.length + 1);
    } else {
      int r = kind == 1 ? RBX : RDI;
      load(r, here() + 15);
      put(0xFF, 0xD0 | r); // call r; jmp over; nop; f:
      put(0xEB, inner.length + 2);
      put(0x90);
    }
    out.writeBytes(inner);
    put(0xC3);
  }

  private void stack() {
    switch (random.below(7)) {
      case 0 -> {
        push();
        modrm();
        pop64(register());
      }
      case 1 -> {
        int r = register();
        put(0x66, 0x50 | r & 7);
        put(0x66, 0x58 | (random.below(8) == 4 ? 0 : 5));
      }
      case 2 -> {
        put(0x68);
        le(0x202 | random.below(0x1000) & ALL, 4);
        put(0x9D); // popfq
        undefined = 0;
      }
      case 3 -> {
        if (undefined == 0) {
          put(0x9C);
          pop64(register());
        }
      }
      case 4 -> { // enter, leave
        boolean small = random.below(4) == 0;
        load(RBP, SiliconCode.STACK + 16 + random.below(32));
        if (small) {
          put(0x66);
        }
        put(0xC8, random.below(48), 0, random.below(6));
        if (small) {
          put(0x66);
        }
        put(0xC9);
      }
      case 5 -> { // push and pop memory
        long a = place();
        load(RSI, a);
        put(0xFF, 0x36);
        modrm();
        load(RBX, place());
        put(0x8F, 0x03);
      }
      default -> { // pop [rsp+8]: the address is that after the pop
        push();
        push();
        put(0x8F, 0x44, 0x24, 0);
        pop64(register());
      }
    }
  }

  private void push() {
    switch (random.below(3)) {
      case 0 -> put(0x6A, random.below(256));
      case 1 -> {
        put(0x68);
        le(random.pattern(), 4);
      }
      default -> {
        int r = random.below(16);
        if (r > 7) {
          put(0x41);
        }
        put(0x50 | r & 7);
      }
    }
  }

  /// Instructions without ModRM.
  private void fixed() {
    int size = random.below(3);
    switch (random.below(14)) {
      case 0 -> {
        sizePrefix(size);
        put(0x98);
      }
      case 1 -> {
        sizePrefix(size);
        put(0x99);
      }
      case 2 -> {
        put(0x9E); // sahf
        undefined &= OF;
      }
      case 3 -> {
        if ((undefined & ~OF) == 0) {
          put(0x9F); // lahf
        }
      }
      case 4 -> {
        if ((undefined & CF) == 0) {
          put(0xF5);
        }
      }
      case 5 -> {
        put(0xF8 | random.below(2));
        undefined &= ~CF;
      }
      case 6 -> put(0xFC | random.below(2));
      case 7 -> { // xlat
        load(RBX, SiliconCode.DATA);
        put(0xD7);
      }
      case 8 -> {
        int r = register();
        put(0x40 | (size == 2 ? 8 : 0) | r >> 3, 0x0F, 0xC8 | r & 7); // bswap
      }
      case 9 -> { // mov al/eax, [abs64] and back
        boolean toMemory = random.below(2) == 0;
        boolean bytes = random.below(2) == 0;
        sizePrefix(size);
        put((bytes ? 0xA0 : 0xA1) | (toMemory ? 2 : 0));
        le(place(), 8);
      }
      case 10 -> { // xchg rax, r
        int r = register();
        if (size == 0) {
          put(0x66);
        }
        put(0x40 | (size == 2 ? 8 : 0) | r >> 3, 0x90 | r & 7);
      }
      case 11 -> { // mov r, imm
        int r = register();
        if (size == 0) {
          put(0x66);
        }
        put(0x40 | (size == 2 ? 8 : 0) | r >> 3, 0xB8 | r & 7);
        le(random.pattern(), size == 0 ? 2 : size == 2 ? 8 : 4);
      }
      case 12 -> { // op al/eax, imm
        int op = random.below(8);
        int reads = op == 2 || op == 3 ? CF : 0;
        if ((reads & undefined) == 0) {
          sizePrefix(size);
          put(8 * op + 5);
          le(random.pattern(), size == 0 ? 2 : 4);
          undefined = op == 1 || op == 4 || op == 6 ? AF : 0;
        }
      }
      default -> {
        switch (random.below(3)) {
          case 0 -> put(0x0F, 0xAE, 0xE8 | random.below(3) << 3); // fences
          case 1 -> put(0xF3, 0x90);
          default -> put(0x66, 0x90);
        }
      }
    }
  }

  private void sizePrefix(int size) {
    if (size == 0) {
      put(0x66);
    } else if (size == 2) {
      put(0x48);
    }
  }

  /// CMPXCHG8B and CMPXCHG16B, every other time with what memory holds.
  private void wideExchange() {
    boolean wide = random.below(2) == 0;
    load(RSI, SiliconCode.DATA + 64 + 16L * random.below(16));
    if (random.below(2) == 0) {
      if (wide) {
        put(0x48, 0x8B, 0x06, 0x48, 0x8B, 0x56, 8);
      } else {
        put(0x8B, 0x06, 0x8B, 0x56, 4);
      }
    }
    if (random.below(2) == 0) {
      put(0xF0);
    }
    if (wide) {
      put(0x48);
    }
    put(0x0F, 0xC7, 0x0E);
    undefined &= ~ZF;
  }

  // ---- instructions with ModRM

  private void modrm() {
    IntegerTable.Row row;
    do {
      row = IntegerTable.ROWS.get(random.below(IntegerTable.ROWS.size()));
    } while ((row.reads() & undefined) != 0);
    new ModrmMaker(this, row).make();
  }

  boolean isUndefined(int flags) {
    return (undefined & flags) != 0;
  }

  void flags(int defined, int nowUndefined) {
    undefined = undefined & ~defined | nowUndefined;
  }
}
