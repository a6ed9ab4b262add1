package thespis.actors;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import thespis.cpu.model.ConfigException;
import thespis.machine.board.MachineObjects;

/// The user's objects, and which of them the machine's memory is.
///
/// @param size bytes of RAM
/// @param options what `-machine` says beyond that
record MachineMemory(long size, Map<String, String> options) {
  private static final String BACKEND = "memory-backend";

  /// Puts the objects and the memory into the tree.
  ///
  /// @param own bytes of a machine that nobody tells how much memory it has
  /// @throws ConfigException with QEMU's text
  static MachineMemory of(MachineConfig config, MachineObjects objects, long own) {
    for (MachineConfig.UserObject o : config.objects()) {
      if (objects.userObjects().find(o.id()) != null) {
        throw new ConfigException(o.where() + ": Duplicate ID '" + o.id() + "' for object");
      }
      objects.userObjects().add(o.type(), o.id(), o.properties());
    }
    Map<String, String> options = new LinkedHashMap<>(config.boardOptions());
    String backend = options.remove(BACKEND);
    Optional<Long> backed = Optional.ofNullable(backend).flatMap(objects::sizeOf);
    long size = config.memory() > 0 ? config.memory() : backed.orElse(own);
    objects.memory(backend, size);
    return new MachineMemory(size, options);
  }
}
