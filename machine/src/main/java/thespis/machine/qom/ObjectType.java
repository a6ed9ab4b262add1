package thespis.machine.qom;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import thespis.cpu.prop.Property;

/// A type of the object model: a name, the type above it, and a table of properties of its own. Types are known from
/// the start and never change; what an accelerator can do decides only over the objects made of them.
public final class ObjectType {
  private final String name;
  private final ObjectType parent;
  private final boolean isAbstract;
  private final Supplier<Map<String, Property<QomObject>>> table;
  private Map<String, Property<QomObject>> own;

  /// @param table made when it is first looked at; null for an absent type
  ObjectType(
      String name, ObjectType parent, boolean isAbstract, Supplier<Map<String, Property<QomObject>>> table) {
    this.name = name;
    this.parent = parent;
    this.isAbstract = isAbstract;
    this.table = table;
  }

  public String name() {
    return name;
  }

  /// Null for `object`.
  public ObjectType parent() {
    return parent;
  }

  public boolean isAbstract() {
    return isAbstract;
  }

  /// Is it known by name and place alone, with nothing to be made of it?
  public boolean isAbsent() {
    return table == null;
  }

  /// True for this type and all below it; of an interface, for all that implement it.
  public boolean isA(String type) {
    return name.equals(type) || Interfaces.has(name, type) || parent != null && parent.isA(type);
  }

  /// Null if there is no such property here or above.
  public Property<QomObject> property(String property) {
    Property<QomObject> found = own().get(property);
    return found != null || parent == null ? found : parent.property(property);
  }

  /// Those of the types above first. One of the same name takes the place of theirs.
  public List<Property<QomObject>> properties() {
    return List.copyOf(byName().values());
  }

  /// Those of this type alone.
  Collection<Property<QomObject>> ownProperties() {
    return own().values();
  }

  private Map<String, Property<QomObject>> byName() {
    Map<String, Property<QomObject>> all = parent == null ? new LinkedHashMap<>(1024) : parent.byName();
    all.putAll(own());
    return all;
  }

  private synchronized Map<String, Property<QomObject>> own() {
    if (own == null) {
      own = table.get();
    }
    return own;
  }

  /// Gives a new object what it has beside the properties.
  void parts(QomObject object) {
    if (parent != null) {
      parent.parts(object);
    }
    DeviceParts.add(object, name);
  }

  @Override
  public String toString() {
    return name;
  }
}
