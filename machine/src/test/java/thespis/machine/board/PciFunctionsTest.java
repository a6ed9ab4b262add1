package thespis.machine.board;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import thespis.cpu.apic.LocalApics;
import thespis.machine.bus.Device;
import thespis.machine.bus.SavedState;
import thespis.machine.device.pci.Golden;
import thespis.machine.device.pci.PciDevice;
import thespis.machine.device.pci.PcieRootPort;
import thespis.machine.device.serial.ByteSink;
import thespis.machine.device.usb.UsbControllers;
import thespis.machine.device.usb.UsbSettings;
import thespis.machine.device.usb.Xhci;
import thespis.machine.device.virtio.VirtioBalloon;
import thespis.machine.device.virtio.VirtioPci;
import thespis.machine.device.virtio.VirtioRng;
import thespis.machine.time.VirtualClock;

/// Boards with virtio devices and USB controllers on bus 0 and behind root ports, as QEMU 7.2 shows them with `-nodefaults
/// -m 256 -serial null -smp 1,maxcpus=4` after SeaBIOS ran.
class PciFunctionsTest {
  private static final long MIB = 1 << 20;
  private static final int DSDT = 0x54445344;

  private static Board board(String name) {
    boolean pc = name.endsWith("pc");
    BoardConfig.Builder builder = name.startsWith("usb") ? usb(pc) : of(name);
    BoardConfig config = builder.machine(pc ? "pc-i440fx-7.2" : "pc-q35-7.2").ram(256 * MIB).serial(ByteSink.NONE)
        .slots(CpuSlots.of(new Topology(1, 4, 1, 1, 4, 1))).build();
    return pc
        ? new PcBoard(config, new VirtualClock(), new LocalApics())
        : new Q35Board(config, new VirtualClock(), new LocalApics());
  }

  private static BoardConfig.Builder of(String board) {
    return board.equals("pc")
        ? BoardConfig.builder().pciFunctions(List.of(
            balloon(null, 0x10, true), rng(null, 0x18, true), usb(null, 0x20, false)))
        : BoardConfig.builder()
            .rootPorts(List.of(port(1), port(2), port(3), port(4)))
            .pciFunctions(List.of(
                usb("p1", 0, true), balloon("p2", 0, false), rng("p3", 0, false), rng(null, 0x08, true),
                usb(null, 0x18, true), rng("p4", 0, true)));
  }

  /// `-usb`, and `-device piix3-usb-uhci,addr=5 -device usb-ehci,addr=6`.
  private static BoardConfig.Builder usb(boolean pc) {
    List<PciFunction> own = pc
        ? List.of(controller("piix3-usb-uhci", 0xA, false))
        : List.of(controller("ich9-usb-ehci1", 0xEF, true), controller("ich9-usb-uhci1", 0xE8, true),
            controller("ich9-usb-uhci2", 0xE9, true), controller("ich9-usb-uhci3", 0xEA, true));
    List<PciFunction> all = new ArrayList<>(own);
    all.add(controller("piix3-usb-uhci", 0x28, false));
    all.add(controller("usb-ehci", 0x30, false));
    return BoardConfig.builder().pciFunctions(all);
  }

  private static PciFunction controller(String type, int devfn, boolean multifunction) {
    return new PciFunction(null, devfn, clock -> UsbControllers.create(
        new UsbSettings(type, null, Integer.toHexString(devfn), multifunction, 0), clock));
  }

  private static PcieRootPort.Settings port(int number) {
    return new PcieRootPort.Settings("p" + number, 0x0F + number, 15 + number, 0, true);
  }

  private static PciFunction usb(String port, int devfn, boolean express) {
    return new PciFunction(port, devfn,
        clock -> new Xhci(new Xhci.Settings(null, port + "-" + devfn, false, express, port == null), clock));
  }

  private static PciFunction balloon(String port, int devfn, boolean legacy) {
    return new PciFunction(port, devfn, clock -> new VirtioPci(
        settings("virtio-balloon-pci", port, devfn, legacy, 0), new VirtioBalloon(256 << 20, 0, clock)));
  }

  private static PciFunction rng(String port, int devfn, boolean legacy) {
    return new PciFunction(port, devfn, clock -> new VirtioPci(
        settings("virtio-rng-pci", port, devfn, legacy, 2),
        new VirtioRng((bytes, take) -> take.accept(new byte[bytes]), Long.MAX_VALUE, 65536, clock)));
  }

  private static VirtioPci.Settings settings(String type, String port, int devfn, boolean legacy, int vectors) {
    return new VirtioPci.Settings(type, null, port + "-" + devfn, false, port != null, legacy, true, vectors, 0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"q35", "pc", "usb-q35", "usb-pc"})
  void theyGetTheirPlacesFromSeaBios(String name) throws IOException {
    try (Board board = board(name); InputStream in = Golden.class.getResourceAsStream("virtio-and-usb.txt")) {
      board.reset();
      String prefix = "firmware-" + name + "-";
      for (String line : new String(in.readAllBytes(), StandardCharsets.US_ASCII).lines().toList()) {
        if (line.startsWith(prefix)) {
          int at = prefix.length();
          byte[] golden = HexFormat.of().parseHex(line.substring(at + 6));
          byte[] seen = new byte[golden.length];
          for (int i = 0; i < seen.length; i++) {
            seen[i] = (byte) board.pci().read(
                HexFormat.fromHexDigits(line, at, at + 2), HexFormat.fromHexDigits(line, at + 3, at + 5), i, 1);
          }
          assertEquals(HexFormat.of().formatHex(golden), HexFormat.of().formatHex(seen), line.substring(0, at + 5));
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"q35", "pc", "usb-q35", "usb-pc"})
  void theTablesTellOfThemAsQemus(String name) throws IOException {
    try (Board board = board(name);
        InputStream in = new GZIPInputStream(getClass().getResourceAsStream(
            "dsdt-" + (name.startsWith("usb") ? "" : "virtio-") + name + ".aml.gz"))) {
      board.reset();
      long at = 0xFFE_0000;
      while (board.memory().get32(at) != DSDT) {
        at += 4;
      }
      assertArrayEquals(in.readAllBytes(), board.memory().read(at, board.memory().get32(at + 4)));
    }
  }

  @Test
  void everyDeviceIsSavedUnderItsOwnName() {
    try (Board board = board("q35"); Board other = board("q35")) {
      board.reset();
      other.reset();
      List<String> names = board.devices().stream().map(Device::name).toList();
      assertEquals(names.stream().distinct().toList(), names);
      for (int i = 0; i < names.size(); i++) {
        if (board.devices().get(i) instanceof PciDevice) {
          SavedState.copy(board.devices().get(i), other.devices().get(i));
        }
      }
    }
  }

  @Test
  void aBusIsReachedThroughItsPortOnlyWhileThePortLetsIt() {
    try (Board board = board("q35")) {
      board.reset();
      PcieRootPort port = (PcieRootPort) board.pci().at(2, 0);
      long usb = port.behind().at(0, 0).bars().getFirst().address();
      assertEquals(0x0100_0040, board.mmio().read(usb, 4));
      port.writeConfig(PciDevice.COMMAND, 2, 0);
      assertEquals(0xFFFF_FFFFL, board.mmio().read(usb, 4));
      port.writeConfig(PciDevice.COMMAND, 2, PciDevice.COMMAND_MEMORY);
      assertEquals(0x0100_0040, board.mmio().read(usb, 4));
      port.writeConfig(PcieRootPort.MEMORY_BASE, 2, 0xFFF0);
      assertEquals(0xFFFF_FFFFL, board.mmio().read(usb, 4));
      assertEquals(0x000D_1B36, board.pci().read(1, 0, 0, 4));
      port.writeConfig(PcieRootPort.SECONDARY_BUS, 1, 9);
      assertEquals(-1, board.pci().read(1, 0, 0, 4));
      assertEquals(0x000D_1B36, board.pci().read(9, 0, 0, 4));
      port.writeConfig(PcieRootPort.BRIDGE_CONTROL, 2, 0x40);
      assertEquals(0, board.pci().read(9, 0, PciDevice.COMMAND, 2));
    }
  }
}
