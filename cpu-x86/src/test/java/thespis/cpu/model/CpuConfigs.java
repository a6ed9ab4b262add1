package thespis.cpu.model;

import java.util.function.Consumer;
import thespis.cpu.prop.GlobalProperty;
import thespis.cpu.prop.Input;

/// Processors for tests, made as `-cpu` makes them.
final class CpuConfigs {
  private CpuConfigs() {}

  static CpuConfig realized(
      String option, Accelerator accelerator, CpuTopology topology, Consumer<String> warnings) {
    CpuOption cpu = CpuOption.parse(option);
    cpu.warnings().forEach(warnings);
    CpuConfig config = new CpuConfig(cpu.model(), accelerator);
    for (GlobalProperty global : cpu.globals()) {
      set(config, global.property(), global.value());
    }
    cpu.plus().forEach(flag -> set(config, flag, "on"));
    cpu.minus().forEach(flag -> set(config, flag, "off"));
    config.realize(topology, warnings);
    return config;
  }

  static Object get(CpuConfig config, String property) {
    return CpuProperties.of(config.cpuModel()).get(property).read(config);
  }

  static void set(CpuConfig config, String property, String value) {
    CpuProperties.of(config.cpuModel()).get(property).write(config, Input.ofGlobal(value));
  }
}
