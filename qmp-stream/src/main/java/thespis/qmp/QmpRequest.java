package thespis.qmp;

import akka.actor.typed.ActorRef;
import thespis.qmp.command.BoardCommand;

/// A client's command, for the board. Each is answered once; events that it causes are published before.
public record QmpRequest(BoardCommand<?> command, ActorRef<QmpReply> replyTo) implements QmpMessage {}
