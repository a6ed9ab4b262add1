package thespis.actors.qtest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import thespis.actors.chardev.Frontend;

class QtestFrontendTest {
  private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
  private final ByteArrayOutputStream log = new ByteArrayOutputStream();
  private final QtestFrontend frontend =
      new QtestFrontend(new MachineTarget(Optional::empty, Optional.empty()), log);

  QtestFrontendTest() {
    frontend.attach((bytes, from, length) -> sent.write(bytes, from, length));
  }

  private void receive(String text) {
    frontend.receive(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  @Test
  void requestsAreLinesHoweverTheyArrive() {
    receive("endi");
    receive("anness\ninb 0x70\nin");
    assertEquals("OK little\nOK 0x00ff\n", sent.toString(StandardCharsets.ISO_8859_1));
    receive("w 0x70\n");
    assertTrue(sent.toString(StandardCharsets.ISO_8859_1).endsWith("OK 0xffff\n"));
  }

  @Test
  void theTalkIsWrittenDownWithItsTimes() {
    frontend.event(Frontend.Event.OPENED);
    receive("endianness\n");
    frontend.event(Frontend.Event.CLOSED);
    frontend.event(Frontend.Event.CLOSED);
    List<String> lines = log.toString(StandardCharsets.ISO_8859_1).lines().toList();
    assertEquals(4, lines.size());
    assertEquals("[I 0.000000] OPENED", lines.get(0));
    assertTrue(lines.get(1).matches("\\[R \\+\\d+\\.\\d{6}] endianness"), lines.get(1));
    assertTrue(lines.get(2).matches("\\[S \\+\\d+\\.\\d{6}] OK little"), lines.get(2));
    assertTrue(lines.get(3).matches("\\[I \\+\\d+\\.\\d{6}] CLOSED"), lines.get(3));
  }
}
