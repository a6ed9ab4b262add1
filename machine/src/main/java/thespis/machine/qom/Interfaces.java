package thespis.machine.qom;

import java.util.Map;
import java.util.Set;

/// What types can do for others beside what they are: QEMU's interfaces, as its type system lists them for the types that
/// we have. They are abstract types themselves; types below an implementing one implement it too.
final class Interfaces {
  /// The type above all of them.
  static final String ROOT = "interface";

  private static final Map<String, Set<String>> IMPLEMENTED = Map.of(
      "acpi-dev-aml-interface", Set.of(
          "ICH9-LPC", "ICH9-SMB", "i8042", "isa-fdc", "isa-parallel", "isa-serial", "mc146818rtc", "pci-piix3"),
      "acpi-device-interface", Set.of("ICH9-LPC", "PIIX4_PM", "acpi-ged"),
      "conventional-pci-device", Set.of(
          "ICH9-LPC", "ICH9-SMB", "PIIX4_PM", "i440FX", "ich9-ahci", "mch", "pci-ide", "pci-piix3"),
      "hotplug-handler", Set.of("ICH9-LPC", "PIIX4_PM", "acpi-ged", "generic-pc-machine", "pcie-slot"),
      "intctrl", Set.of("ioapic-common", "pic-common"),
      "isa-dma", Set.of("i8257"),
      "nmi", Set.of("x86-machine"),
      "resettable", Set.of("bus", "device"),
      "user-creatable", Set.of(
          "event-loop-base", "memory-backend", "rng-backend", "secret_common", "throttle-group"),
      "vmstate-if", Set.of("device"));

  private Interfaces() {}

  static Set<String> names() {
    return IMPLEMENTED.keySet();
  }

  /// Does a type of this name implement it, whatever those above it do?
  static boolean has(String type, String wanted) {
    return IMPLEMENTED.getOrDefault(wanted, Set.of()).contains(type);
  }
}
