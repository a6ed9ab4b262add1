package thespis.machine.qom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import thespis.cpu.model.ConfigException;

/// What `qom-list-types` says of interfaces, as QEMU 7.2 says it of the types that we have too.
class ObjectTypesTest {
  private static List<String> names(String implementing, boolean withAbstract) {
    return ObjectTypes.list(implementing, withAbstract).stream().map(type -> (String) type.get("name")).sorted().toList();
  }

  @ParameterizedTest(name = "{0}, abstract {1}")
  @CsvSource({
    "acpi-device-interface, false, ICH9-LPC PIIX4_PM acpi-ged acpi-ged-x86",
    "acpi-device-interface, true, ICH9-LPC PIIX4_PM acpi-device-interface acpi-ged acpi-ged-x86",
    "accel-ops, true, accel-ops kvm-accel-ops tcg-accel-ops",
    "isa-dma, true, i8257 isa-dma",
    "intctrl, false, ioapic isa-i8259 kvm-i8259 kvm-ioapic"
  })
  void typesThatImplementAnInterface(String wanted, boolean withAbstract, String types) {
    assertEquals(types, String.join(" ", names(wanted, withAbstract)));
  }

  @Test
  void everyMachineHandlesHotplugAndEveryDeviceIsReset() {
    List<String> handlers = names("hotplug-handler", false);
    List<String> machines = names("machine", false);
    assertEquals(List.of("none-machine"), machines.stream().filter(name -> !handlers.contains(name)).toList());
    assertEquals("ICH9-LPC PIIX4_PM SCSI acpi-ged acpi-ged-x86 cxl-downstream cxl-rp ioh3420 pci-bridge pci-bridge-seat"
        + " pcie-pci-bridge pcie-root-port pvscsi usb-bus usb-ccid virtio-scsi-device virtio-serial-device"
        + " xio3130-downstream",
        handlers.stream().filter(name -> !machines.contains(name)).collect(Collectors.joining(" ")));
    assertEquals(names("device", true), names("resettable", true).stream()
        .filter(name -> ObjectTypes.find(name).isA("device")).toList());
  }

  @Test
  void anInterfaceIsAnAbstractType() {
    assertEquals("{abstract=true, name=nmi, parent=interface}",
        ObjectTypes.list("nmi", true).stream().filter(t -> t.get("name").equals("nmi")).findAny().orElseThrow().toString());
    assertEquals(List.of(), names("nosuch", true));
  }

  @Test
  void theInterfaceAboveAllShowsThoseThatImplementOne() {
    List<String> shown = names("interface", true);
    assertTrue(shown.containsAll(List.of("interface", "nmi", "x86-machine", "ISA", "iothread")), shown.toString());
    for (String many : List.of("device", "usb-bus", "generic-pc-machine")) {
      assertFalse(shown.contains(many), many);
    }
  }

  /// QEMU makes these. Here they are names, and to ask more of them than that is answered as for a name that is unknown.
  @ParameterizedTest
  @ValueSource(strings = {"pci-bridge", "virtio-scsi-device", "usb-ccid"})
  void absentDevicesHaveNoProperties(String type) {
    assertTrue(ObjectTypes.find(type).isAbsent());
    assertEquals("Device '" + type + "' not found",
        assertThrows(DeviceNotFoundException.class, () -> ObjectTypes.deviceProperties(type)).getMessage());
    assertEquals("Class '" + type + "' not found",
        assertThrows(DeviceNotFoundException.class, () -> ObjectTypes.properties(type)).getMessage());
  }

  @Test
  void whatIsAbstractIsNoDeviceToAskOf() {
    for (String type : List.of("scsi-device", "SCSI", "microvm-machine", "netfilter")) {
      assertEquals("Parameter 'typename' expects a non-abstract device type",
          assertThrows(ConfigException.class, () -> ObjectTypes.deviceProperties(type)).getMessage(), type);
    }
  }
}
