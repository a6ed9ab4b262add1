package thespis.machine.device.pci;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import thespis.machine.bus.PortSpace;

class PcFunctionsTest {
  private static final int PIIX3 = 0x08;
  private static final int IDE = 0x09;
  private static final int PM = 0x0B;

  private final PciFixture pci = new PciFixture();
  private final I440fx host = pci.bus.add(0, 0, new I440fx(pci.map, pci.ram, false));
  private final Piix3 isa = pci.bus.add(1, 0, new Piix3(pci.isaLines()));
  private final Piix3Ide ide = pci.bus.add(1, 1, new Piix3Ide());
  private final Piix4Pm pm =
      pci.bus.add(1, 3, new Piix4Pm(PciFixture.constant(0x11), 0, false));

  PcFunctionsTest() {
    pci.bus.interrupts(Piix3::wire, isa::set);
    pci.bus.devices().forEach(PciDevice::reset);
  }

  @AfterEach
  void close() {
    pci.close();
  }

  @Test
  void configurationSpaceAfterResetIsQemus() {
    pci.bus.devices().forEach(d -> Golden.assertAsAfterReset("pc", d));
  }

  @Test
  void theSameBitsCanBeWrittenAsInQemu() {
    pci.bus.devices().forEach(d -> Golden.assertSameWriteMasks("pc", d));
  }

  @Test
  void resetUndoesWrites() {
    pci.bus.devices().forEach(d -> {
      for (int i = 0; i < PciDevice.CONFIG_SIZE; i += 4) {
        d.writeConfig(i, 4, 0x5A5A5A5A);
      }
      d.reset();
      Golden.assertAsAfterReset("pc", d);
    });
  }

  @Test
  void aReadOnlySegmentShowsRamButDoesNotTakeWrites() {
    pci.write(0, 0x5A, 1, 0x01);
    assertEquals(pci.ram.host() + 0xC0000, pci.map.hostForRead(0xC0000));
    assertEquals(0, pci.map.hostForWrite(0xC0000));
    assertEquals(0, pci.map.hostForRead(0xC4000));
  }

  @Test
  void eachSegmentHasItsOwnNibble() {
    for (int segment = 1; segment <= 12; segment++) {
      long base = 0xC0000 + (segment - 1) * 0x4000L;
      pci.write(0, 0x59 + (segment + 1) / 2, 1, segment % 2 == 1 ? 0x03 : 0x30);
      assertEquals(pci.ram.host() + base, pci.map.hostForWrite(base), "segment " + segment);
      assertEquals(pci.ram.host() + base + 0x3FFF, pci.map.hostForWrite(base + 0x3FFF));
      pci.write(0, 0x59 + (segment + 1) / 2, 1, 0);
      assertEquals(0, pci.map.hostForRead(base), "segment " + segment);
    }
    pci.write(0, 0x59, 1, 0x30);
    assertEquals(pci.ram.host() + 0xF0000, pci.map.hostForWrite(0xF0000));
    assertEquals(pci.ram.host() + 0xFFFFF, pci.map.hostForWrite(0xFFFFF));
  }

  @Test
  void writeOnlyGivesRamBothWays() {
    pci.write(0, 0x5A, 1, 0x02);
    assertEquals(pci.ram.host() + 0xC0000, pci.map.hostForRead(0xC0000));
    assertEquals(pci.ram.host() + 0xC0000, pci.map.hostForWrite(0xC0000));
  }

  @Test
  void resetTakesTheShadowAway() {
    pci.write(0, 0x59, 4, 0x33333330);
    host.reset();
    assertEquals(0, pci.map.hostForRead(0xF0000));
    assertEquals(0, pci.map.hostForRead(0xC0000));
  }

  @Test
  void videoMemoryIsHiddenOnlyWhereThereIsAnAdapterAndSmramIsClosed() {
    assertTrue(pci.map.hostForRead(0xB8000) != 0);
    PciFixture other = new PciFixture();
    other.bus.add(0, 0, new I440fx(other.map, other.ram, true)).reset();
    assertEquals(0, other.map.hostForRead(0xB8000));
    other.write(0, 0x72, 1, 0x4A);
    assertEquals(other.ram.host() + 0xB8000, other.map.hostForWrite(0xB8000));
    other.close();
  }

  @Test
  void powerManagementAppearsWhereTheBaseRegisterSays() {
    assertNull(pci.ports.at(0x600));
    pci.write(PM, Piix4Pm.PMBASE, 4, 0x601);
    assertNull(pci.ports.at(0x600), "not enabled yet");
    pci.write(PM, Piix4Pm.PMREGMISC, 1, 1);
    assertEquals(0x11, pci.ports.read(0x63F, 1));
    assertEquals(0xFF, pci.ports.read(0x640, 1));
    pci.write(PM, Piix4Pm.PMBASE, 4, 0xB001);
    assertEquals(0xFF, pci.ports.read(0x600, 1));
    assertEquals(0x11, pci.ports.read(0xB000, 1));
    pm.reset();
    assertEquals(0xFF, pci.ports.read(0xB000, 1));
  }

  @Test
  void smbusStartsAtB100AndMoves() {
    assertEquals(2, pci.ports.read(0xB10D, 1));
    pci.write(PM, Piix4Pm.SMBBASE, 4, 0x701);
    assertEquals(0xFF, pci.ports.read(0xB10D, 1));
    assertEquals(2, pci.ports.read(0x70D, 1));
    pci.write(PM, Piix4Pm.SMBHSTCFG, 1, 0);
    assertEquals(0xFF, pci.ports.read(0x70D, 1));
  }

  @Test
  void theChipTellsWhichSerialPortsThereAre() {
    assertEquals(0x08, new Piix4Pm(PciFixture.constant(0), 1, false).config8(0x67));
    assertEquals(0x98, new Piix4Pm(PciFixture.constant(0), 2, true).config8(0x67));
  }

  @Test
  void busMasterRegistersFollowTheBarAndTheCommandRegister() {
    pci.write(IDE, 0x20, 4, 0xFFFF_FFFF);
    assertEquals(0xFFFF_FFF1, pci.read(IDE, 0x20, 4));
    pci.write(IDE, 0x20, 4, 0xC001);
    assertNull(pci.ports.at(0xC000), "I/O decoding is off");
    pci.write(IDE, 4, 2, 1);
    PortSpace.Mapping bar = pci.ports.at(0xC000);
    assertEquals(0xC000, bar.base());
    assertEquals(16, bar.length());
    pci.ports.write(0xC004, 4, 0x1237);
    assertEquals(0x1234, pci.ports.read(0xC004, 4));
    pci.write(IDE, 4, 2, 0);
    assertNull(pci.ports.at(0xC000));
  }

  @Test
  void pciWiresReachTheIsaInterruptTheyAreRoutedTo() {
    PciDevice card = pci.bus.add(3, 0, new Card());
    card.reset();
    ((Card) card).pin(true);
    assertArrayEquals(new boolean[16], pci.isa, "PIRQRC disables routing after reset");
    pci.write(PIIX3, 0x62, 1, 11);
    assertTrue(pci.isa[11], "slot 3 INTA is PIRQC");
    pci.write(PIIX3, 0x62, 1, 10);
    assertFalse(pci.isa[11]);
    assertTrue(pci.isa[10]);
    assertEquals(8, pci.read(3 << 3, 6, 2) & 8, "interrupt status");
    pci.write(3 << 3, 4, 2, 0x400);
    assertFalse(pci.isa[10], "INTx disabled");
    pci.write(3 << 3, 4, 2, 0);
    assertTrue(pci.isa[10]);
    ((Card) card).pin(false);
    assertFalse(pci.isa[10]);
  }

  @Test
  void devicesOnOneWireShareIt() {
    Card a = pci.bus.add(2, 0, new Card());
    Card b = pci.bus.add(6, 0, new Card());
    pci.write(PIIX3, 0x61, 1, 10);
    a.pin(true);
    b.pin(true);
    a.pin(false);
    assertTrue(pci.isa[10]);
    b.pin(false);
    assertFalse(pci.isa[10]);
  }

  /// A device that does nothing but interrupt.
  private static final class Card extends PciDevice {
    Card() {
      super("card", 0x1AF4, 0x10F0, 1, 0xFF0000);
      interruptPin(1);
    }
  }
}
