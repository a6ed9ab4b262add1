package thespis.machine.qom;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import thespis.cpu.model.ConfigException;
import thespis.cpu.prop.Input;
import thespis.cpu.prop.Property;
import thespis.cpu.prop.Property.When;

/// An object of the tree: a type, the plain class behind it (its state, on which the type's properties work), and
/// objects below it. Devices also know whether they are realized, which ends the time for most settings.
public final class QomObject {
  private final ObjectType type;
  private final Object state;
  private final Map<String, QomObject> children = new LinkedHashMap<>();
  private final HashOrder order = new HashOrder();
  private QomObject parent;
  private String name;
  private String id;
  private boolean realized;
  private boolean hotplugged;
  private QomObject bus;
  private final List<QomObject> plugged = new ArrayList<>();
  /// Properties that its type does not have.
  private final Map<String, Property<QomObject>> own = new LinkedHashMap<>();

  public QomObject(ObjectType type, Object state) {
    if (type.isAbstract()) {
      throw new IllegalStateException("an object of abstract type " + type);
    }
    this.type = type;
    this.state = state;
    type.parts(this);
  }

  public ObjectType type() {
    return type;
  }

  public <S> S state(Class<S> kind) {
    return kind.cast(state);
  }

  /// The user's name for a device; null if none was given.
  public String id() {
    return id;
  }

  public void setId(String id) {
    this.id = id;
  }

  public boolean isRealized() {
    return realized;
  }

  public void setRealized(boolean realized) {
    this.realized = realized;
  }

  /// What it is plugged into; null for none.
  QomObject bus() {
    return bus;
  }

  /// Puts a device on a bus, which then has a link to it. QEMU's `qom-list` of a bus.
  public void plugInto(QomObject target) {
    bus = target;
    target.plugged.add(this);
    target.link(target.nextName("child[", "]"), type.name(), this);
  }

  /// It is the bus of a root port.
  boolean isBehindPort() {
    return parent != null && parent.type.isA("pcie-port");
  }

  /// What is on this bus, in the order in which it came.
  List<QomObject> plugged() {
    return plugged;
  }

  /// A property of this object alone.
  public void own(Property<QomObject> property) {
    own.put(property.name(), property);
  }

  /// A property that names another object.
  ///
  /// @param target null if it leads nowhere
  public void link(String property, String targetType, QomObject target) {
    own(Property.readOnly(property, "link<" + targetType + ">", o -> target == null ? "" : target.path()));
  }

  /// An interrupt output, and the input that it leads to.
  public void wire(String output, QomObject input) {
    link(output, "irq", input);
  }

  /// Interrupt inputs: `NAME[0]` and so on.
  public void lines(String input, int count) {
    for (int i = 0; i < count; i++) {
      add(nextName(input + "[", "]"), new QomObject(ObjectTypes.find("irq"), null));
    }
  }

  /// What its settings say, for objects that have some.
  public Object setting(String property, Object initial) {
    return state instanceof MachineSettings settings ? settings.get(property, initial) : initial;
  }

  public boolean isHotplugged() {
    return hotplugged;
  }

  public void setHotplugged(boolean hotplugged) {
    this.hotplugged = hotplugged;
  }

  /// Its place in the tree, from `/`. Null while it has none.
  public String path() {
    if (parent == null) {
      return name;
    }
    String above = parent.path();
    return above == null ? null : above.equals("/") ? "/" + name : above + "/" + name;
  }

  /// The uppermost object above it, or itself.
  QomObject root() {
    return parent == null ? this : parent.root();
  }

  /// What the object above it calls it. Null while it has no place.
  public String name() {
    return name;
  }

  public QomObject child(String childName) {
    return children.get(childName);
  }

  /// Another one below the object above; null if there is none.
  public QomObject sibling(String itsName) {
    return parent == null ? null : parent.children.get(itsName);
  }

  /// In the order in which they came.
  public Collection<QomObject> children() {
    return children.values();
  }

  /// In the order in which QEMU visits those in a container.
  public List<QomObject> walk() {
    return order.walk().stream().map(children::get).toList();
  }

  /// Puts an object below this one. `NAME[*]` takes the first free number.
  public QomObject add(String childName, QomObject child) {
    String free = childName.endsWith("[*]") ? nextName(childName.substring(0, childName.length() - 2), "]") : childName;
    if (children.putIfAbsent(free, child) != null) {
      throw new ConfigException("attempt to add duplicate property '" + free + "' to object (type '" + type + "')");
    }
    order.add(free);
    child.parent = this;
    child.name = free;
    return child;
  }

  /// Takes it, and with it all below it, out of the tree.
  public void remove() {
    parent.children.remove(name);
    parent.order.remove(name);
    parent = null;
    name = null;
  }

  void becomeRoot() {
    name = "/";
  }

  /// @throws ConfigException with QEMU's text
  public Object get(String property) {
    QomObject child = children.get(property);
    if (child != null) {
      return child.path();
    }
    Property<QomObject> found = find(property);
    if (found.reader() == null) {
      throw new ConfigException("Property '" + type + "." + property + "' is not readable");
    }
    return found.read(this);
  }

  /// @throws ConfigException with QEMU's text
  public void set(String property, Input value) {
    boolean isChild = children.containsKey(property);
    Property<QomObject> found = isChild ? null : find(property);
    if (isChild || found.writer() == null || found.when() == When.NEVER) {
      throw new ConfigException("Property '" + type + "." + property + "' is not writable");
    }
    if (realized && found.when() == When.UNTIL_REALIZED) {
      throw new ConfigException("Attempt to set property '" + found.realName() + "' on "
          + (id == null ? "anonymous device" : "device '" + id + "'") + " (type '" + type + "') after it was realized");
    }
    found.write(this, value);
  }

  /// Those that its type does not have.
  Collection<Property<QomObject>> ownProperties() {
    return own.values();
  }

  /// Those of its type, and its own.
  List<Property<QomObject>> properties() {
    return Stream.concat(type.properties().stream(), own.values().stream()).toList();
  }

  /// Name and type of each property, children included.
  public List<Map<String, Object>> list() {
    List<Map<String, Object>> all = new ArrayList<>();
    properties().forEach(p -> all.add(Map.of("name", p.name(), "type", p.type())));
    walk().reversed().forEach(child -> all.add(Map.of("name", child.name, "type", "child<" + child.type + ">")));
    return all;
  }

  /// What introspection tells of an object made to find out, children included.
  List<Map<String, Object>> describe(Predicate<String> wanted, boolean withDefaults) {
    List<Map<String, Object>> all = new ArrayList<>();
    properties().stream().filter(p -> wanted.test(p.name())).forEach(p -> all.add(p.info(withDefaults)));
    children.forEach((n, child) -> all.add(Map.of("name", n, "type", "child<" + child.type + ">")));
    return all;
  }

  private Property<QomObject> find(String property) {
    Property<QomObject> found = own.getOrDefault(property, type.property(property));
    if (found == null) {
      throw new ConfigException("Property '" + type + "." + property + "' not found");
    }
    return found;
  }

  private String nextName(String prefix, String suffix) {
    int number = 0;
    while (children.containsKey(prefix + number + suffix) || own.containsKey(prefix + number + suffix)) {
      number++;
    }
    return prefix + number + suffix;
  }
}
