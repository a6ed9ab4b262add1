package thespis.machine.qom;

import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import thespis.cpu.prop.Property;

/// What `-device TYPE,help` and `-machine TYPE,help` print.
public final class DeviceHelp {
  /// Properties of machines that can only be read.
  private static final Set<String> NOT_OPTIONS = Set.of("type", "device-memory-region-size");

  private DeviceHelp() {}

  /// @param type of a device that can be made
  public static String text(String type) {
    return options(type, Stream.concat(ObjectTypes.settings(type).map(DeviceHelp::line), parts(type)));
  }

  private static Stream<String> parts(String type) {
    return new QomObject(ObjectTypes.find(type), null).children().stream()
        .map(part -> "  " + part.name() + "=<child<" + part.type() + ">>\n");
  }

  /// What `-object TYPE,help` prints.
  ///
  /// @param type of an object that users can make
  public static String object(String type) {
    return options(type, ObjectTypes.find(type).properties().stream()
        .filter(p -> p.writer() != null || p.type().startsWith("link<"))
        .map(p -> line(p.withDefault(null))));
  }

  private static String options(String type, Stream<String> lines) {
    String options = lines.sorted().collect(Collectors.joining());
    return options.isEmpty() ? "There are no options for " + type + ".\n" : type + " options:\n" + options;
  }

  /// @param type full name of a machine type, as in `pc-i440fx-7.2`
  public static String machine(String type) {
    String name = type + "-machine";
    return name + " options:\n" + ObjectTypes.find(name).properties().stream()
        .filter(p -> !p.member() && !NOT_OPTIONS.contains(p.name()))
        .map(p -> line(p.withDefault(null)))
        .sorted()
        .collect(Collectors.joining());
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
