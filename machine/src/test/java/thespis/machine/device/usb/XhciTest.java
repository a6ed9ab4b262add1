package thespis.machine.device.usb;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import thespis.machine.bus.GuestMemory;
import thespis.machine.bus.SavedState;
import thespis.machine.device.pci.PciDevice;
import thespis.machine.device.pci.PciFixture;
import thespis.machine.time.VirtualClock;

class XhciTest {
  private static final long BAR = 0xE000_0000L;
  private static final long COMMANDS = 0x1_0000;
  private static final long EVENTS = 0x2_0000;
  private static final long TABLE = 0x3_0000;

  private final PciFixture pci = new PciFixture();
  private final VirtualClock clock = new VirtualClock();
  private final GuestMemory memory = new GuestMemory(pci.ram, pci.ram.size());
  private Xhci xhci;

  @BeforeEach
  void add() {
    pci.bus.dma(memory);
    xhci = pci.bus.add(4, 0, new Xhci(new Xhci.Settings(null, "4.0", false, false, false), clock));
    xhci.reset();
    xhci.writeConfig(PciDevice.BAR0, 4, (int) BAR);
    xhci.writeConfig(PciDevice.COMMAND, 2, 0x7);
  }

  @AfterEach
  void close() {
    pci.close();
  }

  private int read(int offset) {
    return (int) pci.memory.read(BAR + offset, 4);
  }

  private void write(int offset, long value) {
    pci.memory.write(BAR + offset, 4, value);
  }

  /// Rings of 16 entries, and off it goes, with interrupts.
  private void start() {
    memory.put64(TABLE, EVENTS);
    memory.put32(TABLE + 8, 16);
    write(0x40 + 0x18, COMMANDS | 1);
    write(0x40 + 0x1C, 0);
    write(0x1028, 1);
    write(0x1038, EVENTS);
    write(0x103C, 0);
    write(0x1030, TABLE);
    write(0x1034, 0);
    write(0x1020, 2);
    write(0x40, 5);
  }

  private void command(int index, int type, int slot, int cycle) {
    memory.put64(COMMANDS + 16L * index, 0);
    memory.put32(COMMANDS + 16L * index + 12, type << 10 | slot << 24 | cycle);
    write(0x2000, 0);
  }

  private String event(int index) {
    long at = EVENTS + 16L * index;
    return Long.toHexString(memory.get64(at)) + " " + (memory.get32(at + 8) >>> 24) + " " + Integer.toHexString(
        memory.get32(at + 12));
  }

  @Test
  void portsAreEmpty() {
    assertEquals(8, read(0x04) >>> 24);
    for (int port = 0; port < 8; port++) {
      assertEquals(0x2A0, read(0x440 + 16 * port));
    }
    write(0x440, 0x10 | 0x200);
    assertEquals(0x2A0, read(0x440), "there is nothing to reset");
    write(0x440, 0);
    assertEquals(0x0A0, read(0x440));
  }

  @Test
  void itRunsUntilItIsStopped() {
    assertEquals(1, read(0x44));
    start();
    assertEquals(0, read(0x44));
    clock.advance(1_000_000);
    assertEquals(8, read(0x1000));
    write(0x40, 0);
    assertEquals(1, read(0x44));
    write(0x40, 2);
    assertEquals(0, read(0x40));
  }

  /// Command type, slot, completion code and slot of the event.
  @ParameterizedTest
  @CsvSource({"23,0,1,0", "9,0,1,1", "10,1,11,1", "10,77,11,77", "11,1,11,1", "12,1,11,1", "1,0,5,0", "63,0,5,0"})
  void commandsCompleteWithACode(int type, int slot, int code, int told) {
    start();
    command(0, type, slot, 1);
    assertEquals(Long.toHexString(COMMANDS) + " " + code + " " + Integer.toHexString(33 << 10 | told << 24 | 1), event(0));
    assertEquals(8, read(0x44) & 8);
    assertEquals(0x08, xhci.readConfig(PciDevice.STATUS, 1) & 0x08, "by wire");
    write(0x1020, 3);
    assertEquals(0, xhci.readConfig(PciDevice.STATUS, 1) & 0x08);
  }

  @Test
  void slotsAreTakenAndGivenBack() {
    start();
    for (int i = 0; i < 3; i++) {
      command(i, 9, 0, 1);
    }
    assertEquals("10020 1 3008401", event(2));
    command(3, 10, 2, 1);
    command(4, 11, 1, 1);
    command(5, 12, 1, 1);
    command(6, 9, 0, 1);
    assertEquals("10030 1 2008401", event(3));
    assertEquals("10040 5 1008401", event(4));
    assertEquals("10050 19 1008401", event(5));
    assertEquals("10060 1 2008401", event(6));
  }

  @Test
  void linksAreFollowedAndTheCycleTurns() {
    start();
    command(0, 23, 0, 1);
    memory.put64(COMMANDS + 16, COMMANDS);
    memory.put32(COMMANDS + 28, 6 << 10 | 2 | 1);
    command(0, 23, 0, 0);
    assertEquals("10000 1 8401", event(1));
    assertEquals("0 0 0", event(2));
  }

  @Test
  void aFullEventRingSaysSoOnceAndLosesTheRest() {
    start();
    for (int i = 0; i < 40; i++) {
      command(i, 23, 0, 1);
    }
    assertEquals("100d0 1 8401", event(13));
    assertEquals("0 21 9401", event(14));
    assertEquals("0 0 0", event(15));
    write(0x1038, EVENTS + 15 * 16 | 8);
    command(40, 23, 0, 1);
    assertEquals("10280 1 8401", event(15));
  }

  @Test
  void messagesGoOutWhileTheHandlerIsNotBusy() {
    xhci.writeConfig(0x92, 2, 0x8000);
    pci.memory.write(BAR + 0x3000, 4, 0xFEE0_0000L);
    pci.memory.write(BAR + 0x3008, 4, 0x42);
    pci.memory.write(BAR + 0x300C, 4, 0);
    start();
    command(0, 23, 0, 1);
    command(1, 23, 0, 1);
    assertEquals(1, pci.messages.size());
    write(0x1038, EVENTS + 32 | 8);
    command(2, 23, 0, 1);
    assertEquals(2, pci.messages.size());
  }

  @Test
  void aRunningCommandRingCanBeStopped() {
    start();
    command(0, 23, 0, 1);
    assertEquals(8, read(0x58));
    write(0x58, 2);
    write(0x5C, 0);
    assertEquals("10010 24 8401", event(1));
    assertEquals(0, read(0x58));
  }

  @Test
  void itsStateIsSaved() {
    start();
    command(0, 9, 0, 1);
    Xhci other = pci.bus.add(5, 0, new Xhci(new Xhci.Settings(null, "5.0", false, false, false), clock));
    other.reset();
    SavedState.copy(xhci, other);
    assertEquals(SavedState.of(xhci).toString(), SavedState.of(other).toString());
  }

  /// A guest that writes anything anywhere harms itself alone.
  @Test
  void noWriteMakesItFail() {
    Random random = new Random(815);
    for (int i = 0; i < 30_000; i++) {
      int page = random.nextInt(4) * 0x1000;
      int offset = page + (random.nextBoolean() ? random.nextInt(0x100) : random.nextInt(0x1000));
      long value = random.nextBoolean() ? random.nextInt(0x10_0000) : random.nextLong();
      switch (random.nextInt(5)) {
        case 0 -> memory.put32(0x1_0000 + 4 * random.nextInt(0x9000), (int) value);
        case 1 -> start();
        case 2 -> pci.memory.read(BAR + offset, 1 << random.nextInt(4));
        default -> pci.memory.write(BAR + offset, 1 << random.nextInt(4), value);
      }
      command(random.nextInt(8), random.nextInt(64), random.nextInt(256), random.nextInt(2));
    }
  }
}
