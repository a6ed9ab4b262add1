package thespis.qmp.command;

import java.util.List;
import java.util.Optional;
import thespis.qmp.command.QmpCommand.Nothing;
import thespis.qmp.wire.Union;

/// Several changes to images, all of them or none. QEMU QMP reference "Transactions".
public sealed interface TransactionCommands<R> extends BoardCommand<R> {

  record Transaction(List<Action> actions, Optional<Properties> properties) implements TransactionCommands<Nothing> {}

  record Properties(Optional<CompletionMode> completionMode) {}

  enum CompletionMode {
    INDIVIDUAL,
    GROUPED
  }

  record Abortion() {}

  @Union("type")
  sealed interface Action {
    record Abort(Abortion data) implements Action {}

    record BlockDirtyBitmapAdd(BitmapCommands.BlockDirtyBitmapAdd data) implements Action {}

    record BlockDirtyBitmapRemove(BitmapCommands.BlockDirtyBitmapRemove data) implements Action {}

    record BlockDirtyBitmapClear(BitmapCommands.BlockDirtyBitmapClear data) implements Action {}

    record BlockDirtyBitmapEnable(BitmapCommands.BlockDirtyBitmapEnable data) implements Action {}

    record BlockDirtyBitmapDisable(BitmapCommands.BlockDirtyBitmapDisable data) implements Action {}

    record BlockDirtyBitmapMerge(BitmapCommands.BlockDirtyBitmapMerge data) implements Action {}

    record BlockdevBackup(NodeCommands.BlockdevBackup data) implements Action {}

    record BlockdevSnapshot(NodeCommands.BlockdevSnapshot data) implements Action {}

    record BlockdevSnapshotInternalSync(NodeCommands.BlockdevSnapshotInternalSync data) implements Action {}

    record BlockdevSnapshotSync(NodeCommands.BlockdevSnapshotSync data) implements Action {}

    @Features(Features.DEPRECATED)
    record DriveBackup(NodeCommands.DriveBackup data) implements Action {}
  }
}
