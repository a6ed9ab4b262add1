package thespis.actors;

import java.util.List;
import java.util.Optional;
import thespis.cpu.model.ConfigException;
import thespis.machine.board.NumaNodes;
import thespis.machine.board.Topology;
import thespis.machine.qom.QomObject;
import thespis.machine.qom.UserObjects;
import thespis.qmp.command.NumaOptions;

/// From `-numa` and `set-numa-node` to the machine's nodes.
final class NumaSetup {
  private NumaSetup() {}

  /// @throws ConfigException with QEMU's text
  static NumaNodes of(MachineConfig config, Topology topology, MachineType type, UserObjects objects) {
    NumaNodes nodes = new NumaNodes(topology, type.numaMem(), hmat(config));
    for (MachineConfig.NumaOption option : config.numa()) {
      try {
        apply(option.options(), nodes, type, objects);
      } catch (ConfigException e) {
        throw option.where().isEmpty() ? e : new ConfigException(option.where() + ": " + e.getMessage());
      }
    }
    return nodes;
  }

  private static boolean hmat(MachineConfig config) {
    return config.boardOptions().getOrDefault("hmat", "off").matches("on|yes|true|y");
  }

  static void apply(NumaOptions options, NumaNodes nodes, MachineType type, UserObjects objects) {
    if (type.family() == MachineType.Family.NONE) {
      throw new ConfigException("NUMA is not supported by this machine-type");
    }
    switch (options) {
      case NumaOptions.Node(var id, var cpus, var memory, var backend, var initiator) ->
        nodes.node(id, cpus.orElse(List.of()), memory, backend.map(name -> backend(name, objects)), initiator);
      case NumaOptions.HmatLb m -> nodes.latencyOrBandwidth(
          (int) m.initiator(), (int) m.target(), m.hierarchy().ordinal(), m.dataType().ordinal(), m.latency(),
          m.bandwidth());
      case NumaOptions.HmatCache m -> nodes.sideCache(
          m.nodeId(), (int) m.level(), m.size(), m.associativity().ordinal(), m.policy().ordinal(), (int) m.line());
      case NumaOptions.Dist(long from, long to, long value) -> nodes.distance((int) from, (int) to, (int) value);
      case NumaOptions.Cpu(var node, var socket, var die, var cluster, var core, var thread) ->
        nodes.cpu(node, new NumaNodes.CpuSelector(socket, die, cluster, core, thread));
    }
  }

  private static NumaNodes.Backend backend(String name, UserObjects objects) {
    return Optional.ofNullable(objects.find(name))
        .filter((QomObject object) -> object.type().isA("memory-backend"))
        .map(object -> new NumaNodes.Backend(name, (Long) object.get("size")))
        .orElseThrow(() -> new ConfigException("memdev=" + name + " is ambiguous"));
  }
}
