package thespis.qmp;

import akka.actor.typed.ActorRef;

/// One client's byte stream. Never blocks; what cannot be sent at once waits here, and {@link #backlog} says how much
/// that is. Reading pauses by itself when received pieces are not used up.
interface ClientLink {
  /// Starts to deliver.
  void start(ActorRef<? super ConnectionMessage.FromLink> connection);

  /// The connection has used up one piece.
  void more();

  void send(byte[] bytes);

  /// Bytes that the client has not taken yet. A {@link ConnectionMessage.Drained} follows when it is 0 again.
  int backlog();

  /// Closes when what is waiting has been sent, or at once if the client has gone. Twice is fine.
  void close();

  /// Closes at once; what is waiting is lost.
  void abort();
}
