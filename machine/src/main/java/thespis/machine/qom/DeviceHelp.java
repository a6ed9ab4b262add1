package thespis.machine.qom;

import java.util.stream.Collectors;
import thespis.cpu.prop.Property;

/// What `-device TYPE,help` prints.
public final class DeviceHelp {
  private DeviceHelp() {}

  /// @param type of a device that can be made
  public static String text(String type) {
    return type + " options:\n"
        + ObjectTypes.settings(ObjectTypes.find(type)).map(DeviceHelp::line).sorted().collect(Collectors.joining());
  }

  private static String line(Property<QomObject> property) {
    String setting = "  " + property.name() + "=<" + property.type() + ">";
    if (property.defaultValue() == null && property.description() == null) {
      return setting + "\n";
    }
    Object value = property.defaultValue() instanceof String s ? '"' + s + '"' : property.defaultValue();
    return String.format("%-24s - %s%s\n", setting,
        property.description() == null ? "" : property.description(),
        property.defaultValue() == null ? "" : " (default: " + value + ")");
  }
}
