package thespis.cpu.run;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import thespis.cpu.jit.NativeEngine;
import thespis.cpu.state.Cpu;

/// IN and OUT in loops that get translated. SDM Vol. 1 "I/O Privilege Level", "I/O Permission Bit Map".
class PortAccessTest {
  private static final int CODE = 0x8000;
  private static final int HANDLER = 0xB000;
  private static final int PAGES = 0x4000;
  private static final int GDT = 0x1800;
  private static final int IDT = 0x2000;
  private static final int TSS = 0x3000;
  private static final int R8 = 64;

  /// Ports that count, and one whose answer comes later.
  private static final class Counting extends NoBus {
    private final List<String> seen = new ArrayList<>();
    private Core attentionFor;
    private final MemorySegment sinks = Arena.ofAuto().allocate(0x2000);
    /// Before this read port 0x80 takes whatever is written.
    private int listensFrom = Integer.MAX_VALUE;
    private int reads;

    private void sink(int port, boolean on) {
      sinks.set(JAVA_BYTE, port >>> 3, (byte) (on ? 1 << (port & 7) : 0));
    }

    @Override
    public long in(int port, int size) {
      if (port == 0x99) {
        return DEFERRED;
      }
      seen.add("in " + port);
      if (++reads == listensFrom) {
        sink(0x80, false);
      }
      if (attentionFor != null) {
        attentionFor.kick();
      }
      return 0x8899_AABBL >>> 32 - 8 * size;
    }

    @Override
    public boolean out(int port, int size, int value) {
      seen.add("out " + port + " " + (value & 0xFF));
      return true;
    }

    @Override
    public long portSinks() {
      return sinks.address();
    }
  }

  private final Counting bus = new Counting();

  private TestMachine machine(Engine engine, String code) {
    TestMachine m = new TestMachine(engine, 1, 4 << 20, bus, new StillClock());
    m.start64(0, CODE, PAGES, GDT);
    m.mapPages(PAGES);
    m.load(CODE, code);
    m.load(HANDLER, "f4");
    m.put64(IDT + 16 * 13, HANDLER | 8 << 16 | 0x8E00L << 32);
    Cpu cpu = m.cpu();
    cpu.idtBase = IDT;
    cpu.idtLimit = 0xFFF;
    cpu.trBase = TSS;
    cpu.limit[Cpu.TR] = 0x167;
    cpu.setReg(Cpu.RSP, 0x7000);
    return m;
  }

  /// At privilege level 3, with a TSS whose map forbids all ports.
  private TestMachine userMachine(Engine engine, String code) {
    TestMachine m = machine(engine, code);
    m.put64(PAGES, PAGES + 0x1007);
    m.put64(PAGES + 0x1000, PAGES + 0x2007);
    m.put64(PAGES + 0x2000, PAGES + 0x3007);
    m.put64(PAGES + 0x3000 + 8 * (CODE >>> 12), CODE | 7);
    m.put64(PAGES + 0x3000 + 8 * (TSS >>> 12), TSS | 7);
    m.put16(TSS + 0x66, 0x68);
    m.put64(TSS + 4, 0x7000);
    m.load(TSS + 0x68, "ff".repeat(0x40));
    m.cpu().cpl = 3;
    m.cpu().updateMode();
    return m;
  }

  /// l: inc ebx; cmp ebx,64h; mov al,bl; out 70h,al; in al,71h; sbb r8d,0; cmp ebx,64h; jne l; hlt
  private static final String LOOP = "ffc3 83fb64 88d8 e670 e471 4183d800 83fb64 75ec f4";

  private static List<String> expected() {
    List<String> all = new ArrayList<>();
    for (int i = 1; i <= 100; i++) {
      all.add("out 112 " + i);
      all.add("in 113");
    }
    return all;
  }

  @ParameterizedTest
  @EnumSource(Engine.class)
  void eachIsExecutedOnce(Engine engine) {
    try (TestMachine m = machine(engine, LOOP)) {
      m.cpu().setReg(Cpu.RAX, 0x1122_3344_5566_7788L);
      assertEquals(Exit.HALTED, m.run(0));
      assertEquals(expected(), bus.seen);
      assertEquals(0x1122_3344_5566_7788L & ~0xFFL | 0x88, m.cpu().reg(Cpu.RAX), "only AL changes");
      assertEquals(-99 & 0xFFFF_FFFFL, m.cpu().reg(R8), "flags do not");
    }
  }

  /// A port without a device may get one.
  @ParameterizedTest
  @EnumSource(Engine.class)
  void whatGoesNowhereIsSentAgainWhenSomebodyListens(Engine engine) {
    bus.sink(0x80, true);
    bus.listensFrom = 60;
    // l: inc ebx; cmp ebx,64h; mov al,bl; out 80h,al; in al,71h; sbb r8d,0; cmp ebx,64h; jne l; hlt
    try (TestMachine m = machine(engine, LOOP.replace("e670", "e680"))) {
      assertEquals(Exit.HALTED, m.run(0));
      List<String> heard = bus.seen.stream().filter(s -> s.startsWith("out")).toList();
      assertEquals(IntStream.rangeClosed(61, 100).mapToObj(i -> "out 128 " + i).toList(),
          heard.subList(heard.size() - 40, heard.size()));
      if (engine == Engine.NATIVE && NativeEngine.available()) {
        assertTrue(heard.size() < 60, "translated code sent " + heard.size());
      }
      assertEquals(-99 & 0xFFFF_FFFFL, m.cpu().reg(R8), "flags stay");
    }
  }

  /// The map is asked even where nobody listens.
  @ParameterizedTest
  @EnumSource(Engine.class)
  void nobodyListensAndItIsForbidden(Engine engine) {
    bus.sink(0x80, true);
    // l: inc ebx; out 80h,al; cmp ebx,50; jne l; [3078h] = FFFF (its bit); jmp l
    String code = "ffc3 e680 83fb32 75f7 66c7042578300000ffff ebeb";
    try (TestMachine m = userMachine(engine, code)) {
      m.put16(TSS + 0x68 + (0x80 >>> 3), 0xFFFE);
      assertEquals(Exit.HALTED, m.run(0));
      assertEquals(CODE + 2, m.get64(m.cpu().reg(Cpu.RSP) + 8));
      assertEquals(51, m.cpu().reg(Cpu.RBX));
    }
  }

  @ParameterizedTest
  @EnumSource(Engine.class)
  void attentionIsPaidBehindAnAccess(Engine engine) {
    try (TestMachine m = machine(engine, LOOP)) {
      bus.attentionFor = m.core(0);
      int kicks = 0;
      int exit;
      do {
        exit = m.core(0).run(10_000);
        kicks += exit == Exit.KICKED ? 1 : 0;
      } while (exit != Exit.HALTED);
      assertEquals(100, kicks);
      assertEquals(expected(), bus.seen);
    }
  }

  @ParameterizedTest
  @EnumSource(Engine.class)
  void anAnswerThatComesLaterIsWaitedFor(Engine engine) {
    // l: inc ebx; out 70h,al; in al,99h; cmp ebx,20; jne l; hlt
    try (TestMachine m = machine(engine, "ffc3 e670 e499 83fb14 75f5 f4")) {
      int answers = 0;
      int exit;
      do {
        exit = m.run(0);
        if (exit == Exit.IO) {
          assertEquals(0x99, m.core(0).pendingIo().port());
          m.core(0).completeIo(++answers);
        }
      } while (exit != Exit.HALTED);
      assertEquals(20, answers);
      assertEquals(20, bus.seen.size());
      assertEquals(20, m.cpu().reg(Cpu.RAX) & 0xFF);
    }
  }

  @ParameterizedTest
  @EnumSource(Engine.class)
  void theBitMapIsLookedAtEachTime(Engine engine) {
    // l: inc ebx; out 70h,al; in al,71h; cmp ebx,50; jne l; [3066h] = FFFF (no map); jmp l
    String code = "ffc3 e670 e471 83fb32 75f5 66c7042566300000ffff ebe9";
    try (TestMachine m = userMachine(engine, code)) {
      m.put16(TSS + 0x68 + (0x70 >>> 3), 0xFFFC);
      Cpu cpu = m.cpu();
      assertEquals(Exit.HALTED, m.run(0));
      assertEquals(HANDLER + 1, cpu.rip());
      assertEquals(CODE + 2, m.get64(cpu.reg(Cpu.RSP) + 8), "the first access without leave");
      assertEquals(51, cpu.reg(Cpu.RBX));
      assertEquals(100, bus.seen.size());
    }
  }

  @ParameterizedTest
  @EnumSource(Engine.class)
  void aSecondOneThatIsForbiddenFaultsAlone(Engine engine) {
    // l: inc ebx; out 70h,al; in al,71h; cmp ebx,50; jne l; [306Ah+..] = FEFF..; jmp l
    String code = "ffc3 e670 e471 83fb32 75f5 66c704257630000002ff ebe9";
    try (TestMachine m = userMachine(engine, code)) {
      m.put16(TSS + 0x68 + (0x70 >>> 3), 0xFFFC);
      Cpu cpu = m.cpu();
      assertEquals(Exit.HALTED, m.run(0));
      assertEquals(CODE + 4, m.get64(cpu.reg(Cpu.RSP) + 8));
      assertEquals("out 112 136", bus.seen.getLast());
      assertEquals(101, bus.seen.size());
    }
  }
}
