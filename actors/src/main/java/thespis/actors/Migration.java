package thespis.actors;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import thespis.cpu.model.ConfigException;
import thespis.qmp.QmpReply;
import thespis.qmp.command.MigrationCommands;
import thespis.qmp.command.MigrationCommands.CapabilityStatus;
import thespis.qmp.command.MigrationCommands.ColoExitReason;
import thespis.qmp.command.MigrationCommands.ColoMode;
import thespis.qmp.command.MigrationCommands.ColoStatus;
import thespis.qmp.command.MigrationCommands.DirtyRateInfo;
import thespis.qmp.command.MigrationCommands.DirtyRateMode;
import thespis.qmp.command.MigrationCommands.DirtyRateStatus;
import thespis.qmp.command.MigrationCommands.MigrationCapability;
import thespis.qmp.command.MigrationCommands.MigrationInfo;
import thespis.qmp.command.MigrationCommands.MigrationStatus;
import thespis.qmp.command.QmpCommand;

/// Migration as far as it goes: capabilities and parameters are kept, addresses are judged, and then it fails, because a
/// machine's state can't be sent yet. QEMU QMP reference "Migration".
final class Migration {
  private final Set<MigrationCapability> capabilities = EnumSet.noneOf(MigrationCapability.class);
  private final MigrationSettings settings = new MigrationSettings();
  private Optional<MigrationStatus> status = Optional.empty();
  private Optional<String> error = Optional.empty();

  QmpReply answer(MigrationCommands<?> command) {
    try {
      return new QmpReply.Ok(carryOut(command));
    } catch (ConfigException e) {
      return QmpReply.fail(e.getMessage());
    }
  }

  private Object carryOut(MigrationCommands<?> command) {
    return switch (command) {
      case MigrationCommands.QueryMigrate _ -> new MigrationInfo(status, error);
      case MigrationCommands.QueryMigrateCapabilities _ -> capabilities();
      case MigrationCommands.MigrateSetCapabilities(var changes) -> done(() -> change(changes));
      case MigrationCommands.QueryMigrateParameters _ -> settings.now();
      case MigrationCommands.MigrateSetParameters set -> done(() -> settings.set(set));
      case MigrationCommands.Migrate m -> throw migrate(m);
      case MigrationCommands.MigrateIncoming _ ->
        throw new ConfigException("'-incoming' was not specified on the command line");
      case MigrationCommands.MigrateCancel _ -> done(() -> {});
      case MigrationCommands.MigrateContinue _ -> throw new ConfigException(
          "Migration not in expected state: " + status.map(s -> "failed").orElse("none"));
      case MigrationCommands.MigrateStartPostcopy _ ->
        throw new ConfigException(capabilities.contains(MigrationCapability.POSTCOPY_RAM)
            ? "Postcopy must be started after migration has been started"
            : "Enable postcopy with migrate_set_capability before the start of migration");
      case MigrationCommands.MigratePause _ ->
        throw new ConfigException("migrate-pause is currently only supported during postcopy-active state");
      case MigrationCommands.MigrateRecover _ ->
        throw new ConfigException("Migrate recover can only be run when postcopy is paused.");
      case MigrationCommands.QueryColoStatus _ ->
        new ColoStatus(ColoMode.NONE, ColoMode.NONE, ColoExitReason.NONE);
      case MigrationCommands.QueryDirtyRate _ ->
        new DirtyRateInfo(DirtyRateStatus.UNSTARTED, 0, 0, 0, DirtyRateMode.PAGE_SAMPLING);
    };
  }

  private static Object done(Runnable work) {
    work.run();
    return QmpCommand.Nothing.NOTHING;
  }

  private List<CapabilityStatus> capabilities() {
    return Stream.of(MigrationCapability.values())
        .map(c -> new CapabilityStatus(c, capabilities.contains(c)))
        .toList();
  }

  /// All changes or none.
  private void change(List<CapabilityStatus> changes) {
    Set<MigrationCapability> next = EnumSet.noneOf(MigrationCapability.class);
    next.addAll(capabilities);
    for (CapabilityStatus c : changes) {
      if (c.state()) {
        next.add(c.capability());
      } else {
        next.remove(c.capability());
      }
    }
    check(next);
    capabilities.clear();
    capabilities.addAll(next);
  }

  private static void check(Set<MigrationCapability> on) {
    boolean postcopy = on.contains(MigrationCapability.POSTCOPY_RAM);
    boolean multifd = on.contains(MigrationCapability.MULTIFD);
    boolean compress = on.contains(MigrationCapability.COMPRESS);
    if (postcopy && on.contains(MigrationCapability.X_IGNORE_SHARED)) {
      throw new ConfigException("Postcopy is not compatible with ignore-shared");
    }
    if (on.contains(MigrationCapability.ZERO_COPY_SEND) && !multifd) {
      throw new ConfigException("Zero copy only available for non-compressed non-TLS multifd migration");
    }
    if (on.contains(MigrationCapability.POSTCOPY_PREEMPT) && !postcopy) {
      throw new ConfigException("Postcopy preempt requires postcopy-ram");
    }
    if (multifd && compress) {
      throw new ConfigException("Multifd is not compatible with compress");
    }
  }

  private ConfigException migrate(MigrationCommands.Migrate m) {
    if (m.resume().orElse(false)) {
      return new ConfigException("Cannot resume if there is no paused migration");
    }
    status = Optional.of(MigrationStatus.FAILED);
    error = wrongWith(m.uri());
    return new ConfigException(error.orElse("Parameter 'uri' expects a valid migration protocol"));
  }

  /// Empty if it is no address at all.
  private static Optional<String> wrongWith(String uri) {
    int colon = uri.indexOf(':');
    String rest = uri.substring(colon + 1);
    return switch (colon < 0 ? "" : uri.substring(0, colon)) {
      case "tcp" -> Optional.of(rest.contains(":") ? cannot() : "error parsing address '" + rest + "'");
      case "unix" -> Optional.of(rest.isEmpty() ? "invalid Unix socket address" : cannot());
      case "exec", "vsock" -> Optional.of(cannot());
      case "fd" -> Optional.of("File descriptor named '" + rest + "' has not been found");
      default -> Optional.empty();
    };
  }

  private static String cannot() {
    return "This machine's state can't be sent: migration is not supported yet";
  }
}
