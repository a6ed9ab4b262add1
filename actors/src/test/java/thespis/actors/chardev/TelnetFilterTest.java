package thespis.actors.chardev;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class TelnetFilterTest {
  private final TelnetFilter filter = new TelnetFilter();
  private final AtomicInteger breaks = new AtomicInteger();

  private String data(String typed) {
    return new String(
        filter.data(typed.getBytes(StandardCharsets.ISO_8859_1), breaks::incrementAndGet), StandardCharsets.ISO_8859_1);
  }

  @Test
  void commandsAreTakenOutOfTheData() {
    assertEquals("info kvm\r", data("info \377\373\037kvm\r\0"));
    assertEquals("ab", data("a\377\372\030x\377yz\377\360b"));
  }

  @Test
  void aDoubledCommandByteIsData() {
    assertEquals("a\377b", data("a\377\377b"));
  }

  @Test
  void aCommandMayComeInPieces() {
    assertEquals("a", data("a\377"));
    assertEquals("", data("\375"));
    assertEquals("b", data("\001b"));
  }

  @Test
  void breakIsHeard() {
    assertEquals("", data("\377\363"));
    assertEquals(1, breaks.get());
  }
}
