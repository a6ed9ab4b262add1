package thespis.cpu.run;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import thespis.cpu.decode.Decoder;
import thespis.cpu.decode.Op;
import thespis.cpu.mmu.Mem;
import thespis.cpu.silicon.CodeMaker;
import thespis.cpu.silicon.Operands;
import thespis.cpu.state.BootState;
import thespis.cpu.state.CodeMode;
import thespis.cpu.state.Cpu;

/// Random bytes and damaged instructions as guest code, at CPL 0 in real, protected and 64-bit mode: whatever they do, the
/// core ends the slice in one of its own ways. `-Dthespis.fuzz=N` makes N pieces of code for each mode (default 4000).
class DecoderFuzzTest {
  private static final int CASES = Integer.getInteger("thespis.fuzz", 4000);
  private static final long RAM = 4 << 20;
  private static final int CODE = 0x8000;
  private static final int IDT = 0x2000;
  private static final int GDT = 0x1800;
  private static final int HANDLER = 0x1700;
  private static final int PAGES = 0x4000;
  private static final int CODE_BYTES = 256;
  private static final int SLICES = 4;
  private static final String[] PREFIXES = {"66", "67", "f2", "f3", "f0", "48", "0f", "0f38", "0f3a", "66480f", "c4e2", "64"};

  private final Operands random = new Operands(5);

  private void fill(long host, CodeMaker maker, int kind) {
    for (int i = 0; i < CODE_BYTES; i += 8) {
      Mem.put64(host + i, random.bits());
    }
    if (kind == 0) {
      return;
    }
    if (kind == 1) { // prefixes and escapes before random bytes
      int at = 0;
      while (at < CODE_BYTES - 32) {
        byte[] prefix = HexFormat.of().parseHex(PREFIXES[random.below(PREFIXES.length)]);
        Mem.copyIn(prefix, 0, host + at, prefix.length);
        at += prefix.length + (random.below(3) == 0 ? 0 : 2 + random.below(5));
      }
      return;
    }
    byte[] code = maker.make(6);
    for (int i = random.below(4); i >= 0; i--) {
      code[random.below(code.length)] ^= (byte) (1 << random.below(8));
    }
    Mem.copyIn(code, 0, host, Math.min(code.length, CODE_BYTES));
  }

  @Test
  void noInstructionIsLongerThanFifteenBytesOrEmpty() {
    CodeMaker maker = new CodeMaker(6);
    long record = Mem.allocate(Op.BYTES);
    try (TestMachine m = new TestMachine(Engine.RECORDS, 1, RAM)) {
      for (int mode : new int[] {
        CodeMode.PROTECTED | CodeMode.CODE_64, CodeMode.PROTECTED | CodeMode.CODE_32, CodeMode.PROTECTED, 0
      }) {
        m.cpu().mode = mode;
        m.cpu().setBase(Cpu.CS, 0);
        Decoder decoder = new Decoder(m.cpu(), m.cpu().mmu);
        for (int n = 0; n < CASES; n++) {
          fill(m.host(CODE), maker, n % 3);
          for (int at = 0; at < 16; at++) {
            decoder.decode(CODE + at, record, 0);
            int length = Op.length(record);
            assertTrue(length >= 1 && length <= 15, () -> "length " + length);
          }
        }
      }
    } finally {
      Mem.free(record);
    }
  }

  @ParameterizedTest
  @EnumSource(Engine.class)
  void longModeSurvivesAnyCode(Engine engine) {
    run(engine, (m, core) -> {
      m.start64(core, CODE, PAGES, GDT);
      m.put64(PAGES, PAGES + 0x1003);
      m.put64(PAGES + 0x1000, PAGES + 0x2003);
      m.put64(PAGES + 0x2000, 0x83);
      for (int v = 0; v < 32; v++) {
        m.put64(IDT + 16 * v, HANDLER | 8 << 16 | 0x8E00L << 32);
        m.put64(IDT + 16 * v + 8, 0);
      }
    });
  }

  @ParameterizedTest
  @EnumSource(Engine.class)
  void protectedModeSurvivesAnyCode(Engine engine) {
    run(engine, (m, core) -> {
      startProtected(m, core, 0x0040);
      java.util.Arrays.fill(m.core(core).cpu().limit, 0xF_FFFF);
      m.core(core).cpu().updateMode();
    });
  }

  @ParameterizedTest
  @EnumSource(Engine.class)
  void flatSegmentsSurviveAnyCode(Engine engine) {
    run(engine, (m, core) -> startProtected(m, core, 0x00C0));
  }

  /// @param granularity the descriptors' flags; their limit is as large as it can be
  private static void startProtected(TestMachine m, int core, long granularity) {
    m.put64(GDT + 8, granularity << 48 | 0x000F_9B00_0000_FFFFL);
    m.put64(GDT + 16, granularity << 48 | 0x000F_9300_0000_FFFFL);
    m.core(core).start(BootState.protected32(CODE, new BootState.Table(GDT, 23), 8, 16));
    for (int v = 0; v < 32; v++) {
      m.put64(IDT + 8 * v, HANDLER | 8 << 16 | 0x8E00L << 32);
    }
  }

  @ParameterizedTest
  @EnumSource(Engine.class)
  void realModeSurvivesAnyCode(Engine engine) {
    run(engine, (m, core) -> {
      m.core(core).start(BootState.real(0, CODE));
      for (int v = 0; v < 256; v++) {
        m.put32(IDT + 4 * v, HANDLER);
      }
    });
  }

  private interface Start {
    void set(TestMachine machine, int core);
  }

  private void run(Engine engine, Start start) {
    CodeMaker maker = new CodeMaker(8);
    try (TestMachine m = new TestMachine(engine, 1, RAM)) {
      Core core = m.core(0);
      for (int n = 0; n < CASES / 4; n++) {
        core.reset();
        m.put64(HANDLER, 0xF4F4_F4F4);
        start.set(m, 0);
        Cpu cpu = core.cpu();
        cpu.idtBase = IDT;
        cpu.idtLimit = 0x3FF;
        fill(m.host(CODE), maker, n % 3);
        for (int r = 0; r < 16; r++) {
          cpu.setReg(8 * r, r == 4 ? 0x7000 : r == 1 ? random.below(0x1000) : random.below(2) == 0 ? random.pattern()
              : random.below(0x8000));
        }
        byte[] code = new byte[CODE_BYTES];
        Mem.copyOut(m.host(CODE), code, 0, CODE_BYTES);
        core.invalidateAll();
        try {
          int exit = Exit.BUDGET;
          for (int i = 0; i < SLICES && (exit == Exit.BUDGET || exit == Exit.YIELD); i++) {
            exit = core.run(300);
          }
          assertTrue(exit >= Exit.BUDGET && exit <= Exit.DEBUG, "exit " + exit);
        } catch (RuntimeException | Error e) {
          throw new AssertionError("case " + n + " code " + HexFormat.of().formatHex(code) + "\n" + core.dump(), e);
        }
      }
    }
  }
}
