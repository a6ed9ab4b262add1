package thespis.actors.chardev;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Character devices that come, change and go while the process runs. Texts are those of QEMU 7.2.
class HotChardevsTest {
  private static final ChardevSpec.Ring RING = new ChardevSpec.Ring("ringbuf", Optional.of(8L));

  @TempDir
  Path folder;

  private final Chardevs chardevs = new Chardevs(text -> { }, text -> { }, 1, () -> { });
  private Chardevs.Output output;

  @AfterEach
  void close() {
    chardevs.close();
  }

  private static ChardevSpec spec(String id, ChardevSpec.Backend backend) {
    return new ChardevSpec(id, "", backend, false, Optional.empty());
  }

  private void send(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    output.write(bytes, 0, bytes.length);
  }

  private static String refusal(Runnable deed) {
    return assertThrows(ChardevException.class, deed::run).getMessage();
  }

  private String ring(String label, long most) {
    return new String(chardevs.ring(label).take(most), StandardCharsets.US_ASCII);
  }

  @Test
  void oneMoreIsListedAndGoesAgain() {
    assertNull(chardevs.add(spec("a", new ChardevSpec.Null())));
    assertEquals(List.of(new Chardevs.Info("a", "null", false)), chardevs.list());
    assertEquals("attempt to add duplicate property 'a' to object (type 'container')",
        refusal(() -> chardevs.add(spec("a", new ChardevSpec.Vc()))));
    chardevs.remove("a");
    assertFalse(chardevs.has("a"));
    assertEquals("Chardev 'a' not found", refusal(() -> chardevs.remove("a")));
  }

  @Test
  void aPseudoTerminalSaysWhereItIs() {
    assertTrue(chardevs.add(spec("p", new ChardevSpec.Pty())).startsWith("/dev/pts/"));
  }

  @Test
  void whatCannotBeOpenedLeavesNothing() {
    refusal(() -> chardevs.add(spec("f", new ChardevSpec.OutFile("/nosuch/x", false))));
    assertEquals(List.of(), chardevs.list());
  }

  @Test
  void whatIsInUseStays() {
    chardevs.add(spec("a", new ChardevSpec.Null()));
    chardevs.connect("a", bytes -> { }, o -> output = o);
    assertEquals("Chardev 'a' is busy", refusal(() -> chardevs.remove("a")));
    assertEquals("Device 'a' is in use", refusal(() -> chardevs.share("m", "a")));
  }

  @Test
  void whetherAnotherCanTakeItsPlaceIsKnownBefore() {
    assertEquals("Chardev 'a' does not exist", refusal(() -> chardevs.checkChange("a")));
    chardevs.add(spec("a", new ChardevSpec.Null()));
    assertFalse(chardevs.checkChange("a"), "nobody uses it");
    chardevs.share("m", "a");
    assertEquals("Mux device hotswap not supported yet", refusal(() -> chardevs.checkChange("m")));
    assertEquals("Chardev user does not support chardev hotswap", refusal(() -> chardevs.checkChange("a")));
  }

  @Test
  void aUserThatCanGoesOnWithAnotherDevice() throws Exception {
    Path first = folder.resolve("first");
    chardevs.add(spec("a", new ChardevSpec.OutFile(first.toString(), false)));
    List<Frontend.Event> events = new ArrayList<>();
    chardevs.connect("a", new Frontend() {
      @Override
      public void receive(byte[] bytes) {}

      @Override
      public void event(Event event) {
        events.add(event);
      }

      @Override
      public boolean movable() {
        return true;
      }
    }, o -> output = o);
    send("one");
    assertNull(chardevs.change("a", spec("a", RING)));
    send("two");
    assertEquals("one", Files.readString(first));
    assertEquals("two", ring("a", 100));
    chardevs.sendBreak("a");
    assertEquals(List.of(Frontend.Event.OPENED, Frontend.Event.OPENED, Frontend.Event.BREAK), events);
  }

  @Test
  void othersKeepTheirs() {
    chardevs.add(spec("a", new ChardevSpec.Null()));
    chardevs.connect("a", bytes -> { }, o -> output = o);
    assertEquals("Chardev user does not support chardev hotswap",
        refusal(() -> chardevs.change("a", spec("a", new ChardevSpec.Vc()))));
    assertEquals("Chardev 'b' does not exist", refusal(() -> chardevs.change("b", spec("b", new ChardevSpec.Vc()))));
  }

  @Test
  void aDeviceIsSharedByAnotherName() {
    chardevs.add(spec("a", RING));
    chardevs.share("m", "a");
    chardevs.connect("m", bytes -> { }, o -> output = o);
    send("both");
    assertEquals("both", ring("a", 100));
    assertEquals(
        List.of(new Chardevs.Info("a", "ringbuf", true), new Chardevs.Info("m", "mux", true)), chardevs.list());
    assertEquals("Mux device hotswap not supported yet",
        refusal(() -> chardevs.change("m", spec("m", new ChardevSpec.Vc()))));
    assertEquals("mux: base chardev x not found", refusal(() -> chardevs.share("n", "x")));
  }

  @Test
  void aRingKeepsTheLastBytes() {
    chardevs.add(spec("r", RING));
    chardevs.connect("r", bytes -> { }, o -> output = o);
    send("0123456789");
    assertEquals("234", ring("r", 3));
    send("ab");
    assertEquals("56789ab", ring("r", 100));
    assertEquals("", ring("r", 100));
    assertNull(chardevs.ring("x"));
    chardevs.add(spec("n", new ChardevSpec.Null()));
    assertEquals("n is not a ringbuf device", refusal(() -> chardevs.ring("n")));
    assertEquals("size of ringbuf chardev must be power of two",
        refusal(() -> chardevs.add(spec("s", new ChardevSpec.Ring("ringbuf", Optional.of(1000L))))));
  }
}
