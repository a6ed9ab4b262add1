package thespis.machine.time;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import thespis.cpu.run.GuestClock;

/// Nothing here asserts how long something takes: only order, and that what must happen happens (within the time limit).
@Timeout(30)
class HostClockTest {
  private final HostClock clock = new HostClock();

  @AfterEach
  void close() {
    clock.close();
  }

  @Test
  void standsStillUntilResumedAndAfterPause() {
    assertEquals(0, clock.nanos());
    clock.resume();
    long deadline = System.nanoTime() + 1_000_000;
    while (System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }
    clock.pause();
    long stopped = clock.nanos();
    assertTrue(stopped >= 990_000, "the host's own clock is followed, if not to the nanosecond");
    assertEquals(stopped, clock.nanos());
    clock.resume();
    assertTrue(clock.nanos() >= stopped);
  }

  @Test
  void timersExpireInOrderAndNotBeforeTheirTime() throws InterruptedException {
    Random random = new Random(42);
    int count = 500;
    List<Long> late = Collections.synchronizedList(new ArrayList<>());
    List<Long> deadlines = Collections.synchronizedList(new ArrayList<>());
    CountDownLatch done = new CountDownLatch(count);
    for (int i = 0; i < count; i++) {
      long deadline = random.nextInt(20_000_000);
      clock.timer("t" + i, () -> {
        late.add(clock.nanos() - deadline);
        deadlines.add(deadline);
        done.countDown();
      }).arm(deadline);
    }
    clock.resume();
    done.await();
    assertTrue(late.stream().allMatch(l -> l >= 0), "none is early");
    assertEquals(deadlines.stream().sorted().toList(), deadlines);
  }

  @Test
  void pausedClockHoldsItsTimersBack() throws InterruptedException {
    CountDownLatch held = new CountDownLatch(1);
    CountDownLatch witness = new CountDownLatch(1);
    clock.timer("held", held::countDown).arm(0);
    try (HostClock other = HostClock.running()) {
      other.timer("witness", witness::countDown).arm(0);
      witness.await();
    }
    assertEquals(1, held.getCount());
    clock.resume();
    held.await();
  }

  @Test
  void cancelledTimerStaysSilentAndMovedOneExpiresOnce() throws InterruptedException {
    AtomicInteger cancelled = new AtomicInteger();
    AtomicInteger moved = new AtomicInteger();
    CountDownLatch last = new CountDownLatch(1);
    GuestClock.Timer a = clock.timer("a", cancelled::incrementAndGet);
    GuestClock.Timer b = clock.timer("b", moved::incrementAndGet);
    a.arm(1_000);
    b.arm(2_000);
    b.arm(3_000);
    a.cancel();
    a.cancel();
    clock.timer("last", last::countDown).arm(4_000);
    clock.resume();
    last.await();
    assertEquals(0, cancelled.get());
    assertEquals(1, moved.get());
  }

  @Test
  void earlierDeadlineOvertakesTheOneTheThreadSleepsFor() throws InterruptedException {
    clock.resume();
    CountDownLatch soon = new CountDownLatch(1);
    clock.timer("in an hour", () -> { }).arm(TimeUnit.HOURS.toNanos(1));
    clock.timer("now", soon::countDown).arm(0);
    assertTrue(soon.await(20, TimeUnit.SECONDS));
  }

  @Test
  void aThrowingTimerDoesNotStopTheOthers() throws InterruptedException {
    Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
    AtomicInteger seen = new AtomicInteger();
    Thread.setDefaultUncaughtExceptionHandler((t, e) -> seen.incrementAndGet());
    try {
      CountDownLatch after = new CountDownLatch(1);
      clock.timer("bad", () -> {
        throw new IllegalStateException("on purpose");
      }).arm(1_000);
      clock.timer("good", after::countDown).arm(2_000);
      clock.resume();
      after.await();
      assertEquals(1, seen.get());
    } finally {
      Thread.setDefaultUncaughtExceptionHandler(before);
    }
  }

  @Test
  void closedClockForgetsItsTimers() throws InterruptedException {
    AtomicInteger fired = new AtomicInteger();
    GuestClock.Timer timer = clock.timer("t", fired::incrementAndGet);
    timer.arm(0);
    clock.close();
    clock.close();
    timer.arm(0);
    clock.resume();
    assertFalse(clock.isRunning());
    CountDownLatch witness = new CountDownLatch(1);
    try (HostClock other = HostClock.running()) {
      other.timer("witness", witness::countDown).arm(0);
      witness.await();
    }
    assertEquals(0, fired.get());
  }

  @Test
  void stateIsForPausedClocks() {
    clock.resume();
    assertThrows(IllegalStateException.class, () -> clock.state(null));
  }
}
