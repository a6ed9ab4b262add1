package thespis.actors.hmp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import thespis.actors.Version;
import thespis.actors.chardev.Frontend.Event;

class MonitorConsoleTest {
  private static final String BANNER =
      "QEMU " + Version.NUMBER + " monitor - type 'help' for more information\r\n(qemu) ";

  private final StringBuilder screen = new StringBuilder();

  @Test
  void whoeverComesIsGreeted() {
    console(false).event(Event.OPENED);
    assertEquals(BANNER, screen.toString());
  }

  @Test
  void aLineIsEchoedAndAnswered() {
    MonitorConsole console = console(false);
    console.event(Event.OPENED);
    type(console, "info naX\bme\r");
    assertEquals(BANNER + "info naX\b \bme\r\nguest\r\n(qemu) ", screen.toString());
  }

  @Test
  void aKilledLineIsGone() {
    MonitorConsole console = console(false);
    type(console, "foo\025info name\r");
    assertTrue(screen.toString().endsWith("\r\nguest\r\n(qemu) "), screen.toString());
  }

  @Test
  void onASharedDeviceNothingIsShownBeforeTheFocusComes() {
    MonitorConsole console = console(true);
    console.event(Event.OPENED);
    assertEquals("", screen.toString());
    console.event(Event.FOCUS_IN);
    assertEquals("\r\n" + BANNER, screen.toString());
  }

  private MonitorConsole console(boolean shared) {
    MonitorConsole console =
        new MonitorConsole(new HumanMonitor(new MonitorContext(null, "guest", "", List::of, "", file -> { })), shared);
    console.attach((bytes, from, length) ->
        screen.append(new String(bytes, from, length, StandardCharsets.US_ASCII)));
    return console;
  }

  private static void type(MonitorConsole console, String text) {
    console.receive(text.getBytes(StandardCharsets.US_ASCII));
  }
}
