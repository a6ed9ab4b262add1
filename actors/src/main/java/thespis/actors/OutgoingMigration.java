package thespis.actors;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import thespis.actors.migrate.MigrationUri;
import thespis.actors.migrate.Progress;
import thespis.actors.migrate.Sender;
import thespis.cpu.model.ConfigException;
import thespis.hotplug.RunState;
import thespis.machine.migrate.MachineImage;
import thespis.machine.migrate.Section;
import thespis.qmp.QmpEvent;
import thespis.qmp.command.MigrationCommands.MigrationCapability;
import thespis.qmp.command.MigrationCommands.MigrationInfo;
import thespis.qmp.command.MigrationCommands.MigrationStatus;
import thespis.qmp.wire.WireNames;

/// The board's side of a machine that is sent away: its states as clients see them, and stopping the guest at the end of
/// it. QEMU QMP reference "MigrationStatus". The sending itself is the {@link Sender}'s, on its own thread.
final class OutgoingMigration {
  private final Board board;
  private final Hardware hardware;
  private final MigrationCapabilities capabilities;
  private final MigrationSettings settings;

  private Optional<MigrationStatus> status = Optional.empty();
  private Optional<String> error = Optional.empty();
  private Sender sender;
  private Map<Integer, Integer> cpus = Map.of();

  /// Completed by `migrate-continue`.
  private CompletableFuture<Void> held;

  OutgoingMigration(
      Board board, Hardware hardware, MigrationCapabilities capabilities, MigrationSettings settings) {
    this.board = board;
    this.hardware = hardware;
    this.capabilities = capabilities;
    this.settings = settings;
  }

  Optional<MigrationStatus> status() {
    return status;
  }

  /// CPUs stay where they are meanwhile.
  boolean active() {
    return status.isPresent() && switch (status.get()) {
      case NONE, CANCELLED, COMPLETED, FAILED -> false;
      default -> true;
    };
  }

  MigrationInfo info() {
    boolean figures = status.isPresent() && switch (status.get()) {
      case CANCELLING, ACTIVE, COMPLETED, PRE_SWITCHOVER, DEVICE -> sender != null;
      default -> false;
    };
    if (!figures) {
      return new MigrationInfo(status, error, Optional.empty());
    }
    Progress p = sender.progress();
    boolean complete = status.get() == MigrationStatus.COMPLETED;
    Optional<Long> downtime = Optional.of(p.downtimeMillis());
    return new MigrationInfo(
        status, Optional.of(p.ram()), Optional.of(p.totalMillis()), complete ? Optional.empty() : downtime,
        complete ? downtime : Optional.empty(), Optional.of(p.setupMillis()), error, Optional.empty());
  }

  /// @throws ConfigException with QEMU's text
  void begin(String uri) {
    if (active()) {
      throw new ConfigException("There's a migration process in progress");
    }
    if (board.run().state() == RunState.INMIGRATE) {
      throw new ConfigException("Guest is waiting for an incoming migration");
    }
    if (board.run().state() == RunState.POSTMIGRATE) {
      throw new ConfigException("Can't migrate the vm that was paused due to previous migration");
    }
    capabilities.refuseMissing();
    sender = null;
    held = null;
    error = Optional.empty();
    enter(MigrationStatus.SETUP);
    try {
      MigrationUri to = MigrationUri.parse(uri)
          .orElseThrow(() -> new ConfigException("Parameter 'uri' expects a valid migration protocol"));
      MachineImage image = hardware.image();
      cpus = board.cpuTransfer().apicIds();
      sender = new Sender(
          image, image.shape().with(cpus).section(), to, () -> settings.now().maxBandwidth().orElse(0L),
          () -> settings.now().downtimeLimit().orElse(0L), new FromSender());
    } catch (ConfigException e) {
      error = uri.matches("(?s)(tcp|unix|exec|fd|vsock):.*") ? Optional.of(e.getMessage()) : Optional.empty();
      enter(MigrationStatus.FAILED);
      throw e;
    }
    Thread.ofPlatform().daemon().name(hardware.name() + "/migration").start(sender);
  }

  void cancel() {
    if (active() && status.get() != MigrationStatus.CANCELLING) {
      enter(MigrationStatus.CANCELLING);
      sender.abort();
    }
  }

  /// `migrate-continue`.
  ///
  /// @throws ConfigException with QEMU's text
  void goOn(MigrationStatus from) {
    if (status.orElse(MigrationStatus.NONE) != from) {
      throw new ConfigException("Migration not in expected state: "
          + WireNames.of(status.orElse(MigrationStatus.NONE)));
    }
    if (held == null) {
      return;
    }
    CompletableFuture<Void> rest = held;
    held = null;
    board.execute(() -> {
      enter(MigrationStatus.DEVICE);
      rest.complete(null);
    });
  }

  /// The machine ends.
  void close() {
    cancel();
  }

  private void enter(MigrationStatus next) {
    status = Optional.of(next);
    if (capabilities.has(MigrationCapability.EVENTS)) {
      board.qmpEvents().publish(new QmpEvent.Migration(next));
    }
  }

  /// Each of it goes on on the board's thread.
  private final class FromSender implements Sender.Machine {
    /// What the machine was doing when it was stopped for the end of it; null before.
    private RunState before;

    /// The sender has ended.
    private boolean over;

    @Override
    public void active() {
      board.execute(() -> {
        if (status.equals(Optional.of(MigrationStatus.SETUP))) {
          enter(MigrationStatus.ACTIVE);
        }
      });
    }

    @Override
    public void pass(long number) {
      board.execute(() -> {
        if (capabilities.has(MigrationCapability.EVENTS)) {
          board.qmpEvents().publish(new QmpEvent.MigrationPass(number));
        }
      });
    }

    @Override
    public CompletableFuture<Void> stop() {
      CompletableFuture<Void> stopped = new CompletableFuture<>();
      board.execute(() -> board.switchover().stop(RunState.FINISH_MIGRATE, was -> onStopped(was, stopped)));
      return stopped;
    }

    @Override
    public CompletableFuture<Void> switchover() {
      CompletableFuture<Void> rest = new CompletableFuture<>();
      board.execute(() -> hold(rest));
      return rest;
    }

    /// It may have been cancelled meanwhile.
    private void onStopped(RunState was, CompletableFuture<Void> stopped) {
      if (over) {
        board.switchover().notMigrated(was);
        return;
      }
      before = was;
      if (!board.cpuTransfer().apicIds().equals(cpus)) {
        stopped.completeExceptionally(new IllegalStateException("CPUs have come or gone meanwhile"));
      } else {
        stopped.complete(null);
      }
    }

    @Override
    public CompletableFuture<List<Section>> rest() {
      CompletableFuture<List<Section>> rest = new CompletableFuture<>();
      board.execute(() -> {
        if (!over) {
          board.cpuTransfer().save(processors -> {
            List<Section> sections = new ArrayList<>(processors);
            sections.add(board.unplugs().save());
            sections.add(board.switchover().save(before));
            rest.complete(sections);
          });
        }
      });
      return rest;
    }

    /// Whoever cancelled it was too late.
    @Override
    public void completed() {
      board.execute(() -> {
        over = true;
        board.switchover().migrated();
        enter(MigrationStatus.COMPLETED);
      });
    }

    @Override
    public void failed(String why) {
      board.execute(() -> {
        over = true;
        ended(why, before);
      });
    }
  }


  private void hold(CompletableFuture<Void> rest) {
    if (status.equals(Optional.of(MigrationStatus.ACTIVE))
        && capabilities.has(MigrationCapability.PAUSE_BEFORE_SWITCHOVER)) {
      held = rest;
      enter(MigrationStatus.PRE_SWITCHOVER);
    } else {
      rest.complete(null);
    }
  }

  private void ended(String why, RunState before) {
    boolean cancelled = status.equals(Optional.of(MigrationStatus.CANCELLING));
    if (!cancelled) {
      error = Optional.of(why);
      board.report(why);
      enter(MigrationStatus.FAILED);
    }
    if (before != null) {
      board.switchover().notMigrated(before);
    }
    if (cancelled) {
      enter(MigrationStatus.CANCELLED);
    }
  }
}
