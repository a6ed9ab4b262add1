package thespis.cpu.run;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class IdlenessTest {
  private static final long SECOND = 1_000_000_000L;

  private final Idleness idleness = new Idleness(0);

  private boolean ran(long from, long to) {
    idleness.begin(from);
    return idleness.end(to);
  }

  @Test
  void whoRunsLittleForSomeSecondsIsIdle() {
    assertFalse(ran(SECOND, SECOND + SECOND / 100));
    assertTrue(ran(5 * SECOND, 5 * SECOND + SECOND / 100));
    assertFalse(ran(6 * SECOND, 6 * SECOND + 1), "it is said once in a while");
  }

  @Test
  void whoHasWorkedLatelyIsNot() {
    assertFalse(ran(0, SECOND));
    assertFalse(ran(5 * SECOND, 5 * SECOND + 1));
    assertTrue(ran(9 * SECOND + 1, 9 * SECOND + 2), "by now it was long ago");
  }
}
