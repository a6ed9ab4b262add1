package thespis.cpu.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// How long a halted processor is watched.
class HaltPollTest {
  private static final long US = 1_000;

  private final BareCore machine = new BareCore("f4");
  private long now;

  /// When somebody wants attention.
  private long attentionAt = Long.MAX_VALUE;

  private final HaltPoll poll = new HaltPoll(machine.core.cpu(), () -> {
    now += 100;
    if (now >= attentionAt) {
      machine.core.cpu().attention();
    }
    return now;
  });

  @BeforeEach
  void nobodyWantsAttention() {
    machine.core.cpu().clearAttention();
  }

  @AfterEach
  void close() {
    machine.close();
  }

  private void haltFor(long nanos) {
    assertFalse(poll.attention());
    now += nanos;
    poll.resume();
  }

  @Test
  void shortHaltsMakeForLongerLooks() {
    assertEquals(0, poll.patience());
    haltFor(50 * US);
    assertEquals(10 * US, poll.patience());
    haltFor(50 * US);
    assertEquals(20 * US, poll.patience());
    for (int i = 0; i < 4; i++) {
      haltFor(0);
    }
    assertEquals(200 * US, poll.patience(), "but not without bound");
  }

  @Test
  void aLongOneForNone() {
    haltFor(50 * US);
    haltFor(201 * US);
    assertEquals(0, poll.patience());
    long before = now;
    assertFalse(poll.attention());
    assertTrue(now - before < US);
  }

  @Test
  void attentionEndsTheLook() {
    for (int i = 0; i < 6; i++) {
      haltFor(0);
    }
    attentionAt = now + 70 * US;
    assertTrue(poll.attention());
    assertTrue(now - attentionAt < US);
    machine.core.cpu().clearAttention();
    now += 10_000 * US;
    poll.resume();
    assertEquals(200 * US, poll.patience(), "the processor was never without its thread");
  }
}
