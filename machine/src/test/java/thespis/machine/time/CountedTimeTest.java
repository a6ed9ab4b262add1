package thespis.machine.time;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Time from a counter beside a clock that goes at a slightly different rate.
class CountedTimeTest {
  private static final long MS = 1_000_000;

  /// Host time, and what the counter and the clock say then.
  private double real;
  private double perNano = 2.6;
  private double clock = 5e9;
  private double count = 1e12;
  private double disciplined = 1;

  private final CountedTime time = new CountedTime(() -> {
    pass(10);
    return (long) count;
  }, () -> (long) clock);

  private void pass(double nanos) {
    real += nanos;
    count += nanos * perNano;
    clock += nanos * disciplined;
  }

  private void settle() {
    pass(CountedTime.MEASURED);
    time.nanos();
  }

  @Test
  void theClockIsAskedUntilTheRateIsKnown() {
    pass(MS);
    assertEquals(clock, time.nanos(), 100);
    assertNull(time.stretch());
    settle();
    assertNotNull(time.stretch());
    assertEquals(clock, time.nanos(), 100);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.2, 1, 2.6, 5})
  void itFollowsTheClockAndNeverRunsBack(double rate) {
    perNano = rate;
    settle();
    settle();
    Random random = new Random(7);
    long before = time.nanos();
    for (int i = 0; i < 20_000; i++) {
      if (i % 1000 == 0) {
        disciplined = 1 + (random.nextDouble() - 0.5) / 5000;
      }
      pass(random.nextDouble() * CountedTime.STRETCH_NANOS * (i % 50 == 0 ? 20 : 0.5));
      long now = time.nanos();
      assertTrue(now >= before);
      assertEquals(clock, now, 10_000);
      before = now;
    }
  }

  @Test
  void allStretchesTellOneTime() {
    settle();
    Random random = new Random(8);
    Stretch last = time.stretch();
    int laid = 0;
    for (int i = 0; i < 5000; i++) {
      pass(random.nextDouble() * MS * (laid % 10 == 0 ? 10 : 1));
      time.nanos();
      Stretch now = time.stretch();
      if (now != last) {
        laid++;
        assertTrue(now.start() >= last.end());
        assertTrue(now.base() >= last.last());
        last = now;
      }
    }
    assertTrue(laid > 500);
  }

  @Test
  void aClockThatIsLateIsWaitedFor() {
    settle();
    long before = time.nanos();
    clock -= 300_000;
    for (int i = 0; i < 1000; i++) {
      pass(MS);
      long now = time.nanos();
      assertTrue(now > before && now - before < 1.1 * MS, () -> now + " behind " + clock);
      before = now;
    }
    assertEquals(clock, time.nanos(), 1000);
  }

  @Test
  void whatIsFarAheadIsJumpedTo() {
    settle();
    clock += 50 * MS;
    pass(CountedTime.STRETCH_NANOS);
    assertEquals(clock, time.nanos(), 100);
  }

  @ParameterizedTest
  @ValueSource(doubles = {-1e11, 0, 1e11})
  void aCounterThatIsNoClockIsGivenUp(double jump) {
    settle();
    long before = time.nanos();
    if (jump == 0) {
      perNano = 0;
    }
    for (int i = 0; i < 100; i++) {
      count += jump;
      pass(MS);
      long now = time.nanos();
      assertTrue(now >= before);
      before = now;
    }
    if (jump < 0) {
      assertNull(time.stretch());
      assertEquals(clock, time.nanos(), CountedTime.STRETCH_NANOS);
    }
  }

  @Test
  void noThreadIsBehindAnother() throws Exception {
    AtomicLong latest = new AtomicLong(HostTime.SYSTEM.nanos());
    AtomicInteger behind = new AtomicInteger();
    Runnable look = () -> {
      for (int i = 0; i < 200_000; i++) {
        long before = latest.get();
        long now = HostTime.SYSTEM.nanos();
        if (now < before) {
          behind.incrementAndGet();
        }
        latest.accumulateAndGet(now, Math::max);
      }
    };
    Thread other = Thread.ofPlatform().start(look);
    look.run();
    other.join();
    assertEquals(0, behind.get());
  }
}
