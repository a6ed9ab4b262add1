package thespis.machine.device.irq;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import thespis.machine.bus.IrqLine;

class LineWatchTest {
  private final List<String> seen = new ArrayList<>();
  private final LineWatch watch = new LineWatch();
  private final IrqLine line = watch.tap(0, level -> seen.add("chip " + level));

  @Test
  void changesAreToldOfAfterTheChip() {
    watch.listen((number, level) -> seen.add(number + " " + level));
    line.set(true);
    line.set(true);
    watch.drive(0, false);
    assertEquals(List.of("chip true", "0 true", "chip true", "chip false", "0 false"), seen);
  }

  @Test
  void nobodyHasToListen() {
    line.set(true);
    watch.listen((number, level) -> seen.add(number + " " + level));
    line.set(false);
    assertEquals(List.of("chip true", "chip false"), seen, "what is low at first is low");
    assertEquals(1, watch.count());
  }
}
