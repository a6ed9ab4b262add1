package thespis.machine.device.usb;

import thespis.machine.device.pci.PciDevice;

/// What Intel's UHCI and EHCI controllers have in common: how they show themselves, and that a reset of the bus resets their
/// registers as one of their own does.
abstract sealed class IntelUsb extends PciDevice permits Uhci, Ehci {
  final UsbSettings settings;

  IntelUsb(UsbSettings settings, int device, int revision, int classCode, int pin) {
    super(settings.name(), 0x8086, device, revision, classCode);
    this.settings = settings;
    if (settings.multifunction()) {
      multifunction();
    }
    interruptPin(pin);
  }

  @Override
  public final String id() {
    return settings.id() == null ? "" : settings.id();
  }

  /// The controller's registers, as at power-on.
  abstract void resetController();

  @Override
  public final void reset() {
    synchronized (lock()) {
      super.reset();
      resetController();
    }
  }
}
