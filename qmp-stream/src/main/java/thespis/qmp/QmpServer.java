package thespis.qmp;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.PostStop;
import akka.actor.typed.Props;
import akka.actor.typed.Signal;
import akka.actor.typed.javadsl.AbstractOnMessageBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import java.util.concurrent.CompletableFuture;
import thespis.hotplug.BoardProtocol;

/// One monitor: lets one client in at a time and has a {@link QmpConnection} serve it. A connection that fails takes
/// its client's socket with it and nothing else.
public final class QmpServer extends AbstractOnMessageBehavior<QmpServer.Message> {
  static final String DISPATCHER = "thespis.qmp.dispatcher";
  /// Where servers and their connections run: a server has to be spawned with these.
  public static final Props PLACE = DispatcherSelector.fromConfig(DISPATCHER);

  public sealed interface Message {}

  /// Closes: the client gets what is waiting for it, then end of file.
  public record Close() implements Message {}

  private record Accepted(ClientLink link) implements Message {}

  private record Gone(ClientLink link) implements Message {}

  private final QmpListener listener;
  private final ActorRef<BoardProtocol.Message> board;
  private final QmpHost host;
  private final boolean pretty;
  private final CompletableFuture<Void> firstClient;

  private QmpServer(
      ActorContext<Message> context,
      QmpListener listener,
      ActorRef<BoardProtocol.Message> board,
      QmpHost host,
      boolean pretty,
      CompletableFuture<Void> firstClient) {
    super(context);
    this.listener = listener;
    this.board = board;
    this.host = host;
    this.pretty = pretty;
    this.firstClient = firstClient;
    listen();
  }

  /// @param board understands {@link QmpMessage}
  /// @param pretty answers have line breaks (`pretty=on`)
  /// @param firstClient completed when the first client is there, for `wait=on`
  public static Behavior<Message> create(
      QmpListener listener,
      ActorRef<BoardProtocol.Message> board,
      QmpHost host,
      boolean pretty,
      CompletableFuture<Void> firstClient) {
    return Behaviors.setup(context -> new QmpServer(context, listener, board, host, pretty, firstClient));
  }

  @Override
  public Behavior<Message> onMessage(Message message) {
    return switch (message) {
      case Accepted m -> onAccepted(m);
      case Gone m -> onGone(m);
      case Close _ -> Behaviors.stopped();
    };
  }

  @Override
  public Behavior<Message> onSignal(Signal signal) {
    if (signal instanceof PostStop) {
      listener.close();
    }
    return this;
  }

  private Behavior<Message> onAccepted(Accepted message) {
    ActorRef<ConnectionMessage> connection = getContext()
        .spawnAnonymous(QmpConnection.create(message.link(), board, host, pretty), PLACE);
    getContext().watchWith(connection, new Gone(message.link()));
    firstClient.complete(null);
    return this;
  }

  private Behavior<Message> onGone(Gone message) {
    message.link().close();
    listen();
    return this;
  }

  private void listen() {
    ActorRef<Message> self = getContext().getSelf();
    listener.next(link -> self.tell(new Accepted(link)));
  }
}
