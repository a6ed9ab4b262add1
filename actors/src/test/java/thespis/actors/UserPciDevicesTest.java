package thespis.actors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import thespis.actors.cli.DeviceText;
import thespis.cpu.model.ConfigException;
import thespis.machine.board.PciFunction;
import thespis.machine.device.pci.PcieRootPort.Settings;
import thespis.machine.qom.ObjectTree;
import thespis.machine.qom.UserObjects;

/// Root ports, and what is behind them.
class UserPciDevicesTest {
  private static final Map<String, String> BUSES = Map.of("pcie.0", "PCIE", "isa.0", "ISA");

  private static UserPciDevices ports(String... devices) {
    return devices(BUSES, Stream.of(devices).map(each -> "pcie-root-port" + each).toArray(String[]::new));
  }

  private static UserPciDevices devices(Map<String, String> buses, String... devices) {
    return devices(buses, false, devices);
  }

  private static UserPciDevices devices(Map<String, String> buses, boolean usb, String... devices) {
    MachineBuilder builder = Machine.builder();
    for (String device : devices) {
      builder.device("-device", DeviceText.parse(device));
    }
    UserObjects users = new UserObjects(new ObjectTree(), 1);
    users.add("rng-builtin", "r", Map.of());
    users.add("iothread", "t", Map.of());
    return UserPciDevices.of(builder.config(), buses, new BoardOptions(true, true, usb), List.of(),
        new VirtioFunctions(users, 128 << 20, new Entropy(), warning -> {}));
  }

  @Test
  void portsGoWhereTheyAreToldOrToTheFirstFreeSlot() {
    UserPciDevices ports = ports(
        ",id=p1,addr=1.0,multifunction=on,port=8,chassis=1", ",addr=0x1.0x1,chassis=2,bus=pcie.0", ",chassis=3,slot=7");
    assertEquals(
        List.of(new Settings("p1", 8, 8, 0, true), new Settings(null, 9, 0, 0, false), new Settings(null, 16, 0, 7, false)),
        ports.ports());
    assertTrue(ports.hasBus("p1"));
  }

  /// What QEMU 7.2 says; the last lines are about what there is not here.
  @ParameterizedTest(name = "{0}")
  @CsvSource(delimiter = '|', textBlock = """
      ,addr=0                       | PCI: slot 0 function 0 not available for pcie-root-port, in use by mch,id=(null)
      ,addr=1f.2                    | PCI: slot 31 function 2 not available for pcie-root-port, in use by ich9-ahci,id=(null)
      ,addr=1,id=x /,addr=1         | PCI: slot 1 function 0 not available for pcie-root-port, in use by pcie-root-port,id=x
      ,addr=1 /,addr=1.1,chassis=1  | PCI: single function device can't be populated in function 1.1
      ,addr=1.3 /,addr=1,chassis=1  | PCI: 1.0 indicates single function, but 1.3 is already populated.
      ,id=a /,id=b                  | Can't add chassis slot, error -16
      ,addr=x                       | Property 'pcie-root-port.addr' doesn't take value 'x'
      ,addr=1.8                     | Property 'pcie-root-port.addr' doesn't take value '1.8'
      ,addr=20                      | Property 'pcie-root-port.addr' doesn't take value '20'
      ,bus=pci.0                    | Bus 'pci.0' not found
      ,bus=isa.0                    | Device 'pcie-root-port' can't go on ISA bus
      ,foo=1                        | Property 'pcie-root-port.foo' not found
      ,port=256                     | Parameter 'port' expects uint8_t
      ,hotplug=maybe                | Parameter 'hotplug' expects 'on' or 'off'
      ,hotplug=off                  | another value of property 'hotplug' of pcie-root-port is not supported yet
      ,id=a /,bus=a                 | to add a device of this type behind a root port is not supported yet
      """)
  void whatDoesNotFitIsRefused(String devices, String expected) {
    String[] all = devices.split(" /");
    ConfigException refused = assertThrows(ConfigException.class, () -> ports(all));
    assertEquals("-device: " + expected, refused.getMessage());
  }

  /// What QEMU 7.2 says.
  @ParameterizedTest(name = "{0}")
  @CsvSource(delimiter = '|', textBlock = """
      ich9-usb-uhci1,masterbus=usb.0     | USB bus 'usb.0' not found
      ich9-usb-uhci1,masterbus=          | USB bus '' not found
      qemu-xhci,id=u /@1,masterbus=u.0   | Can't use USB bus 'u.0' as masterbus, it doesn't support companion controllers
      piix3-usb-uhci,id=u /@1,masterbus=u.0 | Can't use USB bus 'u.0' as masterbus, it doesn't support companion controllers
      ich9-usb-ehci1,id=u /@1,masterbus=u.0,firstport=5 | firstport must be between 0 and 4
      ich9-usb-ehci1,id=u /@1,masterbus=u.0 /@2,masterbus=u.0,firstport=1 | firstport 1 asks for ports 1-2, @
      piix3-usb-uhci,masterbus=usb.0     | Property 'piix3-usb-uhci.masterbus' not found
      piix3-usb-uhci,addr=1d.7           | PCI: slot 29 function 7 not available for piix3-usb-uhci, @
      ich9-usb-uhci1,masterbus=usb-bus.0 | firstport 0 asks for ports 0-1, but port 0 has a companion assigned already
      """)
  void companionsThatDoNotFitAreRefused(String devices, String expected) {
    String[] all = devices.replace("@", "ich9-usb-uhci").split(" /");
    ConfigException refused = assertThrows(ConfigException.class, () -> devices(BUSES, true, all));
    String end = expected.startsWith("PCI") ? "in use by ich9-usb-ehci1,id=(null)"
        : "but port 1 has a companion assigned already";
    assertEquals("-device: " + expected.replace("@", end), refused.getMessage());
  }

  @Test
  void usbControllersAndTheirCompanionsGoWhereLibvirtPutsThem() {
    UserPciDevices usb = devices(BUSES, "ich9-usb-ehci1,id=usb,bus=pcie.0,addr=0x1d.0x7",
        "ich9-usb-uhci1,masterbus=usb.0,firstport=0,bus=pcie.0,multifunction=on,addr=0x1d",
        "ich9-usb-uhci2,masterbus=usb.0,firstport=2,bus=pcie.0,addr=0x1d.0x1");
    assertEquals(List.of(0xEF, 0xE8, 0xE9), usb.functions().stream().map(PciFunction::devfn).toList());
    assertEquals(List.of(0xA), devices(Map.of("pci.0", "PCI"), "piix3-usb-uhci,id=usb,bus=pci.0,addr=0x1.0x2")
        .functions().stream().map(PciFunction::devfn).toList());
  }

  @Test
  void theRootBusHasRoomForThirtyOfThem() {
    List<String> devices = new ArrayList<>();
    for (int i = 0; i < 31; i++) {
      devices.add(",chassis=" + i);
    }
    assertEquals(30, ports(devices.subList(0, 30).toArray(String[]::new)).ports().size());
    ConfigException refused =
        assertThrows(ConfigException.class, () -> ports(devices.toArray(String[]::new)));
    assertEquals("-device: PCI: no slot/function available for pcie-root-port, all in use or reserved", refused.getMessage());
  }

  @Test
  void devicesGoOnTheRootBusOrBehindAPort() {
    UserPciDevices all = devices(BUSES, "pcie-root-port,id=p,chassis=1", "qemu-xhci,id=usb,bus=p,addr=0x0", "virtio-rng",
        "virtio-balloon-pci,addr=5.1,id=b,deflate-on-oom=on,guest-stats-polling-interval=3");
    assertEquals(List.of("p 0", "null 16", "null 41"),
        all.functions().stream().map(f -> f.port() + " " + f.devfn()).toList());
    assertEquals(List.of("pcie-root-port", "qemu-xhci", "virtio-rng-pci", "virtio-balloon-pci"),
        all.objects().stream().map(o -> o.object().type().name()).toList());
    assertEquals("off", all.objects().get(2).object().get("disable-legacy"));
    assertEquals(3L, all.objects().get(3).object().child("virtio-backend").get("guest-stats-polling-interval"));
  }

  /// What QEMU 7.2 says; the last lines are about what there is not here.
  @ParameterizedTest(name = "{0}")
  @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
      virtio-balloon-pci /virtio-balloon | Only one balloon device is supported
      virtio-rng-pci,rng=x | Device 'x' not found
      virtio-rng-pci,rng=t | Invalid parameter type for 'rng', expected: rng-backend
      virtio-rng-pci,max-bytes=-1 | 'max-bytes' parameter must be non-negative, and less than 2^63
      virtio-rng-pci,period=0 | 'period' parameter expects a positive integer
      virtio-rng-pci,disable-legacy=maybe | Parameter 'disable-legacy' does not accept value 'maybe'
      virtio-rng-pci,iommu_platform=on | VIRTIO_F_IOMMU_PLATFORM was supported by neither legacy nor transitional device
      virtio-rng-pci,indirect_desc=2 | Parameter 'indirect_desc' expects 'on' or 'off'
      virtio-balloon-pci,free-page-hint=on | 'free-page-hint' requires 'iothread' to be set
      virtio-balloon-pci,guest-stats-polling-interval=-1 | timer value must be greater than zero
      virtio-balloon-pci,guest-stats=5 | Property 'virtio-balloon-device.guest-stats' is not writable
      virtio-balloon-pci,foo=5 | Property 'virtio-balloon-pci.foo' not found
      virtio-balloon-pci,bus=isa.0 | Device 'virtio-balloon-pci' can't go on ISA bus
      virtio-balloon-pci,bus=pci.0 | Bus 'pci.0' not found
      qemu-xhci,msix=off | Property 'qemu-xhci.msix' not found
      qemu-xhci,addr=1f.3 | PCI: slot 31 function 3 not available for qemu-xhci, in use by ICH9-SMB,id=(null)
      qemu-xhci,id=a /qemu-xhci,id=a | Duplicate device ID 'a'
      qemu-xhci,p2=8 | another value of property 'p2' of qemu-xhci is not supported yet
      virtio-rng-pci,packed=on | another value of property 'packed' of virtio-rng-pci is not supported yet
      virtio-balloon-pci,free-page-hint=on,iothread=t | free page hints are not supported yet
      virtio-rng-pci,iommu_platform=on,disable-legacy=on | an I/O MMU is not supported yet
      """)
  void virtioAndUsbDevicesThatDoNotFitAreRefused(String devices, String expected) {
    String[] all = devices.split(" /");
    ConfigException refused = assertThrows(ConfigException.class, () -> devices(BUSES, all));
    assertEquals("-device: " + expected, refused.getMessage());
  }

  @Test
  void aFunctionWithoutAnyInterfaceIsRefused() {
    ConfigException refused = assertThrows(ConfigException.class,
        () -> devices(BUSES, "virtio-rng-pci,disable-legacy=on,disable-modern=on"));
    assertEquals("-device: device cannot work as neither modern nor legacy mode is enabled\n"
        + "Set either disable-modern or disable-legacy to off", refused.getMessage());
  }

  @Test
  void someTypesSayByThemselvesWhetherTheyAreLegacy() {
    UserPciDevices all = devices(BUSES, "pcie-root-port,id=p,chassis=1", "virtio-rng-pci-transitional,bus=p",
        "virtio-balloon-pci-non-transitional");
    assertEquals(List.of("off", "on"),
        all.objects().stream().skip(1).map(o -> o.object().setting("disable-legacy", "")).toList());
    ConfigException refused = assertThrows(ConfigException.class,
        () -> devices(BUSES, "virtio-rng-pci-transitional,disable-legacy=on"));
    assertEquals("-device: Property 'virtio-rng-pci-transitional.disable-legacy' not found", refused.getMessage());
  }

  @Test
  void aPcHasThemOnItsOnlyBus() {
    UserPciDevices all = devices(Map.of("pci.0", "PCI"), "qemu-xhci", "virtio-balloon-pci", "virtio-rng-pci,bus=pci.0");
    assertEquals(List.of("null 16", "null 24", "null 32"),
        all.functions().stream().map(f -> f.port() + " " + f.devfn()).toList());
  }
}
