package thespis.actors.chardev;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MuxChardevTest {
  private final FakeDevice device = new FakeDevice();
  private final Ear serial = new Ear();
  private final Ear monitor = new Ear();
  private final int[] quits = new int[1];
  private final MuxChardev mux = new MuxChardev(device, 1, () -> quits[0]++);
  private MuxChardev.Port serialPort;

  @BeforeEach
  void begin() {
    serialPort = mux.add(serial);
    mux.add(monitor);
    mux.begin();
  }

  @Test
  void theFirstFrontEndHasTheFocus() {
    type("abc");
    assertEquals("OPENED FOCUS_IN abc", serial.heard());
    assertEquals("OPENED", monitor.heard());
  }

  @Test
  void theSwitchKeyMovesTheFocusAndBack() {
    type("a\001cb\001cc");
    assertEquals("OPENED FOCUS_IN a FOCUS_OUT FOCUS_IN c", serial.heard());
    assertEquals("OPENED FOCUS_IN b FOCUS_OUT", monitor.heard());
  }

  @Test
  void theEscapeCharacterTwiceSendsItOnce() {
    type("a\001\001b");
    assertEquals("OPENED FOCUS_IN a\001b", serial.heard());
  }

  @Test
  void anEscapeSequenceMayComeInPieces() {
    type("\001");
    type("x");
    assertEquals(1, quits[0]);
    assertEquals("QEMU: Terminated\n\r", device.sent());
  }

  @Test
  void theBreakKeyBreaksTheLine() {
    type("\001b");
    assertEquals("OPENED FOCUS_IN BREAK", serial.heard());
  }

  @Test
  void unknownKeysAreSwallowed() {
    type("\001zq");
    assertEquals("OPENED FOCUS_IN q", serial.heard());
  }

  @Test
  void helpNamesTheSevenKeys() {
    type("\001h");
    assertEquals(
        """

        C-a h    print this help
        C-a x    exit emulator
        C-a s    save disk data back to file (if -snapshot)
        C-a t    toggle console timestamps
        C-a b    send break (magic sysrq)
        C-a c    switch between console and monitor
        C-a C-a  sends C-a
        """.replace("\n", "\n\r"),
        device.sent());
  }

  @Test
  void timestampsStandBeforeEachLine() {
    type("\001t");
    send("one\ntwo\n");
    send("x\n");
    assertEquals(
        "one\n[T] two\n[T] x\n", device.sent().replaceAll("\\[\\d\\d:\\d\\d:\\d\\d\\.\\d{3}]", "[T]"));
  }

  private void type(String text) {
    mux.receive(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  private void send(String text) {
    serialPort.write(text.getBytes(StandardCharsets.ISO_8859_1), 0, text.length());
  }

  private static final class Ear implements Frontend {
    private final StringBuilder heard = new StringBuilder();

    @Override
    public void receive(byte[] bytes) {
      heard.append(heard.isEmpty() ? "" : " ").append(new String(bytes, StandardCharsets.ISO_8859_1));
    }

    @Override
    public void event(Event event) {
      heard.append(heard.isEmpty() ? "" : " ").append(event);
    }

    String heard() {
      return heard.toString();
    }
  }

  private static final class FakeDevice extends Chardev {
    private final ByteArrayOutputStream sent = new ByteArrayOutputStream();

    FakeDevice() {
      super(new ChardevSpec("x", "", new ChardevSpec.Null(), false, Optional.empty()));
    }

    @Override
    public String filename() {
      return "fake";
    }

    @Override
    protected void start() {
      happened(Frontend.Event.OPENED);
    }

    @Override
    protected void output(byte[] bytes, int from, int length) {
      sent.write(bytes, from, length);
    }

    String sent() {
      return sent.toString(StandardCharsets.ISO_8859_1);
    }
  }
}
