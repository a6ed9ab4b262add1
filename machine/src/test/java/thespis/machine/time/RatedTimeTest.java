package thespis.machine.time;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Time that passes faster or slower than the host's.
@Timeout(30)
class RatedTimeTest {
  private static final long MS = 1_000_000;

  private static final class FakeHost implements HostTime {
    private long nanos = -5_000 * MS;
    private Stretch stretch;

    @Override
    public long nanos() {
      return nanos;
    }

    @Override
    public Stretch stretch() {
      return stretch;
    }

    @Override
    public long threadNanos() {
      return nanos;
    }
  }

  private final FakeHost host = new FakeHost();

  @ParameterizedTest
  @ValueSource(doubles = {0.01, 0.3, 1, 4, 99.9, 100})
  void isTheHostsTimesTheRateAndNeverRunsBack(double rate) {
    Random random = new Random(1);
    RatedTime time = new RatedTime(host, TimeRate.of(rate));
    long origin = host.nanos;
    long last = 0;
    for (int i = 0; i < 10_000; i++) {
      host.nanos += random.nextLong(i % 2 == 0 ? 100 : 3_600_000 * MS);
      double exact = (host.nanos - origin) * rate;
      long now = time.nanos();
      assertEquals(exact, now, 2 + exact * 1e-7);
      assertTrue(now >= last);
      assertEquals(host.nanos, time.toHost(now), 2 / rate + 2 + (host.nanos - origin) * 1e-7);
      last = now;
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.01, 0.3, 1, 4, 99.9, 100})
  void whatIsComputedFromTheCounterIsNotLaterThanWhatIsAsked(double rate) {
    Random random = new Random(2);
    RatedTime time = new RatedTime(host, TimeRate.of(rate));
    for (int i = 0; i < 1000; i++) {
      long nanosOfCount = random.nextLong(1L << 30, 1L << 34); // a counter of 250 MHz to 4 GHz
      long length = (4 * MS << 32) / nanosOfCount;
      host.stretch = new Stretch(random.nextLong(), length, nanosOfCount, host.nanos);
      long count = host.stretch.start() + random.nextLong(length);
      host.nanos = host.stretch.at(count);
      long behind = time.nanos() - time.stretch().at(count);
      assertTrue(behind >= 0 && behind <= 2 * rate + 5, () -> "behind by " + behind);
    }
  }

  @Test
  void aStretchIsTheSameObjectUntilTheHostHasAnother() {
    RatedTime time = new RatedTime(host, TimeRate.of(2));
    host.stretch = new Stretch(0, 1000, 1L << 32, host.nanos);
    Stretch first = time.stretch();
    assertSame(first, time.stretch());
    host.stretch = new Stretch(1000, 1000, 1L << 32, host.nanos);
    assertNotSame(first, time.stretch());
    host.stretch = null;
    assertSame(null, time.stretch());
  }

  @Test
  void deadlinesFarAwayStayFarAway() {
    RatedTime time = new RatedTime(host, TimeRate.of(100));
    assertTrue(time.fromHost(Long.MAX_VALUE / 2 + host.nanos) > Long.MAX_VALUE / 4);
    RatedTime slow = new RatedTime(host, TimeRate.of(0.01));
    assertTrue(slow.toHost(Long.MAX_VALUE / 2) - host.nanos > Long.MAX_VALUE / 4);
  }

  @Test
  void aMinuteOfAFastClockIsOverSoon() throws Exception {
    long minute = 60_000 * MS;
    try (HostClock clock = new HostClock(TimeRate.of(100))) {
      CompletableFuture<Long> at = new CompletableFuture<>();
      clock.timer("minute", () -> at.complete(clock.nanos())).arm(minute);
      clock.resume();
      assertTrue(at.get() >= minute);
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -1, 0.009, 100.1, Double.NaN, Double.POSITIVE_INFINITY})
  void otherRatesAreRefused(double rate) {
    assertThrows(IllegalArgumentException.class, () -> TimeRate.of(rate));
  }
}
