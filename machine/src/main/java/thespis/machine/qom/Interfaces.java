package thespis.machine.qom;

import java.util.Map;
import java.util.Set;

/// What types can do for others beside what they are: QEMU's interfaces, as its type system lists them for the types that
/// we have. They are abstract types themselves; types below an implementing one implement it too.
final class Interfaces {
  /// The type above all of them.
  static final String ROOT = "interface";

  private static final Map<String, Set<String>> IMPLEMENTED = Map.ofEntries(
      Map.entry("acpi-dev-aml-interface", Set.of(
          "ICH9-LPC", "ICH9-SMB", "i8042", "isa-fdc", "isa-parallel", "isa-serial", "mc146818rtc", "pci-piix3",
          "pci-vga")),
      Map.entry("acpi-device-interface", Set.of("ICH9-LPC", "PIIX4_PM", "acpi-ged")),
      Map.entry("conventional-pci-device", Set.of(
          "ICH9-LPC", "ICH9-SMB", "PIIX4_PM", "e1000-base", "i440FX", "ich9-ahci", "intel-hda-generic",
          "ivshmem-common", "mch", "pci-bridge", "pci-ehci-usb", "pci-ide", "pci-piix3", "pci-qxl", "pci-uhci-usb",
          "pci-vga", "pci-xhci", "pvscsi", "virtio-balloon-pci", "virtio-balloon-pci-non-transitional",
          "virtio-balloon-pci-transitional", "virtio-rng-pci", "virtio-rng-pci-non-transitional",
          "virtio-rng-pci-transitional")),
      Map.entry("cxl-device", Set.of("cxl-downstream", "cxl-rp")),
      Map.entry("fw-path-provider", Set.of()),
      Map.entry("fw_cfg-data-generator", Set.of()),
      Map.entry("hotplug-handler", Set.of(
          "ICH9-LPC", "PIIX4_PM", "SCSI", "acpi-ged", "generic-pc-machine", "microvm-machine", "pci-bridge",
          "pcie-pci-bridge", "pcie-slot", "pvscsi", "usb-bus", "usb-ccid", "virtio-scsi-device",
          "virtio-serial-device", "x-remote-machine")),
      Map.entry("intctrl", Set.of("ioapic-common", "pic-common")),
      Map.entry("ipmi-interface", Set.of()),
      Map.entry("isa-dma", Set.of("i8257")),
      Map.entry("memory-device", Set.of("virtio-mem-pci-base", "virtio-pmem-pci-base")),
      Map.entry("nmi", Set.of("x86-machine")),
      Map.entry("pci-express-device", Set.of(
          "cxl-downstream", "pci-xhci", "pcie-pci-bridge", "pcie-root-port-base", "pvscsi", "virtio-balloon-pci",
          "virtio-balloon-pci-non-transitional", "virtio-rng-pci", "virtio-rng-pci-non-transitional",
          "xio3130-downstream")),
      Map.entry("qemu:ram-discard-manager", Set.of()),
      Map.entry("rdma", Set.of()),
      Map.entry("resettable", Set.of("bus", "device")),
      Map.entry("tpm-if", Set.of()),
      Map.entry("user-creatable", Set.of(
          "can-host", "event-loop-base", "memory-backend", "netfilter", "pr-manager", "rng-backend", "secret_common",
          "throttle-group")),
      Map.entry("vmstate-if", Set.of("device")));

  private Interfaces() {}

  static Set<String> names() {
    return IMPLEMENTED.keySet();
  }

  /// Does a type of this name implement it, whatever those above it do?
  static boolean has(String type, String wanted) {
    return IMPLEMENTED.getOrDefault(wanted, Set.of()).contains(type);
  }

  /// Does `qom-list-types` show it among those of another type? Asked for the interface above all, QEMU shows the types that
  /// implement a single one: with more it can't decide which way up to go.
  static boolean isListed(ObjectType type, String wanted) {
    return type.isA(wanted) || wanted.equals(ROOT) && names().stream().filter(type::isA).count() == 1;
  }
}
