package thespis.qmp;

import akka.actor.typed.ActorRef;
import thespis.hotplug.BoardProtocol;

/// What monitors say to a machine's board. They go to the board's {@link QmpEvents} and to whoever carries out
/// commands.
public sealed interface QmpMessage extends BoardProtocol.Message
    permits QmpRequest, QmpMessage.Subscribe, QmpMessage.Unsubscribe {

  /// A client has finished negotiation: it hears events from now on.
  record Subscribe(ActorRef<? super QmpEvents.Notice> client) implements QmpMessage {}

  /// The client has gone.
  record Unsubscribe(ActorRef<? super QmpEvents.Notice> client) implements QmpMessage {}
}
