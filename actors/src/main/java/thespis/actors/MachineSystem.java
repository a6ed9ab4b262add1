package thespis.actors;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;

/// The actor system of a machine that is given none. `thespis-system.conf` says what is trimmed and why.
final class MachineSystem {
  private MachineSystem() {}

  static ActorSystem<Void> create() {
    Config config = ConfigFactory.defaultOverrides()
        .withFallback(ConfigFactory.defaultApplication())
        .withFallback(ConfigFactory.parseResources(MachineSystem.class.getClassLoader(), "thespis-system.conf"))
        .withFallback(ConfigFactory.defaultReference(MachineSystem.class.getClassLoader()))
        .resolve();
    return ActorSystem.create(Behaviors.empty(), "thespis", config);
  }
}
