package thespis.machine.device.serial;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import thespis.machine.device.Conversation;
import thespis.machine.device.CountingLine;
import thespis.machine.time.VirtualClock;

/// What a register reads where QEMU's answer is not obvious was read from QEMU 7.2 through its qtest port.
class Uart16550Test {
  private static final int DATA = 0, IER = 1, IIR = 2, FCR = 2, LCR = 3, MCR = 4, LSR = 5, MSR = 6, SCR = 7;

  private final VirtualClock clock = new VirtualClock();
  private final CountingLine irq = new CountingLine();
  private final List<String> batches = new ArrayList<>();
  private final Uart16550 uart = new Uart16550("serial0", clock, irq,
      (bytes, offset, length) -> batches.add(new String(bytes, offset, length, StandardCharsets.ISO_8859_1)));

  private int in(int reg) {
    return uart.readByte(reg);
  }

  private void out(int reg, int value) {
    uart.writeByte(reg, value);
  }

  private void print(String text) {
    text.chars().forEach(c -> out(DATA, c));
  }

  private void type(String text) {
    uart.receive(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /// Loopback, FIFOs and interrupts in a random order; the divisor is so large that no time-out interferes.
  @Test
  void answersAsQemuInARecordedConversation() {
    List<String> lines = Conversation.of(Uart16550Test.class, "uart16550-qemu.txt.gz").lines();
    for (int i = 0; i < lines.size(); i++) {
      String where = "line " + (i + 1) + ": " + lines.get(i);
      Conversation.Step step = Conversation.parse(lines.get(i));
      switch (step.verb()) {
        case "out" -> out(step.number(0, 16), step.number(1, 16));
        case "in" -> assertEquals(step.answer(), Integer.toHexString(in(step.number(0, 16))), where);
        default -> assertEquals(step.answer(), irq.level ? "1" : "0", where);
      }
    }
  }

  @Test
  void comesUpAsQemu() {
    assertEquals(0x00, in(DATA));
    assertEquals(0x00, in(IER));
    assertEquals(0x01, in(IIR));
    assertEquals(0x00, in(LCR));
    assertEquals(0x08, in(MCR));
    assertEquals(0x60, in(LSR));
    assertEquals(0xB0, in(MSR));
    assertEquals(0x00, in(SCR));
    out(LCR, 0x80);
    assertEquals(0x0C, in(DATA));
    assertEquals(0x00, in(IER));
  }

  @Test
  void widerAccessIsOneByteAfterTheOther() {
    out(LCR, 0x43);
    out(MCR, 0x0B);
    assertEquals(0x600B, uart.read(MCR, 2));
    assertEquals(0x00B0_600B, uart.read(MCR, 4));
  }

  @Test
  void divisorLatchSitsBehindDlab() {
    out(LCR, 0x83);
    out(DATA, 0x01);
    out(IER, 0x02);
    assertEquals(0x01, in(DATA));
    assertEquals(0x02, in(IER));
    out(LCR, 0x03);
    assertEquals(0x00, in(IER));
    assertEquals(List.of(), batches);
  }

  @Test
  void unusedBitsReadZeroAndScratchKeepsAll() {
    out(IER, 0xFF);
    assertEquals(0x0F, in(IER));
    out(MCR, 0xFF);
    assertEquals(0x1F, in(MCR));
    out(SCR, 0xA5);
    assertEquals(0xA5, in(SCR));
    out(LSR, 0x00);
    out(MSR, 0xFF);
    assertEquals(0x60, in(LSR));
  }

  @Test
  void transmitterIsEmptyAtOnce() {
    out(DATA, 'x');
    assertEquals(0x60, in(LSR));
  }

  @Test
  void outputComesInLines() {
    print("hello\nwor");
    assertEquals(List.of("hello\n"), batches);
    out(IER, 0);
    assertEquals(List.of("hello\n", "wor"), batches);
  }

  @Test
  void outputWithoutALineFeedComesAfterAMillisecond() {
    print("login: ");
    assertEquals(List.of(), batches);
    clock.advance(1_000_000);
    assertEquals(List.of("login: "), batches);
    assertEquals(VirtualClock.NEVER, clock.nextDeadline());
  }

  @Test
  void longOutputDoesNotWait() {
    print("x".repeat(2500));
    assertEquals(2048, String.join("", batches).length());
    uart.flush();
    assertEquals("x".repeat(2500), String.join("", batches));
  }

  /// The order in which Linux's 8250 driver looks at it in serial8250_THRE_test and in its interrupt handler.
  @Test
  void emptyTransmitterInterruptsWhenEnabledUntilIdentified() {
    out(IER, 2);
    assertTrue(irq.level);
    assertEquals(0x02, in(IIR));
    assertFalse(irq.level);
    assertEquals(0x01, in(IIR));
    out(DATA, '1');
    assertTrue(irq.level);
    assertEquals(0x02, in(IIR));
    assertEquals(0x01, in(IIR));
    out(IER, 0);
    out(IER, 2);
    assertEquals(0x02, in(IIR));
    out(IER, 0);
    assertEquals(0x01, in(IIR));
    assertFalse(irq.level);
  }

  @Test
  void eachByteWrittenMakesANewEdge() {
    out(IER, 2);
    irq.takeRises();
    print("ab");
    assertEquals(2, irq.takeRises());
  }

  @Test
  void loopbackTurnsModemOutputsIntoInputs() {
    out(MCR, 0x1A);
    assertEquals(0x90, in(MSR));
    out(MCR, 0x1F);
    assertEquals(0xF0, in(MSR));
    out(MCR, 0x0B);
    assertEquals(0xB0, in(MSR));
  }

  @Test
  void loopbackReceivesWhatIsSent() {
    out(IER, 0x0F);
    out(MCR, 0x1A);
    in(IIR);
    out(DATA, 'A');
    assertEquals(0x04, in(IIR));
    assertEquals(0x61, in(LSR));
    assertEquals('A', in(DATA));
    assertEquals(0x02, in(IIR));
    out(DATA, 'B');
    out(DATA, 'C');
    assertEquals(0x06, in(IIR), "overrun");
    assertEquals(0x63, in(LSR));
    assertEquals('C', in(DATA));
    uart.flush();
    assertEquals(List.of(), batches);
  }

  @Test
  void fifoControlShowsInIdentification() {
    assertEquals(0x01, in(IIR));
    out(FCR, 0x01);
    assertEquals(0xC1, in(IIR));
    out(FCR, 0xE1);
    assertEquals(0xC1, in(IIR), "no 64-byte FIFO");
    out(FCR, 0x00);
    assertEquals(0x01, in(IIR));
  }

  @Test
  void withoutFifosInputComesByteByByte() {
    out(IER, 1);
    type("12345");
    StringBuilder got = new StringBuilder();
    while ((in(LSR) & 1) != 0) {
      assertTrue(irq.level);
      got.append((char) in(DATA));
    }
    assertEquals("12345", got.toString());
    assertFalse(irq.level);
    assertEquals(0, in(DATA) & ~0xFF);
  }

  @Test
  void fifoInterruptsAtItsTriggerLevel() {
    int[] levels = {1, 4, 8, 14};
    for (int i = 0; i < 4; i++) {
      out(FCR, 0x07);
      out(FCR, i << 6 | 1);
      out(IER, 1);
      type("x".repeat(levels[i] - 1));
      assertFalse(irq.level);
      type("y");
      assertTrue(irq.level);
      assertEquals(0xC4, in(IIR));
      in(DATA);
      assertFalse(irq.level);
    }
  }

  @Test
  void fewCharactersInterruptAfterTheTimeOfFour() {
    out(LCR, 0x83);
    out(DATA, 1);
    out(LCR, 0x03);
    out(FCR, 0xC1);
    out(IER, 1);
    type("xy");
    clock.advance(347_222 - 1);
    assertEquals(0xC1, in(IIR));
    clock.advance(1);
    assertTrue(irq.level);
    assertEquals(0xCC, in(IIR));
    assertEquals('x', in(DATA));
    assertFalse(irq.level);
    clock.advance(347_222);
    assertEquals(0xCC, in(IIR));
    assertEquals('y', in(DATA));
    assertEquals(0xC1, in(IIR));
    assertEquals(VirtualClock.NEVER, clock.nextDeadline());
  }

  @Test
  void longInputWaitsOnTheHostsSideAndLosesNothing() {
    out(FCR, 0xC1);
    out(IER, 1);
    String text = "0123456789".repeat(100);
    type(text.substring(0, 500));
    type(text.substring(500));
    assertEquals(1000, uart.queued());
    StringBuilder got = new StringBuilder();
    while ((in(LSR) & 1) != 0) {
      got.append((char) in(DATA));
    }
    assertEquals(text, got.toString());
    assertEquals(0x60, in(LSR), "no overrun");
    assertEquals(0, uart.queued());
  }

  @Test
  void inputWaitsWhileInLoopback() {
    out(MCR, 0x10);
    type("a");
    assertEquals(0x60, in(LSR));
    out(MCR, 0x00);
    assertEquals(0x61, in(LSR));
  }

  @Test
  void breakIsANullWithBi() {
    out(IER, 0x09);
    uart.receiveBreak();
    assertEquals(0x04, in(IIR));
    assertEquals(0x71, in(LSR));
    assertEquals(0x61, in(LSR));
    assertEquals(0, in(DATA));
    assertEquals(0x60, in(LSR));
  }

  @Test
  void priorityIsLineStatusThenDataThenTransmitter() {
    out(IER, 0x07);
    out(MCR, 0x10);
    out(DATA, 'a');
    out(DATA, 'b');
    assertEquals(0x06, in(IIR));
    in(LSR);
    assertEquals(0x04, in(IIR));
    in(DATA);
    assertEquals(0x02, in(IIR));
    assertEquals(0x01, in(IIR));
  }

  @Test
  void resetFlushesOutputAndLowersTheWire() {
    out(IER, 2);
    print("bye");
    uart.reset();
    assertEquals(List.of("bye"), batches);
    assertFalse(irq.level);
    assertEquals(0, in(IER));
  }
}
