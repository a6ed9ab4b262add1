package thespis.machine.qom;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import thespis.cpu.model.ConfigException;
import thespis.cpu.model.CpuModel;
import thespis.cpu.model.CpuModels;
import thespis.cpu.prop.Property;
import thespis.machine.board.MachineVersions;

/// All types, and what `qom-list-types`, `qom-list-properties` and `device-list-properties` tell of them.
public final class ObjectTypes {
  private static final Map<String, ObjectType> TYPES = new LinkedHashMap<>(512);

  static {
    type("object", null, true, () -> table(List.of(
        Property.readOnly("type", "string", o -> o.type().name()))));
    type("container", "object", false, Map::of);
    type(Interfaces.ROOT, null, true, Map::of);
    Interfaces.names().forEach(name -> type(name, Interfaces.ROOT, true, Map::of));
    type("device", "object", true, () -> table(List.of(
        Property.readOnly("parent_bus", "link<bus>", o -> o.bus() == null ? "" : o.bus().path()),
        Property.bool("realized", QomObject::isRealized, ObjectTypes::refuseRealize).always(),
        Property.readOnly("hotplugged", "bool", QomObject::isHotplugged),
        Property.readOnly("hotpluggable", "bool", ObjectTypes::isHotpluggable))));
    type("cpu", "device", true, CpuTypes::ofEveryCpu);
    type("x86_64-cpu", "cpu", true, CpuTypes::ofEveryX86Cpu);
    type("max" + CpuModel.TYPE_SUFFIX, "x86_64-cpu", false, CpuTypes::ofMax);
    for (CpuModel model : CpuModels.all()) {
      if (model.kind() != CpuModel.Kind.MAX) {
        type(model.typeName(), model.parentType(), false, Map::of);
      }
    }
    type("apic-common", "device", true, ApicType::properties);
    type("apic", "apic-common", false, Map::of);
    type("kvm-apic", "apic-common", false, Map::of);
    DeviceTypes.rows().forEach(row ->
        type(row.name(), row.parent(), row.isAbstract(), () -> row.name().equals("cpu-core")
            ? CpuTypes.ofCores() : DeviceProperties.of(row.name())));
    type(MemoryRegion.TYPE, "object", false, MemoryRegion::properties);
    type("memory-backend", "object", true, UserObjectTypes::ofMemoryBackends);
    type("memory-backend-ram", "memory-backend", false, Map::of);
    type("memory-backend-file", "memory-backend", false, UserObjectTypes::ofMemoryFiles);
    type("memory-backend-memfd", "memory-backend", false, UserObjectTypes::ofMemoryFds);
    type("event-loop-base", "object", true, UserObjectTypes::ofEventLoops);
    type("main-loop", "event-loop-base", false, Map::of);
    type("iothread", "event-loop-base", false, UserObjectTypes::ofIoThreads);
    type("rng-backend", "object", true, UserObjectTypes::ofRngBackends);
    type("rng-builtin", "rng-backend", false, Map::of);
    type("rng-random", "rng-backend", false, UserObjectTypes::ofRngFiles);
    type("secret_common", "object", true, UserObjectTypes::ofEverySecret);
    type("secret", "secret_common", false, UserObjectTypes::ofSecrets);
    type("throttle-group", "object", false, ThrottleLimits::properties);
    type("machine", "object", true, MachineTypes::ofEveryMachine);
    type("none-machine", "machine", false, Map::of);
    type("x86-machine", "machine", true, MachineTypes::ofX86Machines);
    type("generic-pc-machine", "x86-machine", true, MachineTypes::ofPcs);
    MachineVersions.names().forEach(name -> type(name + "-machine", "generic-pc-machine", false, Map::of));
    AbsentTypes.rows().stream().filter(row -> !TYPES.containsKey(row.name()))
        .forEach(row -> type(row.name(), row.parent(), row.isAbstract(), null));
  }

  private ObjectTypes() {}

  /// Null if there is none.
  public static ObjectType find(String name) {
    return TYPES.get(name);
  }

  public static Collection<ObjectType> all() {
    return Collections.unmodifiableCollection(TYPES.values());
  }

  /// `qom-list-types`.
  ///
  /// @param implementing only this type and those below it; null for all
  public static List<Map<String, Object>> list(String implementing, boolean withAbstract) {
    return TYPES.values().stream()
        .filter(t -> (implementing == null || Interfaces.isListed(t, implementing)) && (withAbstract || !t.isAbstract()))
        .map(ObjectTypes::info)
        .toList();
  }

  /// `qom-list-properties`.
  public static List<Map<String, Object>> properties(String type) {
    ObjectType found = find(type);
    if (found != null && found.isA(Interfaces.ROOT)) {
      throw new ConfigException("Parameter 'typename' expects a QOM type");
    }
    if (found == null || found.isAbsent()) {
      throw new DeviceNotFoundException("Class '" + type + "' not found");
    }
    return found.isAbstract()
        ? found.properties().stream().filter(p -> !p.member()).map(p -> p.info(false)).toList()
        : new QomObject(found, null).describe(p -> true, false);
  }

  /// `device-list-properties`: without what every device has, and without what is kept for old times' sake.
  public static List<Map<String, Object>> deviceProperties(String type) {
    ObjectType found = find(type);
    if (found == null) {
      throw DeviceNotFoundException.device(type);
    }
    if (found.isAbstract() || !found.isA("device")) {
      throw new ConfigException("Parameter 'typename' expects a non-abstract device type");
    }
    if (found.isAbsent()) {
      throw DeviceNotFoundException.device(type);
    }
    return new QomObject(found, null).describe(ObjectTypes::isSetting, true);
  }

  /// Properties of a device that are worth telling about.
  static Stream<Property<QomObject>> settings(String type) {
    return new QomObject(find(type), null).properties().stream().filter(p -> isSetting(p.name()));
  }

  private static boolean isSetting(String property) {
    return find("device").property(property) == null && !property.startsWith("legacy-");
  }

  /// What users can plug in, where it is on a bus that allows it: one behind a port, or bus 0 of a `pc`.
  private static boolean isHotpluggable(QomObject device) {
    QomObject bus = device.bus();
    boolean ofUsers = device.type().isA("virtio-pci") || device.type().isA("pci-xhci")
        || device.type().name().matches("piix[34]-usb-uhci");
    return bus == null || ofUsers && (bus.isBehindPort() || bus.type().name().equals("PCI"));
  }

  static Map<String, Property<QomObject>> table(List<Property<QomObject>> rows) {
    Map<String, Property<QomObject>> table = new LinkedHashMap<>();
    rows.forEach(row -> table.put(row.name(), row));
    return table;
  }

  private static Map<String, Object> info(ObjectType type) {
    Map<String, Object> info = new LinkedHashMap<>();
    if (type.isAbstract()) {
      info.put("abstract", true);
    }
    info.put("name", type.name());
    if (type.parent() != null) {
      info.put("parent", type.parent().name());
    }
    return info;
  }

  /// Devices are realized by plugging them. QEMU differs: `"realized": true` in device_add ends it with an assertion.
  private static void refuseRealize(QomObject device, boolean value) {
    if (value != device.isRealized()) {
      throw new ConfigException("Property '" + device.type() + ".realized' can't be changed");
    }
  }

  private static void type(
      String name, String parent, boolean isAbstract, Supplier<Map<String, Property<QomObject>>> table) {
    TYPES.put(name, new ObjectType(name, parent == null ? null : TYPES.get(parent), isAbstract, table));
  }
}
