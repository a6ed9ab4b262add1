package thespis.machine.qom;

import java.util.List;

/// Types that are known by name and place alone: QEMU 7.2 has them, and here nothing is made of them. They are those that no
/// client can take for an offer, since QEMU makes nothing of them on demand either (abstract types, buses), and those that
/// others are plugged into, machines among them. Types of all devices that QEMU offers and we don't are not here: a
/// client that finds a device's type adds the device.
final class AbsentTypes {
  private static final String TREE = """
      object
        *authz
        bus
          ccid-bus
          HDA
          IndustryPack
          nvme-bus
          PCI
            PCIE
              CXL
                pxb-cxl-bus
              pxb-pcie-bus
            pxb-bus
          SCSI
          sd-bus
            sdhci-bus
          virtio-bus
            virtio-mmio-bus
          virtio-serial-bus
          vmbus
        *can-host
        chardev
          *chardev-spice
        *confidential-guest-support
        device
          *ccid-card
          *hda-codec
            *hda-audio
          *ide-device
          *ipack-device
          *ipmi-bmc
          pci-device
            base-pci-bridge
              pci-bridge
                pci-bridge-seat
              pcie-pci-bridge
              pcie-port
                pcie-slot
                  cxl-downstream
                  pcie-root-port-base
                    cxl-rp
                    ioh3420
                  xio3130-downstream
            *e1000-base
            *intel-hda-generic
            *ivshmem-common
            *megasas-base
            *pci-ehci-usb
            *pci-qxl
            *pci-uhci-usb
            *pci-vga
            pvscsi
            virtio-pci
              *vhost-scsi-pci-base
              *vhost-user-blk-pci-base
              *vhost-user-fs-pci-base
              *vhost-user-gpio-pci-base
              *vhost-user-i2c-pci-base
              *vhost-user-rng-pci-base
              *vhost-user-scsi-pci-base
              *vhost-user-vsock-pci-base
              *vhost-vsock-pci-base
              *virtio-9p-pci-base
              *virtio-blk-pci-base
              *virtio-crypto-pci-base-type
              *virtio-gpu-pci-base
                *vhost-user-gpu-pci-base-type
                *virtio-gpu-gl-pci-base-type
                *virtio-gpu-pci-base-type
              *virtio-input-pci
                *vhost-user-input-pci-base-type
                *virtio-input-hid-pci
                  *virtio-keyboard-pci-base-type
                  *virtio-mouse-pci-base-type
                  *virtio-tablet-pci-base-type
                *virtio-input-host-pci-base-type
              *virtio-iommu-pci-base-type
              *virtio-mem-pci-base
              *virtio-net-pci-base
              *virtio-pmem-pci-base
              *virtio-scsi-pci-base
              *virtio-serial-pci-base
              *virtio-vga-base
                *vhost-user-vga-base-type
                *virtio-vga-base-type
                *virtio-vga-gl-base-type
          *scsi-device
            *scsi-disk-base
          sys-bus-device
            *x86-iommu
          *usb-device
            *u2f-key
            usb-ccid
            *usb-hid
            *usb-serial-dev
            *usb-storage-dev
          virtio-device
            *vhost-vsock-common
            *virtio-gpu-base
            *virtio-input-device
              *virtio-input-hid-device
            *virtio-scsi-common
              *vhost-scsi-common
              virtio-scsi-device
            virtio-serial-device
          *virtio-serial-port
          *vmbus-dev
        machine
          x-remote-machine
          x86-machine
            generic-pc-machine
              isapc-machine
            microvm-machine
        memory-region
          *iommu-memory-region
        *netfilter
        *pr-manager
        *qio-channel
        *tls-creds
        *tpm-backend
      """;

  private AbsentTypes() {}

  /// Those above them are among the rows, be they absent or not.
  static List<DeviceTypes.Row> rows() {
    return DeviceTypes.rows(TREE);
  }
}
