package thespis.machine.qom;

/// The property tables of virtio devices, of their PCI functions and of the USB controller, as {@link DeviceProperties}
/// reads them. A function also has those of the device inside it.
final class VirtioProperties {
  static final String TABLE = """
      base-xhci
        host                           link<device>    ()
        legacy-host                    #str            ()
        streams                        bool            true         on/off
        p2                             uint32          4
        p3                             uint32          4
      virtio-pci
        virtio-pci-bus-master-bug-migration bool            false        on/off
        migrate-extra                  bool            true         on/off
        modern-pio-notify              bool            false        on/off
        x-disable-pcie                 bool            false        on/off
        page-per-vq                    bool            false        on/off
        x-ignore-backend-features      bool            false
        ats                            bool            false        on/off
        x-ats-page-aligned             bool            true         on/off
        x-pcie-deverr-init             bool            true         on/off
        x-pcie-lnkctl-init             bool            true         on/off
        x-pcie-pm-init                 bool            true         on/off
        x-pcie-flr-init                bool            true         on/off
        aer                            bool            false        on/off
      virtio-rng-pci-base
        ioeventfd                      bool            true         on/off
        vectors                        uint32          4294967295
      virtio-balloon-pci
        disable-legacy                 OnOffAuto       auto         on/off/auto
        disable-modern                 bool            false
      virtio-rng-pci
        disable-legacy                 OnOffAuto       auto         on/off/auto
        disable-modern                 bool            false
      virtio-device
        indirect_desc                  bool            true         on/off
        event_idx                      bool            true         on/off
        notify_on_empty                bool            true         on/off
        any_layout                     bool            true         on/off
        iommu_platform                 bool            false        on/off
        packed                         bool            false        on/off
        queue_reset                    bool            true         on/off
        use-started                    bool            true
        use-disabled-flag              bool            true
        x-disable-legacy-check         bool            false
      virtio-rng-device
        max-bytes                      uint64          9223372036854775807
        period                         uint32          65536
        rng                            link<rng-backend> ()
        legacy-rng                     #str            ()
      virtio-balloon-device
        deflate-on-oom                 bool            false        on/off
        free-page-hint                 bool            false        on/off
        page-poison                    bool            true         on/off
        free-page-reporting            bool            false        on/off
        qemu-4-0-config-size           bool            false
        iothread                       link<iothread>  ()
        legacy-iothread                #str            ()
      """;

  private VirtioProperties() {}
}
