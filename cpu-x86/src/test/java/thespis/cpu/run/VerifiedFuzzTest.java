package thespis.cpu.run;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import thespis.cpu.exec.Flags;
import thespis.cpu.jit.NativeEngine;
import thespis.cpu.mmu.Mem;
import thespis.cpu.state.Cpu;

/// Random loops of code over memory where things go wrong: pages that are absent or read-only, two addresses of the same
/// page, operands over a page's edge, writes beside the code that runs. Each run of translated code is compared with the
/// interpreter. `-Dthespis.fuzz.programs=100000` makes it a soak, `-Dthespis.fuzz.seed=N` another one.
class VerifiedFuzzTest {
  private static final int PROGRAMS = Integer.getInteger("thespis.fuzz.programs", 300);
  private static final int STATES = 4;
  private static final int SLICES = 40;
  private static final long CODE = 0x10000;
  private static final long HANDLERS = 0x12000;
  private static final long ABSENT = 0x22000;
  private static final long READ_ONLY = 0x23000;
  private static final long ALIAS = 0x24000;
  private static final long DATA = 0x20000;
  private static final long STACK = 0x2F000;
  private static final long IDT = 0x3000;
  private static final long PAGES = 0x4000;
  private static final long[] WHERE =
      {DATA, 0x21000, ABSENT, READ_ONLY, ALIAS, 0x25000, CODE + 0x800, CODE + 0x1000, 0x21000, DATA, DATA};
  private static final int[] OFFSETS = {0, 8, 24, 0x7F8, 0xFF0, 0xFF8, 0xFFC, 0xFFF};

  /// Opcodes with a memory or register operand: `0F` in the second byte, then what ModRM.reg must be or 8 for any, bytes
  /// of immediate, and in the highest bit whether LOCK is allowed with memory.
  private static final int[] FORMS = {
    form(0x8B, 8, 0), form(0x89, 8, 0), form(0x8A, 8, 0), form(0x88, 8, 0), form(0x03, 8, 0), form(0x01, 8, 0) | 1 << 31,
    form(0x13, 8, 0), form(0x11, 8, 0) | 1 << 31, form(0x2B, 8, 0), form(0x29, 8, 0) | 1 << 31, form(0x33, 8, 0),
    form(0x31, 8, 0), form(0x39, 8, 0), form(0x3A, 8, 0), form(0x85, 8, 0), form(0x87, 8, 0), form(0x0FB6, 8, 0),
    form(0x0FBF, 8, 0), form(0x63, 8, 0), form(0x0FAF, 8, 0), form(0x0FB1, 8, 0) | 1 << 31, form(0x0FC1, 8, 0) | 1 << 31,
    form(0xFF, 0, 0) | 1 << 31, form(0xFF, 1, 0), form(0xF7, 3, 0), form(0xF7, 2, 0), form(0xF7, 4, 0), form(0xF7, 5, 0),
    form(0xC7, 0, 4), form(0x83, 8, 1), form(0x80, 8, 1), form(0xC6, 0, 1), form(0xD1, 4, 0), form(0xD1, 7, 0),
    form(0xC1, 5, 1), form(0xD3, 0, 0), form(0xFF, 6, 0), form(0x8F, 0, 0), form(0x0F94, 0, 0), form(0x0F4C, 8, 0),
    form(0x0FBA, 5, 1), form(0x0FBC, 8, 0), form(0x8D, 8, 0), form(0x0F10, 8, 0), form(0x0F11, 8, 0), form(0x0F28, 8, 0),
    form(0x0F29, 8, 0), form(0x0F58, 8, 0), form(0x0FEF66, 8, 0), form(0xDD, 0, 0), form(0xDD, 3, 0), form(0xD8, 1, 0)
  };

  private static final int[] STRINGS = {0xA4, 0xA6, 0xAA, 0xAC, 0xAE};

  private final Random random = new Random(Long.getLong("thespis.fuzz.seed", 11));
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private static int form(int opcode, int reg, int immediate) {
    return opcode | immediate << 24 | reg << 27;
  }

  @Test
  void translatedCodeDoesWhatTheInterpreterDoes() {
    assumeTrue(NativeEngine.possible());
    try (TestMachine m = new TestMachine(Engine.VERIFIED, 1, 4 << 20)) {
      prepare(m);
      for (int n = 0; n < PROGRAMS; n++) {
        byte[] code = program();
        Mem.fill(m.host(CODE), 0x2000, (byte) 0xF4);
        Mem.copyIn(code, 0, m.host(CODE), code.length);
        m.core(0).invalidateAll();
        for (int state = 0; state < STATES; state++) {
          run(m, code);
        }
      }
    }
  }

  private void run(TestMachine m, byte[] code) {
    Cpu cpu = m.cpu();
    for (int r = 0; r < 16; r++) {
      cpu.setReg(8 * r, random.nextInt(3) == 0 ? random.nextLong() >> random.nextInt(64) : pointer());
    }
    cpu.setReg(Cpu.RSP, STACK);
    cpu.setReg(Cpu.R11, 40);
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

  private static void prepare(TestMachine m) {
    m.start64(0, CODE, PAGES, 0x1800);
    m.mapPages(PAGES);
    for (long page = 0; page < 16; page++) {
      m.put64(PAGES + 0x3000 + 8 * page, page << 12 | 1); // tables are not to be written over
    }
    m.put64(PAGES + 0x3000 + 8 * (HANDLERS >> 12), HANDLERS | 1);
    m.put64(PAGES + 0x3000 + 8 * (ABSENT >> 12), 0);
    m.put64(PAGES + 0x3000 + 8 * (READ_ONLY >> 12), READ_ONLY | 1);
    m.put64(PAGES + 0x3000 + 8 * (ALIAS >> 12), DATA | 3);
    for (int vector = 0; vector < 32; vector++) {
      m.put64(IDT + 16 * vector, HANDLERS + 16 * vector & 0xFFFF | 8 << 16 | 0x8E00L << 32 | HANDLERS >>> 16 << 48);
      m.load(HANDLERS + 16 * vector, "F4");
    }
    Cpu cpu = m.cpu();
    cpu.idtBase = IDT;
    cpu.idtLimit = 511;
    cpu.cr0 = cpu.cr0 & ~Cpu.CR0_EM | Cpu.CR0_WP | Cpu.CR0_NE;
    cpu.cr4 |= Cpu.CR4_OSFXSR | Cpu.CR4_OSXMMEXCPT;
    Mem.put16(cpu.st + Cpu.FCW, (short) 0x37F);
  }

  // ---- programs

  /// A loop that R11 counts.
  private byte[] program() {
    out.reset();
    int length = 4 + random.nextInt(24);
    for (int i = 0; i < length; i++) {
      instruction();
    }
    bytes(0x41, 0xFF, 0xCB, 0x0F, 0x85); // dec r11d; jnz
    word(-(out.size() + 4));
    bytes(0xF4);
    return out.toByteArray();
  }

  private void instruction() {
    switch (random.nextInt(13)) {
      case 0 -> bytes(0x50 | register() & 7);
      case 1 -> {
        int r = register() & 7;
        bytes(0x58 | (r == 4 ? 0 : r));
      }
      case 2 -> bytes(0x70 | random.nextInt(16), 0); // to the next instruction
      case 3 -> skipped();
      case 4 -> bytes(random.nextInt(4) == 0 ? 0xF3 : 0x90, STRINGS[random.nextInt(5)] | random.nextInt(2));
      case 5 -> bytes(0xE8, 0, 0, 0, 0, 0x58); // call next; pop rax
      case 6 -> bytes(0x50 | register() & 7, 0x80, 0x64, 0x24, 1, 0xFE, 0x9D); // push; and byte [rsp+1],~TF; popf
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
    int opcode = form & 0xFFFFFF;
    boolean memory = random.nextInt(4) != 0 || opcode >= 0xD8 && opcode <= 0xDF || opcode == 0x8D;
    int extension = form >>> 27 & 15;
    int reg = extension == 8 ? target() : extension;
    int rm = memory ? base() : target();
    if (memory && form < 0 && random.nextInt(3) == 0) {
      bytes(0xF0);
    }
    boolean vector = opcode == 0x0FEF66;
    if (vector || (opcode >>> 8) == 0 && opcode < 0xD8 && random.nextInt(6) == 0) {
      bytes(0x66);
    }
    boolean word = out.size() > 0 && out.toByteArray()[out.size() - 1] == 0x66 && !vector;
    int w = !word && random.nextInt(2) == 0 ? 8 : 0;
    bytes(0x40 | w | (extension == 8 && reg >= 8 ? 4 : 0) | (rm >= 8 ? 1 : 0));
    if (vector || opcode > 0xFF) {
      bytes(0x0F);
    }
    bytes(vector ? 0xEF : opcode & 0xFF);
    int mod = memory ? (rm & 7) == 4 ? 2 : 1 + random.nextInt(2) : 3;
    bytes(mod << 6 | (reg & 7) << 3 | rm & 7);
    if (memory && (rm & 7) == 4) {
      bytes(0x24);
    }
    if (mod == 1) {
      bytes(random.nextInt(64) - 32);
    } else if (mod == 2) {
      word(random.nextInt(512) - 256);
    }
    int immediate = form >>> 24 & 7;
    if (immediate == 1) {
      bytes(random.nextInt(256));
    } else if (immediate == 4) {
      for (int i = 0; i < (word ? 2 : 4); i++) {
        bytes(random.nextInt(256));
      }
    }
  }

  private int register() {
    return random.nextInt(16);
  }

  /// Not RSP, and not what counts.
  private int target() {
    int r = register();
    return r == 4 || r == 11 ? 0 : r;
  }

  private int base() {
    int r = register();
    return r == 11 ? 3 : r;
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
