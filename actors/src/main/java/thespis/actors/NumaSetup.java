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
    NumaNodes nodes = new NumaNodes(topology, type.numaMem());
    for (MachineConfig.NumaOption option : config.numa()) {
      try {
        apply(option.options(), nodes, type, objects);
      } catch (ConfigException e) {
        throw option.where().isEmpty() ? e : new ConfigException(option.where() + ": " + e.getMessage());
      }
    }
    return nodes;
  }

  static void apply(NumaOptions options, NumaNodes nodes, MachineType type, UserObjects objects) {
    if (type.family() == MachineType.Family.NONE) {
      throw new ConfigException("NUMA is not supported by this machine-type");
    }
    switch (options) {
      case NumaOptions.Node(var _, var _, var _, var _, var initiator) when initiator.isPresent() ->
        throw new ConfigException("ACPI Heterogeneous Memory Attribute Table (HMAT) is disabled, enable it with"
            + " -machine hmat=on before using any of hmat specific options");
      case NumaOptions.Node(var id, var cpus, var memory, var backend, var _) ->
        nodes.node(id, cpus.orElse(List.of()), memory, backend.map(name -> backend(name, objects)));
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
