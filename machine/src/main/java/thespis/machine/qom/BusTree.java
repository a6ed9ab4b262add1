package thespis.machine.qom;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import thespis.cpu.prop.Property;

/// The buses with the devices on them, with their lines and settings, in the form of QEMU 7.2's `info qtree`: what came
/// last is first.
public final class BusTree {
  private static final int STEP = 2;
  private static final String UNITS = "KMGTPE";

  private final StringBuilder out = new StringBuilder();
  private final Function<QomObject, List<String>> details;

  private BusTree(Function<QomObject, List<String>> details) {
    this.details = details;
  }

  /// @param details lines that only the board knows of a device
  public static String text(ObjectTree tree, Function<QomObject, List<String>> details) {
    BusTree text = new BusTree(details);
    text.bus(tree.find("/machine/unattached/sysbus"), "main-system-bus", 0);
    return text.out.toString();
  }

  private void line(int indent, String text) {
    out.append(" ".repeat(indent)).append(text).append('\n');
  }

  private void bus(QomObject bus, String name, int indent) {
    line(indent, "bus: " + name);
    line(indent + STEP, "type " + bus.type());
    bus.plugged().reversed().forEach(device -> device(device, indent + STEP));
  }

  private void device(QomObject device, int indent) {
    line(indent, "dev: " + device.type() + ", id \"" + (device.id() == null ? "" : device.id()) + "\"");
    lines(device, indent + STEP);
    for (ObjectType type = device.type(); !type.name().equals("device"); type = type.parent()) {
      settings(device, type, indent + STEP);
    }
    memory(device, indent + STEP);
    details.apply(device).forEach(detail -> line(indent + STEP, detail));
    device.children().stream().filter(child -> child.type().isA("bus")).toList().reversed()
        .forEach(bus -> bus(bus, bus.name(), indent + STEP));
  }

  /// Inputs before outputs of the same name.
  private void lines(QomObject device, int indent) {
    Map<String, Integer> inputs = count(device.children().stream()
        .filter(child -> child.type().name().equals("irq")).map(QomObject::name).toList());
    Map<String, Integer> outputs = count(device.ownProperties().stream()
        .filter(p -> p.type().equals("link<irq>")).map(Property::name).toList());
    inputs.forEach((name, count) -> {
      line(indent, "gpio-in \"" + name + "\" " + count);
      Integer both = outputs.remove(name);
      if (both != null) {
        line(indent, "gpio-out \"" + name + "\" " + both);
      }
    });
    outputs.forEach((name, count) -> line(indent, "gpio-out \"" + name + "\" " + count));
  }

  /// How many there are of each name, the last first.
  private static Map<String, Integer> count(List<String> numbered) {
    Map<String, Integer> groups = new LinkedHashMap<>();
    for (String each : numbered.reversed()) {
      String name = each.substring(0, each.indexOf('[')).replaceFirst("^unnamed-gpio-(in|out)$", "");
      groups.merge(name, 1, Integer::sum);
    }
    return groups;
  }

  private void settings(QomObject device, ObjectType type, int indent) {
    for (Property<QomObject> p : type.ownProperties()) {
      Property<QomObject> plain = type.property("legacy-" + p.name());
      Property<QomObject> shown = plain == null ? p : plain;
      boolean isSetting = p.when() == Property.When.UNTIL_REALIZED && !p.type().startsWith("link<");
      if (isSetting && shown.reader() != null) {
        line(indent, p.name() + " = " + (plain == null ? value(p, device) : plain.read(device)));
      }
    }
  }

  private static String value(Property<QomObject> property, QomObject device) {
    return switch (property.read(device)) {
      case Boolean on -> on.toString();
      case Number number when property.type().equals("size") ->
        number + " (" + size(number.doubleValue()) + ")";
      case Number number -> String.format("%d (0x%x)", number.longValue(), number.longValue());
      case Object other -> "\"" + other + "\"";
    };
  }

  /// With as few units as make it smaller than 1000 of them.
  static String size(double bytes) {
    int unit = 0;
    double value = bytes;
    while (value >= 1000) {
      value /= 1024;
      unit++;
    }
    String digits = String.format("%.3g", value);
    if (digits.contains(".")) {
      digits = digits.replaceFirst("\\.?0+$", "");
    }
    return digits + " " + (unit == 0 ? "" : UNITS.charAt(unit - 1) + "i") + "B";
  }

  /// Registers that are called after the device and are in its own part of the address space.
  private void memory(QomObject device, int indent) {
    device.children().stream()
        .filter(region -> device.type().isA("sys-bus-device") && region.name().equals(device.type() + "[0]"))
        .filter(region -> region.get("container").toString().endsWith("/system[0]"))
        .forEach(region -> line(indent,
            String.format("mmio %016x/%016x", (Long) region.get("addr"), (Long) region.get("size"))));
  }
}
