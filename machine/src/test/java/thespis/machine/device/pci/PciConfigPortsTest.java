package thespis.machine.device.pci;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The answers were probed on QEMU 7.2 through its qtest channel.
class PciConfigPortsTest {
  private final PciFixture pci = new PciFixture();

  PciConfigPortsTest() {
    pci.bus.add(0, 0, new I440fx(pci.map, pci.ram, false));
    pci.bus.add(1, 0, new Piix3(pci.isaLines()));
    pci.bus.devices().forEach(PciDevice::reset);
  }

  @AfterEach
  void close() {
    pci.close();
  }

  private long in(int port, int size) {
    return pci.ports.read(port, size);
  }

  private void address(int value) {
    pci.ports.write(0xCF8, 4, value);
  }

  @Test
  void onlyAWholeDwordReachesTheAddressRegister() {
    address(0x80000800);
    pci.ports.write(0xCF8, 1, 0x55);
    pci.ports.write(0xCF8, 2, 0x5555);
    pci.ports.write(0xCFB, 1, 0);
    assertEquals(0x80000800L, in(0xCF8, 4));
  }

  @Test
  void narrowReadsOfTheAddressGiveItsLowBits() {
    address(0x80000800);
    assertEquals(0x800, in(0xCF8, 2));
    assertEquals(0x800, in(0xCFA, 2));
    assertEquals(0, in(0xCFB, 1));
  }

  @Test
  void reservedBitsAreKeptAndIgnored() {
    address(0xFF000000);
    assertEquals(0x12378086L, in(0xCFC, 4));
    address(0x800008FF);
    assertEquals(0x800008FFL, in(0xCF8, 4));
    assertEquals(0, in(0xCFC, 4), "past the end of the space");
  }

  @Test
  void lowAddressBitsAreJoinedToThePort() {
    address(0x80000801);
    assertEquals(0x700080, in(0xCFC, 4));
    assertEquals(0x80, in(0xCFC, 1));
    assertEquals(0x7080, in(0xCFD, 2));
    assertEquals(0x70, in(0xCFE, 2));
    assertEquals(0xFF70, in(0xCFF, 2));
  }

  @Test
  void nothingAnswersWithoutTheEnableBitOnOtherBusesOrInEmptySlots() {
    address(0x00000800);
    assertEquals(0xFFFFFFFFL, in(0xCFC, 4));
    address(0x80010000);
    assertEquals(0xFFFFFFFFL, in(0xCFC, 4));
    address(0x80001000);
    assertEquals(0xFF, in(0xCFC, 1));
    assertEquals(0xFFFFFFFFL, in(0xCFC, 4));
  }

  @Test
  void bytesAndWordsAreWrittenWhereTheyBelong() {
    address(0x80000860);
    pci.ports.write(0xCFD, 1, 0x0A);
    pci.ports.write(0xCFE, 2, 0x0B0C);
    assertEquals(0x0B0C0A80L, in(0xCFC, 4));
  }
}
