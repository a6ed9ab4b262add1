package thespis.machine.acpi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import thespis.cpu.mmu.GuestRam;
import thespis.machine.bus.GuestMemory;
import thespis.machine.bus.SavedState;
import thespis.machine.device.misc.FwCfg;

class SmiNegotiationTest {
  private static final int FEATURES_OK = 0x20;
  private static final int REQUESTED = 0x21;
  private static final int BUFFER = 0x100;
  private static final int DESCRIPTOR = 0x200;

  private final GuestRam ram = new GuestRam(1 << 16);
  private final GuestMemory memory = new GuestMemory(ram, 1 << 16);
  private final FwCfg fwCfg = new FwCfg(memory);
  private final SmiNegotiation negotiation = new SmiNegotiation(fwCfg, SmiFeatures.ALL);

  @AfterEach
  void free() {
    ram.close();
  }

  /// Broadcast is 1, hotplug 2, unplug 4: as QEMU 7.2 answered.
  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({"0, 1", "1, 1", "2, 0", "3, 1", "4, 0", "5, 0", "6, 0", "7, 1", "8, 0", "9, 0"})
  void onlyWhatFitsTogetherIsAccepted(int wanted, int answer) {
    request(wanted);
    assertEquals(answer, ask());
    assertEquals(answer * wanted, negotiation.features().bits());
  }

  @Test
  void whatTheUserTookAwayIsNotAccepted() {
    FwCfg small = new FwCfg(memory);
    SmiNegotiation broadcastOnly = new SmiNegotiation(small, new SmiFeatures(SmiFeatures.BROADCAST));
    request(small, 3);
    assertEquals(0, ask(small));
    request(small, 1);
    assertEquals(1, ask(small));
    assertTrue(broadcastOnly.features().hotplugLeftOut());
    assertTrue(broadcastOnly.features().hotUnplugLeftOut());
  }

  @Test
  void whatIsSettledStaysUntilReset() {
    request(3);
    ask();
    request(7);
    assertEquals(1, ask());
    assertEquals(3, negotiation.features().bits());
    negotiation.reset();
    assertEquals(SmiFeatures.NONE, negotiation.features());
    fwCfg.write(0, 2, REQUESTED);
    assertEquals(0, fwCfg.read(1, 1));
    request(7);
    assertEquals(1, ask());
    assertEquals(7, negotiation.features().bits());
  }

  @Test
  void whatIsSettledMovesWithTheState() {
    request(3);
    ask();
    FwCfg otherFwCfg = new FwCfg(memory);
    SmiNegotiation other = new SmiNegotiation(otherFwCfg, SmiFeatures.ALL);
    SavedState.copy(negotiation, other);
    assertEquals(3, other.features().bits());
    otherFwCfg.write(0, 2, REQUESTED);
    assertEquals(3, otherFwCfg.read(1, 1));
    otherFwCfg.write(0, 2, FEATURES_OK);
    assertEquals(1, otherFwCfg.read(1, 1));
  }

  private int ask() {
    return ask(fwCfg);
  }

  private static int ask(FwCfg fwCfg) {
    fwCfg.write(0, 2, FEATURES_OK);
    return fwCfg.read(1, 1);
  }

  private void request(int features) {
    request(fwCfg, features);
  }

  private void request(FwCfg fwCfg, int features) {
    memory.put64(BUFFER, features);
    memory.put32(DESCRIPTOR, Integer.reverseBytes(REQUESTED << 16 | 0x18));
    memory.put32(DESCRIPTOR + 4, Integer.reverseBytes(8));
    memory.put64(DESCRIPTOR + 8, Long.reverseBytes(BUFFER));
    fwCfg.write(8, 4, Integer.reverseBytes(DESCRIPTOR));
    assertEquals(0, memory.get32(DESCRIPTOR));
  }
}
