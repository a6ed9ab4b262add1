package thespis.actors;

import akka.actor.typed.ActorRef;
import java.util.LinkedHashSet;
import java.util.Set;
import org.slf4j.Logger;
import thespis.hotplug.HotplugStep;
import thespis.hotplug.MachineEvent;

/// Those who hear what happens to the machine. Every event goes to all of them at once and in order.
final class Events {
  private final Set<ActorRef<MachineEvent>> subscribers = new LinkedHashSet<>();
  private final Logger log;

  Events(Logger log) {
    this.log = log;
  }

  void subscribe(ActorRef<MachineEvent> subscriber) {
    subscribers.add(subscriber);
  }

  void unsubscribe(ActorRef<MachineEvent> subscriber) {
    subscribers.remove(subscriber);
  }

  void publish(MachineEvent event) {
    subscribers.forEach(s -> s.tell(event));
  }

  void step(int slot, HotplugStep step, String detail) {
    log.info("slot {}: {} {}", slot, step.label(), detail);
    publish(new MachineEvent.SlotStep(slot, step, detail));
  }

  void step(int slot, HotplugStep step) {
    step(slot, step, "");
  }
}
