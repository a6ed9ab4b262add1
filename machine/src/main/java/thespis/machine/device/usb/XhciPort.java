package thespis.machine.device.usb;

/// An empty root hub port. xHCI 1.2 "Port Status and Control Register (PORTSC)": powered, and waiting for a device.
final class XhciPort {
  private static final int POWER = 1 << 9;
  private static final int RX_DETECT = 5 << 5;
  static final int EMPTY = POWER | RX_DETECT;

  /// Power, indicators, and what shall wake the host.
  private static final int WRITABLE = POWER | 3 << 14 | 7 << 25;

  /// Changes, which a written 1 acknowledges.
  private static final int CHANGES = 0x7F << 17;

  private XhciPort() {}

  /// What a write leaves. A reset has no effect on a port without a device.
  static int write(int now, int value) {
    return now & ~(WRITABLE | value & CHANGES) | value & WRITABLE;
  }
}
