package thespis.machine.qom;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
    assertEquals(names("generic-pc-machine", false), names("hotplug-handler", false).stream()
        .filter(name -> name.endsWith("-machine")).collect(Collectors.toList()));
    assertEquals(names("device", true), names("resettable", true).stream()
        .filter(name -> ObjectTypes.find(name).isA("device")).toList());
  }

  @Test
  void anInterfaceIsAnAbstractType() {
    assertEquals("{abstract=true, name=nmi, parent=interface}",
        ObjectTypes.list("nmi", true).stream().filter(t -> t.get("name").equals("nmi")).findAny().orElseThrow().toString());
    assertEquals(List.of(), names("nosuch", true));
  }
}
