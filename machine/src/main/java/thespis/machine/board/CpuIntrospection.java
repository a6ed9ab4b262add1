package thespis.machine.board;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import thespis.cpu.model.ConfigException;
import thespis.cpu.model.CpuModel;
import thespis.cpu.model.CpuModels;
import thespis.cpu.model.Features;
import thespis.cpu.prop.Input;
import thespis.cpu.prop.Property;
import thespis.cpu.prop.Property.When;
import thespis.machine.qom.QomObject;

/// `query-cpu-definitions` and `query-cpu-model-expansion` as plain data: objects are made of every model to find out,
/// with the globals and signs of this machine, and thrown away.
public final class CpuIntrospection {
  /// What a static expansion tells beside the flags.
  private static final List<String> STATIC =
      List.of("min-level", "min-xlevel", "family", "model", "stepping", "model-id", "vendor", "lmce");

  private final CpuObjects cpus;
  private final boolean aliases;

  /// @param aliases models without a version are other names of one with a version
  public CpuIntrospection(CpuObjects cpus, boolean aliases) {
    this.cpus = cpus;
    this.aliases = aliases;
  }

  /// One entry per model, with what this accelerator would take away from it.
  public List<Map<String, Object>> definitions() {
    List<Map<String, Object>> all = new ArrayList<>();
    for (CpuModel model : CpuModels.all()) {
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("name", model.name());
      entry.put("typename", model.typeName());
      entry.put("unavailable-features", missing(model));
      if (model.aliasOf() != null && aliases) {
        entry.put("alias-of", model.aliasOf());
      }
      entry.put("static", model.isStatic());
      entry.put("migration-safe", model.isMigrationSafe());
      entry.put("deprecated", false);
      all.add(entry);
    }
    return all;
  }

  /// The properties a model stands for.
  ///
  /// @param isStatic told as changes to `base`: flags and a few numbers; else all settings
  /// @param changes properties of the user's, JSON values
  /// @throws ConfigException with QEMU's text
  public Map<String, Object> expansion(boolean isStatic, String name, Map<String, ?> changes) {
    CpuModel model = CpuModels.find(name);
    if (model == null) {
      throw new ConfigException("CPU model '" + name + "' not found");
    }
    QomObject cpu = cpus.create(model.typeName(), badGlobal -> {});
    changes.forEach((property, value) -> cpu.set(property, Input.ofJson(value)));
    cpus.applySigns(cpu);
    CpuObjects.config(cpu).expand(1, warning -> {});
    Map<String, Object> props = new LinkedHashMap<>();
    if (isStatic) {
      STATIC.forEach(property -> props.put(property, cpu.get(property)));
      Features.flags().keySet().forEach(flag -> props.put(flag, cpu.get(flag)));
    } else {
      for (Property<QomObject> property : cpu.type().properties()) {
        if (property.reader() != null && property.writer() != null && property.when() != When.NEVER) {
          props.put(property.name(), cpu.get(property.name()));
        }
      }
    }
    return Map.of("model", Map.of("name", isStatic ? "base" : name, "props", props));
  }

  private List<String> missing(CpuModel model) {
    QomObject cpu = cpus.create(model.typeName(), badGlobal -> {});
    if (model.kind() == CpuModel.Kind.HOST && CpuObjects.config(cpu).isEmulated()) {
      return List.of("kvm");
    }
    cpus.applySigns(cpu);
    return CpuObjects.config(cpu).missing().names();
  }
}
