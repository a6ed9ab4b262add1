package thespis.actors;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.PostStop;
import akka.actor.typed.Signal;
import akka.actor.typed.javadsl.AbstractOnMessageBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.TimerScheduler;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import thespis.cpu.model.ConfigException;
import thespis.hotplug.AcpiProtocol;
import thespis.hotplug.Answer;
import thespis.hotplug.Answer.Done;
import thespis.hotplug.BoardProtocol;
import thespis.hotplug.BoardProtocol.Message;
import thespis.hotplug.Cause;
import thespis.hotplug.Failure;
import thespis.hotplug.IrqProtocol;
import thespis.hotplug.MachineEvent;
import thespis.hotplug.SlotInfo;
import thespis.hotplug.VcpuProtocol;
import thespis.machine.acpi.WakeReason;
import thespis.machine.qom.DeviceNotFoundException;
import thespis.qmp.QmpEvents;
import thespis.qmp.QmpMessage;
import thespis.qmp.QmpReply;
import thespis.qmp.QmpRequest;

/// A machine's board: parent of its vCPUs, its ACPI controller and its interrupt router, keeper of its run state and
/// its slots. What it does in several steps is in {@link Plugging} and {@link RunControl}; here is who says what to
/// whom.
final class Board extends AbstractOnMessageBehavior<Message> {
  sealed interface Private extends Message {
    record VcpuGone(int slot) implements Private {}

    record ServantGone(String name) implements Private {}

    record SubscriberGone(ActorRef<MachineEvent> subscriber) implements Private {}

    record Offloaded(Consumer<Optional<Throwable>> then, Optional<Throwable> wrong) implements Private {}

    record GuestSlept(boolean toDisk) implements Private {}

    record WatchdogExpired() implements Private {}

    record GuestWoken(WakeReason reason) implements Private {}

    record LimitOver(Runnable then) implements Private {}

    record BalloonChanged(long actual) implements Private {}

    record EndOverdue() implements Private {}

    record Freeze(ActorRef<Answer<FrozenMachine>> replyTo) implements Private {}

    record Work(Runnable work) implements Private {}
  }

  private final Hardware hardware;
  private final MachineConfig config;
  private final ActorRef<Message> self;
  private final TimerScheduler<Message> timers;
  private final Executor blocking;
  private final Seats seats;
  private final QmpEvents qmpEvents = new QmpEvents();
  private final QmpHandler qmp;
  private final Events events;
  private final ActorRef<IrqProtocol.Command> irq;
  private final Optional<ActorRef<AcpiProtocol.Command>> acpi;
  private final Requests requests = new Requests();
  private final Unplugs unplugs;
  private final Plugging plugging;
  private final RunControl run;
  private final CpuTransfer cpuTransfer;
  private final Switchover switchover;
  private final BalloonControl balloon;
  private final Watchdog watchdog;
  private final Freezing freezing;
  private final Questions questions;

  private final Roundup leaving = new Roundup();
  private OptionalInt ending = OptionalInt.empty();
  private boolean vcpusLeft;
  private int offloaded;
  private boolean closed;
  private boolean abandoned;

  /// @param listener hears every event from the very first
  static Behavior<Message> create(MachineConfig config, Hardware hardware, ActorRef<MachineEvent> listener) {
    return Behaviors.setup(ctx -> Behaviors.withTimers(timers -> new Board(ctx, timers, config, hardware, listener)));
  }

  private Board(
      ActorContext<Message> context,
      TimerScheduler<Message> timers,
      MachineConfig config,
      Hardware hardware,
      ActorRef<MachineEvent> listener) {
    super(context);
    this.hardware = hardware;
    this.config = config;
    this.timers = timers;
    this.self = context.getSelf();
    this.blocking = context.getSystem().dispatchers().lookup(DispatcherSelector.blocking());
    this.events = new Events(context.getLog(), this::onEvent);
    this.unplugs = new Unplugs(this::after);
    this.seats = new Seats(hardware.slots().all(), hardware.cpus().typeName());
    this.irq = context.spawn(IrqRouter.create(hardware), "irq");
    context.watchWith(irq, new Private.ServantGone("interrupt router"));
    this.acpi = hardware.hasAcpi() ? Optional.of(spawnAcpi()) : Optional.empty();
    this.questions = new Questions(seats, acpi, self);
    this.run = new RunControl(
        seats, requests, hardware, self, events, this::offload, config.onReboot(), config.onShutdown(), this::end);
    this.switchover = new Switchover(run, requests, hardware, events, this::offload);
    this.cpuTransfer = new CpuTransfer(seats, self);
    this.plugging = new Plugging(
        seats, requests, hardware, acpi, self, events, unplugs, this::after, this::spawnVcpu, run::running,
        this::migrating);
    this.watchdog = new Watchdog(this, events, config.onWatchdog());
    this.balloon = new BalloonControl(hardware, events::publish, this::after);
    hardware.balloon().ifPresent(device -> device.onChange(actual -> self.tell(new Private.BalloonChanged(actual))));
    this.qmp = new QmpHandler(this, config, hardware);
    this.freezing = new Freezing(this, hardware, qmp.migration());
    hardware.onGuestRequest(new Hardware.GuestRequests() {
      @Override
      public void asked(Cause cause, int exitStatus) {
        self.tell(new BoardProtocol.GuestAsked(cause, exitStatus));
      }

      @Override
      public void slept() {
        self.tell(new Private.GuestSlept(false));
      }

      @Override
      public void woken(WakeReason reason) {
        self.tell(new Private.GuestWoken(reason));
      }

      @Override
      public void hibernated() {
        self.tell(new Private.GuestSlept(true));
      }

      @Override
      public void watchdogExpired() {
        self.tell(new Private.WatchdogExpired());
      }
    });
    events.subscribe(listener);
    if (config.awaitsState()) {
      run.expectMigration(!config.paused());
    }
    new FirstDevices(config, hardware, plugging, requests, this::notReady).add();
    run.powerOn(wrong -> wrong.ifPresentOrElse(this::notReady, this::start));
  }

  private ActorRef<AcpiProtocol.Command> spawnAcpi() {
    ActorRef<AcpiProtocol.Message> ref =
        getContext().spawn(AcpiController.create(hardware, irq, self.narrow()), "acpi");
    getContext().watchWith(ref, new Private.ServantGone("ACPI controller"));
    return ref.narrow();
  }

  private ActorRef<VcpuProtocol.Command> spawnVcpu(int slot) {
    ActorRef<AcpiProtocol.Command> ports = acpi.orElseGet(() -> getContext().getSystem().ignoreRef());
    ActorRef<VcpuProtocol.Message> ref = getContext().spawn(
        Vcpu.create(slot, hardware, ports, self.narrow()),
        "vcpu-" + slot,
        DispatcherSelector.fromConfig(Vcpu.DISPATCHER));
    getContext().watchWith(ref, new Private.VcpuGone(slot));
    return ref.narrow();
  }

  private void start() {
    if (config.frozen().isPresent()) {
      freezing.thaw(config.frozen().get(), wrong -> wrong.ifPresentOrElse(
          why -> notReady(Failure.generic(why)), () -> events.publish(new MachineEvent.Ready())));
      return;
    }
    if (config.incoming().filter(uri -> !uri.equals("defer")).isPresent()) {
      expect(config.incoming().get());
      return;
    }
    boolean goesOn = !config.paused() && config.incoming().isEmpty();
    if (goesOn && config.driven().isPresent()) {
      // a test moves its clock as soon as it can
      run.cont(started -> events.publish(new MachineEvent.Ready()));
      return;
    }
    if (goesOn) {
      run.cont(started -> {});
    }
    events.publish(new MachineEvent.Ready());
  }

  /// Another machine's state.
  private void expect(String uri) {
    try {
      qmp.migration().expect(uri, answer -> {
        if (answer instanceof Answer.Failed<Answer.Done>(var failure)) {
          notReady(Failure.generic("-incoming " + uri + ": " + failure.desc()));
        } else {
          events.publish(new MachineEvent.Ready());
        }
      });
    } catch (ConfigException e) {
      notReady(Failure.generic("-incoming " + uri + ": " + e.getMessage()));
    }
  }

  private void notReady(Failure failure) {
    if (ending.isEmpty()) {
      events.publish(new MachineEvent.NotReady(failure));
      end(1);
    }
  }

  @Override
  public Behavior<Message> onMessage(Message msg) {
    if (ending.isPresent()) {
      return onMessageWhileEnding(msg);
    }
    switch (msg) {
      case BoardProtocol.Command m -> onCommand(m);
      case QmpMessage m -> onQmp(m);
      case VcpuProtocol.Event m -> onVcpu(m);
      case AcpiProtocol.Event m -> onAcpi(m);
      case Private m -> onPrivate(m);
      default -> throw new IllegalStateException("not the board's message: " + msg);
    }
    return this;
  }

  private void onCommand(BoardProtocol.Command msg) {
    switch (msg) {
      case BoardProtocol.AddDevice m -> plugging.addHotPlugged(m.arguments(), m.warnings(), m.replyTo()::tell);
      case BoardProtocol.AddCpuByIndex m -> plugging.addByIndex(m.index(), m.replyTo()::tell);
      case BoardProtocol.RemoveDevice m -> plugging.remove(m.idOrPath(), m.replyTo()::tell);
      case BoardProtocol.QueryUnplugs m -> m.replyTo().tell(unplugs.all());
      case BoardProtocol.AwaitUnplug m -> unplugs.await(m.idOrPath(), m.limit(), m.replyTo()::tell);
      case BoardProtocol.CancelUnplug m -> plugging.cancelRemoval(m.idOrPath(), m.replyTo()::tell);
      case BoardProtocol.AwaitOnline m -> plugging.awaitOnline(m.slot(), m.limit(), m.replyTo()::tell);
      case BoardProtocol.Stop m -> run.stop(m.replyTo()::tell);
      case BoardProtocol.Cont m -> run.cont(m.replyTo()::tell);
      case BoardProtocol.DebugRun m -> run.debug(m.running(), m.stepping(), m.replyTo()::tell);
      case BoardProtocol.Reset m -> run.reset(Cause.HOST_QMP_SYSTEM_RESET, m.replyTo()::tell);
      case BoardProtocol.PowerDown m -> powerDown(m.replyTo()::tell);
      case BoardProtocol.WakeUp m -> run.wakeUp(WakeReason.OTHER, m.replyTo()::tell);
      case BoardProtocol.InjectNmi m -> injectNmi(m.replyTo()::tell);
      case BoardProtocol.Quit m -> run.quit(m.cause(), m.replyTo()::tell);
      case BoardProtocol.QueryStatus m -> m.replyTo().tell(run.state());
      case BoardProtocol.QueryCpus m -> m.replyTo().tell(seats.cpus());
      case BoardProtocol.QuerySlots m -> m.replyTo().tell(querySlots());
      case BoardProtocol.QueryOspm m -> questions.ospm(m.replyTo()::tell);
      case BoardProtocol.LookAtCpu m -> questions.look(m.slot(), m.look(), m.replyTo()::tell);
      case BoardProtocol.TouchPort m -> acpi.ifPresentOrElse(
          owner -> owner.tell(new AcpiProtocol.GuestPort(m.access(), m.replyTo())),
          () -> m.replyTo().tell(new VcpuProtocol.PortDone(-1)));
      case BoardProtocol.DescribeTranslation m -> questions.translation(m.replyTo()::tell);
      case BoardProtocol.LookAtObjects m -> look(m);
      case BoardProtocol.SetAction m -> {
        run.setAction(m.reboot(), m.shutdown());
        m.replyTo().tell(Answer.done());
      }
      case BoardProtocol.Subscribe m -> {
        events.subscribe(m.subscriber());
        getContext().watchWith(m.subscriber(), new Private.SubscriberGone(m.subscriber()));
      }
      case BoardProtocol.Unsubscribe m -> {
        events.unsubscribe(m.subscriber());
        getContext().unwatch(m.subscriber());
      }
      case BoardProtocol.GuestAsked m -> onGuestAsked(m);
    }
  }

  private void onQmp(QmpMessage msg) {
    switch (msg) {
      case QmpRequest m -> qmp.handle(m);
      case QmpMessage.Subscribe m -> qmpEvents.onMessage(m);
      case QmpMessage.Unsubscribe m -> qmpEvents.onMessage(m);
    }
  }

  private void onVcpu(VcpuProtocol.Event msg) {
    switch (msg) {
      case VcpuProtocol.Realized m -> plugging.onRealized(m);
      case VcpuProtocol.RealizeFailed m -> plugging.onRealizeFailed(m);
      case VcpuProtocol.Paused(int slot) -> run.onPaused(slot);
      case VcpuProtocol.WasReset m -> run.onWasReset(m);
      case VcpuProtocol.DebugStopped(int slot) -> run.onDebugStopped(slot);
      case VcpuProtocol.Saved m -> cpuTransfer.onSaved(m);
      case VcpuProtocol.Loaded m -> cpuTransfer.onLoaded(m);
      case VcpuProtocol.Seen m -> questions.onSeen(m);
      case VcpuProtocol.Started(int slot) -> plugging.onStarted(slot);
      case VcpuProtocol.TripleFaulted(int slot) -> run.guestReset();
      case VcpuProtocol.Broke(int slot, String report) -> run.vcpuBroke(slot, report);
    }
  }

  private void onAcpi(AcpiProtocol.Event msg) {
    switch (msg) {
      case AcpiProtocol.GuestTold m -> plugging.onGuestTold(m);
      case AcpiProtocol.NotTold m -> plugging.onNotTold(m);
      case AcpiProtocol.Cancelled m -> plugging.onCancelled(m);
      case AcpiProtocol.UnplugSeen m -> plugging.onUnplugSeen(m);
      case AcpiProtocol.EjectRequested m -> plugging.onEjectRequested(m);
      case AcpiProtocol.OstReported m -> plugging.onOst(m.info());
      case AcpiProtocol.OspmStatus m -> questions.onOspmStatus(m);
    }
  }

  private void onPrivate(Private msg) {
    switch (msg) {
      case Private.VcpuGone(int slot) -> onVcpuGone(slot);
      case Private.ServantGone(String name) -> onServantGone(name);
      case Private.SubscriberGone(var subscriber) -> events.unsubscribe(subscriber);
      case Private.Offloaded m -> onOffloaded(m);
      case Private.GuestSlept(boolean toDisk) -> {
        if (toDisk) {
          events.publish(new MachineEvent.SuspendedToDisk());
          run.guestShutDown(Cause.GUEST_SHUTDOWN);
        } else {
          run.guestSlept();
        }
      }
      case Private.WatchdogExpired() -> watchdog.expired();
      case Private.GuestWoken(WakeReason reason) -> run.wakeUp(reason, done -> {});
      case Private.BalloonChanged(long actual) -> balloon.changed(actual);
      case Private.LimitOver(Runnable then) -> then.run();
      case Private.EndOverdue() -> {}
      case Private.Freeze m -> freezing.freeze(m.replyTo()::tell);
      case Private.Work(Runnable work) -> work.run();
    }
  }

  /// Before all who subscribed.
  private void onEvent(MachineEvent event) {
    qmpEvents.publish(event);
    if (event instanceof MachineEvent.WasReset) {
      unplugs.guestReset();
    }
  }

  Runnable after(Duration limit, Runnable then) {
    Private.LimitOver over = new Private.LimitOver(then);
    timers.startSingleTimer(then, over, limit);
    return () -> timers.cancel(then);
  }

  private void onVcpuGone(int slot) {
    questions.onVcpuGone(slot);
    if (!plugging.onVcpuGone(slot)) {
      run.lost("CPU " + slot);
    }
    run.onVcpuGone(slot);
    cpuTransfer.onVcpuGone(slot);
  }

  private void onServantGone(String name) {
    getContext().getLog().error("the {} failed", name);
    questions.onServantGone(name);
    plugging.onServantGone(name);
    run.lost(name);
  }

  private void onGuestAsked(BoardProtocol.GuestAsked m) {
    switch (m.cause()) {
      case GUEST_RESET, SUBSYSTEM_RESET -> run.guestReset();
      case GUEST_SHUTDOWN, GUEST_PANIC -> run.guestShutDown(m.cause());
      default -> end(m.exitStatus());
    }
  }

  Seats seats() {
    return seats;
  }

  Plugging plugging() {
    return plugging;
  }

  Unplugs unplugs() {
    return unplugs;
  }

  Questions questions() {
    return questions;
  }

  QmpEvents qmpEvents() {
    return qmpEvents;
  }

  Watchdog watchdog() {
    return watchdog;
  }

  BalloonControl balloon() {
    return balloon;
  }

  RunControl run() {
    return run;
  }

  boolean isEnding() {
    return ending.isPresent();
  }

  private boolean migrating() {
    return qmp.migration().active();
  }

  CpuTransfer cpuTransfer() {
    return cpuTransfer;
  }

  Freezing freezing() {
    return freezing;
  }

  Switchover switchover() {
    return switchover;
  }

  /// Any thread: has this done on the board's.
  void execute(Runnable work) {
    self.tell(new Private.Work(work));
  }

  /// For the user's eyes.
  void report(String text) {
    events.publish(new MachineEvent.Reported(text));
  }

  /// The machine is of no use any more.
  void fail() {
    end(1);
  }

  void powerDown(Consumer<Answer<Done>> done) {
    irq.tell(new IrqProtocol.PressPowerButton());
    events.publish(new MachineEvent.PowerButtonPressed());
    done.accept(Answer.done());
  }

  void injectNmi(Consumer<Answer<Done>> done) {
    if (hardware.slots().all().isEmpty()) {
      done.accept(Answer.failed(Failure.generic("this feature or command is not currently supported")));
    } else {
      irq.tell(new IrqProtocol.InjectNmi());
      done.accept(Answer.done());
    }
  }

  Answer<List<SlotInfo>> querySlots() {
    return hardware.slots().all().isEmpty()
        ? Answer.failed(Failure.generic("The feature 'query-hotpluggable-cpus' is not enabled"))
        : Answer.ok(seats.slots());
  }

  private void look(BoardProtocol.LookAtObjects m) {
    try {
      m.replyTo().tell(Answer.ok(m.look().apply(hardware.objects())));
    } catch (ConfigException | DeviceNotFoundException e) {
      m.replyTo().tell(Answer.failed(Failure.generic(e.getMessage())));
    }
  }

  /// Work that may wait for the host; the end of it comes back here.
  void offload(Runnable work, Consumer<Optional<Throwable>> then) {
    offloaded++;
    getContext().pipeToSelf(
        CompletableFuture.runAsync(work, blocking),
        (nothing, wrong) -> new Private.Offloaded(then, Optional.ofNullable(wrong).map(Board::cause)));
  }

  private void onOffloaded(Private.Offloaded m) {
    offloaded--;
    m.then().accept(m.wrong());
  }

  private static Throwable cause(Throwable wrong) {
    return wrong.getCause() == null ? wrong : wrong.getCause();
  }

  /// The vCPUs first, then what they run on, then the last event.
  private void end(int exitStatus) {
    if (ending.isPresent()) {
      return;
    }
    ending = OptionalInt.of(exitStatus);
    requests.end();
    qmp.migration().close();
    timers.startSingleTimer(
        new Private.EndOverdue(),
        getContext().getSystem().settings().config().getDuration("thespis.patience-at-end"));
    List<Seats.Seat> alive = seats.occupied().filter(Seats.Seat::hasVcpu).toList();
    for (Seats.Seat s : alive) {
      if (s.kick != null) {
        s.kick.run();
      }
      s.vcpu.tell(VcpuProtocol.Unplug.UNPLUG);
    }
    leaving.await(alive.stream().map(Seats.Seat::index).toList(), () -> {
      vcpusLeft = true;
      closeWhenNothingRuns();
    });
  }

  private void closeWhenNothingRuns() {
    if (vcpusLeft && offloaded == 0 && !closed) {
      offload(this::closeAll, wrong -> {
        wrong.ifPresent(e -> getContext().getLog().error("closing the machine", e));
        closed = true;
      });
    }
  }

  private void closeAll() {
    config.backends().blocks().close();
    hardware.close();
  }

  /// The end has begun: whoever asks for something now hears that it came, as {@link MachineEvent.Ended}.
  private Behavior<Message> onMessageWhileEnding(Message msg) {
    switch (msg) {
      case BoardProtocol.Quit m -> m.replyTo().tell(Answer.done());
      case QmpRequest m -> m.replyTo().tell(QmpReply.fail("The machine is ending"));
      case QmpMessage.Unsubscribe m -> qmpEvents.onMessage(m);
      case BoardProtocol.QueryStatus m -> m.replyTo().tell(run.state());
      case Private.VcpuGone(int slot) -> leaving.answered(slot);
      case Private.SubscriberGone(var subscriber) -> events.unsubscribe(subscriber);
      case Private.Offloaded m -> {
        onOffloaded(m);
        closeWhenNothingRuns();
      }
      case Private.EndOverdue() -> {
        getContext().getLog().error("a vCPU does not stop; its machine's memory is not freed");
        abandoned = true;
        return Behaviors.stopped();
      }
      default -> {}
    }
    return closed ? Behaviors.stopped() : this;
  }

  /// Also the end when the actor system ends before the machine: the vCPUs have stopped by now.
  @Override
  public Behavior<Message> onSignal(Signal signal) {
    if (signal instanceof PostStop) {
      if (!closed && !abandoned && offloaded == 0) {
        closeAll();
      }
      events.publish(new MachineEvent.Ended(ending.orElse(1)));
    }
    return this;
  }
}
