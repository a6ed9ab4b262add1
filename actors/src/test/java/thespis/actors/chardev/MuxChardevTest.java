package thespis.actors.chardev;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MuxChardevTest {
  private final FakeDevice device = new FakeDevice();
  private final Ear serial = new Ear(false);
  private final Ear monitor = new Ear(true);
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
  void theSerialPortHasTheFocusThoughTheMonitorCameLast() {
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

  /// QEMU 7.2 with two `-serial chardev:c` before `-mon chardev=c`.
  @Test
  void theFocusGoesFromTheLastPortToTheMonitorAndThenThroughThePorts() {
    MuxChardev three = new MuxChardev(new FakeDevice(), 1, () -> quits[0]++);
    List<Ear> ears = List.of(new Ear(false), new Ear(false), new Ear(true));
    ears.forEach(three::add);
    three.begin();
    three.receive("a\001cb\001cc\001cd".getBytes(StandardCharsets.ISO_8859_1));
    assertEquals(
        List.of("OPENED FOCUS_IN c FOCUS_OUT", "OPENED FOCUS_IN a FOCUS_OUT FOCUS_IN d", "OPENED FOCUS_IN b FOCUS_OUT"),
        ears.stream().map(Ear::heard).toList());
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
    private final boolean monitor;

    Ear(boolean monitor) {
      this.monitor = monitor;
    }

    @Override
    public boolean isMonitor() {
      return monitor;
    }

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
