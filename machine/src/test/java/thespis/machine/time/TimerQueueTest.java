package thespis.machine.time;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class TimerQueueTest {
  private static final long HOUR = TimeUnit.HOURS.toNanos(1);

  private final TimerQueue queue = new TimerQueue();
  private final BlockingQueue<Thread> servedBy = new LinkedBlockingQueue<>();

  private final class Noting extends TimerQueue.Entry {
    @Override
    void expire() {
      servedBy.add(Thread.currentThread());
    }
  }

  private Thread serve() throws InterruptedException {
    queue.arm(new Noting(), System.nanoTime());
    return servedBy.take();
  }

  private static void awaitParked(Thread thread) {
    while (thread.getState() != Thread.State.WAITING && thread.getState() != Thread.State.TIMED_WAITING) {
      Thread.onSpinWait();
    }
  }

  private static long parks(Thread thread) {
    return ManagementFactory.getThreadMXBean().getThreadInfo(thread.threadId()).getWaitedCount();
  }

  @Test
  void threadEndsWithTheLastClockAndComesBackWithTheNext() throws InterruptedException {
    queue.clockOpened();
    queue.clockOpened();
    Thread first = serve();
    assertTrue(first.isDaemon());
    queue.clockClosed();
    assertEquals(first, serve());
    queue.clockClosed();
    first.join();
    queue.clockOpened();
    Thread second = serve();
    assertNotSame(first, second);
    queue.clockClosed();
    second.join();
  }

  @Test
  void whoPassesByServesWhatIsDueAndNothingElse() {
    long now = System.nanoTime();
    Noting cancelled = new Noting();
    queue.serveDue(now);
    queue.arm(cancelled, now - 2);
    queue.arm(new Noting(), now);
    queue.arm(new Noting(), now - 1);
    queue.arm(new Noting(), now + HOUR);
    queue.cancel(cancelled);
    queue.serveDue(now);
    assertEquals(List.of(Thread.currentThread(), Thread.currentThread()), List.copyOf(servedBy));
    queue.serveDue(now + HOUR);
    assertEquals(3, servedBy.size());
  }

  @Test
  void deadlinesBehindTheFirstDoNotWakeTheThread() throws InterruptedException {
    queue.clockOpened();
    Thread thread = serve();
    long now = System.nanoTime();
    queue.arm(new Noting(), now + HOUR);
    awaitParked(thread);
    assertEquals(thread, serve());
    awaitParked(thread);
    long before = parks(thread);
    Noting moved = new Noting();
    for (int i = 1; i <= 1000; i++) {
      queue.arm(moved, now + HOUR + i);
      queue.arm(new Noting(), now + HOUR + i);
    }
    assertTrue(queue.cancel(moved));
    assertFalse(queue.cancel(moved));
    assertEquals(before, parks(thread));
    queue.clockClosed();
    thread.join();
  }

  @Test
  void anEntryIsServedAtItsPlaceHoweverOthersComeAndGo() throws InterruptedException {
    queue.clockOpened();
    Random random = new Random(7);
    long now = System.nanoTime();
    BlockingQueue<Long> served = new LinkedBlockingQueue<>();
    Map<TimerQueue.Entry, Long> wanted = new LinkedHashMap<>();
    for (int i = 0; i < 2000; i++) {
      long deadline = now + 200_000_000L + random.nextInt(1_000_000);
      TimerQueue.Entry e = new TimerQueue.Entry() {
        @Override
        void expire() {
          served.add(wanted.get(this));
        }
      };
      wanted.put(e, deadline);
    }
    synchronized (queue) {
      wanted.keySet().forEach(e -> queue.arm(e, now + HOUR - random.nextInt(1_000_000)));
      wanted.forEach(queue::arm);
      wanted.keySet().stream().filter(e -> random.nextBoolean()).toList().forEach(e -> {
        queue.cancel(e);
        wanted.remove(e);
      });
    }
    for (long expected : wanted.values().stream().sorted().toList()) {
      assertEquals(expected, served.take());
    }
    queue.clockClosed();
  }
}
