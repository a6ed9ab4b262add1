package thespis.machine.board;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class ArgumentOrderTest {
  /// Of two wrong values QEMU 7.2 complains about the first in this order.
  @Test
  void argumentsAreLookedAtInQemusOrder() {
    List<String> order = List.of("core-id", "thread-id", "apic-id", "node-id", "die-id", "socket-id");
    assertEquals(order, ArgumentOrder.of(order.reversed()));
    assertEquals(order, ArgumentOrder.of(order));
  }
}
