package thespis.machine.qom;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import thespis.cpu.model.ConfigException;
import thespis.cpu.model.CpuConfig;
import thespis.cpu.model.CpuModel;
import thespis.cpu.model.CpuModels;
import thespis.cpu.model.CpuProperties;
import thespis.cpu.prop.Input;
import thespis.cpu.prop.Property;

/// The property tables of processor types: those of {@link CpuProperties}, on the objects of the tree.
public final class CpuTypes {
  /// Where a processor's memory region is; all share one.
  private static final String MEMORY = "/machine/unattached/system[0]";

  private static final String START_POWERED_OFF = "start-powered-off";

  private CpuTypes() {}

  /// Of `cpu`, whatever the instruction set.
  static Map<String, Property<QomObject>> ofEveryCpu() {
    return ObjectTypes.table(List.of(
        Property.of("memory", "link<memory-region>", o -> MEMORY, CpuTypes::setMemory).always(),
        lift(CpuProperties.ofAll().get(START_POWERED_OFF)),
        Property.of("legacy-memory", "str", null, null)));
  }

  /// Of what other machines plug instead of single processors.
  static Map<String, Property<QomObject>> ofCores() {
    return ObjectTypes.table(List.of(
        Property.of("core-id", "int", core -> 0L, null), Property.of("nr-threads", "int", core -> 1L, null)));
  }

  /// There is one memory region, which every processor has already.
  private static void setMemory(QomObject cpu, String name, Input value) {
    String path = value.string(name);
    if (!path.isEmpty()) {
      if (!ObjectTree.find(cpu.root(), path).type().isA("memory-region")) {
        throw new ConfigException("Invalid parameter type for '" + name + "', expected: memory-region");
      }
    }
    if (cpu.isRealized()) {
      throw new ConfigException("Attempt to set link property '" + name + "' on device '"
          + (cpu.id() == null ? "(null)" : cpu.id()) + "' (type '" + cpu.type() + "') after it was realized");
    }
  }

  /// Of `x86_64-cpu`.
  static Map<String, Property<QomObject>> ofEveryX86Cpu() {
    Map<String, Property<QomObject>> table = lift(CpuProperties.ofAll().values());
    table.remove(START_POWERED_OFF);
    return table;
  }

  /// Of `max`, beside those.
  static Map<String, Property<QomObject>> ofMax() {
    Map<String, Property<QomObject>> table = lift(CpuProperties.of(CpuModels.find("max")).values());
    table.keySet().removeAll(CpuProperties.ofAll().keySet());
    return table;
  }

  /// The model a type stands for, null if it is none of these types.
  public static CpuModel model(String type) {
    return type.endsWith(CpuModel.TYPE_SUFFIX)
        ? CpuModels.find(type.substring(0, type.length() - CpuModel.TYPE_SUFFIX.length()))
        : null;
  }

  private static Map<String, Property<QomObject>> lift(Collection<Property<CpuConfig>> settings) {
    Map<String, Property<QomObject>> table = new LinkedHashMap<>(1024);
    settings.forEach(p -> table.put(p.name(), lift(p)));
    return table;
  }

  private static Property<QomObject> lift(Property<CpuConfig> p) {
    return p.on(object -> object.state(CpuConfig.class));
  }
}
