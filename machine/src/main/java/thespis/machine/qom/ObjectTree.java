package thespis.machine.qom;

import java.util.List;
import java.util.Map;
import thespis.cpu.model.ConfigException;
import thespis.cpu.prop.Input;

/// The objects of a machine by path: `/machine/peripheral/ID` for devices the user named, `/machine/peripheral-anon`
/// for those without a name, `/machine/unattached` for the board's own. A path that does not start with a slash may
/// start anywhere in the tree, if only one place fits.
public final class ObjectTree {
  private final QomObject root = container();
  private int anonymous;

  public ObjectTree() {
    root.becomeRoot();
    root.add("chardevs", container());
  }

  /// Puts the machine in, with the containers for its devices.
  public QomObject addMachine(QomObject machine) {
    root.add("machine", machine);
    machine.add("unattached", container());
    return machine;
  }

  public QomObject root() {
    return root;
  }

  /// Puts a device where its id, or the lack of one, says. Numbers of nameless devices are never used again.
  public QomObject addPeripheral(QomObject device, String id) {
    device.setId(id);
    return id == null
        ? find("/machine/peripheral-anon").add("device[" + anonymous++ + "]", device)
        : find("/machine/peripheral").add(id, device);
  }

  /// Puts one of the board's own devices in.
  public QomObject addUnattached(QomObject device) {
    return find("/machine/unattached").add("device[*]", device);
  }

  /// @throws DeviceNotFoundException if no object, or more than one, has this path
  public QomObject find(String path) {
    return find(root, path);
  }

  static QomObject find(QomObject root, String path) {
    String[] parts = path.split("/");
    QomObject found = path.startsWith("/") ? below(root, parts) : partial(root, parts);
    if (found == null || found == AMBIGUOUS) {
      throw DeviceNotFoundException.device(path);
    }
    return found;
  }

  /// Null if nothing is there.
  public QomObject at(String absolutePath) {
    return absolute(absolutePath);
  }

  /// `qom-list`.
  public List<Map<String, Object>> list(String path) {
    if (!path.startsWith("/") && partial(path) == AMBIGUOUS) {
      throw new ConfigException("Path '" + path + "' is ambiguous");
    }
    return find(path).list();
  }

  /// `qom-get`.
  public Object get(String path, String property) {
    return find(path).get(property);
  }

  /// `qom-set`, with a JSON value.
  public void set(String path, String property, Object value) {
    find(path).set(property, Input.ofJson(value));
  }

  private static final QomObject AMBIGUOUS = container();

  private static QomObject container() {
    return new QomObject(ObjectTypes.find("container"), null);
  }

  private QomObject absolute(String path) {
    return below(root, path.split("/"));
  }

  private QomObject partial(String path) {
    return partial(root, path.split("/"));
  }

  /// The one object that this relative path leads to from `start` or from any object below it.
  private static QomObject partial(QomObject start, String[] path) {
    QomObject found = below(start, path);
    for (QomObject child : start.children()) {
      QomObject other = partial(child, path);
      if (other == AMBIGUOUS || other != null && found != null) {
        return AMBIGUOUS;
      }
      found = found == null ? other : found;
    }
    return found;
  }

  private static QomObject below(QomObject start, String[] path) {
    QomObject at = start;
    for (String part : path) {
      if (at != null && !part.isEmpty()) {
        at = at.child(part);
      }
    }
    return at;
  }
}
