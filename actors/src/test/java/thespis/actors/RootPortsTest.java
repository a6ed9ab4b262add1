package thespis.actors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import thespis.actors.cli.DeviceText;
import thespis.cpu.model.ConfigException;
import thespis.machine.device.pci.PcieRootPort.Settings;

class RootPortsTest {
  private static final Map<String, String> BUSES = Map.of("pcie.0", "PCIE", "isa.0", "ISA");

  private static RootPorts ports(String... devices) {
    MachineBuilder builder = Machine.builder();
    for (String device : devices) {
      builder.device("-device", DeviceText.parse("pcie-root-port" + device));
    }
    return RootPorts.of(builder.config(), BUSES);
  }

  @Test
  void portsGoWhereTheyAreToldOrToTheFirstFreeSlot() {
    RootPorts ports = ports(
        ",id=p1,addr=1.0,multifunction=on,port=8,chassis=1", ",addr=0x1.0x1,chassis=2,bus=pcie.0", ",chassis=3,slot=7");
    assertEquals(
        List.of(new Settings("p1", 8, 8, 0, true), new Settings(null, 9, 0, 0, false), new Settings(null, 16, 0, 7, false)),
        ports.settings());
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

  @Test
  void theRootBusHasRoomForThirtyOfThem() {
    List<String> devices = new ArrayList<>();
    for (int i = 0; i < 31; i++) {
      devices.add(",chassis=" + i);
    }
    assertEquals(30, ports(devices.subList(0, 30).toArray(String[]::new)).settings().size());
    ConfigException refused =
        assertThrows(ConfigException.class, () -> ports(devices.toArray(String[]::new)));
    assertEquals("-device: PCI: no slot/function available for pcie-root-port, all in use or reserved", refused.getMessage());
  }
}
