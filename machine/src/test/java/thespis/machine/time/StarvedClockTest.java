package thespis.machine.time;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import thespis.cpu.run.GuestClock;

/// The host-driven clock on a host that takes the CPU away from processors.
@Timeout(30)
class StarvedClockTest {
  private static final long MS = 1_000_000;

  private static final class FakeHost implements HostTime {
    private volatile long nanos = System.nanoTime();
    private volatile long onThread;
    private final Thread test = Thread.currentThread();
    private volatile CountDownLatch looks = new CountDownLatch(0);

    /// One count is a nanosecond, and there is no other stretch until a test says so.
    private Stretch stretch = new Stretch(nanos - MS, 4_000 * MS, 1L << 32, nanos - MS);

    @Override
    public Stretch stretch() {
      return stretch;
    }

    @Override
    public long nanos() {
      if (Thread.currentThread() != test) {
        looks.countDown();
      }
      return nanos;
    }

    @Override
    public long threadNanos() {
      return onThread;
    }

    void works(long n) {
      nanos += n;
      onThread += n;
    }

    void waits(long n) {
      nanos += n;
    }
  }

  private final FakeHost host = new FakeHost();
  private final long zero = host.nanos;
  private final HostClock clock = new HostClock(host);
  private final Told told = new Told();
  private final GuestClock.Pace one = clock.pace(told);
  private final GuestClock.Pace two = clock.pace(new Told());

  /// How one processor may compute the time.
  private static final class Told implements GuestClock.Shortcut {
    private boolean open;
    private Stretch stretch;

    @Override
    public void open(long start, long length, long rate, long base) {
      open = true;
      stretch = new Stretch(start, length, rate, base);
    }

    boolean covers(long count) {
      return open && stretch.covers(count);
    }

    long at(long count) {
      return stretch.at(count);
    }

    @Override
    public void close() {
      open = false;
    }
  }

  StarvedClockTest() {
    clock.resume();
  }

  @AfterEach
  void close() {
    clock.close();
  }

  @Test
  void theOnlyProcessorDoesNotSeeThatItHadNoCpu() {
    one.begin();
    clock.measured();
    host.works(MS);
    host.waits(30 * MS);
    assertEquals(MS, clock.nanos());
    host.works(MS);
    assertTrue(clock.nanos() >= 2 * MS && clock.nanos() < 2 * MS + MS / 10);
  }

  @Test
  void aGuestThatDoesNotMeasureGetsTheHostsTime() {
    one.begin();
    host.works(MS);
    host.waits(30 * MS);
    assertEquals(31 * MS, clock.nanos());
    clock.measured();
    host.works(20 * MS);
    assertEquals(51 * MS, clock.nanos());
    host.waits(30 * MS);
    assertEquals(81 * MS, clock.nanos(), "the measurement is long over");
  }

  @Test
  void aLoopThatWaitsForATimerSeesNoHiccupOfTheHost() {
    one.begin();
    long before = pollSteadily(100);
    host.works(30_000);
    long after = clock.measured();
    assertTrue(after - before <= 1_000, "it saw " + (after - before) + " ns");
    host.works(100 * MS);
    assertEquals(host.nanos - zero, clock.nanos(), "made up for");
  }

  @Test
  void norDoesItSeeTheClockCatchUpMeanwhile() {
    one.begin();
    pollSteadily(100);
    host.works(MS);
    long before = clock.measured();
    host.works(MS);
    long after = clock.measured();
    assertTrue(after - before <= 1_000, "it saw " + (after - before) + " ns");
  }

  @Test
  void aTimerThatExpiresLateInAHiccupIsInTime() throws InterruptedException {
    one.begin();
    long before = pollSteadily(100);
    long[] at = new long[1];
    CountDownLatch expired = new CountDownLatch(1);
    clock.timer("t", () -> {
      at[0] = clock.nanos();
      expired.countDown();
    }).arm(before + 2_000);
    host.works(30_000);
    expired.await();
    assertEquals(before + 2_000, at[0]);
    long after = clock.measured();
    assertTrue(after >= at[0] && after < at[0] + 1_000, "it saw " + (after - before) + " ns");
  }

  @Test
  void whatIsLongerThanAHiccupIsTheGuestsOwn() {
    one.begin();
    long before = pollSteadily(100);
    host.works(6 * MS);
    assertEquals(before + 6 * MS, clock.measured());
  }

  @Test
  void aGuestThatLooksAtTheTimeNowAndThenIsNotSparedItsOwnWork() {
    one.begin();
    clock.measured();
    for (int i = 0; i < 100; i++) {
      host.works(i % 2 == 0 ? 100 : 40_000);
      assertEquals(host.nanos - zero, clock.measured());
    }
  }

  private long pollSteadily(int times) {
    long seen = 0;
    for (int i = 0; i < times; i++) {
      host.works(300);
      seen = clock.measured();
    }
    return seen;
  }

  @Test
  void norThatItsNextSliceCameLate() {
    one.begin();
    clock.measured();
    host.works(MS);
    one.end(false);
    host.waits(30 * MS);
    one.begin();
    assertEquals(MS, clock.nanos());
  }

  @Test
  void timeInWhichItRestedPasses() {
    one.begin();
    clock.measured();
    host.works(MS);
    one.end(true);
    host.waits(30 * MS);
    one.begin();
    assertEquals(31 * MS, clock.nanos());
  }

  @Test
  void whatIsNotItsOwnFaultIsBounded() {
    one.begin();
    clock.measured();
    host.waits(10 * TimeLine.MOST);
    assertEquals(9 * TimeLine.MOST, clock.nanos());
  }

  @Test
  void whatAnotherHasSeenIsNotTakenBack() throws InterruptedException {
    one.begin();
    clock.measured();
    host.waits(10 * MS);
    long[] other = new long[1];
    Thread thread = Thread.ofPlatform().start(() -> other[0] = clock.nanos());
    thread.join();
    assertEquals(10 * MS, other[0]);
    host.waits(10 * MS);
    assertEquals(10 * MS, clock.nanos());
  }

  @Test
  void withTwoThatRunTimePasses() throws InterruptedException {
    one.begin();
    clock.measured();
    Thread thread = Thread.ofPlatform().start(() -> {
      two.begin();
      two.end(false);
    });
    thread.join();
    host.waits(10 * MS);
    assertEquals(10 * MS, clock.measured());
    two.end(true);
    host.waits(10 * MS);
    assertEquals(10 * MS, clock.nanos());
  }

  @Test
  void aPausedMachineLacksNothing() {
    one.begin();
    one.end(false);
    clock.pause();
    host.waits(30 * MS);
    clock.resume();
    host.works(MS);
    one.begin();
    assertEquals(MS, clock.nanos());
  }

  @Test
  void timersWaitForASignOfLife() throws InterruptedException {
    CountDownLatch expired = new CountDownLatch(1);
    one.begin();
    clock.measured();
    clock.timer("t", expired::countDown).arm(MS);
    host.waits(20 * MS);
    host.looks = new CountDownLatch(3);
    host.looks.await();
    assertEquals(0, clock.nanos(), "the processor has seen nothing of it");
    assertFalse(expired.await(0, TimeUnit.SECONDS));
    host.works(2 * MS);
    clock.nanos();
    expired.await();
  }

  @Test
  void aProcessorComputesTheTimeWhenNobodyCanHoldItBack() {
    one.begin();
    assertTrue(told.open);
    assertEquals(0, told.at(host.nanos));
    host.works(MS);
    assertEquals(MS, clock.measured());
    assertFalse(told.open, "what it has read may have to fit what it reads next");
    host.works(9 * MS);
    one.end(false);
    one.begin();
    assertFalse(told.open, "it may be measuring still");
    host.works(2 * MS);
    one.end(false);
    one.begin();
    assertTrue(told.open);
    assertEquals(clock.nanos(), told.at(host.nanos));
  }

  @Test
  void whereTwoRunTheyComeByWhenATimerIsDue() throws InterruptedException {
    long due = 2_000 * MS;
    clock.timer("t", () -> {}).arm(due);
    one.begin();
    assertTrue(told.covers(zero + due));
    Thread other = Thread.ofPlatform().start(clock.pace(new Told())::begin);
    other.join();
    one.end(false);
    one.begin();
    assertTrue(told.covers(zero + due - 1));
    assertFalse(told.covers(zero + due));
  }

  @Test
  void itMakesUpForTimeToo() {
    one.begin();
    clock.measured();
    host.waits(10 * MS);
    assertEquals(0, clock.nanos());
    host.works(100 * MS);
    one.end(false);
    one.begin();
    for (int i = 0; i < 1000; i++) {
      host.works(MS + 7);
      if (!told.covers(host.nanos)) {
        clock.nanos();
      }
      assertTrue(told.covers(host.nanos));
      long lag = clock.nanos() - told.at(host.nanos);
      assertTrue(lag >= 0 && lag <= 2, () -> "by " + lag);
    }
    assertEquals(clock.nanos(), told.at(host.nanos), "it has caught up");
  }

  @Test
  void theNextStretchIsToldWithTheTime() {
    one.begin();
    host.works(MS);
    host.stretch = new Stretch(host.nanos, MS, 1L << 32, host.nanos);
    clock.nanos();
    assertEquals(MS, told.at(host.nanos));
    host.stretch = null;
    clock.nanos();
    assertFalse(told.open);
  }

  /// Looks at nothing but the time, as a delay does, until a time comes. How long the host took.
  private long waitUntil(long guest) {
    long from = host.nanos;
    while (clock.nanos() < guest) {
      host.works(200);
      clock.serveDue();
    }
    return host.nanos - from;
  }

  private void holdBack(long nanos) {
    one.begin();
    clock.measured();
    host.works(MS);
    host.waits(nanos);
    assertEquals(MS, clock.nanos());
  }

  @Test
  void whatWasHeldBackPassesWhileAGuestOnlyWaits() {
    holdBack(30 * MS);
    assertTrue(waitUntil(5 * MS) < MS, "four milliseconds");
    for (int i = 2; i <= 10; i++) {
      clock.measured();
      waitUntil(5L * i * MS);
    }
    long late = host.nanos - zero - clock.nanos();
    assertTrue(late >= 0 && late < MS / 10, () -> "still late by " + late);
  }

  @Test
  void aWaitIsNotMuchLongerThanItWasToBe() {
    holdBack(30 * MS);
    for (long length : new long[] {10_000, 100_000, MS}) {
      clock.measured();
      long begin = clock.nanos();
      waitUntil(begin + length);
      long over = clock.nanos() - begin - length;
      assertTrue(over <= Math.min(length / 2, 101_000), () -> over + " more than " + length);
    }
  }

  @Test
  void aGuestThatReadsATimerAgainAndAgainDoesNotOnlyWait() {
    holdBack(30 * MS);
    for (int i = 0; i < 10_000; i++) {
      host.works(200);
      clock.serveDue();
      clock.measured();
    }
    assertTrue(host.nanos - zero - clock.nanos() > 29 * MS);
  }

  @Test
  void timersExpireInTimeWhileAGuestCatchesUp() {
    holdBack(30 * MS);
    long[] seen = new long[3];
    int[] expired = new int[1];
    GuestClock.Timer[] timer = new GuestClock.Timer[1];
    timer[0] = clock.timer("tick", () -> {
      seen[expired[0]++] = clock.nanos();
      if (expired[0] < seen.length) {
        timer[0].arm(2 * MS + expired[0] * MS);
      }
    });
    timer[0].arm(2 * MS);
    assertTrue(waitUntil(5 * MS) < MS);
    assertEquals(seen.length, expired[0]);
    for (int i = 0; i < seen.length; i++) {
      long late = seen[i] - (2 + i) * MS;
      assertTrue(late >= 0 && late < 1_000, () -> "late by " + late);
    }
  }

  @Test
  void timersAreNotLateWhenAWaitEndsBeforeThey() {
    holdBack(30 * MS);
    clock.timer("tick", () -> { }).arm(4 * MS);
    waitUntil(3 * MS + 900_000);
    one.end(true);
    assertTrue(TimerQueue.SHARED.earliest() - host.nanos <= 100_000, "queued by what was caught up");
  }
}
