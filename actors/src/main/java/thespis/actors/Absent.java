package thespis.actors;

import java.util.List;
import java.util.Optional;
import thespis.hotplug.ErrorClass;
import thespis.qmp.QmpReply;
import thespis.qmp.command.DisplayCommands;
import thespis.qmp.command.DisplayCommands.DisplayOptions;
import thespis.qmp.command.DisplayCommands.MouseInfo;
import thespis.qmp.command.DisplayCommands.MouseMode;
import thespis.qmp.command.DisplayCommands.Password;
import thespis.qmp.command.DisplayCommands.SpiceInfo;
import thespis.qmp.command.DisplayCommands.VncInfo;
import thespis.qmp.command.ReplayCommands;
import thespis.qmp.command.ReplayCommands.ReplayInfo;
import thespis.qmp.command.ReplayCommands.ReplayMode;
import thespis.qmp.command.ReplicationCommands.ReplicationStatus;
import thespis.qmp.command.ReplicationCommands;
import thespis.qmp.command.SecurityCommands;
import thespis.qmp.command.SecurityCommands.SevInfo;
import thespis.qmp.command.SecurityCommands.SevState;
import thespis.qmp.command.SecurityCommands.TpmModel;
import thespis.qmp.command.SecurityCommands.TpmType;
import thespis.qmp.command.TraceCommands;

/// What a machine without a kind of device says when it is asked about that kind: empty lists, "off", and QEMU 7.2's
/// words for names that can't be found. A kind that comes to be takes its commands away from here.
final class Absent {
  /// Its number among QEMU's input devices.
  private static final int PS2_MOUSE = 2;

  private final Hardware hardware;

  Absent(Hardware hardware) {
    this.hardware = hardware;
  }

  /// No screen, near or far. A mouse is there with the PS/2 controller.
  QmpReply answer(DisplayCommands<?> command) {
    return switch (command) {
      case DisplayCommands.QueryVnc _ -> new QmpReply.Ok(new VncInfo(false));
      case DisplayCommands.QueryVncServers _ -> nothing();
      case DisplayCommands.QuerySpice _ -> new QmpReply.Ok(new SpiceInfo(false, false, MouseMode.CLIENT));
      case DisplayCommands.QueryMice _ -> new QmpReply.Ok(mice());
      case DisplayCommands.QueryDisplayOptions _ -> new QmpReply.Ok(new DisplayOptions.None());
      case DisplayCommands.Screendump _ -> QmpReply.fail("There is no console to take a screendump from");
      case DisplayCommands.SetPassword(Password.Spice _) -> noSpice();
      case DisplayCommands.SetPassword(Password.Vnc _) -> QmpReply.fail("Could not set password");
      case DisplayCommands.ExpirePassword(DisplayCommands.Expiry.Spice _) -> noSpice();
      case DisplayCommands.ExpirePassword(DisplayCommands.Expiry.Vnc _) ->
        QmpReply.fail("Could not set password expire time");
      case DisplayCommands.ChangeVncPassword _ -> QmpReply.fail("Could not set password");
      case DisplayCommands.ClientMigrateInfo c ->
        c.protocol().equals("spice") ? noSpice() : QmpReply.fail("Parameter 'protocol' expects 'spice'");
      case DisplayCommands.DisplayReload(DisplayCommands.Reload.Vnc(var certificates)) ->
        certificates.orElse(false) ? noVnc() : QmpReply.done();
      case DisplayCommands.DisplayUpdate _ -> noVnc();
    };
  }

  /// No chip and no processor feature that keeps secrets.
  QmpReply answer(SecurityCommands<?> command) {
    return switch (command) {
      case SecurityCommands.QueryTpm _ -> nothing();
      case SecurityCommands.QueryTpmModels _ -> new QmpReply.Ok(List.<TpmModel>of());
      case SecurityCommands.QueryTpmTypes _ -> new QmpReply.Ok(List.<TpmType>of());
      case SecurityCommands.QuerySev _ -> new QmpReply.Ok(new SevInfo(false, 0, 0, 0, 0, SevState.UNINIT, 0));
      case SecurityCommands.QuerySevCapabilities _ -> QmpReply.fail("KVM not enabled");
      case SecurityCommands.QuerySevLaunchMeasure _ -> QmpReply.fail("SEV launch measurement is not available");
      case SecurityCommands.QuerySevAttestationReport _ -> QmpReply.fail("SEV is not enabled");
      case SecurityCommands.SevInjectLaunchSecret _ -> QmpReply.fail("SEV not enabled for guest");
      case SecurityCommands.QuerySgx _ -> QmpReply.fail(hardware.hasAcpi()
          ? "No EPC regions defined, SGX not available"
          : "SGX is only supported on PC machines");
      case SecurityCommands.QuerySgxCapabilities _ -> QmpReply.fail("SGX is not enabled in KVM");
    };
  }

  /// Nothing that a second machine would have to follow.
  static QmpReply answer(ReplicationCommands<?> command) {
    return switch (command) {
      case ReplicationCommands.XenSetReplication(boolean enable, boolean _, var failover) ->
        enable && failover.isPresent()
            ? QmpReply.fail("Parameter 'failover' is only for stopping replication")
            : QmpReply.done();
      case ReplicationCommands.QueryXenReplicationStatus _ ->
        new QmpReply.Ok(new ReplicationStatus(false, Optional.empty()));
      case ReplicationCommands.XenColoDoCheckpoint _, ReplicationCommands.XenSetGlobalDirtyLog _ -> QmpReply.done();
      case ReplicationCommands.XenSaveDevicesState _, ReplicationCommands.XenLoadDevicesState _ ->
        throw new IllegalStateException("not about a second machine: " + command);
      case ReplicationCommands.XColoLostHeartbeat _ -> QmpReply.fail("The feature 'colo' is not enabled");
    };
  }

  /// Nothing is recorded, nothing is played.
  static QmpReply answer(ReplayCommands<?> command) {
    return switch (command) {
      case ReplayCommands.QueryReplay _ -> new QmpReply.Ok(new ReplayInfo(ReplayMode.NONE, 0));
      case ReplayCommands.ReplayBreak _ -> QmpReply.fail("setting the breakpoint is allowed only in play mode");
      case ReplayCommands.ReplayDeleteBreak _ ->
        QmpReply.fail("replay breakpoints are allowed only in play mode");
      case ReplayCommands.ReplaySeek _ -> QmpReply.fail("replay must be enabled to seek");
    };
  }

  /// No event can be traced, no accelerator counts. A pattern may fit nothing.
  static QmpReply answer(TraceCommands<?> command) {
    return switch (command) {
      case TraceCommands.TraceEventGetState(String name, var _) -> noTraceEvent(name, nothing());
      case TraceCommands.TraceEventSetState(String name, var _, var _, var _) -> noTraceEvent(name, QmpReply.done());
      case TraceCommands.QueryStats _, TraceCommands.QueryStatsSchemas _ -> nothing();
    };
  }

  private static QmpReply noTraceEvent(String name, QmpReply ofPattern) {
    return name.contains("*") || name.contains("?")
        ? ofPattern
        : QmpReply.fail("unknown event \"" + name + "\"");
  }

  private List<MouseInfo> mice() {
    boolean ps2 = hardware.objects().find("/machine/unattached").children().stream()
        .anyMatch(device -> device.type().name().equals("i8042"));
    return ps2 ? List.of(new MouseInfo("QEMU PS/2 Mouse", PS2_MOUSE, true, false)) : List.of();
  }

  private static QmpReply nothing() {
    return new QmpReply.Ok(List.of());
  }

  private static QmpReply noVnc() {
    return QmpReply.fail("Can not find vnc display");
  }

  private static QmpReply noSpice() {
    return new QmpReply.Fail(ErrorClass.DEVICE_NOT_ACTIVE, "SPICE is not in use");
  }
}
