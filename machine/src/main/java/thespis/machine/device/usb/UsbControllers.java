package thespis.machine.device.usb;

import java.util.Map;
import java.util.Set;
import thespis.cpu.run.GuestClock;
import thespis.machine.device.pci.PciDevice;

/// The UHCI and EHCI controllers of Intel's south bridges, as QEMU 7.2 names them.
public final class UsbControllers {
  private record Model(int device, int revision, int pin, boolean enhanced) {}

  private static final Map<String, Model> MODELS = Map.ofEntries(
      Map.entry("piix3-usb-uhci", new Model(0x7020, 0x01, 4, false)),
      Map.entry("piix4-usb-uhci", new Model(0x7112, 0x01, 4, false)),
      Map.entry("ich9-usb-uhci1", new Model(0x2934, 0x03, 1, false)),
      Map.entry("ich9-usb-uhci2", new Model(0x2935, 0x03, 2, false)),
      Map.entry("ich9-usb-uhci3", new Model(0x2936, 0x03, 3, false)),
      Map.entry("ich9-usb-uhci4", new Model(0x2937, 0x03, 1, false)),
      Map.entry("ich9-usb-uhci5", new Model(0x2938, 0x03, 2, false)),
      Map.entry("ich9-usb-uhci6", new Model(0x2939, 0x03, 3, false)),
      Map.entry("usb-ehci", new Model(0x24CD, 0x10, 4, true)),
      Map.entry("ich9-usb-ehci1", new Model(0x293A, 0x03, 4, true)),
      Map.entry("ich9-usb-ehci2", new Model(0x293C, 0x03, 4, true)));

  private UsbControllers() {}

  public static boolean has(String type) {
    return MODELS.containsKey(type);
  }

  /// It can share its ports.
  public static boolean isEnhanced(String type) {
    return MODELS.containsKey(type) && MODELS.get(type).enhanced;
  }

  public static PciDevice create(UsbSettings settings, GuestClock clock) {
    Model model = MODELS.get(settings.type());
    return model.enhanced
        ? new Ehci(settings, model.device, model.revision, model.pin, clock)
        : new Uhci(settings, model.device, model.revision, model.pin, clock);
  }

  public static Set<String> types() {
    return MODELS.keySet();
  }
}
