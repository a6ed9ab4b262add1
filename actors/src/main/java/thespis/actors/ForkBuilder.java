package thespis.actors;

import akka.actor.typed.ActorSystem;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;
import thespis.hotplug.MachineEvent;

/// Collects what makes a fork of a machine a machine of its own. Nothing happens before {@link #start}.
public final class ForkBuilder {
  private final MachineConfig config;
  private final FrozenMachine frozen;
  private final String name;
  private final Map<Integer, SerialLine> serials = new TreeMap<>();
  private final List<Consumer<MachineEvent>> listeners = new ArrayList<>();
  private Optional<ActorSystem<?>> system;
  private UUID uuid = UUID.randomUUID();
  private boolean paused;

  ForkBuilder(MachineConfig config, FrozenMachine frozen, Optional<ActorSystem<?>> system, String name) {
    this.config = config;
    this.frozen = frozen;
    this.system = system;
    this.name = name;
    config.serials().forEach((port, line) -> serials.put(port, new Unplugged(line.label())));
  }

  /// A serial port with nothing at its other end.
  private record Unplugged(String label) implements SerialLine {
    @Override
    public void attached(Port port) {}

    @Override
    public void sent(byte[] bytes, int offset, int length) {}
  }

  /// Plugs this into a serial port that the machine has, 0 for COM1.
  public ForkBuilder serial(int port, SerialLine line) {
    if (!serials.containsKey(port)) {
      throw new IllegalArgumentException("the machine has no serial port " + port + ", only " + serials.keySet());
    }
    serials.put(port, line);
    return this;
  }

  /// Instead of a new one.
  public ForkBuilder uuid(UUID uuid) {
    this.uuid = uuid;
    return this;
  }

  /// Wait for {@link Machine#cont} before the next instruction.
  public ForkBuilder paused() {
    this.paused = true;
    return this;
  }

  /// Hears every event from the very first. Called on an actor's thread: it must return soon.
  public ForkBuilder listener(Consumer<MachineEvent> listener) {
    listeners.add(listener);
    return this;
  }

  /// Use this actor system.
  public ForkBuilder system(ActorSystem<?> system) {
    this.system = Optional.of(system);
    return this;
  }

  /// Makes the machine, which goes on as the first one did: running, or paused. Throws {@link MachineException} if it can't
  /// be made, or the snapshot is closed; then nothing is left behind.
  public Machine start() {
    return Machine.start(
        config.fork(frozen, name, uuid, Map.copyOf(serials), paused), MachineBuilder::hardware, List.copyOf(listeners),
        system);
  }
}
