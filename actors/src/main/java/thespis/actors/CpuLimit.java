package thespis.actors;

import java.util.function.Consumer;
import java.util.regex.Pattern;
import thespis.cpu.model.Accelerator;
import thespis.cpu.model.ConfigException;
import thespis.cpu.prop.Input;
import thespis.machine.board.SmpRequest;
import thespis.machine.board.SmpRules;
import thespis.machine.board.Topology;

/// How many processors a machine may have, and what they can do. By default what QEMU 7.2's machine types may have under
/// TCG, whose APIC IDs end at 254; `-machine x-thespis-max-cpus=N` allows N instead, and the APIC IDs that it takes;
/// `x-thespis-cpu-features=on` the features that TCG lacks and the engine has.
final class CpuLimit {
  static final String OPTION = "x-thespis-max-cpus";
  static final String FEATURES = "x-thespis-cpu-features";
  private static final int MOST = 1024;
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,9}");

  private CpuLimit() {}

  /// What `-smp` comes to.
  ///
  /// @throws ConfigException with QEMU's text if it is too much
  static Topology topology(MachineConfig config, MachineType type, Consumer<String> warnings) {
    SmpRules rules = type.smp();
    String asked = config.boardOptions().get(OPTION);
    return Topology.resolve(
        SmpRequest.parse(config.smp()), asked == null ? rules : rules.upTo(number(asked)), warnings);
  }

  /// What runs the processors of this topology.
  ///
  /// @throws ConfigException with QEMU's text if nothing that was asked for can
  static Accelerator accelerator(MachineConfig config, Topology topology) {
    if (config.driven().isPresent()) {
      return Accelerator.notExecuting();
    }
    Accelerator accelerator = byTopology(config, topology);
    return features(config) ? accelerator.withMore() : accelerator;
  }

  private static boolean features(MachineConfig config) {
    String said = config.boardOptions().getOrDefault(FEATURES, "off");
    return Input.ofOption(said).bool(FEATURES);
  }

  private static Accelerator byTopology(MachineConfig config, Topology topology) {
    if (!topology.needsX2Apic()) {
      return Accelerator.qemuTcg();
    }
    if (!config.boardOptions().containsKey(OPTION)) {
      throw new ConfigException("current -smp configuration requires kernel irqchip and X2APIC API support.");
    }
    return Accelerator.wideApicIds();
  }

  private static int number(String text) {
    int number = NUMBER.matcher(text).matches() ? Integer.parseInt(text) : 0;
    if (number < 1 || number > MOST) {
      throw new ConfigException(OPTION + " should be between 1 and " + MOST);
    }
    return number;
  }
}
