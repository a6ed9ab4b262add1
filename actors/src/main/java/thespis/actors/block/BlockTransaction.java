package thespis.actors.block;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import thespis.qmp.command.BitmapCommands;
import thespis.qmp.command.NodeCommands;
import thespis.qmp.command.TransactionCommands.Action;
import thespis.qmp.command.TransactionCommands.CompletionMode;
import thespis.qmp.command.TransactionCommands.Properties;
import thespis.qmp.command.TransactionCommands.Transaction;
import thespis.qmp.wire.WireNames;

/// Several changes to images, all of them or none: what went well before one that did not is taken back, the last first.
/// QEMU QMP reference "Transactions".
final class BlockTransaction {
  private final BlockBitmaps bitmaps;
  private final Function<NodeCommands<?>, Object> nodes;
  private final List<Runnable> undo = new ArrayList<>();

  /// @param nodes carries out a command about nodes
  BlockTransaction(BlockBitmaps bitmaps, Function<NodeCommands<?>, Object> nodes) {
    this.bitmaps = bitmaps;
    this.nodes = nodes;
  }

  void run(Transaction transaction) {
    try {
      transaction.actions().forEach(action -> carryOut(action, transaction.properties()));
    } catch (BlockException e) {
      undo.reversed().forEach(Runnable::run);
      throw e;
    }
  }

  private void carryOut(Action action, Optional<Properties> properties) {
    boolean single = switch (action) {
      case Action.Abort _, Action.BlockdevBackup _, Action.DriveBackup _ -> false;
      default -> true;
    };
    if (single && properties.flatMap(Properties::completionMode).equals(Optional.of(CompletionMode.GROUPED))) {
      throw new BlockException("Action '" + WireNames.of(action.getClass())
          + "' does not support Transaction property completion-mode = grouped");
    }
    switch (action) {
      case Action.Abort _ -> throw new BlockException("Transaction aborted using Abort action");
      case Action.BlockDirtyBitmapAdd(var c) -> bitmap(c, c.node());
      case Action.BlockDirtyBitmapRemove(var c) -> bitmap(c, c.node());
      case Action.BlockDirtyBitmapClear(var c) -> bitmap(c, c.node());
      case Action.BlockDirtyBitmapEnable(var c) -> bitmap(c, c.node());
      case Action.BlockDirtyBitmapDisable(var c) -> bitmap(c, c.node());
      case Action.BlockDirtyBitmapMerge(var c) -> bitmap(c, c.node());
      case Action.BlockdevBackup(var c) -> nodes.apply(c);
      case Action.BlockdevSnapshot(var c) -> nodes.apply(c);
      case Action.BlockdevSnapshotInternalSync(var c) -> nodes.apply(c);
      case Action.BlockdevSnapshotSync(var c) -> nodes.apply(c);
      case Action.DriveBackup(var c) -> nodes.apply(c);
    }
  }

  private void bitmap(BitmapCommands<?> command, String node) {
    Runnable before = bitmaps.restorer(node);
    bitmaps.carryOut(command);
    undo.add(before);
  }
}
