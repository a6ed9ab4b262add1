package thespis.actors;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;

/// Actor systems that machines make for themselves. `thespis-system.conf` says what is trimmed and why.
final class MachineSystem {
  private MachineSystem() {}

  private static final AtomicReference<CompletableFuture<ActorSystem<Void>>> PREPARED = new AtomicReference<>();

  /// Begins to make the next system, in a thread of its own.
  static void prepare() {
    PREPARED.set(CompletableFuture.supplyAsync(MachineSystem::own, Machine::inThread));
  }

  /// For one machine: the one that was prepared, or another.
  static ActorSystem<Void> create() {
    CompletableFuture<ActorSystem<Void>> prepared = PREPARED.getAndSet(null);
    return prepared != null ? prepared.join() : own();
  }

  private static ActorSystem<Void> own() {
    return make(ConfigFactory.parseString("thespis.vcpu-dispatcher = ${thespis.own-vcpu-dispatcher}"));
  }

  /// For many machines.
  static ActorSystem<Void> shared() {
    return make(ConfigFactory.empty());
  }

  private static ActorSystem<Void> make(Config dispatchers) {
    Config config = ConfigFactory.defaultOverrides()
        .withFallback(ConfigFactory.defaultApplication())
        .withFallback(dispatchers)
        .withFallback(ConfigFactory.parseResources(MachineSystem.class.getClassLoader(), "thespis-system.conf"))
        .withFallback(ConfigFactory.defaultReference(MachineSystem.class.getClassLoader()))
        .resolve();
    return ActorSystem.create(Behaviors.empty(), "thespis", config);
  }
}
