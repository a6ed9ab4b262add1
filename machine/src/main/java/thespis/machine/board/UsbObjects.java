package thespis.machine.board;

import thespis.machine.qom.MemoryRegion;
import thespis.machine.qom.QomObject;

/// What is below the objects of USB host controllers: registers, and the bus that each has but those that are companions.
final class UsbObjects {
  private int nameless;

  /// For one that is realized and has its place.
  void describe(QomObject controller) {
    if (controller.type().isA("pci-uhci-usb")) {
      MemoryRegion.add(controller, "uhci[0]", 32);
    }
    if (controller.setting("masterbus", "").equals("")) {
      addBus(controller);
    }
  }

  void addBus(QomObject controller) {
    QomObject bus = ChipObjects.addBus(
        controller, controller.id() == null ? "usb-bus." + nameless++ : controller.id() + ".0", "usb-bus");
    ChipObjects.settings(bus).put("hotplug-handler", bus.path());
  }
}
