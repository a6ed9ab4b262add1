package thespis.actors.hmp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import thespis.actors.Version;
import thespis.actors.chardev.Frontend.Event;
import thespis.cpu.run.EngineLog;

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
    assertEquals(BANNER, screen.toString());
    screen.setLength(0);
    console.event(Event.FOCUS_OUT);
    console.event(Event.FOCUS_IN);
    assertEquals("\r\n(qemu) ", screen.toString());
  }

  @Test
  void tabTakesTheOneWayToGoOnAndShowsSeveral() {
    MonitorConsole console = console(false);
    type(console, "inf\tna\t\r");
    assertTrue(screen.toString().endsWith("info name \r\nguest\r\n(qemu) "), screen.toString());
    screen.setLength(0);
    type(console, "system\t");
    assertEquals(
        "system_\r\nsystem_powerdown  system_reset      system_wakeup     \r\n(qemu) system_", screen.toString());
    screen.setLength(0);
    type(console, "\025nosuch\t");
    assertTrue(screen.toString().endsWith("nosuch"), screen.toString());
  }

  @Test
  void theLastLinesComeBackWithTheCursorKeys() {
    MonitorConsole console = console(false);
    type(console, "info name\rinfo kvm\r");
    screen.setLength(0);
    type(console, "\033[A\033[A\r");
    assertTrue(screen.toString().endsWith("info name\r\nguest\r\n(qemu) "), screen.toString());
    screen.setLength(0);
    type(console, "info history\r");
    assertTrue(screen.toString().endsWith(
        "0: 'info kvm'\r\n1: 'info name'\r\n2: 'info history'\r\n(qemu) "), screen.toString());
  }

  private MonitorConsole console(boolean shared) {
    MonitorConsole console =
        new MonitorConsole(
            new MonitorContext(null, "guest", "", List::of, null, "", new EngineLog(), file -> "", gdb -> ""), shared);
    console.attach((bytes, from, length) ->
        screen.append(new String(bytes, from, length, StandardCharsets.US_ASCII)));
    return console;
  }

  private static void type(MonitorConsole console, String text) {
    console.receive(text.getBytes(StandardCharsets.US_ASCII));
  }
}
