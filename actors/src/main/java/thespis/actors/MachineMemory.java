package thespis.actors;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import thespis.cpu.model.ConfigException;
import thespis.machine.board.MachineObjects;
import thespis.machine.qom.UserObjects;

/// The user's objects, and which of them the machine's memory is.
///
/// @param size bytes of RAM
/// @param options what `-machine` says beyond that
record MachineMemory(long size, Map<String, String> options) {
  private static final String BACKEND = "memory-backend";

  /// Puts what `-object` says into the tree.
  ///
  /// @throws ConfigException with QEMU's text
  static void addObjects(MachineConfig config, UserObjects objects) {
    for (MachineConfig.UserObject o : config.objects()) {
      if (objects.find(o.id()) != null) {
        throw new ConfigException(o.where() + ": Duplicate ID '" + o.id() + "' for object");
      }
      Map<String, Object> properties = new LinkedHashMap<>(o.properties());
      if (config.hostMemory().prealloc() && o.type().startsWith("memory-backend-")) {
        properties.putIfAbsent("prealloc", true);
      }
      objects.add(o.type(), o.id(), properties);
    }
  }

  /// Says which of the objects the memory is, or makes one.
  ///
  /// @param backends of NUMA nodes
  /// @param own bytes of a machine that nobody tells how much memory it has
  /// @throws ConfigException with QEMU's text
  static MachineMemory of(MachineConfig config, MachineObjects objects, List<String> backends, long own) {
    Map<String, String> options = new LinkedHashMap<>(config.boardOptions());
    String backend = options.remove(BACKEND);
    if (backend != null && !backends.isEmpty()) {
      throw new ConfigException("'-machine memory-backend' and '-numa memdev' properties are mutually exclusive");
    }
    Optional<Long> backed = Optional.ofNullable(backend).flatMap(objects::sizeOf);
    long size = config.memory() > 0 ? config.memory() : backed.orElse(own);
    if (backends.isEmpty()) {
      if (backend != null && config.hostMemory().path().isPresent()) {
        throw new ConfigException("'-mem-path' can't be used together with'-machine memory-backend'");
      }
      objects.memory(backend, size, config.hostMemory().path().map(Path::toString).orElse(null),
          config.hostMemory().prealloc());
    } else {
      objects.nodeMemory(backends, size);
    }
    return new MachineMemory(size, options);
  }
}
