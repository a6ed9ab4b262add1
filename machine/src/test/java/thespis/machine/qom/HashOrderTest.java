package thespis.machine.qom;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Against what `query-chardev` of QEMU 7.2 told after the same comings and goings.
class HashOrderTest {
  private final HashOrder order = new HashOrder();

  private String told() {
    return String.join(" ", order.told());
  }

  @Test
  void followsTheTableThroughItsSizes() {
    order.add("compat_monitor0");
    IntStream.range(0, 24).forEach(i -> order.add("c" + i));
    assertEquals("c6 c17 c3 c14 c0 c11 c8 c19 c5 c16 c2 c21 c13 c20 c10 c23 c7 c18 c4 c15 c1 compat_monitor0 c12"
        + " c9 c22", told());
    IntStream.range(0, 8).forEach(i -> order.remove("c" + 3 * i));
    assertEquals("c17 c14 c11 c8 c19 c5 c16 c2 c13 c20 c10 c23 c7 c4 c1 compat_monitor0 c22", told());
    IntStream.range(0, 4).forEach(i -> order.add("serial" + i));
    assertEquals("c17 c14 serial3 c11 serial0 c8 c19 c5 c16 c2 serial2 c13 c20 c10 c23 c7 c4 c1 compat_monitor0"
        + " serial1 c22", told());
    IntStream.range(0, 24).forEach(i -> order.remove("c" + i));
    assertEquals("serial3 serial0 serial2 compat_monitor0 serial1", told());
    IntStream.range(0, 9).forEach(i -> order.add("d" + i));
    assertEquals("d4 d1 serial3 serial0 d6 d3 d0 serial2 d8 d5 d2 compat_monitor0 serial1 d7", told());
  }

  @Test
  void aNameIsThereOnce() {
    order.add("a");
    order.add("a");
    order.remove("b");
    assertEquals("a", told());
    order.remove("a");
    assertEquals("", told());
  }
}
