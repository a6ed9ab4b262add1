package thespis.actors;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import thespis.hotplug.MachineEvent;

class BalloonControlTest {
  private final List<Long> told = new ArrayList<>();
  private final List<Runnable> alarms = new ArrayList<>();
  private final BalloonControl balloon = new BalloonControl(
      new FakeHardware(1, 1),
      event -> told.add(((MachineEvent.BalloonChanged) event).actual()),
      (delay, then) -> {
        alarms.add(then);
        return () -> {};
      });

  @Test
  void ofManyChangesInASecondTheFirstAndTheLastAreTold() {
    balloon.changed(1);
    balloon.changed(2);
    balloon.changed(3);
    assertEquals(List.of(1L), told);
    alarms.removeFirst().run();
    assertEquals(List.of(1L, 3L), told);
    alarms.removeFirst().run();
    assertEquals(List.of(1L, 3L), told);
    balloon.changed(4);
    assertEquals(List.of(1L, 3L, 4L), told);
  }
}
