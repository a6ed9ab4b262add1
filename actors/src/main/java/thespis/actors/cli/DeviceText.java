package thespis.actors.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The text form of a device: `driver,id=x,prop=value`.
public final class DeviceText {
  private DeviceText() {}

  /// @throws OptionException with QEMU's text
  public static Map<String, Object> parse(String text) {
    return of(Item.flags(text, "driver"));
  }

  static Map<String, Object> of(List<Item> items) {
    Map<String, Object> arguments = new LinkedHashMap<>();
    for (Item item : items) {
      if (item.key().equals("id")) {
        Identifier.check(item.value());
      }
      arguments.put(item.key(), item.value());
    }
    if (arguments.getOrDefault("driver", "").equals("")) {
      throw new OptionException(arguments.containsKey("driver")
          ? "'' is not a valid device model name"
          : "Parameter 'driver' is missing");
    }
    return arguments;
  }
}
