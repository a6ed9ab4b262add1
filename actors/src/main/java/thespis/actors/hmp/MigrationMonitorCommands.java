package thespis.actors.hmp;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import thespis.machine.board.MachineVersions;
import thespis.machine.qom.ObjectTree;
import thespis.qmp.QmpReply;
import thespis.qmp.command.MigrationCommands;
import thespis.qmp.command.MigrationCommands.CapabilityStatus;
import thespis.qmp.command.MigrationCommands.MigrationCapability;
import thespis.qmp.command.MigrationCommands.MigrationInfo;
import thespis.qmp.command.MigrationCommands.MigrationParameters;
import thespis.qmp.command.MigrationCommands.MigrationStatus;
import thespis.qmp.command.MigrationCommands.RamStatistics;
import thespis.qmp.command.SocketAddress;

/// The commands about migration, which are QMP's in another dress.
final class MigrationMonitorCommands {
  /// Between two looks at how far a migration has come.
  private static final Executor LATER = CompletableFuture.delayedExecutor(20, TimeUnit.MILLISECONDS);

  static final List<HmpCommand> ALL = List.of(
      new HmpCommand("migrate", "detach:-d,blk:-b,inc:-i,resume:-r,uri:s", "[-d] [-b] [-i] [-r] uri",
          "migrate to URI (using -d to not wait for completion)"
              + "\n\t\t\t -b for migration without shared storage with full copy of disk"
              + "\n\t\t\t -i for migration without shared storage with incremental copy of disk "
              + "(base image shared between src and destination)"
              + "\n\t\t\t -r to resume a paused migration",
          MigrationMonitorCommands::migrate),
      HmpCommand.plain("migrate_cancel", "cancel the current VM migration",
          s -> Qmp.done(s, new MigrationCommands.MigrateCancel())),
      new HmpCommand("migrate_incoming", "uri:s", "uri",
          "Continue an incoming migration from an -incoming defer",
          (s, a) -> Qmp.done(s, new MigrationCommands.MigrateIncoming(a.text("uri")))),
      new HmpCommand("migrate_set_capability", "capability:s,state:b", "capability state",
          "Enable/Disable the usage of a capability for migration", MigrationMonitorCommands::setCapability),
      new HmpCommand("migrate_set_parameter", "parameter:s,value:s", "parameter value",
          "Set the parameter for migration", (s, a) -> MigrationParameter.set(s, a.text("parameter"), a.text("value"))),
      new HmpCommand("migrate_continue", "state:s", "state", "Continue migration from the given paused state",
          MigrationMonitorCommands::goOn),
      HmpCommand.plain("migrate_start_postcopy",
          "Followup to a migration command to switch the migration to postcopy mode. The postcopy-ram capability must be"
              + " set on both source and destination before the original migration command.",
          s -> Qmp.done(s, new MigrationCommands.MigrateStartPostcopy())),
      HmpCommand.plain("migrate_pause", "Pause an ongoing migration (postcopy-only)",
          s -> Qmp.done(s, new MigrationCommands.MigratePause())),
      new HmpCommand("migrate_recover", "uri:s", "uri", "Continue a paused incoming postcopy migration",
          (s, a) -> Qmp.done(s, new MigrationCommands.MigrateRecover(a.text("uri")))));

  static final List<HmpCommand> INFO = List.of(
      HmpCommand.plain("migrate", "show migration status", s ->
          s.machine().lookAtObjects(MigrationMonitorCommands::globals).thenCombine(
              Qmp.shown(s, new MigrationCommands.QueryMigrate(), i -> status((MigrationInfo) i)), String::concat)),
      HmpCommand.plain("migrate_capabilities", "show current migration capabilities", s ->
          Qmp.shown(s, new MigrationCommands.QueryMigrateCapabilities(), MigrationMonitorCommands::capabilities)),
      HmpCommand.plain("migrate_parameters", "show current migration parameters", s ->
          Qmp.shown(s, new MigrationCommands.QueryMigrateParameters(), p -> parameters((MigrationParameters) p))));

  private MigrationMonitorCommands() {}

  /// Without `-d` a terminal waits for its end, as far as it is one.
  private static CompletionStage<String> migrate(Session session, Arguments a) {
    CompletionStage<String> begun = Qmp.done(session, new MigrationCommands.Migrate(
        a.text("uri"), Optional.of(a.has("blk")), Optional.of(a.has("inc")), Optional.of(true),
        Optional.of(a.has("resume"))));
    if (a.has("detach")) {
      return begun;
    }
    return begun.thenCompose(error -> !error.isEmpty() ? HmpCommand.text(error)
        : session.isTerminal() ? end(session)
        : HmpCommand.text("terminal does not allow synchronous migration, continuing detached\n"));
  }

  private static CompletionStage<String> end(Session session) {
    return session.machine().qmp(new MigrationCommands.QueryMigrate()).thenCompose(reply -> {
      boolean over = !(reply instanceof QmpReply.Ok(MigrationInfo info))
          || info.status().filter(MigrationMonitorCommands::underWay).isEmpty();
      return over ? HmpCommand.text("") : CompletableFuture.supplyAsync(() -> session, LATER).thenCompose(
          MigrationMonitorCommands::end);
    });
  }

  private static boolean underWay(MigrationStatus status) {
    return switch (status) {
      case SETUP, ACTIVE, CANCELLING, DEVICE, PRE_SWITCHOVER -> true;
      default -> false;
    };
  }

  private static CompletionStage<String> setCapability(Session session, Arguments arguments) {
    String name = arguments.text("capability");
    for (MigrationCapability capability : MigrationCapability.values()) {
      if (name(capability).equals(name)) {
        boolean on = arguments.isOn("state");
        return Qmp.done(session,
            new MigrationCommands.MigrateSetCapabilities(List.of(new CapabilityStatus(capability, on))));
      }
    }
    return HmpCommand.text("Error: invalid parameter value: " + name + "\n");
  }

  private static CompletionStage<String> goOn(Session session, Arguments arguments) {
    String word = arguments.text("state");
    for (MigrationStatus state : MigrationStatus.values()) {
      if (name(state).equals(word)) {
        return Qmp.done(session, new MigrationCommands.MigrateContinue(state));
      }
    }
    return HmpCommand.text("Error: invalid parameter value: " + word + "\n");
  }

  private static String name(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static String onOff(boolean on) {
    return on ? "on" : "off";
  }

  /// What can't be set here has QEMU's defaults, which depend on the machine's version.
  private static String globals(ObjectTree tree) {
    Optional<MachineVersions> machine =
        MachineVersions.find(tree.find("/machine").type().name().replaceFirst("-machine$", ""));
    String ends = onOff(machine.map(MachineVersions::sectionsHaveEnds).orElse(true));
    return "globals:\nstore-global-state: " + ends
        + "\nonly-migratable: off"
        + "\nsend-configuration: " + ends
        + "\nsend-section-footer: " + ends
        + "\ndecompress-error-check: " + onOff(machine.map(MachineVersions::decompressionIsChecked).orElse(true))
        + "\nclear-bitmap-shift: 18\n";
  }

  private static String status(MigrationInfo info) {
    return info.status().map(status -> "Migration status: " + name(status)
            + info.errorDesc().map(error -> " (" + error + ")").orElse("")
            + "\ntotal time: " + number(info.totalTime()) + " ms\n").orElse("")
        + info.expectedDowntime().map(time -> "expected downtime: " + time + " ms\n").orElse("")
        + info.downtime().map(time -> "downtime: " + time + " ms\n").orElse("")
        + info.setupTime().map(time -> "setup: " + time + " ms\n").orElse("")
        + info.ram().map(MigrationMonitorCommands::ram).orElse("")
        + info.socketAddress().map(MigrationMonitorCommands::sockets).orElse("");
  }

  private static String ram(RamStatistics ram) {
    return "transferred ram: " + (ram.transferred() >> 10) + " kbytes\n"
        + "throughput: " + String.format(Locale.ROOT, "%.2f", ram.mbps()) + " mbps\n"
        + "remaining ram: " + (ram.remaining() >> 10) + " kbytes\n"
        + "total ram: " + (ram.total() >> 10) + " kbytes\n"
        + "duplicate: " + ram.duplicate() + " pages\n"
        + "skipped: " + ram.skipped() + " pages\n"
        + "normal: " + ram.normal() + " pages\n"
        + "normal bytes: " + (ram.normalBytes() >> 10) + " kbytes\n"
        + "dirty sync count: " + ram.dirtySyncCount() + "\n"
        + "page size: " + (ram.pageSize() >> 10) + " kbytes\n"
        + "multifd bytes: " + (ram.multifdBytes() >> 10) + " kbytes\n"
        + "pages-per-second: " + ram.pagesPerSecond() + "\n"
        + (ram.dirtyPagesRate() > 0 ? "dirty pages rate: " + ram.dirtyPagesRate() + " pages\n" : "")
        + (ram.precopyBytes() > 0 ? "precopy ram: " + (ram.precopyBytes() >> 10) + " kbytes\n" : "")
        + (ram.downtimeBytes() > 0 ? "downtime ram: " + (ram.downtimeBytes() >> 10) + " kbytes\n" : "");
  }

  private static String sockets(List<SocketAddress> all) {
    StringBuilder out = new StringBuilder("socket address: [\n");
    for (SocketAddress address : all) {
      out.append("\t").append(switch (address) {
        case SocketAddress.Unix unix -> "unix:" + unix.path();
        case SocketAddress.Inet inet -> "tcp:" + inet.host() + ":" + inet.port();
        case SocketAddress.Vsock vsock -> "vsock:" + vsock.cid() + ":" + vsock.port();
        case SocketAddress.Fd fd -> "fd:" + fd.str();
      }).append("\n");
    }
    return out.append("]\n").toString();
  }

  private static String capabilities(Object list) {
    StringBuilder out = new StringBuilder();
    for (Object one : (List<?>) list) {
      CapabilityStatus status = (CapabilityStatus) one;
      out.append(name(status.capability())).append(": ").append(onOff(status.state())).append('\n');
    }
    return out.toString();
  }

  private static String parameters(MigrationParameters p) {
    return "announce-initial: " + number(p.announceInitial()) + " ms\n"
        + "announce-max: " + number(p.announceMax()) + " ms\n"
        + "announce-rounds: " + number(p.announceRounds()) + "\n"
        + "announce-step: " + number(p.announceStep()) + " ms\n"
        + "compress-level: " + number(p.compressLevel()) + "\n"
        + "compress-threads: " + number(p.compressThreads()) + "\n"
        + "compress-wait-thread: " + onOff(p.compressWaitThread().orElse(false)) + "\n"
        + "decompress-threads: " + number(p.decompressThreads()) + "\n"
        + "throttle-trigger-threshold: " + number(p.throttleTriggerThreshold()) + "\n"
        + "cpu-throttle-initial: " + number(p.cpuThrottleInitial()) + "\n"
        + "cpu-throttle-increment: " + number(p.cpuThrottleIncrement()) + "\n"
        + "cpu-throttle-tailslow: " + onOff(p.cpuThrottleTailslow().orElse(false)) + "\n"
        + "max-cpu-throttle: " + number(p.maxCpuThrottle()) + "\n"
        + "tls-creds: '" + p.tlsCreds().orElse("") + "'\n"
        + "tls-hostname: '" + p.tlsHostname().orElse("") + "'\n"
        + "max-bandwidth: " + number(p.maxBandwidth()) + " bytes/second\n"
        + "downtime-limit: " + number(p.downtimeLimit()) + " ms\n"
        + "x-checkpoint-delay: " + number(p.xCheckpointDelay()) + " ms\n"
        + "block-incremental: " + onOff(p.blockIncremental().orElse(false)) + "\n"
        + "multifd-channels: " + number(p.multifdChannels()) + "\n"
        + "multifd-compression: " + p.multifdCompression().map(MigrationMonitorCommands::name).orElse("none") + "\n"
        + "xbzrle-cache-size: " + number(p.xbzrleCacheSize()) + " bytes\n"
        + "max-postcopy-bandwidth: " + number(p.maxPostcopyBandwidth()) + "\n"
        + "tls-authz: '" + p.tlsAuthz().orElse("") + "'\n";
  }

  private static String number(Optional<Long> value) {
    return Long.toUnsignedString(value.orElse(0L));
  }
}
