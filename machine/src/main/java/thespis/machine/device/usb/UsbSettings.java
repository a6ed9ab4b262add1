package thespis.machine.device.usb;

/// How a host controller shows itself, whichever it is.
///
/// @param type of the device
/// @param id the user's name for it; null for none
/// @param place "slot.function", behind the name of a port if it is behind one
/// @param shared which of its ports others have as well, a bit for each; each of those has two
public record UsbSettings(String type, String id, String place, boolean multifunction, int shared) {
  String name() {
    return type + "-" + place;
  }
}
