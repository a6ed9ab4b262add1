package thespis.machine.qom;

import java.util.ArrayList;
import java.util.List;

/// Types that have no more properties here than the types above them: the boards' chips, buses and backends. One name
/// per line, below the type it belongs to.
final class DeviceTypes {
  record Row(String name, String parent, boolean isAbstract) {}

  private static final String TREE = """
      object
        accel
          kvm-accel
          tcg-accel
        *accel-ops
          *kvm-accel-ops
          *tcg-accel-ops
        *accel-x86_64-cpu
          *kvm-accel-x86_64-cpu
          *tcg-accel-x86_64-cpu
        clock
        *bus
          System
          ISA
          PCI
            PCIE
          IDE
          i2c-bus
          usb-bus
          *virtio-bus
            virtio-pci-bus
          floppy-bus
        irq
        *chardev
          *chardev-fd
            chardev-file
            chardev-pipe
            chardev-serial
            chardev-stdio
          chardev-mux
          chardev-null
          chardev-pty
          chardev-ringbuf
            chardev-memory
          chardev-socket
          chardev-udp
          chardev-vc
      device
        cpu-cluster
        *cpu-core
        base-xhci
        *i2c-slave
          *smbus-device
            smbus-eeprom
        *isa-device
          i8042
          i8257
          isa-debug-exit
          isa-debugcon
          isa-fdc
          isa-parallel
          isa-pcspk
          isa-serial
          mc146818rtc
          pc-testdev
          *pic-common
            isa-i8259
            kvm-i8259
          *pit-common
            isa-pit
            kvm-pit
          port92
          vmmouse
          vmport
        *pci-device
          *base-pci-bridge
            *pcie-port
              *pcie-slot
                *pcie-root-port-base
                  pcie-root-port
          ich9-ahci
          ICH9-LPC
          ICH9-SMB
          PIIX4_PM
          *pci-ehci-usb
            ich9-usb-ehci1
            ich9-usb-ehci2
            usb-ehci
          *pci-ide
            piix3-ide
          *pci-uhci-usb
            ich9-usb-uhci1
            ich9-usb-uhci2
            ich9-usb-uhci3
            ich9-usb-uhci4
            ich9-usb-uhci5
            ich9-usb-uhci6
            piix3-usb-uhci
            piix4-usb-uhci
          *pci-xhci
            qemu-xhci
          *virtio-pci
            *virtio-balloon-pci-base
              virtio-balloon-pci
              virtio-balloon-pci-non-transitional
              virtio-balloon-pci-transitional
            *virtio-rng-pci-base
              virtio-rng-pci
              virtio-rng-pci-non-transitional
              virtio-rng-pci-transitional
          *pci-piix3
            PIIX3
          i440FX
          mch
        serial
        *sys-bus-device
          acpi-ged
            acpi-ged-x86
          *fw_cfg
            fw_cfg_io
          hpet
          *ioapic-common
            ioapic
            kvm-ioapic
          kvmvapic
          *pci-host-bridge
            *pcie-host-bridge
              q35-pcihost
            i440FX-pcihost
          *ps2-device
            ps2-kbd
            ps2-mouse
        *virtio-device
          virtio-balloon-device
          virtio-rng-device
      """;

  private DeviceTypes() {}

  static List<Row> rows() {
    return rows(TREE);
  }

  /// In an order in which the type above is always there already. `*` marks abstract types.
  static List<Row> rows(String tree) {
    List<Row> rows = new ArrayList<>();
    List<String> above = new ArrayList<>();
    for (String line : tree.lines().toList()) {
      String text = line.strip();
      int depth = (line.length() - line.stripLeading().length()) / 2;
      boolean isAbstract = text.startsWith("*");
      String name = isAbstract ? text.substring(1) : text;
      above.subList(depth, above.size()).clear();
      if (depth > 0) {
        rows.add(new Row(name, above.get(depth - 1), isAbstract));
      }
      above.add(name);
    }
    return rows;
  }
}
