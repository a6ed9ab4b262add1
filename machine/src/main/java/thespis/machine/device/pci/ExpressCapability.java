package thespis.machine.device.pci;

/// The PCI Express capability of an endpoint. PCI Express Base Specification "PCI Express Capability Structure", version
/// 2, a link of one lane at 2.5 GT/s, as QEMU 7.2 describes its endpoints.
public final class ExpressCapability {
  private static final int CAPABILITY = 0x10;
  private static final int LENGTH = 0x3C;
  private static final int ENDPOINT = 0x02;
  private static final int INTEGRATED_ENDPOINT = 0x92;
  private static final int DEVICE_CAPABILITIES = 0x04;
  private static final int DEVICE_CONTROL = 0x08;
  private static final int DEVICE_STATUS = 0x0A;
  private static final int LINK_CONTROL = 0x10;
  private static final int DEVICE_CONTROL_2 = 0x28;
  private static final int EXTENDED = 0x100;

  private static final int ERRORS = 0x0F;
  private static final int CLOCK_AND_SYNCH = 0xC0;
  private static final int FUNCTION_RESET = 0x10;
  private static final int START_RESET = 0x80;
  private static final int POWER_CAPABILITY = 0x01;

  private final PciDevice device;
  private final int at;
  private boolean resets;

  /// @param integrated it is on the root bus
  public ExpressCapability(PciDevice device, int at, boolean integrated) {
    this.device = device;
    this.at = at;
    device.capability(at, CAPABILITY,
        integrated ? INTEGRATED_ENDPOINT : ENDPOINT, 0x00,
        0x00, 0x80, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x11, 0x04, 0x00, 0x00, 0x00, 0x00, 0x11, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x00, 0x00, 0x30, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00);
    device.writeMask(at + DEVICE_CONTROL_2 + 1, 0x80);
    device.readOnly(EXTENDED, 4);
  }

  /// Errors can be reported, the link configured, the function reset; and power states, in a capability that follows.
  ///
  /// @return where the next capability can be
  public int complete() {
    device.preset(at + DEVICE_CAPABILITIES + 3, FUNCTION_RESET);
    device.writeMask(at + DEVICE_CONTROL, ERRORS, START_RESET);
    device.clearMask(at + DEVICE_STATUS, ERRORS);
    device.writeMask(at + LINK_CONTROL, CLOCK_AND_SYNCH);
    int power = at + LENGTH;
    device.capability(power, POWER_CAPABILITY, 0x03, 0x00, 0x00, 0x00, 0x00, 0x00);
    device.writeMask(power + 4, 0x03);
    resets = true;
    return power + 8;
  }

  /// True if a write to the configuration space asks for a function level reset; the bit never stays.
  public boolean asksForReset(int offset, int size) {
    boolean asks = resets && PciDevice.touches(offset, size, at + DEVICE_CONTROL + 1, 1)
        && (device.config8(at + DEVICE_CONTROL + 1) & START_RESET) != 0;
    if (asks) {
      device.setConfig8(at + DEVICE_CONTROL + 1, device.config8(at + DEVICE_CONTROL + 1) & ~START_RESET);
    }
    return asks;
  }
}
