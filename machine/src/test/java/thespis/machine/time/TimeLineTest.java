package thespis.machine.time;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

class TimeLineTest {
  private static final long MS = 1_000_000;

  @Test
  void whatWasHeldBackIsMadeUpForSlowly() {
    TimeLine line = TimeLine.running(1000, 0).heldBack(1000 + 10 * MS, 6 * MS);
    assertEquals(4 * MS, line.at(1000 + 10 * MS));
    assertEquals(4 * MS + 129 * MS, line.at(1000 + 138 * MS));
    assertEquals(10 * MS + 128 * 6 * MS, line.at(1000 + 10 * MS + 128 * 6 * MS));
    assertEquals(900 * MS, line.at(1000 + 900 * MS));
  }

  @Test
  void guestTimeNeverRunsBackwardsNorAheadOfTheHost() {
    Random random = new Random(3);
    TimeLine line = TimeLine.running(0, 0);
    long last = 0;
    for (long host = 0; host < 10_000 * MS; host += random.nextLong(3 * MS)) {
      long now = line.at(host);
      assertTrue(now >= last && now <= host);
      assertTrue(host - now <= TimeLine.MOST);
      if (random.nextInt(4) == 0) {
        line = line.heldBack(host, Math.min(now - last, line.room(host)));
      }
      last = line.at(host);
    }
  }

  @Test
  void aDeadlineIsNotReachedBeforeItsHostTimeAndSoonAfter() {
    Random random = new Random(4);
    for (int i = 0; i < 10_000; i++) {
      long host = random.nextLong(500 * MS);
      TimeLine line = TimeLine.running(0, 0).heldBack(host, random.nextLong(Math.min(host + 1, TimeLine.MOST)));
      long deadline = line.at(host) + 1 + random.nextLong(100 * MS);
      long due = line.hostTime(deadline, host);
      assertTrue(line.at(due - 1) < deadline);
      assertTrue(deadline - line.at(due) < 200_000, "another look or two");
    }
  }
}
