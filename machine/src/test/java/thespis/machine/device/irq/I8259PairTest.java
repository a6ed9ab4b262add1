package thespis.machine.device.irq;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import thespis.machine.bus.IrqLine;
import thespis.machine.bus.PortSpace;
import thespis.machine.device.Conversation;
import thespis.machine.device.FakeApics;

class I8259PairTest {
  private final PortSpace ports = new PortSpace();
  private final FakeApics apics = new FakeApics();
  private final I8259Pair pair = new I8259Pair(apics);

  @BeforeEach
  void map() {
    pair.map(ports);
  }

  private void programLikeLinux() {
    for (int[] chip : new int[][] {{0x20, 0x30, 4}, {0xA0, 0x38, 2}}) {
      out(chip[0], 0x11);
      out(chip[0] + 1, chip[1]);
      out(chip[0] + 1, chip[2]);
      out(chip[0] + 1, 0x01);
      out(chip[0] + 1, 0x00);
    }
  }

  private void out(int port, int value) {
    ports.write(port, 1, value);
  }

  private long in(int port) {
    return ports.read(port, 1);
  }

  @Test
  void answersAsQemuInARecordedConversation() {
    IrqLine[] inputs = new IrqLine[16];
    for (int i = 0; i < 16; i++) {
      inputs[i] = pair.input(i);
    }
    List<String> lines = Conversation.of(I8259PairTest.class, "i8259-qemu.txt.gz").lines();
    for (int i = 0; i < lines.size(); i++) {
      Conversation.Step step = Conversation.parse(lines.get(i));
      switch (step.verb()) {
        case "out" -> out(step.number(0, 16), step.number(1, 16));
        case "in" -> assertEquals(step.answer(), Long.toHexString(in(step.number(0, 16))), "line " + (i + 1));
        case "wire" -> inputs[step.number(0, 10)].set(step.number(1, 10) == 1);
        default -> assertTrue(
            pair.describe().contains(step.answer() + "\n"),
            "line " + (i + 1) + ": " + step.answer() + " is not in\n" + pair.describe());
      }
    }
  }

  @Test
  void masterInterruptGoesUpAndIsAcknowledgedWithItsVector() {
    programLikeLinux();
    assertFalse(apics.intr);
    pair.input(4).set(true);
    assertTrue(apics.intr);
    assertEquals(0x34, apics.acknowledge());
    assertFalse(apics.intr);
    assertEquals(0, in(0x20));
    out(0x20, 0x0B);
    assertEquals(1 << 4, in(0x20));
  }

  @Test
  void slaveInterruptComesThroughTheCascade() {
    programLikeLinux();
    pair.input(8).set(true);
    assertTrue(apics.intr);
    assertEquals(0x38, apics.acknowledge());
    pair.input(12).set(true);
    assertFalse(apics.intr, "IRQ8 is in service and ranks higher");
    out(0xA0, 0x20);
    assertFalse(apics.intr, "the master still has the cascade in service");
    out(0x20, 0x20);
    assertTrue(apics.intr);
    assertEquals(0x3C, apics.acknowledge());
  }

  @Test
  void higherPriorityInterruptsTheLower() {
    programLikeLinux();
    pair.input(5).set(true);
    assertEquals(0x35, apics.acknowledge());
    pair.input(7).set(true);
    assertFalse(apics.intr);
    pair.input(0).set(true);
    assertTrue(apics.intr);
    assertEquals(0x30, apics.acknowledge());
  }

  @Test
  void acknowledgeWithoutARequestIsSpurious() {
    programLikeLinux();
    assertEquals(0x37, apics.acknowledge());
    out(0x20, 0x0B);
    assertEquals(0, in(0x20), "a spurious interrupt is not in service");
  }

  @Test
  void slaveRequestThatWentAwayIsSpuriousThere() {
    programLikeLinux();
    out(0x4D1, 0x08);
    pair.input(11).set(true);
    pair.input(11).set(false);
    assertEquals(0x3F, apics.acknowledge());
    out(0xA0, 0x0B);
    assertEquals(0, in(0xA0));
    out(0x20, 0x0B);
    assertEquals(0x04, in(0x20), "the cascade is in service and wants its EOI");
  }

  @Test
  void levelRequestComesBackAfterEachEoiWhileTheWireIsHigh() {
    programLikeLinux();
    out(0x4D1, 0x02);
    pair.input(9).set(true);
    for (int i = 0; i < 3; i++) {
      assertTrue(apics.intr);
      assertEquals(0x39, apics.acknowledge());
      assertFalse(apics.intr);
      out(0xA0, 0x20);
      out(0x20, 0x20);
    }
    assertEquals(0x39, apics.acknowledge());
    pair.input(9).set(false);
    out(0xA0, 0x20);
    out(0x20, 0x20);
    assertFalse(apics.intr);
  }

  @Test
  void autoEoiLeavesNothingInService() {
    programLikeLinux();
    out(0x20, 0x11);
    out(0x21, 0x30);
    out(0x21, 0x04);
    out(0x21, 0x03);
    pair.input(3).set(true);
    assertEquals(0x33, apics.acknowledge());
    out(0x20, 0x0B);
    assertEquals(0, in(0x20));
  }

  @Test
  void pollingAcknowledges() {
    programLikeLinux();
    pair.input(6).set(true);
    out(0x20, 0x0C);
    assertEquals(0x86, in(0x20));
    assertFalse(apics.intr);
    out(0x20, 0x0C);
    assertEquals(0x00, in(0x20));
  }

  @Test
  void elcrKeepsTheSystemInputsOnEdges() {
    out(0x4D0, 0xFF);
    out(0x4D1, 0xFF);
    assertEquals(0xDEF8, ports.read(0x4D0, 2));
    pair.reset();
    assertEquals(0, ports.read(0x4D0, 2));
  }
}
