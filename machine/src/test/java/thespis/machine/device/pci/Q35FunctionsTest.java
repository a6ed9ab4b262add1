package thespis.machine.device.pci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import thespis.machine.bus.IrqLine;

class Q35FunctionsTest {
  private static final int LPC = 0xF8;
  private static final int SATA = 0xFA;
  private static final int SMB = 0xFB;

  private final PciFixture pci = new PciFixture();
  private final boolean[] gsi = new boolean[24];
  private final Mch mch = pci.bus.add(0, 0, new Mch(pci.map, pci.ram, 0x4000_0000L, true, Mch.ManagementRam.USUAL));
  private final Ich9Lpc lpc = pci.bus.add(31, 0, new Ich9Lpc(lines()));
  private final Card card = pci.bus.add(3, 0, new Card());

  Q35FunctionsTest() {
    lpc.powerManagement(PciFixture.constant(0x33));
    pci.bus.add(31, 2, new Ich9Ahci());
    pci.bus.add(31, 3, new Ich9Smbus());
    pci.bus.interrupts(lpc::wire, lpc::set);
    pci.bus.devices().forEach(PciDevice::reset);
  }

  private IrqLine[] lines() {
    IrqLine[] lines = new IrqLine[24];
    for (int i = 0; i < lines.length; i++) {
      int n = i;
      lines[i] = level -> gsi[n] = level;
    }
    return lines;
  }

  private List<PciDevice> functionsOfTheBoard() {
    return pci.bus.devices().stream().filter(d -> d != card).toList();
  }

  @AfterEach
  void close() {
    pci.close();
  }

  @Test
  void configurationSpaceAfterResetIsQemus() {
    functionsOfTheBoard().forEach(d -> Golden.assertAsAfterReset("q35", d));
  }

  @Test
  void theSameBitsCanBeWrittenAsInQemu() {
    functionsOfTheBoard().forEach(d -> Golden.assertSameWriteMasks("q35", d));
  }

  @Test
  void resetUndoesWritesAndLocks() {
    functionsOfTheBoard().forEach(d -> {
      for (int i = 0; i < PciDevice.CONFIG_SIZE; i += 4) {
        d.writeConfig(i, 4, -1);
      }
      d.reset();
      Golden.assertAsAfterReset("q35", d);
      Golden.assertSameWriteMasks("q35", d);
    });
  }

  @Test
  void smramCanBeLockedClosed() {
    assertEquals(0, pci.map.hostForRead(0xB8000));
    pci.write(0, 0x9D, 1, 0x42);
    assertEquals(pci.ram.host() + 0xB8000, pci.map.hostForRead(0xB8000));
    pci.write(0, 0x9D, 1, 0x12);
    pci.write(0, 0x9D, 1, 0x42);
    assertEquals(0x12, pci.read(0, 0x9D, 1));
    assertEquals(0, pci.map.hostForRead(0xB8000));
    mch.reset();
    assertEquals(0x02, pci.read(0, 0x9D, 1));
  }

  @Test
  void pamSegmentsStartAt90() {
    pci.write(0, 0x90, 1, 0x30);
    assertEquals(pci.ram.host() + 0xF0000, pci.map.hostForWrite(0xF0000));
    pci.write(0, 0x96, 1, 0x10);
    assertEquals(pci.ram.host() + 0xEC000, pci.map.hostForRead(0xEC000));
    assertEquals(0, pci.map.hostForRead(0xE8000));
  }

  @Test
  void configurationSpaceAppearsInMemory() {
    assertEquals(-1L, pci.memory.read(0xB0000000L, 8));
    pci.write(0, 0x60, 4, 0xB0000001);
    assertEquals(0x29C08086L, pci.memory.read(0xB0000000L, 4));
    assertEquals(0x29C08086L, pci.memory.read(0xB0000000L, 8) & 0xFFFFFFFFL);
    assertEquals(0xC0, pci.memory.read(0xB0000002L, 1));
    assertEquals(0x29188086L, pci.memory.read(0xB00F8000L, 4));
    assertEquals(0xFFFFFFFFL, pci.memory.read(0xB00F8100L, 4), "no extended space");
    assertEquals(0xFFFFFFFFL, pci.memory.read(0xB0100000L, 4), "bus 1");
    pci.memory.write(0xB00F8060L, 1, 0x0A);
    assertEquals(0x0A, pci.read(LPC, 0x60, 1));
  }

  @Test
  void theLengthOfMmconfigFollowsTheRegister() {
    pci.write(0, 0x60, 4, 0xB0000003);
    assertEquals(0x29C08086L, pci.memory.read(0xB0000000L, 4));
    assertEquals(0x8000000L, pci.memory.mappings().getFirst().length());
    pci.write(0, 0x60, 4, 0xB0000005);
    assertEquals(0x4000000L, pci.memory.mappings().getFirst().length());
    pci.write(0, 0x60, 4, 0xC0000007);
    assertEquals(0xB0000000L, pci.memory.mappings().getFirst().base(), "the reserved length changes nothing");
    pci.write(0, 0x60, 4, 0xC0000001);
    assertEquals(0xC0000000L, pci.memory.mappings().getFirst().base());
    pci.write(0, 0x60, 4, 0xC0000000);
    assertTrue(pci.memory.mappings().isEmpty());
  }

  @Test
  void powerManagementAppearsWhenAcpiIsEnabled() {
    pci.write(LPC, 0x40, 4, 0x601);
    assertNull(pci.ports.at(0x600));
    pci.write(LPC, 0x44, 1, 0x80);
    assertEquals(0x33, pci.ports.read(0x67F, 1));
    assertEquals(0xFF, pci.ports.read(0x680, 1));
    pci.write(LPC, 0x44, 1, 0);
    assertEquals(0xFF, pci.ports.read(0x600, 1));
  }

  @Test
  void theSciGoesWhereAcpiCntlSays() {
    lpc.sci().set(true);
    assertTrue(gsi[9]);
    pci.write(LPC, 0x44, 1, 0x84);
    assertFalse(gsi[9]);
    assertTrue(gsi[20]);
    lpc.sci().set(false);
    assertFalse(gsi[20]);
  }

  @Test
  void wiresReachTheIoApicAlwaysAndThePicWhenRouted() {
    card.pin(true);
    assertTrue(gsi[23], "slot 3 INTA is PIRQH");
    assertFalse(gsi[11]);
    pci.write(LPC, 0x6B, 1, 11);
    assertTrue(gsi[11]);
    pci.write(LPC, 0x6B, 1, 0x80);
    assertFalse(gsi[11]);
    card.pin(false);
    assertFalse(gsi[23]);
  }

  @Test
  void devicesOfTheChipAreRoutedByTheirRouteRegister() {
    assertEquals(0, lpc.wire(31, 0));
    assertEquals(3, lpc.wire(28, 3));
    assertEquals(4, lpc.wire(30, 0));
    pci.write(LPC, 0xF0, 4, 0xFED1C001);
    assertEquals(0x3210, pci.memory.read(0xFED1F140L, 4));
    assertEquals(0x20, pci.memory.read(0xFED1F410L, 1));
    pci.memory.write(0xFED1F140L, 2, 0x3217);
    assertEquals(7, lpc.wire(31, 0));
    assertEquals(1, lpc.wire(31, 1));
  }

  @Test
  void messagesReplaceThePinWhenEnabled() {
    pci.write(3 << 3, 0x54, 4, 0xFEE01000);
    pci.write(3 << 3, 0x5C, 2, 0x4041);
    pci.write(3 << 3, 0x52, 2, 1);
    pci.write(3 << 3, 4, 2, 4);
    card.pin(true);
    assertEquals(List.of("to 1 mode 0 vector 65"), pci.messages);
    assertFalse(gsi[23]);
    card.pin(true);
    assertEquals(1, pci.messages.size(), "one message for each time the condition arises");
    pci.write(3 << 3, 0x52, 2, 0);
    assertTrue(gsi[23], "back to the pin");
  }

  @Test
  void anAhciDriverFindsSixPortsWithoutDevices() {
    pci.write(SATA, 0x24, 4, 0xFEBFF000);
    pci.write(SATA, 4, 2, 6);
    long hba = 0xFEBFF000L;
    assertEquals(0xC0141F05L, pci.memory.read(hba, 4));
    assertEquals(0x3F, pci.memory.read(hba + 0x0C, 4));
    assertEquals(0x10000, pci.memory.read(hba + 0x10, 4));
    assertEquals(0xC014, pci.memory.read(hba + 2, 2));
    for (int port = 0; port < 6; port++) {
      long at = hba + 0x100 + 0x80 * port;
      assertEquals(6, pci.memory.read(at + 0x18, 4));
      assertEquals(0x7F, pci.memory.read(at + 0x20, 4));
      assertEquals(0xFFFFFFFFL, pci.memory.read(at + 0x24, 4));
      pci.memory.write(at + 0x2C, 4, 0x301);
      pci.memory.write(at + 0x2C, 4, 0x300);
      assertEquals(0x300, pci.memory.read(at + 0x2C, 4));
      assertEquals(0, pci.memory.read(at + 0x28, 4), "no link");
      pci.memory.write(at + 0x18, 4, -1);
      assertEquals(0x0F82C01F, pci.memory.read(at + 0x18, 4));
      pci.memory.write(at + 0x14, 4, -1);
      assertEquals(0xFDC000FFL, pci.memory.read(at + 0x14, 4));
      pci.memory.write(at, 4, 0x12345678);
    }
    pci.memory.write(hba + 4, 4, -1);
    assertEquals(0x80000000L, pci.memory.read(hba + 4, 4));
    assertEquals(0x12345678, pci.memory.read(hba + 0x100, 4), "a controller reset keeps the command list's address");
    assertEquals(6, pci.memory.read(hba + 0x118, 4));
    assertEquals(0, pci.memory.read(hba + 0x114, 4));
  }

  @Test
  void ahciRegistersAreAlsoBehindTheIndexPair() {
    pci.write(SATA, 0x20, 4, 0xC041);
    pci.write(SATA, 4, 2, 1);
    pci.ports.write(0xC050, 4, 4);
    pci.ports.write(0xC054, 4, 2);
    assertEquals(0x80000002L, pci.ports.read(0xC054, 4));
    assertEquals(4, pci.ports.read(0xC050, 4));
    assertEquals(0, pci.ports.read(0xC040, 4));
  }

  @Test
  void smbusFindsTheMemoryModulesAndNothingElse() {
    pci.write(SMB, 0x20, 4, 0x701);
    pci.write(SMB, 4, 2, 1);
    pci.ports.write(0x704, 1, 0x50 << 1);
    pci.ports.write(0x703, 1, 0x10);
    pci.ports.write(0x705, 1, 0x77);
    pci.ports.write(0x702, 1, 0x48);
    assertEquals(2, pci.ports.read(0x700, 1), "done");
    pci.ports.write(0x700, 1, 0xFF);
    assertEquals(0, pci.ports.read(0x700, 1));
    pci.ports.write(0x705, 1, 0);
    pci.ports.write(0x704, 1, 0x50 << 1 | 1);
    pci.ports.write(0x702, 1, 0x4C);
    assertEquals(0x77, pci.ports.read(0x705, 1));
    assertEquals(0, pci.ports.read(0x706, 1));
    pci.ports.write(0x700, 1, 0xFF);
    pci.ports.write(0x704, 1, 0x30 << 1);
    pci.ports.write(0x702, 1, 0x41);
    assertEquals(4, pci.ports.read(0x700, 1), "no such device");
    assertTrue(gsi[16], "with an interrupt");
    pci.ports.write(0x700, 1, 0xFF);
    assertFalse(gsi[16]);
  }

  /// A device that does nothing but interrupt.
  private static final class Card extends PciDevice {
    Card() {
      super("card", 0x1AF4, 0x10F0, 1, 0xFF0000);
      interruptPin(1);
      msiCapability(0x50);
    }
  }
}
