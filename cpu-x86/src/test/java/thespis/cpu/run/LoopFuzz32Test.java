package thespis.cpu.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import thespis.cpu.exec.Flags;
import thespis.cpu.mmu.Mem;
import thespis.cpu.state.BootState;
import thespis.cpu.state.Cpu;

/// As {@link LoopFuzzTest}, in 32-bit code without paging, where operands may also lie in FS and GS, whose bases bring some
/// of them over the end of 4 GiB. `-Dthespis.fuzz.programs=100000` makes it a soak, `-Dthespis.fuzz.seed=N` another one.
class LoopFuzz32Test {
  private static final int PROGRAMS = Integer.getInteger("thespis.fuzz.programs", 1000);
  private static final int TURNS = 60;
  private static final int GDT = 0x1800;
  private static final int COUNTER = 0x3000;
  private static final int CODE = 0x10000;
  private static final int DATA = 0x20000;
  private static final int DATA_BYTES = 0x10000;
  private static final int STACK = 0x2F800;

  private static final int[] STAY = {3, 5};
  private static final int[] MOVE = {6};
  private static final int[] VALUES = {0, 1, 2, 7};

  /// With a memory operand, whose flags are all defined but AF: reg, rm or rm, reg; `0F` in the second byte.
  private static final int[] FORMS = {0x8B, 0x8B, 0x89, 0x03, 0x01, 0x13, 0x11, 0x2B, 0x29, 0x33, 0x31, 0x39, 0x3B, 0x85,
    0x87, 0x0FB6, 0x0FBE, 0x0FC1, 0x0FB1, 0x0F42, 0x0F4C, 0x0F92, 0x0F10, 0x0F11};

  private final Random random = new Random(Long.getLong("thespis.fuzz.seed", 7));
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  @Test
  void eachTurnDoesWhatTheInterpreterDoes() {
    try (TestMachine records = machine(Engine.RECORDS); TestMachine translated = machine(Engine.NATIVE)) {
      for (int n = 0; n < PROGRAMS; n++) {
        byte[] code = program();
        long seed = random.nextLong();
        byte[] expected = run(records, code, seed);
        byte[] seen = run(translated, code, seed);
        String what = "program " + HexFormat.of().formatHex(code);
        for (int r = 0; r < 8; r++) {
          assertEquals(records.cpu().reg(8 * r), translated.cpu().reg(8 * r), what + ", register " + r);
        }
        int known = ~Cpu.AF;
        assertEquals(Flags.rflags(records.cpu()) & known, Flags.rflags(translated.cpu()) & known, what);
        assertArrayEquals(expected, seen, what);
      }
    }
  }

  private static TestMachine machine(Engine engine) {
    TestMachine m = new TestMachine(engine, 1, 4 << 20);
    m.core(0).start(BootState.protected32(CODE, new BootState.Table(GDT, 23), 8, 16));
    Cpu cpu = m.cpu();
    cpu.cr0 &= ~Cpu.CR0_EM;
    cpu.cr4 |= Cpu.CR4_OSFXSR | Cpu.CR4_OSXMMEXCPT;
    cpu.setBase(Cpu.FS, 0x1234);
    cpu.setBase(Cpu.GS, 0xFFFF_F800L);
    return m;
  }

  /// The memory afterwards.
  private static byte[] run(TestMachine m, byte[] code, long seed) {
    Random state = new Random(seed);
    Mem.fill(m.host(CODE), 0x1000, (byte) 0xF4);
    Mem.copyIn(code, 0, m.host(CODE), code.length);
    byte[] data = new byte[DATA_BYTES];
    state.nextBytes(data);
    Mem.copyIn(data, 0, m.host(DATA), data.length);
    m.core(0).invalidateAll();
    Cpu cpu = m.cpu();
    for (int r = 0; r < 8; r++) {
      cpu.setReg(8 * r, state.nextInt() & 0xFFFF_FFFFL);
    }
    for (int r : STAY) {
      cpu.setReg(8 * r, DATA + 0x1800 + state.nextInt(12) * 0xFF8L);
    }
    for (int r : MOVE) {
      cpu.setReg(8 * r, DATA + 0x2000 + state.nextInt(0x2000));
    }
    cpu.setReg(Cpu.RSP, STACK);
    m.put32(COUNTER, TURNS);
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
        bytes(0x50 | value());
        pushed++;
      } else if (what == 1 && pushed > 0) {
        bytes(0x58 | value());
        pushed--;
      } else if (what == 2) {
        bytes(0x83, 0xC0 | MOVE[0], random.nextInt(64) - 8); // add r, imm8
      } else if (what == 3) {
        bytes(0x40 | random.nextInt(2) << 3 | MOVE[0]); // inc, dec
      } else if (what == 4) {
        bytes(0x0F, 0xC8 | value()); // bswap
      } else {
        operation();
      }
    }
    while (pushed-- > 0) {
      bytes(0x58 | value());
    }
    bytes(0xFF, 0x0D); // dec dword [COUNTER]; jnz
    word(COUNTER);
    bytes(0x0F, 0x85);
    word(-(out.size() + 4));
    bytes(0xF4);
    return out.toByteArray();
  }

  private int value() {
    return VALUES[random.nextInt(VALUES.length)];
  }

  private void operation() {
    int opcode = FORMS[random.nextInt(FORMS.length)];
    int[] bases = random.nextInt(3) == 0 ? MOVE : STAY;
    int rm = bases[random.nextInt(bases.length)];
    if (random.nextInt(6) == 0) {
      bytes(0x64 | random.nextInt(2));
    }
    if (opcode > 0xFF) {
      bytes(0x0F);
    }
    bytes(opcode & 0xFF, 0x80 | value() << 3 | rm);
    word(8 * random.nextInt(24) - 64 + (random.nextInt(4) == 0 ? random.nextInt(8) : 0));
  }

  private void bytes(int... all) {
    for (int b : all) {
      out.write(b);
    }
  }

  private void word(int v) {
    bytes(v, v >>> 8, v >>> 16, v >>> 24);
  }
}
