package thespis.machine.time;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import thespis.cpu.run.GuestClock;

class VirtualClockTest {
  private final VirtualClock clock = new VirtualClock();
  private final List<String> log = new ArrayList<>();

  private GuestClock.Timer logging(String name) {
    return clock.timer(name, () -> log.add(name + "@" + clock.nanos()));
  }

  @Test
  void timersExpireInTheOrderOfTheirDeadlinesAtTheirTime() {
    logging("late").arm(300);
    logging("early").arm(100);
    logging("beyond").arm(1001);
    clock.advance(1000);
    assertEquals(List.of("early@100", "late@300"), log);
    assertEquals(1000, clock.nanos());
    assertEquals(1001, clock.nextDeadline());
  }

  @Test
  void equalDeadlinesExpireInTheOrderOfArming() {
    GuestClock.Timer first = logging("first");
    logging("second").arm(50);
    first.arm(50);
    clock.advance(50);
    assertEquals(List.of("second@50", "first@50"), log);
  }

  @Test
  void armingAgainMovesTheDeadlineAndCancellingDropsIt() {
    GuestClock.Timer moved = logging("moved");
    GuestClock.Timer dropped = logging("dropped");
    moved.arm(10);
    dropped.arm(20);
    moved.arm(30);
    dropped.cancel();
    clock.advance(25);
    assertEquals(List.of(), log);
    clock.advance(5);
    assertEquals(List.of("moved@30"), log);
    assertEquals(VirtualClock.NEVER, clock.nextDeadline());
  }

  @Test
  void aPassedDeadlineExpiresAtTheNextAdvance() {
    clock.advance(500);
    logging("passed").arm(100);
    clock.advance(0);
    assertEquals(List.of("passed@500"), log);
  }

  @Test
  void aTimerMayArmItselfWhileItExpires() {
    GuestClock.Timer[] self = new GuestClock.Timer[1];
    self[0] = clock.timer("periodic", () -> {
      log.add("@" + clock.nanos());
      self[0].arm(clock.nanos() + 100);
    });
    self[0].arm(100);
    clock.advance(350);
    assertEquals(List.of("@100", "@200", "@300"), log);
  }
}
