package thespis.qmp;

import akka.actor.typed.ActorRef;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import thespis.hotplug.MachineEvent;

/// A machine's events on their way to the clients that have finished negotiation; the others miss them. All get the
/// same time of day. Part of the board: it publishes before it replies, so a client reads an event before the reply to
/// the command that caused it.
public final class QmpEvents {
  /// Something happened to the machine. For connections only.
  public record Notice(QmpEvent event, long seconds, int microseconds) implements ConnectionMessage {}

  private final List<ActorRef<? super Notice>> clients = new ArrayList<>();
  private final Set<ActorRef<?>> extended = new HashSet<>();

  public void onMessage(QmpMessage.Subscribe message) {
    clients.add(message.client());
  }

  public void onMessage(QmpMessage.Unsubscribe message) {
    clients.remove(message.client());
    extended.remove(message.client());
  }

  /// Whether this client, which has finished negotiation, also hears what QEMU does not tell.
  public void extend(ActorRef<?> client, boolean enable) {
    if (enable) {
      extended.add(client);
    } else {
      extended.remove(client);
    }
  }

  /// Tells what the machine publishes; what QMP has no event for is left out.
  public void publish(MachineEvent event) {
    if (!clients.isEmpty()) {
      QmpEvent.of(event).ifPresent(this::publish);
    }
  }

  /// Tells what only clients of QMP hear of.
  public void publish(QmpEvent event) {
    Instant now = Instant.now();
    Notice notice = new Notice(event, now.getEpochSecond(), now.getNano() / 1000);
    for (ActorRef<? super Notice> client : clients) {
      if (!event.extension() || extended.contains(client)) {
        client.tell(notice);
      }
    }
  }
}
