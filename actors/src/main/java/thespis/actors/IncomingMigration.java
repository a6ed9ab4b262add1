package thespis.actors;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import thespis.actors.chardev.ChardevException;
import thespis.actors.migrate.Inlet;
import thespis.actors.migrate.MigrationUri;
import thespis.actors.migrate.Receiver;
import thespis.cpu.model.ConfigException;
import thespis.cpu.state.StateException;
import thespis.hotplug.Answer;
import thespis.hotplug.Answer.Done;
import thespis.hotplug.Failure;
import thespis.hotplug.RunState;
import thespis.machine.migrate.MachineImage;
import thespis.machine.migrate.MachineShape;
import thespis.machine.migrate.Section;
import thespis.qmp.QmpEvent;
import thespis.qmp.command.MigrationCommands.MigrationCapability;
import thespis.qmp.command.MigrationCommands.MigrationInfo;
import thespis.qmp.command.MigrationCommands.MigrationStatus;

/// The board's side of a machine that waits for another's state. QEMU QMP reference "migrate-incoming". A machine that gets
/// what it can't use ends: it is nobody's by then.
final class IncomingMigration {
  private final Board board;
  private final Hardware hardware;
  private final MigrationCapabilities capabilities;
  private Optional<MigrationStatus> status = Optional.empty();
  private Optional<Inlet> inlet = Optional.empty();
  private boolean begun;
  private final Opening opening = new Opening();

  /// What the receiver waits for, which nobody says once the machine has ended.
  private final CompletableFuture<MachineShape> shape = new CompletableFuture<>();

  IncomingMigration(Board board, Hardware hardware, MigrationCapabilities capabilities) {
    this.board = board;
    this.hardware = hardware;
    this.capabilities = capabilities;
  }

  /// Nothing before it was waited for.
  Optional<MigrationInfo> info() {
    return inlet.map(i -> status.isPresent() || i.addresses().isEmpty()
        ? new MigrationInfo(status)
        : new MigrationInfo(status, Optional.empty(), Optional.of(i.addresses())));
  }

  /// A host's name may take its time, so it is looked up on the receiver's thread.
  ///
  /// @param then hears when somebody can send
  /// @throws ConfigException with QEMU's text
  void begin(String uri, Consumer<Answer<Done>> then) {
    if (begun) {
      throw new ConfigException("The incoming migration has already been started");
    }
    if (board.run().state() != RunState.INMIGRATE) {
      throw new ConfigException("'-incoming' was not specified on the command line");
    }
    capabilities.refuseMissing();
    board.qmpEvents().publish(new QmpEvent.Migration(MigrationStatus.SETUP)); // whether or not events are wanted
    MigrationUri from =
        MigrationUri.parse(uri).orElseThrow(() -> new ConfigException("unknown migration protocol: " + uri));
    begun = true;
    Thread.ofPlatform().daemon().name(hardware.name() + "/migration").start(() -> receive(from, then));
  }

  /// On the receiver's thread.
  private void receive(MigrationUri from, Consumer<Answer<Done>> then) {
    Optional<Inlet> open;
    try {
      open = opening.open(from);
    } catch (ChardevException | ConfigException e) {
      board.execute(() -> {
        begun = false;
        then.accept(Answer.failed(Failure.generic(e.getMessage())));
      });
      return;
    }
    if (open.isPresent()) {
      board.execute(() -> {
        inlet = open;
        then.accept(Answer.done());
      });
      MachineImage image = hardware.image();
      new Receiver(image, open.get(), new FromReceiver(image)).run();
    }
  }

  /// The machine ends.
  void close() {
    opening.close();
    shape.cancel(false);
  }

  /// What is opened on one thread and closed on another, whichever comes first.
  private static final class Opening {
    private Inlet inlet;
    private boolean closed;

    /// @return nothing if it was closed before
    Optional<Inlet> open(MigrationUri from) {
      Inlet now = Inlet.at(from);
      synchronized (this) {
        if (!closed) {
          inlet = now;
          return Optional.of(now);
        }
      }
      now.close();
      return Optional.empty();
    }

    synchronized void close() {
      closed = true;
      if (inlet != null) {
        inlet.close();
      }
    }
  }

  private void enter(MigrationStatus next) {
    status = Optional.of(next);
    tell(next);
  }

  private void tell(MigrationStatus state) {
    if (capabilities.has(MigrationCapability.EVENTS)) {
      board.qmpEvents().publish(new QmpEvent.Migration(state));
    }
  }

  /// Each of it goes on on the board's thread.
  private final class FromReceiver implements Receiver.Machine {
    private final MachineImage image;

    FromReceiver(MachineImage image) {
      this.image = image;
    }

    @Override
    public CompletableFuture<MachineShape> active() {
      board.execute(() -> {
        enter(MigrationStatus.ACTIVE);
        shape.complete(image.shape().with(board.cpuTransfer().apicIds()));
      });
      return shape;
    }

    @Override
    public void received(Map<String, Section> sections) {
      board.execute(() -> board.switchover().load(
          sections,
          image::load,
          IncomingMigration.this::load,
          wrong -> wrong.ifPresentOrElse(
              why -> IncomingMigration.this.failed(why, "Invalid argument"),
              () -> enter(MigrationStatus.COMPLETED))));
    }

    @Override
    public void failed(String why, String error) {
      board.execute(() -> IncomingMigration.this.failed(why, error));
    }
  }

  /// Everything that is not a device of the board's.
  void load(Map<String, Section> sections, Switchover.Loaded then) {
    board.cpuTransfer().load(sections, wrong -> {
      Section unplugs = sections.remove(Unplugs.SECTION);
      Section run = sections.remove(Switchover.SECTION);
      if (wrong.isPresent()) {
        then.done(wrong, null);
      } else if (run == null || unplugs == null) {
        String missing = run == null ? Switchover.SECTION : Unplugs.SECTION;
        then.done(Optional.of("there is no state of device '" + missing + "' in the stream"), null);
      } else if (!sections.isEmpty()) {
        List<String> left = List.copyOf(sections.keySet());
        then.done(Optional.of("Unknown savevm section or instance '" + left.getFirst() + "'. Make sure that your current "
            + "VM setup matches your saved VM setup, including any hotplugged devices"), null);
      } else {
        then.done(load(unplugs), run);
      }
    });
  }

  /// @return what is wrong
  private Optional<String> load(Section unplugs) {
    try {
      board.unplugs().load(unplugs, board.plugging()::unplug);
      return Optional.empty();
    } catch (StateException e) {
      return Optional.of("error while loading state of device '" + unplugs.name() + "': " + e.getMessage());
    }
  }

  private void failed(String why, String error) {
    enter(MigrationStatus.FAILED);
    board.report(why);
    board.report("load of migration failed: " + error);
    board.fail();
  }
}
