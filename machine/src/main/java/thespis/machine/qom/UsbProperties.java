package thespis.machine.qom;

/// The property tables of USB host controllers, as {@link DeviceProperties} reads them.
final class UsbProperties {
  static final String TABLE = """
      pci-ehci-usb
        maxframes                      uint32          128
      piix3-usb-uhci
        bandwidth                      uint32          1280
        maxframes                      uint32          128
      piix4-usb-uhci
        bandwidth                      uint32          1280
        maxframes                      uint32          128
      ich9-usb-uhci1
        masterbus                      str             ()
        firstport                      uint32          0
        bandwidth                      uint32          1280
        maxframes                      uint32          128
      ich9-usb-uhci2
        masterbus                      str             ()
        firstport                      uint32          0
        bandwidth                      uint32          1280
        maxframes                      uint32          128
      ich9-usb-uhci3
        masterbus                      str             ()
        firstport                      uint32          0
        bandwidth                      uint32          1280
        maxframes                      uint32          128
      ich9-usb-uhci4
        masterbus                      str             ()
        firstport                      uint32          0
        bandwidth                      uint32          1280
        maxframes                      uint32          128
      ich9-usb-uhci5
        masterbus                      str             ()
        firstport                      uint32          0
        bandwidth                      uint32          1280
        maxframes                      uint32          128
      ich9-usb-uhci6
        masterbus                      str             ()
        firstport                      uint32          0
        bandwidth                      uint32          1280
        maxframes                      uint32          128
      """;

  private UsbProperties() {}
}
