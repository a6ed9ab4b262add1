package thespis.actors;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.Signal;
import akka.actor.typed.javadsl.AbstractOnMessageBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import thespis.cpu.model.ConfigException;
import thespis.cpu.run.Exit;
import thespis.cpu.run.VcpuCore;
import thespis.cpu.state.StateException;
import thespis.hotplug.AcpiProtocol;
import thespis.hotplug.Answer;
import thespis.hotplug.Failure;
import thespis.hotplug.PortAccess;
import thespis.hotplug.VcpuProtocol.Broke;
import thespis.hotplug.VcpuProtocol.DebugStopped;
import thespis.hotplug.VcpuProtocol.Command;
import thespis.hotplug.VcpuProtocol.Event;
import thespis.hotplug.VcpuProtocol.Interrupt;
import thespis.hotplug.VcpuProtocol.Load;
import thespis.hotplug.VcpuProtocol.Loaded;
import thespis.hotplug.VcpuProtocol.Look;
import thespis.hotplug.VcpuProtocol.Message;
import thespis.hotplug.VcpuProtocol.Pause;
import thespis.hotplug.VcpuProtocol.Paused;
import thespis.hotplug.VcpuProtocol.PortDone;
import thespis.hotplug.VcpuProtocol.Realize;
import thespis.hotplug.VcpuProtocol.RealizeFailed;
import thespis.hotplug.VcpuProtocol.Realized;
import thespis.hotplug.VcpuProtocol.Reset;
import thespis.hotplug.VcpuProtocol.Run;
import thespis.hotplug.VcpuProtocol.Save;
import thespis.hotplug.VcpuProtocol.Saved;
import thespis.hotplug.VcpuProtocol.Seen;
import thespis.hotplug.VcpuProtocol.Started;
import thespis.hotplug.VcpuProtocol.Step;
import thespis.hotplug.VcpuProtocol.TripleFaulted;
import thespis.hotplug.VcpuProtocol.Unplug;
import thespis.hotplug.VcpuProtocol.WasReset;
import thespis.machine.migrate.Section;

/// One processor as an actor: it runs its core in slices of about a millisecond and reads its mailbox in between. While
/// the guest has it halted it is an idle actor without a thread; an interrupt's wake-up comes as a message.
final class Vcpu extends AbstractOnMessageBehavior<Message> {
  /// The vCPUs' own threads, so that guests cannot starve QMP.
  static final String DISPATCHER = "thespis.vcpu-dispatcher";

  private static final int FLOATING = -1;

  private enum Private implements Message {
    RUN_SLICE,
    ACPI_GONE
  }

  private enum State {
    /// Not yet a processor.
    BLANK,
    PAUSED,
    /// A slice is due.
    READY,
    /// HLT or wait-for-SIPI.
    HALTED,
    /// The guest's port access is with the ACPI controller.
    IN_PORT,
    /// Triple fault or a defect of ours: only a reset helps.
    STALLED
  }

  private final int slot;
  private final Hardware hardware;
  private final ActorRef<AcpiProtocol.Command> acpi;
  private final ActorRef<Event> board;
  private final ActorRef<Message> self;
  private final String threadName;
  private final SliceBudget budget = new SliceBudget();
  private final AtomicBoolean wakeTold = new AtomicBoolean();

  private volatile HostThread thread;
  private VcpuCore core;
  private State state = State.BLANK;
  private boolean sliceDue;

  /// For one instruction, for a debugger.
  private boolean stepping;
  private boolean waitingForSipi;
  private boolean acpiGone;
  private ActorRef<Event> pausedBy;

  static Behavior<Message> create(
      int slot, Hardware hardware, ActorRef<AcpiProtocol.Command> acpi, ActorRef<Event> board) {
    return Behaviors.setup(ctx -> new Vcpu(ctx, slot, hardware, acpi, board));
  }

  private Vcpu(
      ActorContext<Message> context,
      int slot,
      Hardware hardware,
      ActorRef<AcpiProtocol.Command> acpi,
      ActorRef<Event> board) {
    super(context);
    this.slot = slot;
    this.hardware = hardware;
    this.acpi = acpi;
    this.board = board;
    this.self = context.getSelf();
    this.threadName = hardware.name() + "/vcpu-" + slot;
    context.watchWith(acpi, Private.ACPI_GONE);
  }

  @Override
  public Behavior<Message> onMessage(Message msg) {
    return switch (msg) {
      case Private.RUN_SLICE -> onRunSlice();
      case Private.ACPI_GONE -> onAcpiGone();
      case Command c -> switch (c) {
        case Realize m -> onRealize(m);
        case Run() -> onRun();
        case Pause m -> onPause(m);
        case Step() -> onStep();
        case Reset m -> onReset(m);
        case Interrupt.INTERRUPT -> onInterrupt();
        case PortDone m -> onPortDone(m);
        case Unplug.UNPLUG -> onUnplug();
        case Look m -> onLook(m);
        case Save m -> onSave(m);
        case Load m -> onLoad(m);
      };
      default -> throw new IllegalStateException("not a vCPU's message: " + msg);
    };
  }

  /// However it ends: unplugged, with its board, or by a failure.
  @Override
  public Behavior<Message> onSignal(Signal signal) {
    if (signal instanceof PostStop) {
      giveUp();
    }
    return this;
  }

  private Behavior<Message> onRealize(Realize m) {
    if (state != State.BLANK) {
      m.replyTo().tell(new RealizeFailed(slot, Failure.generic("vCPU " + slot + " is realized already")));
      return this;
    }
    try {
      core = hardware.realize(m.slot(), m.config());
    } catch (ConfigException refused) {
      m.replyTo().tell(new RealizeFailed(slot, Failure.generic(refused.getMessage())));
      return this;
    }
    core.onWake(this::wake);
    waitingForSipi = core.halted();
    state = State.PAUSED;
    onThread(HostThread.current());
    m.replyTo().tell(new Realized(slot, this::kick, this::threadId, waitingForSipi));
    return this;
  }

  private Behavior<Message> onRun() {
    if (state == State.PAUSED && hardware.executes()) {
      ready();
    }
    return this;
  }

  private Behavior<Message> onStep() {
    if (state == State.PAUSED && hardware.executes()) {
      stepping = true;
      ready();
    }
    return this;
  }

  /// An access that the guest has begun is finished first, so that what is paused (and perhaps saved) is whole.
  private Behavior<Message> onPause(Pause m) {
    if (state == State.IN_PORT) {
      pausedBy = m.replyTo();
      return this;
    }
    if (state == State.READY || state == State.HALTED) {
      state = State.PAUSED;
      stepping = false;
    }
    m.replyTo().tell(new Paused(slot));
    return this;
  }

  private Behavior<Message> onReset(Reset m) {
    hardware.reset(core);
    waitingForSipi = core.halted();
    state = State.PAUSED;
    stepping = false;
    m.replyTo().tell(new WasReset(slot, waitingForSipi));
    return this;
  }

  private Behavior<Message> onInterrupt() {
    wakeTold.set(false);
    if (state == State.HALTED) {
      ready();
    }
    return this;
  }

  private Behavior<Message> onPortDone(PortDone m) {
    if (state != State.IN_PORT) {
      return this;
    }
    core.completeIo(m.value());
    if (pausedBy == null) {
      ready();
      return this;
    }
    run(1);
    if (state != State.IN_PORT) {
      if (state != State.STALLED) {
        state = State.PAUSED;
      }
      pausedBy.tell(new Paused(slot));
      pausedBy = null;
    }
    return this;
  }

  /// Registers without an owner float, so that a guest's access never keeps its vCPU.
  private Behavior<Message> onAcpiGone() {
    acpiGone = true;
    return onPortDone(new PortDone(FLOATING));
  }

  private Behavior<Message> onUnplug() {
    giveUp();
    return Behaviors.stopped();
  }

  private synchronized void giveUp() {
    if (core != null) {
      hardware.unrealize(slot);
      core.close();
      core = null;
    }
  }

  /// On any thread: the lock keeps a closed core from being kicked.
  private synchronized void kick() {
    if (core != null) {
      core.kick();
    }
  }

  private Behavior<Message> onLook(Look m) {
    Answer<String> seen;
    try {
      seen = core == null
          ? Answer.failed(Failure.generic("vCPU " + slot + " is not realized"))
          : Answer.ok(m.look().apply(core.inspect()));
    } catch (RuntimeException e) {
      getContext().getLog().error("a look at vCPU {} failed", slot, e);
      seen = Answer.failed(Failure.generic(e.toString()));
    }
    m.replyTo().tell(new Seen(slot, seen));
    return this;
  }

  private Behavior<Message> onSave(Save m) {
    m.replyTo().tell(new Saved(slot, Section.save("cpu" + slot, core::state)));
    return this;
  }

  private Behavior<Message> onLoad(Load m) {
    Optional<String> wrong = Optional.empty();
    try {
      m.state().load(core::state);
    } catch (RuntimeException e) {
      String why = e instanceof StateException ? e.getMessage() : e.toString();
      wrong = Optional.of("error while loading state of device '" + m.state().name() + "': " + why);
    }
    waitingForSipi = core.waitsForSipi();
    state = State.PAUSED;
    m.replyTo().tell(new Loaded(slot, waitingForSipi, wrong));
    return this;
  }

  private Behavior<Message> onRunSlice() {
    sliceDue = false;
    if (state == State.READY) {
      run(budget.instructions());
      if (state == State.READY) {
        ready();
      }
    }
    return this;
  }

  private void ready() {
    state = State.READY;
    if (!sliceDue) {
      sliceDue = true;
      self.tell(Private.RUN_SLICE);
    }
  }

  private void run(long instructions) {
    onThread(HostThread.current());
    long before = core.instructions();
    long start = System.nanoTime();
    int exit;
    try {
      exit = stepping ? core.step() : core.run(instructions);
    } catch (RuntimeException | Error e) {
      state = State.STALLED;
      getContext().getLog().error("vCPU {} broke", slot, e);
      board.tell(new Broke(slot, e + "\n" + dump()));
      return;
    }
    budget.observe(core.instructions() - before, System.nanoTime() - start);
    if (waitingForSipi && hasStarted(exit)) {
      waitingForSipi = false;
      board.tell(new Started(slot));
    }
    onExit(exit);
  }

  /// A slice may end before it comes to look for a SIPI.
  private boolean hasStarted(int exit) {
    return switch (exit) {
      case Exit.WAIT_FOR_SIPI -> false;
      case Exit.KICKED, Exit.BUDGET -> !core.halted();
      default -> true;
    };
  }

  private void onExit(int exit) {
    switch (exit) {
      case Exit.BUDGET, Exit.KICKED -> state = State.READY;
      case Exit.YIELD -> {
        state = State.READY;
        Thread.yield();
      }
      case Exit.HALTED -> halted();
      case Exit.WAIT_FOR_SIPI -> {
        waitingForSipi = true;
        halted();
      }
      case Exit.IO -> {
        state = State.IN_PORT;
        if (acpiGone) {
          self.tell(new PortDone(FLOATING));
        } else {
          VcpuCore.PendingIo io = core.pendingIo();
          PortAccess access = new PortAccess(io.port(), io.size(), io.write(), io.value());
          acpi.tell(new AcpiProtocol.GuestPort(access, self.narrow()));
        }
      }
      case Exit.DEBUG -> {
        state = State.PAUSED;
        stepping = false;
        board.tell(new DebugStopped(slot));
      }
      case Exit.SHUTDOWN -> {
        state = State.STALLED;
        board.tell(new TripleFaulted(slot));
      }
      default -> throw new IllegalStateException("a slice ended with " + exit);
    }
  }

  /// A reason to run that came between the core's last look and the state change would be lost: look again.
  private void halted() {
    state = State.HALTED;
    if (core.hasWork()) {
      state = State.READY;
    }
  }

  /// On any thread. However many reasons there are, one message is on its way.
  private void wake() {
    if (!wakeTold.getAndSet(true)) {
      self.tell(Interrupt.INTERRUPT);
    }
  }

  private String dump() {
    try {
      return core.dump();
    } catch (RuntimeException e) {
      return "no registers: " + e;
    }
  }

  private void onThread(HostThread current) {
    if (current.user() != this) {
      current.use(this);
      thread = current;
      Thread.currentThread().setName(threadName);
    }
  }

  /// On any thread.
  private long threadId() {
    HostThread last = thread;
    return last != null && last.user() == this ? last.id() : 0;
  }
}
