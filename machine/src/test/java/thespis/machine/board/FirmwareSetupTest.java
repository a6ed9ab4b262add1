package thespis.machine.board;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import thespis.machine.bus.GuestMemory;
import thespis.machine.bus.IrqLine;
import thespis.machine.bus.PortHandler;
import thespis.machine.device.pci.Golden;
import thespis.machine.device.pci.I440fx;
import thespis.machine.device.pci.Ich9Ahci;
import thespis.machine.device.pci.Ich9Lpc;
import thespis.machine.device.pci.Ich9Smbus;
import thespis.machine.device.pci.Mch;
import thespis.machine.device.pci.PciDevice;
import thespis.machine.device.pci.PcieRootPort;
import thespis.machine.device.pci.PciFixture;
import thespis.machine.device.pci.Piix3;
import thespis.machine.device.pci.Piix3Ide;
import thespis.machine.device.pci.Piix4Pm;

class FirmwareSetupTest {
  private final PciFixture pci = new PciFixture();
  private final GuestMemory memory = new GuestMemory(pci.ram, pci.ram.size());

  @AfterEach
  void close() {
    pci.close();
  }

  private FirmwareSetup pc() {
    pci.bus.add(0, 0, new I440fx(pci.map, pci.ram, false));
    pci.bus.add(1, 0, new Piix3(pci.isaLines()));
    pci.bus.add(1, 1, new Piix3Ide());
    pci.bus.add(1, 3, new Piix4Pm(PciFixture.constant(0), 0, false));
    return powered();
  }

  private FirmwareSetup q35() {
    IrqLine[] gsi = new IrqLine[24];
    Arrays.fill(gsi, IrqLine.none());
    pci.bus.add(0, 0, new Mch(pci.map, pci.ram, 1 << 20, false, Mch.ManagementRam.USUAL));
    pci.bus.add(31, 0, new Ich9Lpc(gsi)).powerManagement(PciFixture.constant(0));
    pci.bus.add(31, 2, new Ich9Ahci());
    pci.bus.add(31, 3, new Ich9Smbus());
    return powered();
  }

  private FirmwareSetup powered() {
    pci.bus.devices().forEach(PciDevice::reset);
    return new FirmwareSetup(pci.bus, pci.ports, memory, true);
  }

  @Test
  void thePcIsLeftAsSeaBiosLeavesIt() {
    pc().run(new int[] {0x3F8}, new int[0]);
    for (PciDevice d : pci.bus.devices()) {
      Golden.assertSame(Golden.bytes("pc", d.devfn(), "seabios"), Golden.read(d));
    }
  }

  @Test
  void theQ35IsLeftAsSeaBiosLeavesIt() {
    q35().run(new int[] {0x3F8}, new int[0]);
    for (PciDevice d : pci.bus.devices()) {
      Golden.assertSame(Golden.bytes("q35", d.devfn(), "seabios"), Golden.read(d));
    }
  }

  @Test
  void rootPortsGetBusNumbersAndWindowsFromSeaBios() {
    FirmwareSetup setup = q35();
    for (int i = 0; i < 2; i++) {
      pci.bus.add(1, i, new PcieRootPort(new PcieRootPort.Settings("p", 8 + i, 8 + i, 0, i == 0))).reset();
    }
    setup.run(new int[0], new int[0]);
    for (int devfn : new int[] {8, 9, 0xFA}) {
      byte[] golden = Golden.line("root-ports.txt", String.format("firmware-%02x", devfn));
      PciDevice device = pci.bus.at(devfn >>> 3, devfn & 7);
      byte[] seen = new byte[golden.length];
      for (int i = 0; i < seen.length; i++) {
        seen[i] = (byte) device.readConfig(i, 1);
      }
      Golden.assertSame(golden, seen);
    }
  }

  @Test
  void registersAppearWhereTheTablesSay() {
    q35().run(new int[] {}, new int[0]);
    assertNotNull(pci.ports.at(0x600));
    assertNotNull(pci.ports.at(0x700));
    assertEquals(0x29C08086L, pci.memory.read(0xB0000000L, 4));
    assertEquals(0xC0141F05L, pci.memory.read(0xFEBFF000L, 4));
    assertEquals(0x20, pci.memory.read(0xFED1F410L, 1));
  }

  @Test
  void runningTwiceAsAfterAResetGivesTheSame() {
    FirmwareSetup setup = pc();
    setup.run(new int[] {}, new int[0]);
    pci.bus.devices().forEach(PciDevice::reset);
    setup.run(new int[] {}, new int[0]);
    pci.bus.devices().forEach(d -> Golden.assertSame(Golden.bytes("pc", d.devfn(), "seabios"), Golden.read(d)));
  }

  @Test
  void theBiosDataAreaNamesSerialPortsAndTheExtendedArea() {
    pc().run(new int[] {0x3F8, 0x2F8}, new int[0]);
    assertEquals(0x3F8, memory.get16(0x400));
    assertEquals(0x2F8, memory.get16(0x402));
    assertEquals(0, memory.get16(0x404));
    assertEquals(0x9FC0, memory.get16(0x40E));
    assertEquals(0x0406, memory.get16(0x410));
    assertEquals(639, memory.get16(0x413));
    assertEquals(1, memory.get8(0x9FC00));
  }

  @Test
  void pciInterruptsAreLevelTriggeredAndThe8259sAreMasked() {
    int[] elcr = new int[2];
    int[] masks = new int[2];
    pci.ports.map("elcr", 0x4D0, 2, store(elcr));
    pci.ports.map("pic2", 0xA0, 2, store(masks));
    pc().run(new int[] {}, new int[0]);
    assertEquals(0x0C, elcr[1]);
    assertEquals(0xFF, masks[1]);
  }

  private static PortHandler store(int[] registers) {
    return new PortHandler() {
      @Override
      public int read(int offset, int size) {
        return registers[offset];
      }

      @Override
      public void write(int offset, int size, int value) {
        registers[offset] = value;
      }
    };
  }

  /// As /proc/mtrr shows them in a QEMU guest.
  @Test
  void thePciHoleIsUncachedAndTheRestWriteBack() {
    Map<Integer, Long> msrs = pc().memoryTypes(40);
    assertEquals(0x80000000L, msrs.get(0x200));
    assertEquals(0xFF80000800L, msrs.get(0x201));
    assertEquals(0xC06L, msrs.get(0x2FF));
    assertEquals(0L, msrs.get(0x259));
    assertEquals(0x0505050505050505L, msrs.get(0x26F));
    assertEquals(11 + 3, msrs.size());
  }

  @Test
  void onQ35TheHoleStartsAboveMmconfig() {
    Map<Integer, Long> msrs = q35().memoryTypes(40);
    assertEquals(0xC0000000L, msrs.get(0x200));
    assertEquals(0xFFC0000800L, msrs.get(0x201));
  }
}
