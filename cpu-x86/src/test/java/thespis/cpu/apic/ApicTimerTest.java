package thespis.cpu.apic;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import thespis.cpu.run.GuestClock;

/// Counts, periods and mode changes, by a clock that is set by hand. SDM Vol. 3A "APIC Timer".
class ApicTimerTest {
  private static final int VECTOR = 0x66;
  private static final int MASKED = 0x10000;
  private static final int BY_ONE = 0xB;
  private static final long NEVER = Long.MAX_VALUE;

  private final LocalVectorTable lvt = new LocalVectorTable();
  private final List<Integer> raised = new ArrayList<>();
  private final HandClock clock = new HandClock();
  private final ApicTimer timer = new ApicTimer(null, clock, "timer", lvt, raised::add);

  /// Calls the one timer back when it is set to its deadline or past it.
  private static final class HandClock implements GuestClock {
    private long now;
    private long deadline = NEVER;
    private Runnable expiry;

    @Override
    public long nanos() {
      return now;
    }

    @Override
    public Timer timer(String name, Runnable onExpiry) {
      expiry = onExpiry;
      return new Timer() {
        @Override
        public void arm(long deadlineNanos) {
          deadline = deadlineNanos;
        }

        @Override
        public void cancel() {
          deadline = NEVER;
        }
      };
    }

    void pass(long nanos) {
      now += nanos;
      if (now >= deadline) {
        deadline = NEVER;
        expiry.run();
      }
    }
  }

  private void mode(int entry) {
    int before = lvt.timerMode();
    lvt.set(LocalVectorTable.TIMER, entry, false);
    timer.entryWritten(before);
  }

  @ParameterizedTest
  @CsvSource({"0, 2", "1, 4", "2, 8", "3, 16", "8, 32", "9, 64", "10, 128", "11, 1", "4, 2"})
  void aTickIsADividedNanosecond(int configuration, int nanos) {
    mode(VECTOR);
    timer.setDivide(configuration);
    timer.setInitialCount(1000);
    clock.pass(10L * nanos);
    assertEquals(990, timer.currentCount());
    clock.pass(990L * nanos - 1);
    assertEquals(List.of(), raised);
    clock.pass(1);
    assertEquals(List.of(VECTOR), raised);
    assertEquals(0, timer.currentCount());
    assertEquals(NEVER, clock.deadline, "once");
  }

  @Test
  void aPeriodicTimerKeepsToItsPeriodsHoweverLateItIsServed() {
    mode(VECTOR | LocalVectorTable.PERIODIC);
    timer.setDivide(BY_ONE);
    timer.setInitialCount(10_000);
    clock.pass(13_000);
    assertEquals(List.of(VECTOR), raised);
    assertEquals(20_000, clock.deadline);
    assertEquals(7000, timer.currentCount());
  }

  @Test
  void aGuestThatAsksForTooManyInterruptsGetsFewer() {
    mode(VECTOR | LocalVectorTable.PERIODIC);
    timer.setDivide(BY_ONE);
    timer.setInitialCount(1);
    clock.pass(1);
    assertEquals(1000, clock.deadline);
  }

  @Test
  void aMaskedTimerRunsOutInSilence() {
    mode(VECTOR | MASKED);
    timer.setInitialCount(100);
    clock.pass(200);
    assertEquals(List.of(), raised);
    mode(VECTOR);
    assertEquals(NEVER, clock.deadline, "what has run out is over, also when it is unmasked");
    timer.setInitialCount(100);
    clock.pass(200);
    assertEquals(List.of(VECTOR), raised);
  }

  @Test
  void aChangeToOrFromTheTscDeadlineDisarms() {
    mode(VECTOR);
    timer.setInitialCount(100);
    mode(VECTOR | LocalVectorTable.TSC_DEADLINE);
    assertEquals(NEVER, clock.deadline);
    assertEquals(0, timer.currentCount());
    assertEquals(0, timer.initialCount());
    timer.setInitialCount(100);
    assertEquals(NEVER, clock.deadline, "a count means nothing in this mode");
    mode(VECTOR);
    assertEquals(0, timer.initialCount());
    assertEquals(NEVER, clock.deadline);
  }

  @Test
  void aChangeFromOneShotToPeriodicKeepsTheCount() {
    mode(VECTOR);
    timer.setDivide(BY_ONE);
    timer.setInitialCount(5000);
    clock.pass(2000);
    mode(VECTOR | LocalVectorTable.PERIODIC);
    assertEquals(5000, timer.initialCount());
    assertEquals(5000, clock.deadline);
  }
}
