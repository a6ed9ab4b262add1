package thespis.actors;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.Props;
import akka.actor.typed.javadsl.AskPattern;
import akka.actor.typed.javadsl.Behaviors;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import thespis.cpu.model.ConfigException;
import thespis.cpu.run.Inspector;
import thespis.hotplug.Answer;
import thespis.hotplug.BoardProtocol;
import thespis.hotplug.Cause;
import thespis.hotplug.CpuInfo;
import thespis.hotplug.Failure;
import thespis.hotplug.MachineEvent;
import thespis.hotplug.OstInfo;
import thespis.hotplug.PortAccess;
import thespis.hotplug.RunState;
import thespis.hotplug.SlotInfo;
import thespis.hotplug.UnplugInfo;
import thespis.hotplug.UnplugState;
import thespis.hotplug.VcpuProtocol;
import thespis.machine.qom.ObjectTree;
import thespis.qmp.QmpReply;
import thespis.qmp.QmpRequest;
import thespis.qmp.QmpServer;
import thespis.qmp.command.BoardCommand;

/// A running machine. Its methods mirror the QMP commands; what a client would read as an error completes the stage
/// with a {@link MachineException}. Nothing here blocks, ends the JVM, or writes to standard output.
public final class Machine implements AutoCloseable {
  /// Machines of this JVM so far: no two have one name.
  private static final AtomicLong STARTED = new AtomicLong();

  private final MachineConfig config;
  private final ActorSystem<?> system;
  private final boolean ownSystem;
  private final ActorRef<BoardProtocol.Message> board;
  private final Optional<thespis.machine.board.Board> chips;
  private final CompletableFuture<Integer> exit;
  private final Duration patience;
  private final Set<CompletableFuture<?>> open = ConcurrentHashMap.newKeySet();

  private Machine(
      MachineConfig config,
      ActorSystem<?> system,
      boolean ownSystem,
      ActorRef<BoardProtocol.Message> board,
      Optional<thespis.machine.board.Board> chips,
      CompletableFuture<Integer> exit) {
    this.config = config;
    this.system = system;
    this.ownSystem = ownSystem;
    this.board = board;
    this.chips = chips;
    this.exit = exit;
    exit.whenComplete((status, wrong) -> refuseOpen());
    this.patience = system.settings().config().getDuration("thespis.patience");
  }

  public static MachineBuilder builder() {
    return new MachineBuilder();
  }

  /// An actor system for many machines: a thread for each vCPU that runs, none for those that are halted. Theirs to end.
  public static ActorSystem<?> newSystem() {
    return MachineSystem.shared();
  }

  /// Starting actors takes as long as making the machine does: both at once.
  static Machine start(
      MachineConfig config,
      Hardware.Factory factory,
      List<Consumer<MachineEvent>> listeners,
      Optional<ActorSystem<?>> given) {
    CompletableFuture<ActorSystem<?>> system = given
        .<CompletableFuture<ActorSystem<?>>>map(CompletableFuture::completedFuture)
        .orElseGet(() -> CompletableFuture.supplyAsync(MachineSystem::create, Machine::inThread));
    try {
      Consumer<String> warnings = text -> listeners.forEach(l -> l.accept(new MachineEvent.Warning(text)));
      MachineConfig whole = SnapshotFile.resolve(config);
      Hardware hardware = create(whole, whole != config, factory, warnings);
      config.checkGlobals(warnings);
      return start(whole, hardware, listeners, system.join(), given.isEmpty());
    } catch (RuntimeException e) {
      if (given.isEmpty()) {
        system.thenAccept(ActorSystem::terminate);
      }
      throw e instanceof ConfigException refused ? new MachineException(Failure.generic(refused.getMessage())) : e;
    }
  }

  /// @param read what it goes on from was read for it alone, and is not needed any more when it is made
  private static Hardware create(
      MachineConfig config, boolean read, Hardware.Factory factory, Consumer<String> warnings) {
    try {
      return factory.create(config, warnings);
    } finally {
      if (read) {
        config.frozen().ifPresent(FrozenMachine::close);
      }
    }
  }

  private static Machine start(
      MachineConfig config,
      Hardware hardware,
      List<Consumer<MachineEvent>> listeners,
      ActorSystem<?> system,
      boolean ownSystem) {
    CompletableFuture<Integer> exit = new CompletableFuture<>();
    CompletableFuture<Void> ready = new CompletableFuture<>();
    String name = config.name().orElse("machine").replaceAll("[^A-Za-z0-9_-]", "_") + "-" + STARTED.incrementAndGet();
    ActorRef<MachineEvent> listener = system.systemActorOf(
        listener(event -> {
          listeners.forEach(l -> l.accept(event));
          switch (event) {
            case MachineEvent.Ready() -> ready.complete(null);
            case MachineEvent.NotReady(var failure) -> ready.completeExceptionally(new MachineException(failure));
            case MachineEvent.Ended(int status) -> ended(system, ownSystem, status, exit);
            default -> {}
          }
        }),
        name + "-listener",
        Props.empty());
    ActorRef<BoardProtocol.Message> board =
        system.systemActorOf(Board.create(config, hardware, listener), name, QmpServer.PLACE);
    Machine machine = new Machine(config, system, ownSystem, board, hardware.chips(), exit);
    try {
      ready.orTimeout(machine.patience.toMillis(), TimeUnit.MILLISECONDS).join();
      return machine;
    } catch (CompletionException e) {
      machine.close();
      throw e.getCause() instanceof MachineException refused ? refused : e;
    }
  }

  private static Behavior<MachineEvent> listener(Consumer<MachineEvent> consumer) {
    return Behaviors.receiveMessage(event -> {
      consumer.accept(event);
      return event instanceof MachineEvent.Ended ? Behaviors.stopped() : Behaviors.same();
    });
  }

  private static void ended(
      ActorSystem<?> system, boolean ownSystem, int status, CompletableFuture<Integer> exit) {
    if (ownSystem) {
      system.getWhenTerminated().thenAccept(done -> exit.complete(status));
      system.terminate();
    } else {
      exit.complete(status);
    }
  }

  /// For what waits for the machine to be made.
  static void inThread(Runnable work) {
    Thread.ofPlatform().daemon().name("thespis-start").start(work);
  }

  /// `device_add` with a driver, perhaps an id, and properties. Done when the guest was told.
  public CompletionStage<CpuInfo> addDevice(Map<String, Object> arguments) {
    return ask(replyTo -> new BoardProtocol.AddDevice(arguments, replyTo));
  }

  /// The same, for one who hears the warnings.
  public CompletionStage<CpuInfo> addDevice(Map<String, Object> arguments, Consumer<String> warnings) {
    return ask(replyTo -> new BoardProtocol.AddDevice(arguments, Optional.of(warnings), replyTo));
  }

  /// `cpu-add`: the CPU of a slot, without an id. Done when the guest was told.
  public CompletionStage<CpuInfo> addCpuByIndex(long index) {
    return ask(replyTo -> new BoardProtocol.AddCpuByIndex(index, replyTo));
  }

  /// `device_del`: done when the guest was asked.
  public CompletionStage<Void> removeDevice(String idOrPath) {
    return done(replyTo -> new BoardProtocol.RemoveDevice(idOrPath, replyTo));
  }

  /// `device_add` of the CPU of a slot, with the id `cpuSLOT`. Done when the guest was told.
  public CompletionStage<CpuInfo> addCpu(int slot) {
    return slots().thenCompose(all -> {
      if (slot < 0 || slot >= all.size()) {
        throw new MachineException(Failure.generic("There is no slot " + slot + ", only 0 to " + (all.size() - 1)));
      }
      SlotInfo place = all.get(slot);
      return addDevice(Map.of(
          "driver", place.type(),
          "id", "cpu" + slot,
          "socket-id", place.slot().socketId(),
          "die-id", place.slot().dieId(),
          "core-id", place.slot().coreId(),
          "thread-id", place.slot().threadId()));
    });
  }

  /// Done when the guest has started the CPU in this slot; fails when the limit is over or the CPU is gone.
  public CompletionStage<CpuInfo> online(int slot, Duration limit) {
    return this.<CpuInfo>answer(replyTo -> new BoardProtocol.AwaitOnline(slot, limit, replyTo), limit.plus(patience));
  }

  /// `device_del`, and done when the CPU is gone; fails if the guest rejects it, is reset over it, or lets the limit pass.
  public CompletionStage<Void> removeCpu(String idOrPath, Duration limit) {
    return removeDevice(idOrPath).thenCompose(asked -> awaitUnplug(idOrPath, limit)).thenApply(request -> {
      if (request.state() != UnplugState.DONE) {
        throw new MachineException(Failure.generic("CPU '" + idOrPath + "' was not removed: " + request));
      }
      return null;
    });
  }

  /// Done when the last request to remove this CPU is settled, or after the limit with how far it has come.
  public CompletionStage<UnplugInfo> awaitUnplug(String idOrPath, Duration limit) {
    return this.<UnplugInfo>answer(
        replyTo -> new BoardProtocol.AwaitUnplug(idOrPath, limit, replyTo), limit.plus(patience));
  }

  /// Takes a request to remove a CPU back; fails once the guest has seen it.
  public CompletionStage<Void> cancelUnplug(String idOrPath) {
    return done(replyTo -> new BoardProtocol.CancelUnplug(idOrPath, replyTo));
  }

  /// What has become of the requests to remove CPUs, by slot.
  public CompletionStage<List<UnplugInfo>> unplugs() {
    return askPlain(BoardProtocol.QueryUnplugs::new);
  }

  public CompletionStage<Void> stop() {
    return done(BoardProtocol.Stop::new);
  }

  public CompletionStage<Void> cont() {
    return done(BoardProtocol.Cont::new);
  }

  /// A debugger's way to go on: these CPUs run, those do one instruction, any others stay where they are.
  public CompletionStage<Void> debugRun(Set<Integer> running, Set<Integer> stepping) {
    return done(replyTo -> new BoardProtocol.DebugRun(running, stepping, replyTo));
  }

  public CompletionStage<Void> reset() {
    return done(BoardProtocol.Reset::new);
  }

  /// Presses the power button.
  public CompletionStage<Void> powerDown() {
    return done(BoardProtocol.PowerDown::new);
  }

  /// Out of sleep state S3, in which the guest has to be.
  public CompletionStage<Void> wakeUp() {
    return done(BoardProtocol.WakeUp::new);
  }

  public CompletionStage<Void> injectNmi() {
    return done(BoardProtocol.InjectNmi::new);
  }

  /// What the machine is at this moment, for others to go on from. It stands still meanwhile, and goes on if it ran. The
  /// snapshot is the caller's to close.
  public CompletionStage<MachineSnapshot> snapshot() {
    return this.<FrozenMachine>ask(Board.Private.Freeze::new)
        .thenApply(frozen -> new MachineSnapshot(config, ownSystem ? Optional.empty() : Optional.of(system), frozen));
  }

  /// Ends the machine; {@link #exit} completes when it is gone.
  public CompletionStage<Void> quit(Cause cause) {
    return done(replyTo -> new BoardProtocol.Quit(cause, replyTo));
  }

  public CompletionStage<RunState> status() {
    return askPlain(BoardProtocol.QueryStatus::new);
  }

  /// Present CPUs in order of creation.
  public CompletionStage<List<CpuInfo>> cpus() {
    return askPlain(BoardProtocol.QueryCpus::new);
  }

  /// Possible CPUs, ascending.
  public CompletionStage<List<SlotInfo>> slots() {
    return ask(BoardProtocol.QuerySlots::new);
  }

  public CompletionStage<List<OstInfo>> ospmStatus() {
    return ask(BoardProtocol.QueryOspm::new);
  }

  /// A look at one CPU, taken on its own thread between two slices.
  public CompletionStage<String> look(int slot, Function<Inspector, String> look) {
    return ask(replyTo -> new BoardProtocol.LookAtCpu(slot, look, replyTo));
  }

  /// An access to a port of the ACPI controller's, as if a guest's: what is read.
  public CompletionStage<Integer> touchPort(PortAccess access) {
    return this.<VcpuProtocol.PortDone>askPlain(replyTo -> new BoardProtocol.TouchPort(access, replyTo))
        .thenApply(VcpuProtocol.PortDone::value);
  }

  /// What all CPUs have translated, as `info jit` has it.
  public CompletionStage<String> translation() {
    return ask(BoardProtocol.DescribeTranslation::new);
  }

  /// A look at the machine's objects, taken on the board's thread.
  public CompletionStage<String> lookAtObjects(Function<ObjectTree, String> look) {
    return ask(replyTo -> new BoardProtocol.LookAtObjects(look, replyTo));
  }

  /// Carries out a command of QMP's as a client of it would have it.
  public CompletionStage<QmpReply> qmp(BoardCommand<?> command) {
    return this.<QmpReply>askPlain(replyTo -> new QmpRequest(command, replyTo), patience);
  }

  /// The board's passive chips, each of which guards itself; none on the machine type `none`. Not its RAM: that goes
  /// with the machine.
  public Optional<thespis.machine.board.Board> chips() {
    return chips;
  }

  /// Completes with the exit status a process should return when the machine has ended and freed everything.
  public CompletionStage<Integer> exit() {
    return exit.minimalCompletionStage();
  }

  /// For clients of the message protocol, such as QMP.
  public ActorRef<BoardProtocol.Message> board() {
    return board;
  }

  public ActorSystem<?> system() {
    return system;
  }

  /// Ends the machine and returns when it is gone, or with an exception after `thespis.patience`. Twice is fine.
  @Override
  public void close() {
    board.tell(new BoardProtocol.Quit(Cause.HOST_UI, system.ignoreRef()));
    exit.copy().orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS).join();
  }

  private <T> CompletionStage<T> ask(Function<ActorRef<Answer<T>>, BoardProtocol.Message> request) {
    return answer(request, patience);
  }

  private <T> CompletionStage<T> answer(Function<ActorRef<Answer<T>>, BoardProtocol.Message> request, Duration limit) {
    return this.<Answer<T>>askPlain(request, limit).thenApply(a -> switch (a) {
      case Answer.Ok<T>(var value) -> value;
      case Answer.Failed<T>(var failure) -> throw new MachineException(failure);
    });
  }

  private <T> CompletionStage<T> askPlain(Function<ActorRef<T>, BoardProtocol.Message> request) {
    return askPlain(request, patience);
  }

  /// The end of the machine answers everything that it leaves open.
  private <T> CompletionStage<T> askPlain(
      Function<ActorRef<T>, BoardProtocol.Message> request, Duration limit) {
    if (exit.isDone()) {
      return CompletableFuture.failedStage(hasEnded());
    }
    CompletableFuture<T> answer =
        AskPattern.<BoardProtocol.Message, T>ask(board, request::apply, limit, system.scheduler())
            .toCompletableFuture()
            .copy();
    open.add(answer);
    answer.whenComplete((value, wrong) -> open.remove(answer));
    if (exit.isDone()) {
      refuseOpen();
    }
    return answer;
  }

  private void refuseOpen() {
    open.forEach(a -> a.completeExceptionally(hasEnded()));
  }

  private static MachineException hasEnded() {
    return new MachineException(Failure.generic("The machine has ended"));
  }

  private CompletionStage<Void> done(Function<ActorRef<Answer<Answer.Done>>, BoardProtocol.Message> request) {
    return this.<Answer.Done>ask(request).thenApply(d -> null);
  }
}
