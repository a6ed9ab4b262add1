package thespis.qmp;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.PostStop;
import akka.actor.typed.Signal;
import akka.actor.typed.javadsl.AbstractOnMessageBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.OptionalInt;
import java.util.Optional;
import thespis.hotplug.BoardProtocol;
import thespis.hotplug.ErrorClass;
import thespis.qmp.command.ArgumentException;
import thespis.qmp.command.BoardCommand;
import thespis.qmp.command.ChardevCommands;
import thespis.qmp.command.ChardevCommands.QueryChardev;
import thespis.qmp.command.ChardevCommands.QueryChardevBackends;
import thespis.qmp.command.ChardevCommands.QueryYank;
import thespis.qmp.command.ChardevCommands.Yank;
import thespis.qmp.command.ChardevCommands.YankInstance;
import thespis.qmp.command.CommandSpec;
import thespis.qmp.command.CommandTable;
import thespis.qmp.command.DescriptorCommands;
import thespis.qmp.command.MonitorCommands.CommandInfo;
import thespis.qmp.command.MonitorCommands.CommandLineOptionInfo;
import thespis.qmp.command.MonitorCommands.HumanMonitorCommand;
import thespis.qmp.command.MonitorCommands.QmpCapabilities;
import thespis.qmp.command.MonitorCommands.QmpCapability;
import thespis.qmp.command.MonitorCommands.QueryCommandLineOptions;
import thespis.qmp.command.MonitorCommands.QueryCommands;
import thespis.qmp.command.MonitorCommands.QueryQmpSchema;
import thespis.qmp.command.MonitorCommands.QueryVersion;
import thespis.qmp.command.MonitorCommands.XThespisQueryQmpSchema;
import thespis.qmp.command.QmpCommand;
import thespis.qmp.command.Schema;
import thespis.qmp.command.SchemaInfo;
import thespis.qmp.wire.Input;
import thespis.qmp.wire.JsonReader;

/// One client. It owns the client's parser and writer, runs one command at a time in the order received, and answers in
/// that order. QEMU QMP specification "Protocol details".
///
/// A client that does not read what it is sent is bounded: from {@link #HIGH_WATER} on no more commands are taken from
/// it, and an event that finds more than {@link #LIMIT} waiting ends the connection, as losing events silently would be
/// worse. QEMU differs: it buffers without bound.
final class QmpConnection extends AbstractOnMessageBehavior<ConnectionMessage> {
  static final int HIGH_WATER = 1 << 20;
  static final int LIMIT = 16 << 20;
  private static final String QMP_CAPABILITIES = "qmp_capabilities";
  /// Bytes of answers that are collected before they are sent.
  private static final int BATCH = 64 << 10;
  /// Requests looked at before others on this thread have their turn.
  private static final int TURN = 256;
  /// Requests that may wait behind the running one while out-of-band commands are on.
  private static final int QUEUE = 8;

  private sealed interface Phase {
    /// Only `qmp_capabilities` works and events are lost.
    enum Negotiating implements Phase {
      NEGOTIATING
    }

    record Ready(boolean oob) implements Phase {}
  }

  /// Made when a client first asks for it.
  private static final class QemusSchema {
    static final List<SchemaInfo> ENTITIES = Schema.of(CommandTable.qemus(), QmpEvent.qemus());
  }

  /// Likewise.
  private static final class WholeSchema {
    static final List<SchemaInfo> ENTITIES = Schema.of(CommandTable.all(), QmpEvent.all());
  }

  private final ClientLink link;
  private final ActorRef<BoardProtocol.Message> board;
  private final QmpHost host;
  private final MessageWriter writer;
  private final JsonReader reader = new JsonReader();
  private final Deque<ConnectionMessage.Received> pieces = new ArrayDeque<>();
  private final Deque<RequestShape> waiting = new ArrayDeque<>();
  private Phase phase = Phase.Negotiating.NEGOTIATING;
  private RequestShape.Request running;

  /// Out-of-band commands that are under way.
  private int overtaking;

  /// Descriptors that no command has taken yet.
  private List<Integer> handed = List.of();
  private boolean turnDue;
  private boolean ended;

  private QmpConnection(
      ActorContext<ConnectionMessage> context,
      ClientLink link,
      ActorRef<BoardProtocol.Message> board,
      QmpHost host,
      boolean pretty) {
    super(context);
    this.link = link;
    this.board = board;
    this.host = host;
    writer = new MessageWriter(pretty);
    context.watchWith(board, new ConnectionMessage.BoardGone());
    link.start(context.getSelf());
    writer.greeting(host.version());
    link.send(writer.take());
  }

  static Behavior<ConnectionMessage> create(
      ClientLink link, ActorRef<BoardProtocol.Message> board, QmpHost host, boolean pretty) {
    return Behaviors.setup(context -> new QmpConnection(context, link, board, host, pretty));
  }

  @Override
  public Behavior<ConnectionMessage> onMessage(ConnectionMessage message) {
    return switch (message) {
      case ConnectionMessage.Received m -> onReceived(m);
      case QmpReply m -> onReply(m);
      case QmpEvents.Notice m -> onNotice(m);
      case ConnectionMessage.HostDone m -> onReply(m.reply());
      case ConnectionMessage.OutOfBandDone m -> onOutOfBandDone(m);
      case ConnectionMessage.Drained _ -> serve();
      case ConnectionMessage.NextTurn _ -> onNextTurn();
      case ConnectionMessage.Ended _ -> onEnded();
      case ConnectionMessage.Broken _, ConnectionMessage.BoardGone _ -> Behaviors.stopped();
    };
  }

  @Override
  public Behavior<ConnectionMessage> onSignal(Signal signal) {
    if (signal instanceof PostStop) {
      board.tell(new QmpMessage.Unsubscribe(getContext().getSelf()));
      pieces.forEach(piece -> piece.descriptors().forEach(host::drop));
      hand(List.of());
      link.close();
    }
    return this;
  }

  private Behavior<ConnectionMessage> onReceived(ConnectionMessage.Received message) {
    pieces.add(message);
    return serve();
  }

  /// What comes later takes the place of what nobody wanted.
  private void hand(List<Integer> descriptors) {
    handed.forEach(host::drop);
    handed = descriptors;
  }

  /// A command takes one of those that came together.
  private QmpReply descriptor(DescriptorCommands<?> command) {
    if (!command.takes() || handed.isEmpty()) {
      return host.descriptor(command, OptionalInt.empty());
    }
    int taken = handed.getFirst();
    handed = handed.subList(1, handed.size());
    hand(List.of());
    return host.descriptor(command, OptionalInt.of(taken));
  }

  private Behavior<ConnectionMessage> onReply(QmpReply reply) {
    if (running == null) {
      throw new IllegalStateException("expected one reply for each command, seen also " + reply);
    }
    writer.reply(reply, running.id());
    running = null;
    return serve();
  }

  private Behavior<ConnectionMessage> onOutOfBandDone(ConnectionMessage.OutOfBandDone message) {
    overtaking--;
    answer(message.request(), message.reply());
    return serve();
  }

  private Behavior<ConnectionMessage> onNotice(QmpEvents.Notice notice) {
    if (link.backlog() > LIMIT) {
      getContext().getLog().warn("a QMP client does not read, {} bytes are waiting: disconnected", link.backlog());
      link.abort();
      return Behaviors.stopped();
    }
    writer.event(notice);
    link.send(writer.take());
    return this;
  }

  /// What came before the end is still carried out. QEMU differs: it drops what has not started, which makes the
  /// outcome of `printf ... | socat` a matter of luck.
  private Behavior<ConnectionMessage> onEnded() {
    ended = true;
    return serve();
  }

  private Behavior<ConnectionMessage> onNextTurn() {
    turnDue = false;
    return serve();
  }

  /// Runs requests until one is under way, the client's bytes are used up, or it should read first. What they are
  /// answered at once is sent together.
  private Behavior<ConnectionMessage> serve() {
    Behavior<ConnectionMessage> next = serveTurn();
    if (writer.size() > 0) {
      link.send(writer.take());
    }
    return next;
  }

  private Behavior<ConnectionMessage> serveTurn() {
    for (int n = 0; n < TURN; n++) {
      if (writer.size() > BATCH) {
        link.send(writer.take());
      }
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
        ConnectionMessage.Received piece = pieces.remove();
        if (!piece.descriptors().isEmpty()) {
          hand(piece.descriptors());
        }
        reader.feed(piece.bytes(), 0, piece.bytes().length);
        link.more();
      } else {
        return ended && running == null && overtaking == 0 ? Behaviors.stopped() : this;
      }
    }
    if (!turnDue) {
      turnDue = true;
      getContext().getSelf().tell(new ConnectionMessage.NextTurn());
    }
    return this;
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
      case RequestShape.Misshapen(var desc, var id) -> writer.reply(QmpReply.fail(desc), id);
      case RequestShape.Request request -> {
        try {
          start(request, command(request));
        } catch (RefusedException e) {
          writer.reply(e.reply(), request.id());
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
    if (!spec.preconfig() && !host.initialized()) {
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
      case BoardCommand<?> c when request.outOfBand() -> {
        overtaking++;
        board.tell(new QmpRequest(c, overtaker(request)));
      }
      case BoardCommand<?> c -> {
        running = request;
        board.tell(new QmpRequest(c, getContext().getSelf().narrow()));
      }
      case HumanMonitorCommand c -> {
        running = request;
        getContext().pipeToSelf(host.human(c), (reply, error) ->
            new ConnectionMessage.HostDone(error == null ? reply : QmpReply.fail(error.toString())));
      }
      case ChardevCommands.Operation<?> c -> {
        running = request;
        getContext().pipeToSelf(host.chardev(c), (reply, error) ->
            new ConnectionMessage.HostDone(error == null ? reply : QmpReply.fail(error.toString())));
      }
      case QmpCapabilities c -> answer(request, negotiate(c));
      case QueryVersion _ -> answer(request, new QmpReply.Ok(host.version()));
      case QueryCommandLineOptions(var option) -> answer(request, commandLineOptions(option));
      case QueryQmpSchema _ -> answer(request, new QmpReply.Ok(QemusSchema.ENTITIES));
      case XThespisQueryQmpSchema _ -> answer(request, new QmpReply.Ok(WholeSchema.ENTITIES));
      case QueryCommands _ -> answer(request, new QmpReply.Ok(commands()));
      case QueryChardev _ -> answer(request, new QmpReply.Ok(host.chardevs()));
      case QueryChardevBackends _ -> answer(request, new QmpReply.Ok(host.chardevBackends()));
      case Yank(var instances) -> answer(request, yank(instances));
      case DescriptorCommands<?> c -> answer(request, descriptor(c));
      case QueryYank _ -> answer(request, new QmpReply.Ok(yankInstances()));
    }
  }

  /// Who gets the board's reply to a command that does not wait for the running one: it says whose reply it is.
  private ActorRef<QmpReply> overtaker(RequestShape.Request request) {
    ActorRef<ConnectionMessage> self = getContext().getSelf();
    return getContext().spawnAnonymous(
        Behaviors.receiveMessage(reply -> {
          self.tell(new ConnectionMessage.OutOfBandDone(request, reply));
          return Behaviors.stopped();
        }),
        DispatcherSelector.sameAsParent());
  }

  private void answer(RequestShape.Request request, QmpReply reply) {
    writer.reply(reply, request.id());
  }

  private static List<CommandInfo> commands() {
    return CommandTable.qemus().stream().map(spec -> new CommandInfo(spec.name())).toList();
  }

  private List<YankInstance> yankInstances() {
    return host.yankable().stream().<YankInstance>map(YankInstance.Chardev::new).toList();
  }

  private QmpReply commandLineOptions(Optional<String> name) {
    List<CommandLineOptionInfo> options = host.commandLineOptions().stream()
        .filter(info -> name.isEmpty() || name.get().equals(info.option()))
        .toList();
    return name.isPresent() && options.isEmpty()
        ? QmpReply.fail("invalid option name: " + name.get())
        : new QmpReply.Ok(options);
  }

  private QmpReply yank(List<YankInstance> instances) {
    return instances.isEmpty()
        ? QmpReply.done()
        : yankInstances().containsAll(instances)
            ? host.yank(instances.stream().map(instance -> ((YankInstance.Chardev) instance).id()).toList())
            : new QmpReply.Fail(ErrorClass.DEVICE_NOT_FOUND, "Instance not found");
  }

  /// In the words that QEMU has for clients that did not send one.
  private QmpReply negotiate(QmpCapabilities command) {
    if (phase != Phase.Negotiating.NEGOTIATING) {
      return new QmpReply.Fail(
          ErrorClass.COMMAND_NOT_FOUND, "Capabilities negotiation is already complete, command ignored");
    }
    phase = new Phase.Ready(command.enable().orElse(List.of()).contains(QmpCapability.OOB));
    board.tell(new QmpMessage.Subscribe(getContext().getSelf()));
    return QmpReply.done();
  }
}
