package thespis.qmp;

import java.util.List;

/// What a client's connection can be told.
sealed interface ConnectionMessage
    permits QmpReply, QmpEvents.Notice, ConnectionMessage.FromLink, ConnectionMessage.Internal {

  /// What the client's link says.
  sealed interface FromLink extends ConnectionMessage {}

  /// Bytes from the client. {@link ClientLink#more} when they are used up.
  ///
  /// @param descriptors what came beside them, now the receiver's
  record Received(byte[] bytes, List<Integer> descriptors) implements FromLink {
    Received(byte[] bytes) {
      this(bytes, List.of());
    }
  }

  /// All that was waiting to be sent has been sent.
  record Drained() implements FromLink {}

  /// The client will send no more; it may still be reading.
  record Ended() implements FromLink {}

  /// Nothing can be sent any more.
  record Broken() implements FromLink {}

  /// What a connection tells itself.
  sealed interface Internal extends ConnectionMessage {}

  /// Go on with what was received; others have had their turn.
  record NextTurn() implements Internal {}

  /// The machine has ended.
  record BoardGone() implements Internal {}

  /// The process has carried out what was asked of it, or failed to.
  record HostDone(QmpReply reply) implements Internal {}

  /// The board's reply to a command that the client gave out of band.
  record OutOfBandDone(RequestShape.Request request, QmpReply reply) implements Internal {}
}
