package thespis.machine.device.pci;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PcieRootPortTest {
  private static final int SLOT_CONTROL = 0x6C;
  private static final int SLOT_STATUS = 0x6E;
  private static final int WANTS_COMMAND_COMPLETED = 0x30;

  private final PciFixture pci = new PciFixture();
  private final PcieRootPort port =
      pci.bus.add(1, 0, new PcieRootPort(new PcieRootPort.Settings("p1", 8, 8, 0, true)));
  private final List<Boolean> pins = new ArrayList<>();

  PcieRootPortTest() {
    pci.bus.interrupts((slot, pin) -> pin, (input, level) -> pins.add(level));
    port.reset();
  }

  @AfterEach
  void close() {
    pci.close();
  }

  private static byte[] golden(String what) {
    return Golden.line("root-ports.txt", what);
  }

  private byte[] read(int length) {
    byte[] all = new byte[length];
    for (int i = 0; i < length; i++) {
      all[i] = (byte) port.readConfig(i, 1);
    }
    return all;
  }

  @Test
  void configurationSpaceAfterResetIsQemus() {
    byte[] golden = golden("reset");
    Golden.assertSame(golden, read(golden.length));
  }

  @Test
  void theSameBitsCanBeWrittenAsInQemu() {
    byte[] ones = golden("ones");
    byte[] seenOnes = new byte[ones.length];
    byte[] seenZeros = new byte[ones.length];
    for (int i = 0; i < ones.length; i++) {
      int old = port.readConfig(i, 1);
      port.writeConfig(i, 1, 0xFF);
      seenOnes[i] = (byte) port.readConfig(i, 1);
      port.writeConfig(i, 1, 0);
      seenZeros[i] = (byte) port.readConfig(i, 1);
      port.writeConfig(i, 1, old);
    }
    Golden.assertSame(ones, seenOnes);
    Golden.assertSame(golden("zeros"), seenZeros);
  }

  @Test
  void settingsAreTold() {
    PcieRootPort other = pci.bus.add(2, 0, new PcieRootPort(new PcieRootPort.Settings("p2", 16, 9, 0x105, false)));
    assertEquals(0x0930, other.readConfig(0x62, 2));
    assertEquals(0x105 << 3 | 2, other.readConfig(0x6A, 2));
    assertEquals(0x01, other.readConfig(PciDevice.HEADER_TYPE, 1));
  }

  @Test
  void theEndOfASlotCommandInterruptsByWireUntilItIsAcknowledged() {
    port.writeConfig(SLOT_CONTROL, 2, WANTS_COMMAND_COMPLETED);
    assertEquals(List.of(true), pins);
    port.writeConfig(SLOT_STATUS, 2, 0x10);
    assertEquals(List.of(true, false), pins);
    assertEquals(0, port.readConfig(SLOT_STATUS, 2));
  }

  @Test
  void theEndOfASlotCommandIsOneMessageThatWaitsWhileItIsMasked() {
    port.writeConfig(PciDevice.BAR0, 4, 0xFE60_0000);
    port.writeConfig(PciDevice.COMMAND, 2, PciDevice.COMMAND_MEMORY | PciDevice.COMMAND_MASTER);
    pci.memory.write(0xFE60_0000L, 4, 0xFEE0_1000L);
    pci.memory.write(0xFE60_0008L, 4, 0x4041);
    port.writeConfig(0x4A, 2, 0x8000);
    port.writeConfig(SLOT_CONTROL, 2, WANTS_COMMAND_COMPLETED);
    assertEquals(List.of(), pci.messages, "the vector is masked after a reset");
    assertEquals(1, pci.memory.read(0xFE60_0800L, 4));
    pci.memory.write(0xFE60_000CL, 4, 0);
    assertEquals(List.of("to 1 mode 0 vector 65"), pci.messages);
    port.writeConfig(SLOT_CONTROL, 2, WANTS_COMMAND_COMPLETED);
    assertEquals(1, pci.messages.size(), "it has not been acknowledged");
    assertEquals(List.of(), pins);
  }

  @Test
  void nothingAnswersBehindIt() {
    port.writeConfig(PcieRootPort.SECONDARY_BUS, 2, 0x0101);
    assertEquals(-1, pci.bus.read(1, 0, 0, 4));
    assertEquals(0x1482_0001, pci.bus.read(0, 8, 0x100, 4));
  }
}
