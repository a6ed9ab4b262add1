package thespis.machine.device.usb;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import thespis.machine.bus.SavedState;
import thespis.machine.device.pci.PciDevice;
import thespis.machine.device.pci.PciFixture;
import thespis.machine.time.VirtualClock;

/// The values are those of QEMU 7.2's ich9-usb-ehci1 with two companions, for ports 1, 2, 4 and 5.
class EhciTest {
  private static final long BAR = 0xE000_0000L;
  private static final int STATUS_INTERRUPT = 8;

  private final PciFixture pci = new PciFixture();
  private final VirtualClock clock = new VirtualClock();
  private PciDevice ehci;

  @BeforeEach
  void add() {
    ehci = pci.bus.add(4, 0, create("4.0"));
    ehci.reset();
    ehci.writeConfig(PciDevice.BAR0, 4, (int) BAR);
    ehci.writeConfig(PciDevice.COMMAND, 2, 0x6);
  }

  private PciDevice create(String place) {
    return UsbControllers.create(new UsbSettings("ich9-usb-ehci1", null, place, false, 0x36), clock);
  }

  @AfterEach
  void close() {
    pci.close();
  }

  private long read(int offset) {
    return pci.memory.read(BAR + offset, 4);
  }

  private void write(int offset, long value) {
    pci.memory.write(BAR + offset, 4, value);
  }

  @Test
  void capabilitiesTellOfTheCompanions() {
    assertEquals(0x0100_0020, read(0x00));
    assertEquals(0x2206, read(0x04));
    assertEquals(0x6880, read(0x08));
    assertEquals(0x22, pci.memory.read(BAR + 5, 1));
    assertEquals(0x100, pci.memory.read(BAR + 2, 2));
    assertEquals(0x2206_0100_0020L, pci.memory.read(BAR, 8));
  }

  @ParameterizedTest(name = "{0} = {1}")
  @CsvSource({
      "0x20, 0x00FF0F0C, 0x00FF0F00", "0x24, 0xFFFFFFFF, 0x1000", "0x28, 0xFFFFFFFF, 0x3F", "0x2C, 0xFFFFFFFF, 0x3FF8",
      "0x30, 0xFFFFFFFF, 0xFFFFFFFF", "0x34, 0xFFFFFFFF, 0xFFFFFFFF", "0x38, 0xFFFFFFFF, 0xFFFFFFFF", "0x3C, 1, 0",
      "0x60, 0xFFFFFFFF, 1", "0x64, 0xFFFFFFFF, 0x7011C0", "0x68, 0xFFFFFFFF, 0x7031C0", "0x70, 0, 0x1000",
      "0x66, 0xFFFFFFFF, 0", "0x7C, 0xFFFFFFFF, 0"})
  void registersKeepWhatTheyCan(String offset, String value, String kept) {
    write(Integer.decode(offset), Long.decode(value));
    assertEquals(Long.decode(kept), read(Integer.decode(offset)));
  }

  @Test
  void portsAreTheirCompanionsUntilTheyAreConfigured() {
    for (int port = 0; port < 6; port++) {
      assertEquals(port % 3 == 0 ? 0x1000 : 0x3000, read(0x64 + 4 * port));
    }
    write(0x60, 1);
    for (int port = 0; port < 6; port++) {
      assertEquals(0x1000, read(0x64 + 4 * port));
    }
    write(0x68, 0x3000);
    assertEquals(0x3000, read(0x68));
    write(0x64, 0x3000);
    assertEquals(0x1000, read(0x64));
  }

  @Test
  void schedulesRunWhileTheControllerDoes() {
    write(0x20, 0x8_0031);
    assertEquals(0xC000, read(0x24));
    write(0x20, 0x8_0021);
    assertEquals(0x8000, read(0x24));
    write(0x20, 0x8_0061);
    assertEquals(0x8020, read(0x24), "the doorbell is answered");
    assertEquals(0x8_0021, read(0x20));
    write(0x24, 0x20);
    write(0x20, 0x8_0000);
    assertEquals(0x1000, read(0x24));
    write(0x20, 0x8_0040);
    assertEquals(0x1000, read(0x24), "nobody hears it");
    assertEquals(0x8_0040, read(0x20));
  }

  @Test
  void theEndOfTheListIsToldOfAndInterrupts() {
    write(0x2C, 0x1FF8);
    write(0x28, 0x08);
    write(0x20, 0x8_0001);
    clock.advance(999_000);
    assertEquals(0, ehci.readConfig(PciDevice.STATUS, 1) & STATUS_INTERRUPT);
    clock.advance(1_000);
    assertEquals(STATUS_INTERRUPT, ehci.readConfig(PciDevice.STATUS, 1) & STATUS_INTERRUPT);
    assertEquals(0x08, read(0x24));
    assertEquals(0x2000, read(0x2C));
    write(0x24, 0x08);
    assertEquals(0, ehci.readConfig(PciDevice.STATUS, 1) & STATUS_INTERRUPT);
    clock.advance(1_024_000_000);
    assertEquals(0x08, read(0x24));
    assertEquals(0, read(0x2C));
  }

  @Test
  void aResetSetsAllBack() {
    for (int register = 0x24; register < 0x7C; register += 4) {
      write(register, -1);
    }
    write(0x20, 0x8_0002);
    assertEquals(0x8_0000, read(0x20));
    assertEquals(0x1000, read(0x24));
    for (int register = 0x28; register < 0x64; register += 4) {
      assertEquals(0, read(register));
    }
    assertEquals(0x3000, read(0x68));
  }

  @Test
  void itIsSavedAndLoaded() {
    write(0x28, 0x3F);
    write(0x20, 0x8_0001);
    clock.advance(3_000_000);
    PciDevice other = pci.bus.add(5, 0, create("5.0"));
    other.reset();
    SavedState.copy(ehci, other);
    assertEquals(SavedState.of(ehci).toString(), SavedState.of(other).toString());
    clock.advance(1_024_000_000);
    assertEquals(STATUS_INTERRUPT, other.readConfig(PciDevice.STATUS, 1) & STATUS_INTERRUPT);
  }
}
