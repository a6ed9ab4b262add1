package thespis.machine.device.irq;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import thespis.machine.bus.IrqLine;
import thespis.machine.device.Conversation;
import thespis.machine.device.FakeApics;

class IoApicTest {
  private static final int MASKED = 1 << 16, LEVEL = 1 << 15, REMOTE_IRR = 1 << 14;

  private final FakeApics apics = new FakeApics();
  private final IoApic ioApic = new IoApic(apics, () -> 0x77);

  private void select(int register) {
    ioApic.write(0, 4, register);
  }

  private long get(int register) {
    select(register);
    return ioApic.read(0x10, 4);
  }

  private void set(int register, long value) {
    select(register);
    ioApic.write(0x10, 4, value);
  }

  private void program(int pin, long entry) {
    set(0x11 + 2 * pin, entry >>> 32);
    set(0x10 + 2 * pin, entry & 0xFFFF_FFFFL);
  }

  private long low(int pin) {
    return get(0x10 + 2 * pin);
  }

  /// Registers, remote IRR and the vectors that reach the local APIC, with wires that really change.
  @Test
  void answersAsQemuInARecordedConversation() {
    FakeApics apics = new FakeApics();
    IoApic chip = new IoApic(apics, () -> 0);
    SortedSet<Integer> irr = new TreeSet<>();
    List<String> lines = Conversation.of(IoApicTest.class, "ioapic-qemu.txt.gz").lines();
    for (int i = 0; i < lines.size(); i++) {
      String where = "line " + (i + 1) + ": " + lines.get(i);
      Conversation.Step step = Conversation.parse(lines.get(i));
      switch (step.verb()) {
        case "reset" -> {
          apics = new FakeApics();
          chip = new IoApic(apics, () -> 0);
          irr.clear();
        }
        case "write" -> chip.write(step.number(0, 16), 4, step.number(1, 16));
        case "read" -> assertEquals(step.answer(), Long.toHexString(chip.read(step.number(0, 16), 4)), where);
        case "wire" -> chip.pin(step.number(0, 10)).set(step.number(1, 10) == 1);
        default -> {
          irr.addAll(apics.takeVectors());
          assertEquals(step.answer(), String.join(" ", irr.stream().map(String::valueOf).toList()), where);
        }
      }
    }
  }

  @Test
  void comesUpMaskedWithVersion20And24Pins() {
    assertEquals(0x0017_0020, get(1));
    assertEquals(0, get(0));
    for (int pin = 0; pin < IoApic.PINS; pin++) {
      assertEquals(MASKED, low(pin));
      assertEquals(0, get(0x11 + 2 * pin));
    }
    assertEquals(0, get(0x40), "past the last pin");
  }

  @Test
  void idHasFourBitsAndArbitrationFollowsIt() {
    set(0, 0xFFFF_FFFFL);
    assertEquals(0x0F00_0000, get(0));
    assertEquals(0x0F00_0000, get(2));
    set(1, 0);
    assertEquals(0x0017_0020, get(1));
  }

  @Test
  void readOnlyBitsStay() {
    set(0x10, 0xFFFF_FFFFL);
    assertEquals(0xFFFF_AFFFL, low(0));
    set(0x11, 0xFFFF_FFFFL);
    assertEquals(0xFFFF_FFFFL, get(0x11));
  }

  @Test
  void windowAnswersDwordsOnly() {
    select(1);
    assertEquals(0, ioApic.read(0x10, 1));
    assertEquals(0, ioApic.read(0x10, 8));
    select(0x10);
    ioApic.write(0x10, 2, 0x1234);
    assertEquals(MASKED, low(0));
  }

  @Test
  void edgeIsDeliveredOnceForEachRise() {
    program(4, 3L << 56 | 0x34);
    IrqLine pin = ioApic.pin(4);
    pin.set(true);
    pin.set(true);
    assertEquals(List.of("physical 3 mode 0 vector 34 edge"), apics.take());
    pin.set(false);
    pin.set(true);
    assertEquals(1, apics.take().size());
    assertEquals(0x34, low(4), "no remote IRR for edges");
  }

  @Test
  void edgeOnAMaskedPinIsLost() {
    program(4, MASKED | 0x34);
    ioApic.pin(4).set(true);
    program(4, 0x34);
    assertEquals(List.of(), apics.take());
  }

  @Test
  void levelWaitsForTheEoiAndComesBackWhileTheWireIsHigh() {
    program(9, 1L << 56 | LEVEL | 1 << 11 | 1 << 8 | 0x39);
    IrqLine pin = ioApic.pin(9);
    pin.set(true);
    assertEquals(List.of("logical 1 mode 1 vector 39 level"), apics.take());
    assertEquals(REMOTE_IRR, low(9) & REMOTE_IRR);
    pin.set(false);
    pin.set(true);
    assertEquals(List.of(), apics.take());
    apics.endOfInterrupt(0x39);
    assertEquals(1, apics.take().size());
    pin.set(false);
    apics.endOfInterrupt(0x38);
    assertEquals(REMOTE_IRR, low(9) & REMOTE_IRR, "another vector's EOI");
    apics.endOfInterrupt(0x39);
    assertEquals(List.of(), apics.take());
    assertEquals(0, low(9) & REMOTE_IRR);
  }

  @Test
  void levelOnAMaskedPinIsDeliveredWhenUnmasked() {
    program(9, MASKED | LEVEL | 0x39);
    ioApic.pin(9).set(true);
    assertEquals(List.of(), apics.take());
    program(9, LEVEL | 0x39);
    assertEquals(1, apics.take().size());
  }

  @Test
  void eoiRegisterEndsTheVectorsInterrupt() {
    program(9, LEVEL | 0x39);
    ioApic.pin(9).set(true);
    ioApic.pin(9).set(false);
    ioApic.write(0x40, 4, 0x39);
    assertEquals(0, low(9) & REMOTE_IRR);
  }

  @Test
  void switchingToEdgeAndBackClearsRemoteIrr() {
    program(9, LEVEL | 0x39);
    ioApic.pin(9).set(true);
    apics.take();
    set(0x10 + 18, MASKED | 0x39);
    assertEquals(0, low(9) & REMOTE_IRR);
    set(0x10 + 18, LEVEL | 0x39);
    assertEquals(1, apics.take().size(), "the wire is still high");
  }

  @Test
  void extIntAsksThe8259ForTheVector() {
    program(0, 7 << 8);
    ioApic.pin(0).set(true);
    assertEquals(List.of("physical 0 mode 7 vector 77 edge"), apics.take());
  }

  @Test
  void isaTimerReachesPin2AndHighGsisOnlyTheIoApic() {
    I8259Pair pic = new I8259Pair(apics);
    GsiRouter router = new GsiRouter(pic, ioApic);
    program(2, 0x30);
    program(0, 0x31);
    program(16, 0x40);
    router.gsi(0).set(true);
    router.gsi(16).set(true);
    assertEquals(
        List.of("physical 0 mode 0 vector 30 edge", "physical 0 mode 0 vector 40 edge"), apics.take());
    assertTrue(pic.describe().contains("pic0: irr=01"));
  }

  @Test
  void sharedLineIsHighWhileAnySourceIs() {
    program(11, LEVEL | 0x50);
    SharedLine line = new SharedLine(ioApic.pin(11));
    IrqLine a = line.source();
    IrqLine b = line.source();
    a.set(true);
    b.set(true);
    a.set(false);
    apics.take();
    apics.endOfInterrupt(0x50);
    assertEquals(1, apics.take().size());
    b.set(false);
    apics.endOfInterrupt(0x50);
    assertEquals(0, apics.take().size());
  }

  @Test
  void itDescribesItsPinsAsQemuDoes() {
    IoApic chip = new IoApic(apics, () -> 0);
    String[] lines = chip.describe().split("\n");
    assertEquals("ioapic0: ver=0x20 id=0x00 sel=0x00", lines[0]);
    assertEquals("  pin 0  0x0000000000010000 dest=0 vec=0   active-hi edge  masked fixed  physical", lines[1]);
    assertEquals("  IRR      (none)", lines[25]);
    assertEquals("  Remote IRR (none)", lines[26]);
    chip.write(0, 4, 0x22);
    chip.write(0x10, 4, 0x8821);
    chip.write(0, 4, 0x23);
    chip.write(0x10, 4, 0x0200_0000);
    chip.pin(9).set(true);
    chip.pin(9).set(true);
    lines = chip.describe().split("\n");
    assertEquals("ioapic0: ver=0x20 id=0x00 sel=0x23 (redir[9])", lines[0]);
    assertEquals("  pin 9  0x020000000000c821 dest=2 vec=33  active-hi level        fixed  logical", lines[10]);
    assertEquals("  IRR      9  ", lines[25]);
    assertEquals("  Remote IRR 9  ", lines[26]);
    assertEquals(1, chip.raised()[9], "a wire that stays high has risen once");
  }
}
