package thespis.cpu.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import thespis.cpu.state.Cpu;
import thespis.cpu.state.DebugPoints;
import thespis.cpu.state.DebugPoints.Access;
import thespis.cpu.state.DebugPoints.Watch;

/// What a debugger outside of the guest does to a core.
class DebugPointsTest {
  private static final long CODE = 0x8000;
  private static final long LOOP = CODE + 5;
  private static final long STORE = LOOP + 3;
  private static final long LAST = STORE + 11;
  private static final int DATA = 0x9000;

  private final DebugPoints points = new DebugPoints();

  /// mov ecx,100; l: nop; dec ecx; mov [0x9000],ecx; cmp ecx,0; jnz l; hlt.
  private TestMachine machine(Engine engine) {
    TestMachine m = new TestMachine(engine, 1, 4 << 20, new Observation(new EngineLog(), Optional.empty(), points));
    m.start64(0, CODE, 0x4000, 0x1800);
    m.map2M(0x4000);
    m.load(CODE, "B9 64000000  90  FFC9  890C25 00900000  83F900  75F1  F4");
    return m;
  }

  private static void again(TestMachine m) {
    m.cpu().setRip(CODE);
    m.cpu().halted = false;
  }

  @ParameterizedTest
  @EnumSource
  void itStopsBeforeAnInstructionEachTimeItIsReached(Engine engine) {
    try (TestMachine m = machine(engine)) {
      assertEquals(Exit.HALTED, m.run(0), "the loop is translated now");
      again(m);
      points.set(Set.of(STORE), List.of());
      for (int left = 99; left >= 0; left--) {
        assertEquals(Exit.DEBUG, m.run(0));
        assertEquals(STORE, m.cpu().rip());
        assertEquals(left, m.cpu().reg(Cpu.RCX));
        assertEquals(Exit.DEBUG, m.core(0).step());
        assertEquals(STORE + 7, m.cpu().rip());
        assertEquals(left, m.get32(DATA));
      }
      assertEquals(Exit.HALTED, m.run(0));
      assertEquals(LAST + 2, m.cpu().rip());
    }
  }

  @ParameterizedTest
  @EnumSource
  void withoutPointsItRunsOnAsBefore(Engine engine) {
    try (TestMachine m = machine(engine)) {
      points.set(Set.of(LOOP), List.of());
      assertEquals(Exit.DEBUG, m.run(0));
      assertEquals(LOOP, m.cpu().rip());
      points.set(Set.of(), List.of());
      assertEquals(Exit.HALTED, m.run(0));
      assertEquals(0, m.get32(DATA));
    }
  }

  @ParameterizedTest
  @EnumSource
  void itStopsBehindAnAccessToWatchedData(Engine engine) {
    try (TestMachine m = machine(engine)) {
      m.run(0);
      again(m);
      Watch watch = new Watch(DATA + 3, 1, Access.WRITE);
      points.set(Set.of(), List.of(watch));
      assertEquals(Exit.DEBUG, m.run(0));
      assertEquals(STORE + 7, m.cpu().rip());
      assertEquals(watch, m.core(0).inspect().met());
      assertEquals(99, m.get32(DATA));
      points.set(Set.of(), List.of());
      assertEquals(Exit.HALTED, m.run(0));
      assertNull(m.core(0).inspect().met());
    }
  }

  @Test
  void aStepOfAHaltedProcessorWaits() {
    try (TestMachine m = machine(Engine.RECORDS)) {
      m.cpu().setRip(LAST + 1);
      assertEquals(Exit.DEBUG, m.core(0).step());
      assertTrue(m.cpu().halted);
      assertEquals(Exit.HALTED, m.core(0).step());
      assertEquals(LAST + 2, m.cpu().rip());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "WRITE, true,  true", "WRITE, false, false",
    "READ,  true,  false", "READ,  false, true",
    "ANY,   true,  true", "ANY,   false, true",
  })
  void watchesAreForOneKindOfAccessOrForBoth(Access access, boolean write, boolean hit) {
    points.set(Set.of(), List.of(new Watch(0x100, 4, access)));
    assertEquals(hit, points.now().hit(0x103, 1, write) != null);
    assertNull(points.now().hit(0x104, 8, write));
    assertEquals(hit, points.now().hit(0xFC, 8, write) != null);
    assertNull(points.now().hit(0xF8, 8, write));
  }

  @Test
  void addressesAreUnsigned() {
    long kernel = 0xFFFF_FFFF_8100_0000L;
    points.set(Set.of(kernel, 0x1000L), List.of(new Watch(kernel, 8, Access.ANY)));
    assertTrue(points.now().stopsAt(kernel));
    assertFalse(points.now().stopsAt(kernel + 1));
    assertTrue(points.now().stopsIn(kernel - 4, 5));
    assertFalse(points.now().stopsIn(kernel - 4, 4));
    assertTrue(points.now().stopsIn(0xFF0, 0x20));
    assertTrue(points.now().watches(kernel - 0xFFF, 0x1000));
  }

  @Test
  void registersCanBeReadAndChanged() {
    try (TestMachine m = machine(Engine.RECORDS)) {
      DebugRegisters registers = m.core(0).inspect().debugRegisters();
      for (int i = 0; i < DebugRegisters.ALL.size(); i++) {
        byte[] value = registers.read(i);
        assertEquals(DebugRegisters.ALL.get(i).bits() / 8, value.length);
        assertTrue(registers.write(i, value), DebugRegisters.ALL.get(i).name());
        assertFalse(registers.write(i, new byte[value.length + 1]));
      }
      assertTrue(registers.write(1, new byte[] {8, 7, 6, 5, 4, 3, 2, 1}));
      assertEquals(0x0102_0304_0506_0708L, m.cpu().reg(Cpu.RBX));
      assertFalse(registers.write(18, new byte[] {99, 0, 0, 0}), "CS stays");
      byte[] xmm = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
      assertTrue(registers.write(49 + 15, xmm));
      assertEquals(List.of(1, 16), List.of((int) registers.read(64)[0], (int) registers.read(64)[15]));
    }
  }

  @Test
  void codeIsShownAsText() {
    try (TestMachine m = machine(Engine.RECORDS)) {
      Inspector inspector = m.core(0).inspect();
      assertEquals("""
          0x00008000:  b9 64 00 00 00           mov      ecx, 0x64
          0x00008005:  90                       nop
          """, inspector.disassembly(CODE, 2, false));
      assertEquals("0x00008012:  75 f1                    jne      0x8005\n", inspector.disassembly(CODE + 18, 1, true));
      assertEquals("0x123456789000: unable to read memory\n", inspector.disassembly(0x1234_5678_9000L, 3, false));
    }
  }

  @Test
  void codeThatADebuggerChangesIsDecodedAnew() {
    try (TestMachine m = machine(Engine.NATIVE)) {
      m.run(0);
      again(m);
      assertTrue(m.core(0).inspect().writeVirtual(CODE + 1, new byte[] {1}));
      assertTrue(m.core(0).inspect().writeVirtual(STORE + 3, new byte[] {8}));
      assertEquals(Exit.HALTED, m.run(0));
      assertEquals(0, m.get32(DATA + 8));
      assertFalse(m.core(0).inspect().writeVirtual(0x1234_5678_9000L, new byte[] {1}));
    }
  }
}
