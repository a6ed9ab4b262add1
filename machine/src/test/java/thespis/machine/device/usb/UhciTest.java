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

/// The values are those of QEMU 7.2's piix3-usb-uhci.
class UhciTest {
  private static final int BAR = 0xC000;

  private final PciFixture pci = new PciFixture();
  private final VirtualClock clock = new VirtualClock();
  private PciDevice uhci;

  @BeforeEach
  void add() {
    uhci = pci.bus.add(4, 0, create("4.0"));
    uhci.reset();
    uhci.writeConfig(PciDevice.BAR0 + 16, 4, BAR);
    uhci.writeConfig(PciDevice.COMMAND, 2, 0x5);
  }

  private PciDevice create(String place) {
    return UsbControllers.create(new UsbSettings("piix3-usb-uhci", null, place, false, 0), clock);
  }

  @AfterEach
  void close() {
    pci.close();
  }

  private int read(int offset) {
    return (int) pci.ports.read(BAR + offset, 2);
  }

  private void write(int offset, int value) {
    pci.ports.write(BAR + offset, 2, value);
  }

  @ParameterizedTest(name = "{0} = {1}")
  @CsvSource({
      "0x00, 0x0000, 0x0000", "0x02, 0x0000, 0x0020", "0x02, 0xFFFF, 0x0000", "0x04, 0xFFFF, 0xFFFF",
      "0x06, 0xFFFF, 0x07FF", "0x08, 0xFFFF, 0xF000", "0x0A, 0xFFFF, 0xFFFF", "0x0C, 0x1234, 0x0034",
      "0x0E, 0x0000, 0xFF7F", "0x10, 0xFFFF, 0xFEC0", "0x12, 0x0000, 0x0080", "0x14, 0x0000, 0xFF7F"})
  void registersKeepWhatTheyCan(String offset, String value, String kept) {
    write(Integer.decode(offset), Integer.decode(value));
    assertEquals(Integer.decode(kept), read(Integer.decode(offset)));
  }

  @Test
  void framesAreCountedWhileItRuns() {
    write(0x06, 0x7FE);
    write(0x00, 1);
    assertEquals(0, read(0x02), "not halted");
    clock.advance(5_500_000);
    assertEquals(3, read(0x06));
    write(0x06, 0x100);
    assertEquals(3, read(0x06), "only a halted controller's can be set");
    write(0x00, 0);
    clock.advance(5_000_000);
    assertEquals(3, read(0x06));
    assertEquals(0x20, read(0x02));
  }

  @ParameterizedTest
  @CsvSource({"2", "4"})
  void aResetSetsAllBack(int reset) {
    write(0x04, 0xF);
    write(0x10, 0xFFFF);
    write(0x0C, 1);
    write(0x00, 1);
    write(0x00, reset);
    assertEquals(0, read(0x00));
    assertEquals(0x20, read(0x02));
    assertEquals(0, read(0x04));
    assertEquals(0x40, read(0x0C));
    assertEquals(0x80, read(0x10));
  }

  @Test
  void accessesOfOtherWidthsAreOfTheRegistersThere() {
    pci.ports.write(BAR + 0x08, 4, 0x1234_5FFF);
    assertEquals(0x1234_5000, pci.ports.read(BAR + 0x08, 4));
    assertEquals(0x7F, pci.ports.read(BAR + 0x01, 1));
    assertEquals(0x20, pci.ports.read(BAR + 0x02, 1));
  }

  @Test
  void itIsSavedAndLoaded() {
    write(0x04, 0xF);
    write(0x00, 0xC1);
    clock.advance(3_000_000);
    PciDevice other = pci.bus.add(5, 0, create("5.0"));
    other.reset();
    SavedState.copy(uhci, other);
    assertEquals(SavedState.of(uhci).toString(), SavedState.of(other).toString());
  }
}
