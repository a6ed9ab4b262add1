package thespis.actors;

import java.util.HashMap;
import java.util.Map;
import thespis.cpu.model.ConfigException;
import thespis.machine.board.PciFunction;
import thespis.machine.device.usb.UsbControllers;
import thespis.machine.device.usb.UsbSettings;
import thespis.machine.device.usb.Xhci;
import thespis.machine.qom.QomObject;

/// USB host controllers: their buses, and whose ports a companion shares. QEMU's names and words.
final class UsbFunctions {
  private static final int PORTS = 6;
  private static final int PORTS_OF_COMPANION = 2;

  /// The ports that companions have of those on a bus, a bit for each; null for a bus whose ports cannot be shared.
  private final Map<String, int[]> buses = new HashMap<>();

  private int nameless;

  /// The board's own.
  PciFunction ofBoard(String type, int devfn, boolean multifunction, String masterBus, int firstPort) {
    return new PciFunction(null, devfn, model(type, null, place(devfn), multifunction, masterBus, firstPort));
  }

  static String place(int devfn) {
    return String.format("%02x.%x", devfn >>> 3, devfn & 7);
  }

  /// @param place of the device in the words of the state that is saved of it
  /// @throws ConfigException if it cannot be the companion of what it names
  PciFunction.Model model(QomObject device, String place, boolean multifunction) {
    String type = device.type().name();
    String masterBus = (String) device.setting("masterbus", null);
    int firstPort = ((Number) device.setting("firstport", 0L)).intValue();
    return model(type, device.id(), place, multifunction, masterBus, firstPort);
  }

  private PciFunction.Model model(
      String type, String id, String place, boolean multifunction, String masterBus, int firstPort) {
    int[] shared = new int[1];
    if (masterBus != null) {
      share(masterBus, firstPort);
    } else {
      addBus(id, UsbControllers.isEnhanced(type) ? shared : null);
    }
    // those that share its ports are not known yet
    return clock -> UsbControllers.create(new UsbSettings(type, id, place, multifunction, shared[0]), clock);
  }

  PciFunction.Model xhci(Xhci.Settings settings) {
    addBus(settings.id(), null);
    return clock -> new Xhci(settings, clock);
  }

  private void addBus(String id, int[] shared) {
    buses.put(id == null ? "usb-bus." + nameless++ : id + ".0", shared);
  }

  private void share(String bus, int firstPort) {
    if (!buses.containsKey(bus)) {
      throw new ConfigException("USB bus '" + bus + "' not found");
    }
    int[] shared = buses.get(bus);
    if (shared == null) {
      throw new ConfigException(
          "Can't use USB bus '" + bus + "' as masterbus, it doesn't support companion controllers");
    }
    if (Integer.compareUnsigned(firstPort, PORTS - PORTS_OF_COMPANION) > 0) {
      throw new ConfigException("firstport must be between 0 and " + (PORTS - PORTS_OF_COMPANION));
    }
    for (int port = firstPort; port < firstPort + PORTS_OF_COMPANION; port++) {
      if ((shared[0] >>> port & 1) != 0) {
        throw new ConfigException("firstport " + firstPort + " asks for ports " + firstPort + "-"
            + (firstPort + PORTS_OF_COMPANION - 1) + ", but port " + port + " has a companion assigned already");
      }
    }
    shared[0] |= 3 << firstPort;
  }
}
