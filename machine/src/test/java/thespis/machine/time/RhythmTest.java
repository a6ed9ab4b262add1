package thespis.machine.time;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class RhythmTest {
  private final Rhythm rhythm = new Rhythm();

  private void looks(int times, long gap) {
    for (int i = 0; i < times; i++) {
      if (!rhythm.keeps(gap)) {
        rhythm.broken(gap, 0);
      }
    }
  }

  @Test
  void whatBreaksIntoASteadyLoopIsTheHosts() {
    looks(100, 1700);
    assertTrue(rhythm.broken(30_000, 0) > 26_000);
    assertTrue(rhythm.keeps(1700));
  }

  @Test
  void severalInARowAreToo() {
    looks(140, 1700);
    for (long gap : new long[] {30_000, 9_000, 400_000}) {
      assertTrue(rhythm.broken(gap, 0) > gap - 4_000, () -> "of " + gap);
      assertTrue(rhythm.keeps(1700));
    }
  }

  @Test
  void aLoopIsSteadyAgainSoonAfterTheyWereTooMany() {
    looks(70, 1700);
    long[] gaps = {30_000, 30_000};
    assertTrue(rhythm.broken(gaps[0], 0) > 0);
    assertEquals(0, rhythm.broken(gaps[1], 0), "the loop has yet to show that it is one");
    looks(30, 1700);
    assertTrue(rhythm.broken(12_000, 0) > 8_000, "the usual gap is what it was");
  }

  @Test
  void aSlowerLoopIsAnother() {
    looks(100, 100);
    assertTrue(rhythm.broken(5_000, 0) > 4_000);
    looks(20, 5_000);
    assertTrue(rhythm.keeps(5_000));
    assertEquals(0, rhythm.broken(40_000, 0), "not steady yet");
  }

  @Test
  void workBetweenLooksStaysTheGuests() {
    for (int i = 0; i < 1_000; i++) {
      looks(1, 100);
      assertTrue(rhythm.near(40_000) || rhythm.broken(40_000, 0) == 0, "in round " + i);
    }
  }

  @Test
  void aWaitThatIsKnownIsTheHostsAlways() {
    assertEquals(30_000, rhythm.broken(40_000, 30_000));
    assertEquals(40_000, rhythm.broken(40_000, 45_000));
  }

  @Test
  void longWorkIsTheGuests() {
    looks(100, 1_000);
    assertEquals(0, rhythm.broken(3_000_000, 0));
    assertTrue(rhythm.broken(30_000_000, 29_000_000) > 29_000_000);
  }

  @Test
  void whatIsSlowBecauseItIsNotCompiledYetIsTheHosts() {
    assertEquals(0, rhythm.cold(2_000));
    assertEquals(17_000, rhythm.cold(18_000));
    assertEquals(0, rhythm.cold(40_000), "work between looks");
  }

  @Test
  void theJvmIsNotSlowForEver() {
    long held = 0;
    for (int i = 0; i < 20_000; i++) {
      held += rhythm.cold(18_000);
    }
    assertEquals(150_000_000, held, 17_000);
  }
}
