package thespis.actors;

import java.util.List;
import java.util.Optional;
import thespis.hotplug.ErrorClass;
import thespis.qmp.QmpReply;
import thespis.qmp.command.BitmapCommands;
import thespis.qmp.command.BlockCommands;
import thespis.qmp.command.DriveCommands;
import thespis.qmp.command.ExportCommands;
import thespis.qmp.command.NodeCommands;
import thespis.qmp.command.NodeCommands.BlockGraph;
import thespis.qmp.command.TransactionCommands.Action;
import thespis.qmp.command.TransactionCommands.CompletionMode;
import thespis.qmp.command.TransactionCommands.Properties;
import thespis.qmp.command.TransactionCommands.Transaction;
import thespis.qmp.command.TransactionCommands;
import thespis.qmp.wire.WireNames;

/// Disks, images and what is done with them, of a machine that has none: lists are empty, and whatever a client names is
/// not found, in the words that QEMU 7.2 has for it, after the checks that QEMU makes before it looks.
final class EmptyBlockLayer {
  private static final String ID = "[A-Za-z][A-Za-z0-9._-]*";

  private EmptyBlockLayer() {}

  static QmpReply answer(BlockCommands<?> command) {
    return switch (command) {
      case BlockCommands.QueryBlock _,
          BlockCommands.QueryBlockstats _,
          BlockCommands.QueryNamedBlockNodes _,
          BlockCommands.QueryBlockJobs _,
          BlockCommands.QueryBlockExports _,
          BlockCommands.QueryPrManagers _ -> new QmpReply.Ok(List.of());
      case BlockCommands.BlockJobPause(String device) -> noJob(device);
      case BlockCommands.BlockJobResume(String device) -> noJob(device);
      case BlockCommands.BlockJobCancel(String device, var _) -> noJob(device);
      case BlockCommands.BlockJobComplete(String device) -> noJob(device);
      case BlockCommands.BlockJobSetSpeed(String device, long _) -> noJob(device);
      case BlockCommands.BlockJobDismiss(String id) -> noJob(id);
      case BlockCommands.BlockJobFinalize(String id) -> noJob(id);
    };
  }

  static QmpReply answer(NodeCommands<?> command) {
    return switch (command) {
      case NodeCommands.BlockdevDel(String node) -> noSuchNode(node);
      case NodeCommands.XBlockdevSetIothread c -> noSuchNode(c.nodeName());
      case NodeCommands.BlockResize c -> neither(c.device().orElse(""), c.nodeName().orElse(""));
      case NodeCommands.BlockSetWriteThreshold c -> QmpReply.fail("Device '" + c.nodeName() + "' not found");
      case NodeCommands.XBlockdevChange c -> neither(c.parent());
      case NodeCommands.XDebugQueryBlockGraph _ -> new QmpReply.Ok(new BlockGraph(List.of(), List.of()));
      case NodeCommands.ChangeBackingFile c -> neither(c.device());
      case NodeCommands.BlockdevSnapshot c -> neither(c.node());
      case NodeCommands.BlockdevSnapshotSync c -> neither(c.device().orElse(""), c.nodeName().orElse(""));
      case NodeCommands.BlockdevSnapshotInternalSync c -> neither(c.device());
      case NodeCommands.BlockdevSnapshotDeleteInternalSync c -> neither(c.device());
      case NodeCommands.BlockStream c -> stream(c);
      case NodeCommands.BlockCommit c -> noDevice(c.device());
      case NodeCommands.DriveMirror c -> neither(c.device());
      case NodeCommands.BlockdevMirror c -> neither(c.device());
      case NodeCommands.DriveBackup c -> neither(c.device());
      case NodeCommands.BlockdevBackup c -> neither(c.device());
    };
  }

  private static QmpReply stream(NodeCommands.BlockStream c) {
    if (c.base().isPresent() && c.baseNode().isPresent()) {
      return QmpReply.fail("'base' and 'base-node' cannot be specified at the same time");
    }
    if (c.base().isPresent() && c.bottom().isPresent()) {
      return QmpReply.fail("'base' and 'bottom' cannot be specified at the same time");
    }
    if (c.baseNode().isPresent() && c.bottom().isPresent()) {
      return QmpReply.fail("'bottom' and 'base-node' cannot be specified at the same time");
    }
    return neither(c.device());
  }

  static QmpReply answer(BitmapCommands<?> command) {
    return switch (command) {
      case BitmapCommands.BlockDirtyBitmapAdd c ->
        c.name().isEmpty() ? QmpReply.fail("Bitmap name cannot be empty") : neither(c.node());
      case BitmapCommands.BlockDirtyBitmapRemove c -> noNode(c.node());
      case BitmapCommands.BlockDirtyBitmapClear c -> noNode(c.node());
      case BitmapCommands.BlockDirtyBitmapEnable c -> noNode(c.node());
      case BitmapCommands.BlockDirtyBitmapDisable c -> noNode(c.node());
      case BitmapCommands.BlockDirtyBitmapMerge c -> noNode(c.node());
      case BitmapCommands.XDebugBlockDirtyBitmapSha256 c -> noNode(c.node());
    };
  }

  static QmpReply answer(DriveCommands<?> command) {
    return switch (command) {
      case DriveCommands.Eject c -> noDrive(c.device(), c.id());
      case DriveCommands.BlockdevOpenTray c -> noDrive(c.device(), c.id());
      case DriveCommands.BlockdevCloseTray c -> noDrive(c.device(), c.id());
      case DriveCommands.BlockdevChangeMedium c -> noDrive(c.device(), c.id());
      case DriveCommands.BlockSetIoThrottle c -> noDrive(c.device(), c.id());
      case DriveCommands.BlockdevRemoveMedium(String id) -> noDevice(id);
      case DriveCommands.BlockdevInsertMedium c -> noDevice(c.id());
      case DriveCommands.BlockLatencyHistogramSet c -> noDevice(c.id());
    };
  }

  static QmpReply answer(ExportCommands<?> command) {
    return switch (command) {
      case ExportCommands.BlockExportAdd(var export) -> export.id().matches(ID)
          ? neither("", export.nodeName())
          : QmpReply.fail("Invalid block export id");
      case ExportCommands.BlockExportDel(String id, var _) -> noExport(id);
      case ExportCommands.NbdServerAdd c -> neither(c.device());
      case ExportCommands.NbdServerRemove(String name, var _) -> noExport(name);
      case ExportCommands.NbdServerStop _ -> QmpReply.fail("NBD server not running");
    };
  }

  /// The first action fails, and with it all.
  static QmpReply answer(TransactionCommands<?> command) {
    return switch (command) {
      case Transaction(var actions, var properties) when actions.isEmpty() -> QmpReply.done();
      case Transaction(var actions, var properties) -> first(actions.getFirst(), properties);
    };
  }

  private static QmpReply first(Action action, Optional<Properties> properties) {
    boolean single = switch (action) {
      case Action.Abort _, Action.BlockdevBackup _, Action.DriveBackup _ -> false;
      default -> true;
    };
    if (single && properties.flatMap(Properties::completionMode).equals(Optional.of(CompletionMode.GROUPED))) {
      return QmpReply.fail("Action '" + WireNames.of(action.getClass())
          + "' does not support Transaction property completion-mode = grouped");
    }
    return switch (action) {
      case Action.Abort _ -> QmpReply.fail("Transaction aborted using Abort action");
      case Action.BlockDirtyBitmapAdd(var data) -> answer(data);
      case Action.BlockDirtyBitmapRemove(var data) -> answer(data);
      case Action.BlockDirtyBitmapClear(var data) -> answer(data);
      case Action.BlockDirtyBitmapEnable(var data) -> answer(data);
      case Action.BlockDirtyBitmapDisable(var data) -> answer(data);
      case Action.BlockDirtyBitmapMerge(var data) -> answer(data);
      case Action.BlockdevBackup(var data) -> answer(data);
      case Action.BlockdevSnapshot(var data) -> answer(data);
      case Action.BlockdevSnapshotInternalSync(var data) -> answer(data);
      case Action.BlockdevSnapshotSync(var data) -> answer(data);
      case Action.DriveBackup(var data) -> answer(data);
    };
  }

  private static QmpReply noDrive(Optional<String> device, Optional<String> id) {
    return device.isPresent() == id.isPresent()
        ? QmpReply.fail("Need exactly one of 'device' and 'id'")
        : noDevice(device.or(() -> id).get());
  }

  private static QmpReply noDevice(String name) {
    return new QmpReply.Fail(ErrorClass.DEVICE_NOT_FOUND, "Device '" + name + "' not found");
  }

  private static QmpReply neither(String name) {
    return neither(name, name);
  }

  private static QmpReply neither(String device, String node) {
    return QmpReply.fail("Cannot find device='" + device + "' nor node-name='" + node + "'");
  }

  private static QmpReply noNode(String name) {
    return QmpReply.fail("Node '" + name + "' not found");
  }

  private static QmpReply noSuchNode(String name) {
    return QmpReply.fail("Failed to find node with node-name='" + name + "'");
  }

  private static QmpReply noExport(String id) {
    return QmpReply.fail("Export '" + id + "' is not found");
  }

  private static QmpReply noJob(String name) {
    return new QmpReply.Fail(ErrorClass.DEVICE_NOT_ACTIVE, "Block job '" + name + "' not found");
  }
}
