package thespis.cpu.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import thespis.cpu.mmu.LockedAccess;

/// Compare-and-exchange of each size at each place of a cache line and over the edge of a page: it replaces the operand,
/// and not a byte beside it.
class LockedAccessTest {
  private static final long PAGES = 0x4000;
  private static final long LINE = 0xA000;
  private static final long EDGE = 0xB000 - 8;

  private final TestMachine machine = new TestMachine(Engine.RECORDS, 1, 4 << 20);
  private final LockedAccess locked;

  LockedAccessTest() {
    machine.map2M(PAGES);
    machine.start64(0, 0x8000, PAGES, 0x1800);
    locked = machine.cpu().mmu.locked;
  }

  @AfterEach
  void close() {
    machine.close();
  }

  @Test
  void onlyTheOperandIsReplaced() {
    for (long from : new long[] {LINE, EDGE}) {
      for (int at = 0; at < 16; at++) {
        for (int size = 0; size <= 3; size++) {
          exchange(from, at, size);
        }
      }
    }
  }

  private void exchange(long from, int at, int size) {
    byte[] expected = new byte[32];
    for (int i = 0; i < expected.length; i++) {
      expected[i] = (byte) (0x81 + i);
      machine.cpu().mmu.store8(from + i, expected[i]);
    }
    String what = "%d bytes at %d from 0x%x".formatted(1 << size, at, from);
    long old = machine.cpu().mmu.load(from + at, size);
    assertFalse(locked.compareAndStore(from + at, size, old ^ 1L << (8 << size) - 1, 0), what);
    assertTrue(locked.compareAndStore(from + at, size, old, 0x0706_0504_0302_0100L), what);
    for (int i = 0; i < 1 << size; i++) {
      expected[at + i] = (byte) i;
    }
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], machine.cpu().mmu.load8(from + i), what + ", byte " + i);
    }
  }
}
