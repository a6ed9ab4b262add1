package thespis.cpu.run;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import thespis.cpu.exec.Flags;
import thespis.cpu.jit.NativeEngine;
import thespis.cpu.mmu.Mem;
import thespis.cpu.state.BootState;
import thespis.cpu.state.Cpu;

/// As {@link VerifiedFuzzTest}, in 32-bit code: of its own, and below a 64-bit kernel, where registers have upper halves
/// that the code does not see. FS has a base, GS a limit; data segments are loaded with others that are not flat.
/// `-Dthespis.fuzz.programs=100000` makes it a soak, `-Dthespis.fuzz.seed=N` another one.
class VerifiedFuzz32Test {
  private static final int PROGRAMS = Integer.getInteger("thespis.fuzz.programs", 300);
  private static final int STATES = 4;
  private static final int SLICES = 40;
  private static final long GDT = 0x1800;
  private static final long IDT = 0x3000;
  private static final long PAGES = 0x4000;
  private static final long CODE = 0x10000;
  private static final long HANDLERS = 0x12000;
  private static final long DATA = 0x20000;
  private static final long ABSENT = 0x22000;
  private static final long READ_ONLY = 0x23000;
  private static final long ALIAS = 0x24000;
  private static final long STACK = 0x2F000;
  private static final int COUNTER = 0x30000;
  private static final int TURNS = 40;
  private static final long FS_BASE = 0xFFFF_E004L;
  private static final long[] WHERE =
      {DATA, 0x21000, ABSENT, READ_ONLY, ALIAS, 0x25000, CODE + 0x800, CODE + 0x1000, 0x21000, DATA, DATA, 0xFFFF_F000L};
  private static final int[] OFFSETS = {0, 4, 12, 0x7F8, 0xFF0, 0xFFC, 0xFFE, 0xFFF};

  /// Opcodes with ModRM: `0F` in the second byte, then what ModRM.reg must be or 8 for any, bytes of immediate, and in the
  /// highest bit whether LOCK is allowed with memory.
  private static final int[] FORMS = {
    form(0x8B, 8, 0), form(0x89, 8, 0), form(0x8A, 8, 0), form(0x88, 8, 0), form(0x03, 8, 0), form(0x01, 8, 0) | 1 << 31,
    form(0x13, 8, 0), form(0x11, 8, 0) | 1 << 31, form(0x2B, 8, 0), form(0x29, 8, 0) | 1 << 31, form(0x33, 8, 0),
    form(0x31, 8, 0), form(0x39, 8, 0), form(0x3A, 8, 0), form(0x85, 8, 0), form(0x87, 8, 0), form(0x0FB6, 8, 0),
    form(0x0FBF, 8, 0), form(0x0FAF, 8, 0), form(0x0FB1, 8, 0) | 1 << 31, form(0x0FC1, 8, 0) | 1 << 31,
    form(0x0FC7, 1, 0) | 1 << 31, form(0xFF, 0, 0) | 1 << 31, form(0xFF, 1, 0), form(0xF7, 3, 0), form(0xF7, 2, 0),
    form(0xF7, 4, 0), form(0xF7, 5, 0), form(0xF7, 6, 0), form(0xC7, 0, 4), form(0x83, 8, 1), form(0x80, 8, 1),
    form(0xC6, 0, 1), form(0xD1, 4, 0), form(0xD1, 7, 0), form(0xC1, 5, 1), form(0xD3, 0, 0), form(0xFF, 6, 0),
    form(0x8F, 0, 0), form(0x0F94, 0, 0), form(0x0F4C, 8, 0), form(0x0FBA, 5, 1), form(0x0FA3, 8, 0), form(0x0FAB, 8, 0),
    form(0x0FBC, 8, 0), form(0x8D, 8, 0), form(0x0F10, 8, 0), form(0x0F11, 8, 0), form(0x0F28, 8, 0),
    form(0x0F29, 8, 0), form(0x0F58, 8, 0), form(0xDD, 0, 0), form(0xDD, 3, 0), form(0xD8, 1, 0), form(0xFF, 2, 0),
    form(0x8C, 3, 0), form(0x62, 8, 0)
  };

  /// PUSH and POP of segment registers and MOV to them: of what is no selector, and of all kinds of segments.
  private static final int[][] SEGMENTS = {{0x06}, {0x0E}, {0x16}, {0x1E}, {0x0F, 0xA0}, {0x0F, 0xA8}, {0x06, 0x1F},
    {0x1E, 0x07}, {0x0F, 0xA8, 0x07}, {0x16, 0x0F, 0xA1}, {0x8E, 0xD8}, {0x0F, 0xA0, 0x1F}, {0x1E, 0x0F, 0xA9},
    {0x6A, 16, 0x1F}, {0x6A, 16, 0x07}, {0x6A, 24, 0x0F, 0xA1}, {0x6A, 24, 0x0F, 0xA9}, {0x6A, 32, 0x0F, 0xA9},
    {0x6A, 0, 0x0F, 0xA1}, {0x6A, 0, 0x0F, 0xA9}, {0x6A, 0, 0x1F}, {0x6A, 48, 0x1F}, {0x6A, 19, 0x07}, {0x6A, 59, 0x07},
    {0x6A, 59, 0x0F, 0xA1}, {0xB8, 24, 0, 0, 0, 0x8E, 0xE8}, {0x6A, 24, 0x8E, 0x24, 0x24, 0x58}, {0x6A, 127, 0x0F, 0xA1}};

  /// With a VEX prefix: map, the prefix it stands for, opcode, bytes of immediate.
  private static final int[][] VEX = {{1, 0, 0x58, 0}, {1, 1, 0x6F, 0}, {1, 2, 0x7F, 0}, {1, 1, 0x6E, 0}, {1, 1, 0x7E, 0},
    {1, 0, 0x50, 0}, {1, 1, 0xEF, 0}, {2, 1, 0x00, 0}, {2, 1, 0x18, 0}, {2, 0, 0xF2, 0}, {2, 1, 0xF7, 0}, {2, 3, 0xF6, 0},
    {3, 1, 0x4A, 1}, {3, 1, 0x4C, 1}, {3, 3, 0xF0, 1}, {3, 1, 0x00, 1}, {3, 1, 0x16, 1}, {2, 1, 0x2C, 0}, {2, 1, 0x8C, 0}};

  private static final int[] STRINGS = {0xA4, 0xA6, 0xAA, 0xAC, 0xAE};

  private final Random random = new Random(Long.getLong("thespis.fuzz.seed", 12));
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private static int form(int opcode, int reg, int immediate) {
    return opcode | immediate << 24 | reg << 27;
  }

  @ParameterizedTest(name = "below a 64-bit kernel: {0}")
  @ValueSource(booleans = {false, true})
  void translatedCodeDoesWhatTheInterpreterDoes(boolean compatibility) {
    assumeTrue(NativeEngine.possible());
    try (TestMachine m = new TestMachine(Engine.VERIFIED, 1, 4 << 20)) {
      prepare(m, compatibility);
      for (int n = 0; n < PROGRAMS; n++) {
        byte[] code = program();
        Mem.fill(m.host(CODE), 0x2000, (byte) 0xF4);
        Mem.copyIn(code, 0, m.host(CODE), code.length);
        m.core(0).invalidateAll();
        for (int state = 0; state < STATES; state++) {
          run(m, code, compatibility);
        }
      }
    }
  }

  private void run(TestMachine m, byte[] code, boolean compatibility) {
    Cpu cpu = m.cpu();
    flat(cpu);
    for (int r = 0; r < 8; r++) {
      long v = random.nextInt(3) == 0 ? random.nextLong() >> random.nextInt(64) : pointer();
      cpu.setReg(8 * r, compatibility ? v ^ (long) random.nextInt(2) << 40 : v & 0xFFFF_FFFFL);
    }
    cpu.setReg(Cpu.RSP, STACK);
    m.put32(COUNTER, TURNS);
    Flags.setRflags(cpu, 2 | random.nextInt() & 0xCD5);
    cpu.setRip(CODE);
    cpu.halted = false;
    try {
      int exit = Exit.BUDGET;
      for (int slice = 0; slice < SLICES && exit == Exit.BUDGET; slice++) {
        exit = m.core(0).run(10_000); // one that wrote over its own code may never end
      }
    } catch (VerificationFailed e) {
      throw new AssertionError("program " + HexFormat.of().formatHex(code), e);
    }
  }

  private long pointer() {
    return WHERE[random.nextInt(WHERE.length)] + OFFSETS[random.nextInt(OFFSETS.length)];
  }

  // ---- the machine

  private static void prepare(TestMachine m, boolean compatibility) {
    if (compatibility) {
      m.start64(0, CODE, PAGES, GDT);
      m.mapPages(PAGES);
    } else {
      m.core(0).start(BootState.protected32(CODE, new BootState.Table(GDT, 63), 8, 16));
      m.put32(PAGES, PAGES + 0x3003);
    }
    int entry = compatibility ? 8 : 4;
    for (long page = 0; page < 512; page++) {
      boolean fixed = page < 16 || page == HANDLERS >> 12 || page == READ_ONLY >> 12; // tables are not to be written over
      long v = page == ABSENT >> 12 ? 0 : page == ALIAS >> 12 ? DATA | 3 : page << 12 | (fixed ? 1 : 3);
      put(m, PAGES + 0x3000 + entry * page, v, entry);
    }
    m.put64(GDT + 8, 0x00CF_9B00_0000_FFFFL);
    m.put64(GDT + 16, 0x00CF_9300_0000_FFFFL);
    m.put64(GDT + 24, 0x00CF_9300_0000_FFFFL | (FS_BASE & 0xFF_FFFF) << 16 | FS_BASE >>> 24 << 56);
    m.put64(GDT + 32, 0x0042_9300_0000_1FFFL);
    m.put64(GDT + 40, 0x00AF_9B00_0000_FFFFL);
    m.put64(GDT + 48, 0x00CF_9100_0000_FFFFL);
    m.put64(GDT + 56, 0x00CF_F300_0000_FFFFL);
    for (int vector = 0; vector < 32; vector++) {
      long at = HANDLERS + 16 * vector;
      long gate = at & 0xFFFF | (compatibility ? 40L : 8L) << 16 | 0x8E00L << 32 | at >>> 16 << 48;
      m.put64(IDT + 2L * entry * vector, gate);
      if (compatibility) {
        m.put64(IDT + 16 * vector + 8, 0);
      }
      m.load(at, "F4");
    }
    Cpu cpu = m.cpu();
    cpu.setGdt(GDT, 63);
    cpu.idtBase = IDT;
    cpu.idtLimit = 32 * 2 * entry - 1;
    cpu.cr3 = PAGES;
    cpu.cr0 = cpu.cr0 & ~Cpu.CR0_EM | Cpu.CR0_WP | Cpu.CR0_NE | Cpu.CR0_PG;
    cpu.cr4 |= Cpu.CR4_OSFXSR | Cpu.CR4_OSXMMEXCPT | Cpu.CR4_OSXSAVE;
    Mem.put64(cpu.st + Cpu.XCR0, 7);
    Mem.put16(cpu.st + Cpu.FCW, (short) 0x37F);
    cpu.mmu.flush();
  }

  private static void put(TestMachine m, long at, long v, int bytes) {
    if (bytes == 8) {
      m.put64(at, v);
    } else {
      m.put32(at, v);
    }
  }

  private static void flat(Cpu cpu) {
    segment(cpu, Cpu.CS, 8, 0, -1, 0xC09B);
    for (int s : new int[] {Cpu.ES, Cpu.SS, Cpu.DS}) {
      segment(cpu, s, 16, 0, -1, 0xC093);
    }
    segment(cpu, Cpu.FS, 24, FS_BASE, -1, 0xC093);
    segment(cpu, Cpu.GS, 32, 0, 0x2_1FFF, 0x4093);
    cpu.updateMode();
  }

  private static void segment(Cpu cpu, int s, int selector, long base, int limit, int attributes) {
    cpu.setSelector(s, selector);
    cpu.setBase(s, base);
    cpu.limit[s] = limit;
    cpu.setAttributes(s, attributes);
  }

  // ---- programs

  /// A loop that a doubleword in memory counts.
  private byte[] program() {
    out.reset();
    int length = 4 + random.nextInt(24);
    for (int i = 0; i < length; i++) {
      instruction();
    }
    bytes(0xFF, 0x0D); // dec dword [COUNTER]; jnz
    word(COUNTER);
    bytes(0x0F, 0x85);
    word(-(out.size() + 4));
    bytes(0xF4);
    return out.toByteArray();
  }

  private void instruction() {
    switch (random.nextInt(18)) {
      case 0 -> bytes(0x50 | register());
      case 1 -> bytes(0x58 | target());
      case 2 -> bytes(0x70 | random.nextInt(16), 0); // to the next instruction
      case 3 -> skipped();
      case 4 -> bytes(random.nextInt(4) == 0 ? 0xF3 : 0x90, STRINGS[random.nextInt(5)] | random.nextInt(2));
      case 5 -> bytes(0xE8, 0, 0, 0, 0, 0x58 | target()); // call next; pop
      case 6 -> bytes(0x40 | random.nextInt(2) << 3 | target());
      case 7 -> bytes(0xE2 | random.nextInt(2), 0); // loop, jecxz
      case 10 -> vex();
      case 8 -> {
        if (random.nextInt(3) == 0) {
          bytes(SEGMENTS[random.nextInt(SEGMENTS.length)]);
        }
      }
      case 9 -> {
        switch (random.nextInt(8)) {
          case 0 -> bytes(0x9C, 0x58 | target());
          case 6 -> bytes(0x50 | target(), 0x80, 0x64, 0x24, 1, 0xFE, 0x9D); // push; and byte [esp+1],~TF; popf
          case 7 -> bytes(0x9C, 0x9D);
          case 1 -> bytes(0x89, 0xE5, 0xC9); // mov ebp,esp; leave
          case 2 -> bytes(0x6A, random.nextInt(256));
          case 3 -> {
            bytes(0xA1 | random.nextInt(2) << 1);
            word((int) pointer());
          }
          case 4 -> bytes(0x98 | random.nextInt(2));
          default -> bytes(0xE8, 0, 0, 0, 0, 0x83, 0x04, 0x24, 5, 0xC3); // call next; add [esp],5; ret
        }
      }
      default -> operation();
    }
  }

  /// A branch over one instruction.
  private void skipped() {
    int at = out.size();
    bytes(0x70 | random.nextInt(16), 0);
    operation();
    byte[] all = out.toByteArray();
    all[at + 1] = (byte) (all.length - at - 2);
    out.reset();
    out.writeBytes(all);
  }

  private void operation() {
    int form = FORMS[random.nextInt(FORMS.length)];
    int opcode = form & 0xFFFF;
    boolean memory = random.nextInt(4) != 0 || opcode >= 0xD8 && opcode <= 0xDF || opcode == 0x8D || opcode == 0x62
        || opcode == 0x0FC7;
    int extension = form >>> 27 & 15;
    int reg = extension == 8 ? target() : extension;
    int rm = memory ? register() : target();
    boolean vector = opcode == 0x0F10 || opcode == 0x0F11 || opcode == 0x0F28 || opcode == 0x0F29 || opcode == 0x0F58;
    if (memory && form < 0 && random.nextInt(3) == 0) {
      bytes(0xF0);
    }
    if (memory && random.nextInt(6) == 0) {
      bytes(new int[] {0x64, 0x64, 0x65, 0x2E, 0x36, 0x26}[random.nextInt(6)]);
    }
    boolean word = !vector && (opcode < 0xD8 || opcode > 0xFF) && random.nextInt(6) == 0;
    if (word) {
      bytes(0x66);
    }
    boolean narrow = memory && random.nextInt(16) == 0;
    if (narrow) {
      bytes(0x67);
    }
    if (opcode > 0xFF) {
      bytes(0x0F);
    }
    bytes(opcode & 0xFF);
    address(memory, narrow, reg, rm);
    int immediate = form >>> 24 & 7;
    if (immediate == 1) {
      bytes(random.nextInt(256));
    } else if (immediate == 4) {
      for (int i = 0; i < (word ? 2 : 4); i++) {
        bytes(random.nextInt(256));
      }
    }
  }

  /// Some bits of the prefix are not looked at in 32-bit code.
  private void vex() {
    int[] form = VEX[random.nextInt(VEX.length)];
    boolean none = random.nextInt(3) == 0;
    int w = random.nextInt(4) == 0 ? 0x80 : 0;
    if (random.nextInt(8) == 0) {
      bytes(0x64);
    }
    bytes(0xC4, 0xC0 | random.nextInt(2) << 5 | form[0],
        w | (none ? 15 : random.nextInt(16)) << 3 | random.nextInt(2) << 2 | form[1], form[2]);
    boolean memory = random.nextBoolean();
    address(memory, false, target(), memory ? register() : target());
    if (form[3] != 0) {
      bytes(random.nextInt(256));
    }
  }

  private void address(boolean memory, boolean narrow, int reg, int rm) {
    int mod = memory ? 1 + random.nextInt(2) : 3;
    bytes(mod << 6 | reg << 3 | rm);
    if (!memory) {
      return;
    }
    if (rm == 4 && !narrow) {
      bytes(random.nextInt(3) == 0 ? random.nextInt(256) : 0x24);
    }
    if (mod == 1) {
      bytes(random.nextInt(64) - 32);
    } else if (narrow) {
      int v = random.nextInt(512) - 256;
      bytes(v, v >> 8);
    } else {
      word(random.nextInt(512) - 256);
    }
  }

  private int register() {
    return random.nextInt(8);
  }

  /// Not ESP.
  private int target() {
    int r = register();
    return r == 4 ? 0 : r;
  }

  private void bytes(int... bytes) {
    for (int b : bytes) {
      out.write(b);
    }
  }

  private void word(int v) {
    bytes(v, v >> 8, v >> 16, v >> 24);
  }
}
