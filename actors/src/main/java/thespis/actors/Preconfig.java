package thespis.actors;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractOnMessageBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import thespis.actors.block.BlockHost;
import thespis.cpu.model.ConfigException;
import thespis.cpu.model.CpuOption;
import thespis.hotplug.BoardProtocol.Message;
import thespis.hotplug.ErrorClass;
import thespis.hotplug.RebootAction;
import thespis.hotplug.RunState;
import thespis.hotplug.ShutdownAction;
import thespis.hotplug.WatchdogAction;
import thespis.hotplug.SlotInfo;
import thespis.machine.board.MachineObjects;
import thespis.machine.board.NumaNodes;
import thespis.machine.board.Topology;
import thespis.machine.qom.QomObject;
import thespis.qmp.BoardReplies;
import thespis.qmp.QmpEvent;
import thespis.qmp.QmpEvents;
import thespis.qmp.QmpMessage;
import thespis.qmp.QmpReply;
import thespis.qmp.QmpRequest;
import thespis.qmp.command.BitmapCommands;
import thespis.qmp.command.BlockCommands;
import thespis.qmp.command.BoardCommand;
import thespis.qmp.command.CpuCommands;
import thespis.qmp.command.DriveCommands;
import thespis.qmp.command.ExportCommands;
import thespis.qmp.command.MachineCommands;
import thespis.qmp.command.MemoryCommands;
import thespis.qmp.command.NetworkCommands;
import thespis.qmp.command.NodeCommands;
import thespis.qmp.command.ObjectCommands;
import thespis.qmp.command.StatusCommands;

/// Stands in for the board until there is a machine (`--preconfig`): clients see what the command line says and may add
/// objects and NUMA nodes. `x-exit-preconfig` makes the machine; from then on all goes to its board. QEMU's invocation,
/// `-preconfig`.
public final class Preconfig extends AbstractOnMessageBehavior<Message> {
  private record Made(Machine machine, Throwable wrong, ActorRef<QmpReply> replyTo) implements Message {}

  private record Started(ActorRef<QmpReply> replyTo) implements Message {}

  private record BoardGone() implements Message {}

  private record Later(Runnable work) implements Message {}

  /// What is known before there is a machine.
  record Start(
      MachineConfig config,
      MachineType type,
      Topology topology,
      String cpuType,
      MachineObjects objects,
      NumaNodes nodes) {}

  private final MachineConfig config;
  private final MachineType type;
  private final Topology topology;
  private final MachineObjects objects;
  private final String cpuType;
  private final NumaNodes nodes;
  private final ObjectQueries queries;
  private final List<MachineConfig.NumaOption> numa;
  private final List<Message> early = new ArrayList<>();
  private final Function<MachineConfig, Machine> maker;
  private final CompletableFuture<Machine> machine;
  private final QmpEvents events = new QmpEvents();
  private RebootAction onReboot;
  private ShutdownAction onShutdown;
  private WatchdogAction onWatchdog;
  private boolean making;
  private Optional<ActorRef<Message>> board = Optional.empty();

  private Preconfig(
      ActorContext<Message> context,
      Start start,
      Function<MachineConfig, Machine> maker,
      CompletableFuture<Machine> machine) {
    super(context);
    this.maker = maker;
    this.machine = machine;
    config = start.config;
    type = start.type;
    topology = start.topology;
    cpuType = start.cpuType;
    objects = start.objects;
    nodes = start.nodes;
    queries = new ObjectQueries(objects);
    numa = new ArrayList<>(config.numa());
    onReboot = config.onReboot();
    onShutdown = config.onShutdown();
    onWatchdog = config.onWatchdog();
    config.backends().blocks().attach(blockHost());
  }

  /// Nobody else is served meanwhile, so what takes its time is done at once.
  private BlockHost blockHost() {
    ActorRef<Message> self = getContext().getSelf();
    return new BlockHost() {
      @Override
      public void run(Runnable work, Consumer<Optional<Throwable>> then) {
        BlockHost.runAtOnce(work, then);
      }

      @Override
      public void later(Runnable work) {
        self.tell(new Later(work));
      }

      @Override
      public void publish(QmpEvent event) {
        events.publish(event);
      }
    };
  }

  /// @throws ConfigException with QEMU's text
  static Start check(MachineConfig config) {
    MachineType type = MachineType.of(config);
    Topology topology = CpuLimit.topology(config, type, warning -> {});
    String cpuType = CpuOption.parse(config.cpu().or(type::defaultCpu).orElse("qemu64")).model().typeName();
    MachineObjects objects = new MachineObjects(type.name(), topology);
    config.chardevs().forEach(objects::addChardev);
    MachineMemory.addObjects(config, objects.userObjects());
    NumaNodes nodes = NumaSetup.of(config, topology, type, objects.userObjects());
    return new Start(config, type, topology, cpuType, objects, nodes);
  }

  /// @param machine completed when the machine is there, or with why it can't be
  static Behavior<Message> create(
      Start start, Function<MachineConfig, Machine> maker, CompletableFuture<Machine> machine) {
    return Behaviors.setup(context -> new Preconfig(context, start, maker, machine));
  }

  @Override
  public Behavior<Message> onMessage(Message message) {
    switch (message) {
      case Made m -> onMade(m);
      case Started(var replyTo) -> replyTo.tell(QmpReply.done());
      case BoardGone() -> {
        return Behaviors.stopped();
      }
      case Later(Runnable work) when board.isPresent() -> config.backends().blocks().later(work);
      case Later(Runnable work) -> work.run();
      case Message m when board.isPresent() -> board.get().tell(m);
      case QmpMessage.Subscribe m -> {
        events.onMessage(m);
        early.add(m);
      }
      case QmpMessage.Unsubscribe m -> {
        events.onMessage(m);
        early.add(m);
      }
      case QmpRequest m when making -> early.add(m);
      case QmpRequest m -> onRequest(m.command(), m.replyTo());
      default -> throw new IllegalStateException("not before there is a machine: " + message);
    }
    return this;
  }

  private void onRequest(BoardCommand<?> command, ActorRef<QmpReply> replyTo) {
    switch (command) {
      case MachineCommands.XExitPreconfig() -> make(replyTo);
      case StatusCommands.Quit() -> {
        config.backends().blocks().close();
        replyTo.tell(QmpReply.done());
        machine.completeExceptionally(new QuitException());
      }
      case BlockCommands<?> c -> config.backends().blocks().answer(c, replyTo::tell);
      case NodeCommands<?> c -> config.backends().blocks().answer(c, replyTo::tell);
      case BitmapCommands<?> c -> config.backends().blocks().answer(c, replyTo::tell);
      case DriveCommands<?> c -> config.backends().blocks().answer(c, replyTo::tell);
      case ExportCommands<?> c -> config.backends().blocks().answer(c, replyTo::tell);
      default -> replyTo.tell(guarded(command));
    }
  }

  private QmpReply guarded(BoardCommand<?> command) {
    try {
      return answer(command);
    } catch (ConfigException e) {
      return QmpReply.fail(e.getMessage().lines().findFirst().orElse(""));
    }
  }

  private QmpReply answer(BoardCommand<?> command) {
    return switch (command) {
      case StatusCommands.QueryStatus() -> new QmpReply.Ok(StatusCommands.StatusInfo.of(RunState.PRELAUNCH));
      case StatusCommands.SetAction c -> {
        c.reboot().ifPresent(action -> onReboot = action);
        c.shutdown().ifPresent(action -> onShutdown = action);
        c.watchdog().ifPresent(action -> onWatchdog = action);
        yield QmpReply.done();
      }
      case CpuCommands.QueryHotpluggableCpus() -> slots();
      case ObjectCommands<?> c -> queries.answer(c);
      case MachineCommands.SetNumaNode(var options) -> {
        NumaSetup.apply(options, nodes, type, objects.userObjects());
        numa.add(new MachineConfig.NumaOption("", options));
        yield QmpReply.done();
      }
      case MachineCommands.QueryName() -> new QmpReply.Ok(new MachineCommands.NameInfo(config.name()));
      case MachineCommands.QueryUuid() -> new QmpReply.Ok(MachineCommands.UuidInfo.of(config.uuid()));
      case MachineCommands.QueryIothreads() -> new QmpReply.Ok(queries.ioThreads());
      case MemoryCommands.QueryMemdev() -> new QmpReply.Ok(queries.memoryBackends());
      case NetworkCommands<?> c -> config.backends().network().answer(c);
      default -> new QmpReply.Fail(ErrorClass.GENERIC_ERROR, "not before there is a machine");
    };
  }

  private QmpReply slots() {
    if (topology.maxCpus() == 0 || type.family() == MachineType.Family.NONE) {
      return QmpReply.fail("The feature 'query-hotpluggable-cpus' is not enabled");
    }
    List<SlotInfo> slots = nodes.slots().all().stream()
        .map(slot -> new SlotInfo(slot, cpuType, Optional.empty()))
        .toList();
    return new QmpReply.Ok(new BoardReplies(topology.dies() > 1, 0).hotpluggable(slots));
  }

  private void make(ActorRef<QmpReply> replyTo) {
    making = true;
    MachineConfig now = config.with(userObjects(), numa, onReboot, onShutdown, onWatchdog);
    getContext().pipeToSelf(
        CompletableFuture.supplyAsync(() -> maker.apply(now), Machine::inThread),
        (made, wrong) -> new Made(made, wrong, replyTo));
  }

  private List<MachineConfig.UserObject> userObjects() {
    return objects.userObjects().all().stream()
        .map((QomObject object) -> new MachineConfig.UserObject(
            "", object.type().name(), object.name(), Map.copyOf(objects.userObjects().given(object))))
        .toList();
  }

  /// Those who listen hear the machine start: it waits for them.
  private void onMade(Made m) {
    if (m.wrong != null) {
      machine.completeExceptionally(m.wrong.getCause() == null ? m.wrong : m.wrong.getCause());
      return;
    }
    ActorRef<Message> made = m.machine.board();
    board = Optional.of(made);
    getContext().watchWith(made, new BoardGone());
    early.forEach(made::tell);
    early.clear();
    machine.complete(m.machine);
    if (config.paused()) {
      m.replyTo.tell(QmpReply.done());
    } else {
      getContext().pipeToSelf(m.machine.cont(), (done, wrong) -> new Started(m.replyTo));
    }
  }

  /// `quit` came before there was a machine.
  public static final class QuitException extends RuntimeException {
    private static final long serialVersionUID = 1;
  }
}
