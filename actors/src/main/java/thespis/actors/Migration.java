package thespis.actors;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import thespis.cpu.model.ConfigException;
import thespis.machine.migrate.Section;
import thespis.hotplug.Answer;
import thespis.hotplug.Answer.Done;
import thespis.qmp.QmpReply;
import thespis.qmp.command.MigrationCommands;
import thespis.qmp.command.MigrationCommands.ColoExitReason;
import thespis.qmp.command.MigrationCommands.ColoMode;
import thespis.qmp.command.MigrationCommands.ColoStatus;
import thespis.qmp.command.MigrationCommands.MigrationCapability;
import thespis.qmp.command.MigrationCommands.MigrationInfo;
import thespis.qmp.command.QmpCommand;

/// QMP's commands about migration. QEMU QMP reference "Migration". Left out: what needs the other side's answers
/// (postcopy), a second channel, or disks.
final class Migration {
  private final MigrationCapabilities capabilities = new MigrationCapabilities();
  private final MigrationSettings settings = new MigrationSettings();
  private final OutgoingMigration outgoing;
  private final IncomingMigration incoming;

  Migration(Board board, Hardware hardware) {
    outgoing = new OutgoingMigration(board, hardware, capabilities, settings);
    incoming = new IncomingMigration(board, hardware, capabilities);
  }

  /// CPUs can neither come nor go.
  boolean active() {
    return outgoing.active();
  }

  /// `-incoming`.
  ///
  /// @param then hears when somebody can send
  /// @throws ConfigException with QEMU's text
  void expect(String uri, Consumer<Answer<Done>> then) {
    incoming.begin(uri, then);
  }

  /// Loads everything that is not a device of the board's.
  void load(Map<String, Section> sections, Switchover.Loaded then) {
    incoming.load(sections, then);
  }

  /// The machine ends.
  void close() {
    outgoing.close();
    incoming.close();
  }

  QmpReply answer(MigrationCommands<?> command) {
    try {
      return new QmpReply.Ok(carryOut(command));
    } catch (ConfigException e) {
      return QmpReply.fail(e.getMessage());
    }
  }

  private Object carryOut(MigrationCommands<?> command) {
    return switch (command) {
      case MigrationCommands.QueryMigrate _ -> info();
      case MigrationCommands.QueryMigrateCapabilities _ -> capabilities.all();
      case MigrationCommands.MigrateSetCapabilities(var changes) -> done(() -> set(changes));
      case MigrationCommands.QueryMigrateParameters _ -> settings.now();
      case MigrationCommands.MigrateSetParameters set -> done(() -> settings.set(set));
      case MigrationCommands.Migrate m -> done(() -> migrate(m));
      case MigrationCommands.MigrateIncoming _ ->
        throw new IllegalStateException("migrate-incoming is answered when it is done");
      case MigrationCommands.MigrateCancel _ -> done(outgoing::cancel);
      case MigrationCommands.MigrateContinue(var from) -> done(() -> outgoing.goOn(from));
      case MigrationCommands.MigrateStartPostcopy _ ->
        throw new ConfigException(capabilities.has(MigrationCapability.POSTCOPY_RAM)
            ? "Postcopy must be started after migration has been started"
            : "Enable postcopy with migrate_set_capability before the start of migration");
      case MigrationCommands.MigratePause _ ->
        throw new ConfigException("migrate-pause is currently only supported during postcopy-active state");
      case MigrationCommands.MigrateRecover _ ->
        throw new ConfigException("Migrate recover can only be run when postcopy is paused.");
      case MigrationCommands.QueryColoStatus _ ->
        new ColoStatus(ColoMode.NONE, ColoMode.NONE, ColoExitReason.NONE);
    };
  }

  private static Object done(Runnable work) {
    work.run();
    return QmpCommand.Nothing.NOTHING;
  }

  /// A machine that came here may be sent on.
  private MigrationInfo info() {
    return outgoing.status().isPresent() ? outgoing.info() : incoming.info().orElse(MigrationInfo.NOTHING);
  }

  private void set(List<MigrationCommands.CapabilityStatus> changes) {
    if (outgoing.active()) {
      throw new ConfigException("There's a migration process in progress");
    }
    capabilities.change(changes);
  }

  private void migrate(MigrationCommands.Migrate m) {
    if (m.resume().orElse(false)) {
      throw new ConfigException("Cannot resume if there is no paused migration");
    }
    outgoing.begin(m.uri());
  }
}
