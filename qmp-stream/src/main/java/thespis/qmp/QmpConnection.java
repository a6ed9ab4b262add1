package thespis.qmp;

import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.Signal;
import akka.actor.typed.javadsl.AbstractOnMessageBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import thespis.hotplug.ErrorClass;
import thespis.qmp.command.ArgumentException;
import thespis.qmp.command.BoardCommand;
import thespis.qmp.command.CommandSpec;
import thespis.qmp.command.CommandTable;
import thespis.qmp.command.MonitorCommands;
import thespis.qmp.command.MonitorCommands.CommandInfo;
import thespis.qmp.command.MonitorCommands.QmpCapability;
import thespis.qmp.command.QmpCommand;
import thespis.qmp.wire.Input;
import thespis.qmp.wire.JsonReader;

/// One client. It owns the client's parser and writer, runs one command at a time in the order received, and answers in
/// that order. QEMU QMP specification "Protocol details".
///
/// A client that does not read what it is sent is bounded: from {@link #HIGH_WATER} on no more commands are taken from it,
/// and an event that finds more than {@link #LIMIT} waiting ends the connection, as losing events silently would be worse.
/// QEMU differs: it buffers without bound.
final class QmpConnection extends AbstractOnMessageBehavior<ConnectionMessage> {
  static final int HIGH_WATER = 1 << 20;
  static final int LIMIT = 16 << 20;
  private static final String QMP_CAPABILITIES = "qmp_capabilities";
  private static final Duration OUT_OF_BAND_PATIENCE = Duration.ofSeconds(10);
  /// Requests that may wait behind the running one while out-of-band commands are on.
  private static final int QUEUE = 8;

  private sealed interface Phase {
    /// Only `qmp_capabilities` works and events are lost.
    enum Negotiating implements Phase {
      NEGOTIATING
    }

    record Ready(boolean oob) implements Phase {}
  }

  private final ClientLink link;
  private final QmpMachine machine;
  private final MessageWriter writer;
  private final JsonReader reader = new JsonReader();
  private final Deque<byte[]> pieces = new ArrayDeque<>();
  private final Deque<RequestShape> waiting = new ArrayDeque<>();
  private Phase phase = Phase.Negotiating.NEGOTIATING;
  private RequestShape.Request running;
  private boolean ended;

  private QmpConnection(ActorContext<ConnectionMessage> context, ClientLink link, QmpMachine machine, boolean pretty) {
    super(context);
    this.link = link;
    this.machine = machine;
    writer = new MessageWriter(pretty);
    context.watchWith(machine.board(), new ConnectionMessage.BoardGone());
    link.start(context.getSelf());
    link.send(writer.greeting(machine.version()));
  }

  static Behavior<ConnectionMessage> create(ClientLink link, QmpMachine machine, boolean pretty) {
    return Behaviors.setup(context -> new QmpConnection(context, link, machine, pretty));
  }

  @Override
  public Behavior<ConnectionMessage> onMessage(ConnectionMessage message) {
    return switch (message) {
      case ConnectionMessage.Received m -> onReceived(m);
      case QmpReply m -> onReply(m);
      case QmpEvents.Notice m -> onNotice(m);
      case ConnectionMessage.OutOfBandDone m -> onOutOfBandDone(m);
      case ConnectionMessage.Drained _ -> serve();
      case ConnectionMessage.Ended _ -> onEnded();
      case ConnectionMessage.Broken _, ConnectionMessage.BoardGone _ -> Behaviors.stopped();
    };
  }

  @Override
  public Behavior<ConnectionMessage> onSignal(Signal signal) {
    if (signal instanceof PostStop) {
      machine.board().tell(new QmpMessage.Unsubscribe(getContext().getSelf()));
      link.close();
    }
    return this;
  }

  private Behavior<ConnectionMessage> onReceived(ConnectionMessage.Received message) {
    pieces.add(message.bytes());
    return serve();
  }

  private Behavior<ConnectionMessage> onReply(QmpReply reply) {
    if (running == null) {
      throw new IllegalStateException("expected one reply for each command, seen also " + reply);
    }
    link.send(writer.reply(reply, running.id()));
    running = null;
    return serve();
  }

  private Behavior<ConnectionMessage> onNotice(QmpEvents.Notice notice) {
    if (link.backlog() > LIMIT) {
      getContext().getLog().warn("a QMP client does not read: {} bytes are waiting; it is disconnected", link.backlog());
      link.abort();
      return Behaviors.stopped();
    }
    link.send(writer.event(notice));
    return this;
  }

  private Behavior<ConnectionMessage> onOutOfBandDone(ConnectionMessage.OutOfBandDone done) {
    link.send(writer.reply(done.reply(), done.id()));
    return this;
  }

  /// What came before the end is still carried out. QEMU differs: it drops what has not started, which makes the outcome
  /// of `printf ... | socat` a matter of luck.
  private Behavior<ConnectionMessage> onEnded() {
    ended = true;
    return serve();
  }

  /// Runs requests until one is under way, the client's bytes are used up, or it should read first.
  private Behavior<ConnectionMessage> serve() {
    while (true) {
      while (running == null && !waiting.isEmpty()) {
        run(waiting.remove());
      }
      if (running != null && waiting.size() >= lookAhead() || link.backlog() > HIGH_WATER) {
        return this;
      }
      Input input = reader.next();
      if (input != null) {
        accept(shape(input));
      } else if (!pieces.isEmpty()) {
        byte[] piece = pieces.remove();
        reader.feed(piece, 0, piece.length);
        link.more();
      } else {
        return ended && running == null ? Behaviors.stopped() : this;
      }
    }
  }

  private boolean oob() {
    return phase instanceof Phase.Ready ready && ready.oob();
  }

  private int lookAhead() {
    return oob() ? QUEUE : 0;
  }

  private RequestShape shape(Input input) {
    return switch (input) {
      case Input.Value(var json) -> RequestShape.of(json, oob());
      case Input.Malformed(var desc) -> new RequestShape.Misshapen(desc, null);
    };
  }

  private void accept(RequestShape shape) {
    if (shape instanceof RequestShape.Request request && request.outOfBand()) {
      run(request);
    } else {
      waiting.add(shape);
    }
  }

  private void run(RequestShape shape) {
    switch (shape) {
      case RequestShape.Misshapen(var desc, var id) -> link.send(writer.reply(QmpReply.fail(desc), id));
      case RequestShape.Request request -> {
        try {
          start(request, command(request));
        } catch (RefusedException e) {
          link.send(writer.reply(e.reply(), request.id()));
        }
      }
    }
  }

  /// The checks of QEMU's dispatcher, in its order.
  private QmpCommand<?> command(RequestShape.Request request) throws RefusedException {
    String name = request.command();
    CommandSpec spec = CommandTable.find(name);
    if (phase == Phase.Negotiating.NEGOTIATING && !name.equals(QMP_CAPABILITIES)) {
      throw RefusedException.notFound("Expecting capabilities negotiation with '" + QMP_CAPABILITIES + "'");
    }
    if (spec == null) {
      throw RefusedException.notFound("The command " + name + " has not been found");
    }
    if (request.outOfBand() && !spec.outOfBand()) {
      throw RefusedException.generic("The command " + name + " does not support OOB");
    }
    if (!spec.preconfig() && !machine.initialized().getAsBoolean()) {
      throw RefusedException.generic(
          "The command '" + name + "' is permitted only after machine initialization has completed");
    }
    try {
      return spec.decode(request.arguments());
    } catch (ArgumentException e) {
      throw RefusedException.generic(e.getMessage());
    }
  }

  private void start(RequestShape.Request request, QmpCommand<?> command) {
    switch (command) {
      case MonitorCommands<?> own -> link.send(writer.reply(answer(own), request.id()));
      case BoardCommand<?> board when request.outOfBand() -> startOutOfBand(request, board);
      case BoardCommand<?> board -> {
        running = request;
        machine.board().tell(new QmpRequest(board, getContext().getSelf().narrow()));
      }
    }
  }

  private void startOutOfBand(RequestShape.Request request, BoardCommand<?> command) {
    getContext().ask(
        QmpReply.class,
        machine.board(),
        OUT_OF_BAND_PATIENCE,
        replyTo -> new QmpRequest(command, replyTo),
        (reply, error) -> new ConnectionMessage.OutOfBandDone(
            error == null ? reply : QmpReply.fail("The machine did not answer in time"), request.id()));
  }

  private QmpReply answer(MonitorCommands<?> command) {
    return switch (command) {
      case MonitorCommands.QmpCapabilities c -> negotiate(c);
      case MonitorCommands.QueryVersion _ -> new QmpReply.Ok(machine.version());
      case MonitorCommands.QueryCommands _ ->
        new QmpReply.Ok(CommandTable.all().stream().map(spec -> new CommandInfo(spec.name())).toList());
      case MonitorCommands.HumanMonitorCommand _ -> QmpReply.fail("no human monitor yet");
    };
  }

  private QmpReply negotiate(MonitorCommands.QmpCapabilities command) {
    if (phase != Phase.Negotiating.NEGOTIATING) {
      return new QmpReply.Fail(
          ErrorClass.COMMAND_NOT_FOUND, "Capabilities negotiation is already complete, command ignored");
    }
    phase = new Phase.Ready(command.enable().orElse(List.of()).contains(QmpCapability.OOB));
    machine.board().tell(new QmpMessage.Subscribe(getContext().getSelf()));
    return QmpReply.done();
  }
}
