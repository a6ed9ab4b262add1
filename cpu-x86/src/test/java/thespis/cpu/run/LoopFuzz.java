package thespis.cpu.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.util.HexFormat;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import thespis.cpu.exec.Flags;
import thespis.cpu.mmu.Mem;
import thespis.cpu.state.Cpu;

/// Random loops of many turns whose operands stay, move a step in each turn, or lie on the stack: what translated code
/// keeps from one turn to the next must be what the interpreter finds. (Verification stops translated code at each turn.)
/// `-Dthespis.fuzz.programs=100000` makes it a soak, `-Dthespis.fuzz.seed=N` another one.
abstract class LoopFuzz {
  static final int TURNS = 60;
  static final int CODE = 0x10000;
  static final int DATA = 0x20000;
  private static final int PROGRAMS = Integer.getInteger("thespis.fuzz.programs", 1000);
  private static final int DATA_BYTES = 0x10000;
  private static final int STACK = 0x2F800;

  /// With a memory operand, whose flags are all defined but AF: reg, rm or rm, reg; `0F` in the second byte.
  private static final int[] FORMS = {0x8B, 0x8B, 0x89, 0x03, 0x01, 0x13, 0x11, 0x2B, 0x29, 0x33, 0x31, 0x39, 0x3B, 0x85,
    0x87, 0x0FB6, 0x0FBE, 0x0FC1, 0x0FB1, 0x0F42, 0x0F4C, 0x0F92, 0x0F10, 0x0F11};

  final Random random = new Random(Long.getLong("thespis.fuzz.seed", 7));
  final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private final int registers;
  private final int[] stay;
  private final int[] move;
  private final int[] forms;

  /// @param registers so many there are
  /// @param stay the numbers of those whose address stays
  /// @param move of those whose address moves
  /// @param more forms
  LoopFuzz(int registers, int[] stay, int[] move, int... more) {
    this.registers = registers;
    this.stay = stay;
    this.move = move;
    forms = IntStream.concat(IntStream.of(FORMS), IntStream.of(more)).toArray();
  }

  /// Brings the processor into the mode of the code.
  abstract void start(TestMachine m);

  /// A register's value at first.
  abstract long value(Random state);

  /// Where the addresses begin.
  abstract int origin();

  /// The loop will take {@link #TURNS} turns.
  abstract void setCounter(TestMachine m);

  /// Counts down, for a jump that is not zero.
  abstract void count();

  /// Pushes or pops some register.
  ///
  /// @param opcode for the first register
  abstract void stack(int opcode);

  /// An instruction of another kind.
  ///
  /// @param kind below 3
  abstract void other(int kind);

  /// Prefixes of an instruction with a memory operand.
  ///
  /// @param base of the operand
  /// @return a register for the other operand, as ModRM has it
  abstract int prefixes(int base);

  @Test
  void eachTurnDoesWhatTheInterpreterDoes() {
    try (TestMachine records = machine(Engine.RECORDS); TestMachine translated = machine(Engine.NATIVE)) {
      for (int n = 0; n < PROGRAMS; n++) {
        byte[] code = program();
        long seed = random.nextLong();
        byte[] expected = run(records, code, seed);
        byte[] seen = run(translated, code, seed);
        String what = "program " + HexFormat.of().formatHex(code);
        for (int r = 0; r < registers; r++) {
          assertEquals(records.cpu().reg(8 * r), translated.cpu().reg(8 * r), what + ", register " + r);
        }
        int known = ~Cpu.AF;
        assertEquals(Flags.rflags(records.cpu()) & known, Flags.rflags(translated.cpu()) & known, what);
        assertArrayEquals(expected, seen, what);
      }
    }
  }

  private TestMachine machine(Engine engine) {
    TestMachine m = new TestMachine(engine, 1, 4 << 20);
    start(m);
    m.cpu().cr0 &= ~Cpu.CR0_EM;
    m.cpu().cr4 |= Cpu.CR4_OSFXSR | Cpu.CR4_OSXMMEXCPT;
    return m;
  }

  /// The memory afterwards.
  private byte[] run(TestMachine m, byte[] code, long seed) {
    Random state = new Random(seed);
    Mem.fill(m.host(CODE), 0x1000, (byte) 0xF4);
    Mem.copyIn(code, 0, m.host(CODE), code.length);
    byte[] data = new byte[DATA_BYTES];
    state.nextBytes(data);
    Mem.copyIn(data, 0, m.host(DATA), data.length);
    m.core(0).invalidateAll();
    Cpu cpu = m.cpu();
    for (int r = 0; r < registers; r++) {
      cpu.setReg(8 * r, value(state));
    }
    for (int r : stay) {
      cpu.setReg(8 * r, origin() + state.nextInt(12) * 0xFF8L);
    }
    for (int r : move) {
      cpu.setReg(8 * r, origin() + 0x800 + state.nextInt(0x2000));
    }
    cpu.setReg(Cpu.RSP, STACK);
    setCounter(m);
    Flags.setRflags(cpu, 2);
    cpu.setRip(CODE);
    cpu.halted = false;
    assertEquals(Exit.HALTED, m.run(0), () -> "program " + HexFormat.of().formatHex(code) + m.core(0).dump());
    m.core(0).run(1);
    Mem.copyOut(m.host(DATA), data, 0, data.length);
    return data;
  }

  private byte[] program() {
    out.reset();
    int length = 2 + random.nextInt(9);
    int pushed = 0;
    for (int i = 0; i < length; i++) {
      int what = random.nextInt(16);
      if (what == 0 && pushed < 3) {
        stack(0x50);
        pushed++;
      } else if (what == 1 && pushed > 0) {
        stack(0x58);
        pushed--;
      } else if (what >= 2 && what <= 4) {
        other(what - 2);
      } else {
        operation();
      }
    }
    while (pushed-- > 0) {
      stack(0x58);
    }
    count();
    bytes(0x0F, 0x85); // jnz
    word(-(out.size() + 4));
    bytes(0xF4);
    return out.toByteArray();
  }

  private void operation() {
    int opcode = pick(forms);
    int base = pick(random.nextInt(3) == 0 ? move : stay);
    int register = prefixes(base);
    if (opcode > 0xFF) {
      bytes(0x0F);
    }
    bytes(opcode & 0xFF, 0x80 | register << 3 | base & 7);
    word(8 * random.nextInt(24) - 64 + (random.nextInt(4) == 0 ? random.nextInt(8) : 0));
  }

  final int pick(int[] all) {
    return all[random.nextInt(all.length)];
  }

  final void bytes(int... all) {
    for (int b : all) {
      out.write(b);
    }
  }

  final void word(int v) {
    bytes(v, v >>> 8, v >>> 16, v >>> 24);
  }
}
