package thespis.actors;

import akka.actor.typed.ActorRef;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import thespis.hotplug.HotplugStep;
import thespis.hotplug.MachineEvent;

/// Those who hear what happens to the machine. Every event goes to all of them at once and in order.
final class Events {
  private final Set<ActorRef<MachineEvent>> subscribers = new LinkedHashSet<>();
  private final Map<Integer, HotplugStep> lastSteps = new HashMap<>();
  private final Logger log;
  private final Consumer<MachineEvent> first;

  /// @param first hears each event before the subscribers
  Events(Logger log, Consumer<MachineEvent> first) {
    this.log = log;
    this.first = first;
  }

  void subscribe(ActorRef<MachineEvent> subscriber) {
    subscribers.add(subscriber);
  }

  void unsubscribe(ActorRef<MachineEvent> subscriber) {
    subscribers.remove(subscriber);
  }

  void publish(MachineEvent event) {
    first.accept(event);
    subscribers.forEach(s -> s.tell(event));
  }

  void step(int slot, HotplugStep step, String detail) {
    HotplugStep before = lastSteps.put(slot, step);
    log.info("slot {}: {} -> {} {}", slot, before == null ? "empty" : before.label(), step.label(), detail);
    publish(new MachineEvent.SlotStep(slot, step, detail));
  }

  void step(int slot, HotplugStep step) {
    step(slot, step, "");
  }
}
