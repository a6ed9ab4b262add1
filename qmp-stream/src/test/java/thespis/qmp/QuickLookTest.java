package thespis.qmp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

final class QuickLookTest {
  private long now;
  private final QuickLook look = new QuickLook(() -> now);

  @Test
  void aQuietMonitorIsNotLookedAt() {
    look.begin();
    assertFalse(look.goesOn());
    missedAfter(1_000_000);
    assertEquals(0, length());
  }

  @Test
  void quickClientsAreLookedForLongerAndLonger() {
    long[] lengths = new long[6];
    for (int i = 0; i < lengths.length; i++) {
      missedAfter(30_000);
      lengths[i] = length();
    }
    assertEquals("[10000, 20000, 40000, 80000, 100000, 100000]", Arrays.toString(lengths));
  }

  @Test
  void aLongWaitEndsTheLooks() {
    missedAfter(30_000);
    missedAfter(100_001);
    assertEquals(0, length());
    missedAfter(100_000);
    assertEquals(10_000, length());
  }

  private void missedAfter(long nanos) {
    look.begin();
    now += nanos;
    look.missed();
  }

  private long length() {
    look.begin();
    long begin = now;
    while (look.goesOn()) {
      now++;
    }
    return now - begin;
  }
}
