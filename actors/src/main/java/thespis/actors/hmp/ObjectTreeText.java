package thespis.actors.hmp;

import java.util.Comparator;
import java.util.List;
import thespis.machine.qom.DeviceNotFoundException;
import thespis.machine.qom.ObjectTree;
import thespis.machine.qom.QomObject;

/// The composition tree as QEMU's `info qom-tree` prints it: children by name, two blanks for each level.
final class ObjectTreeText {
  private ObjectTreeText() {}

  /// @param path where to start; null for the machine
  static String of(ObjectTree tree, String path) {
    QomObject start;
    try {
      start = path == null ? tree.find("/machine") : tree.find(path);
    } catch (DeviceNotFoundException e) {
      return "Path '" + path + "' could not be resolved.\n";
    }
    StringBuilder out = new StringBuilder();
    add(out, start, 0);
    return out.toString();
  }

  private static void add(StringBuilder out, QomObject object, int depth) {
    out.append("  ".repeat(depth)).append('/').append(name(object))
        .append(" (").append(object.type().name()).append(")\n");
    List<QomObject> children = object.children().stream().sorted(Comparator.comparing(ObjectTreeText::name)).toList();
    children.forEach(child -> add(out, child, depth + 1));
  }

  private static String name(QomObject object) {
    String path = object.path();
    return path.substring(path.lastIndexOf('/') + 1);
  }
}
