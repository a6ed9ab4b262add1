package thespis.actors;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;

/// The actor system of a machine that is given none. `thespis-system.conf` says what is trimmed and why.
final class MachineSystem {
  private MachineSystem() {}

  private static final AtomicReference<CompletableFuture<ActorSystem<Void>>> PREPARED = new AtomicReference<>();

  /// Begins to make the next system, in a thread of its own.
  static void prepare() {
    PREPARED.set(CompletableFuture.supplyAsync(MachineSystem::make, Machine::inThread));
  }

  /// The one that was prepared, or another.
  static ActorSystem<Void> create() {
    CompletableFuture<ActorSystem<Void>> prepared = PREPARED.getAndSet(null);
    return prepared != null ? prepared.join() : make();
  }

  private static ActorSystem<Void> make() {
    Config config = ConfigFactory.defaultOverrides()
        .withFallback(ConfigFactory.defaultApplication())
        .withFallback(ConfigFactory.parseResources(MachineSystem.class.getClassLoader(), "thespis-system.conf"))
        .withFallback(ConfigFactory.defaultReference(MachineSystem.class.getClassLoader()))
        .resolve();
    return ActorSystem.create(Behaviors.empty(), "thespis", config);
  }
}
