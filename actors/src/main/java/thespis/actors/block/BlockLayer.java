package thespis.actors.block;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import thespis.hotplug.ErrorClass;
import thespis.qmp.QmpReply;
import thespis.qmp.command.BitmapCommands;
import thespis.qmp.command.BlockCommands;
import thespis.qmp.command.DriveCommands;
import thespis.qmp.command.ExportCommands;
import thespis.qmp.command.JobCommands;
import thespis.qmp.command.NodeCommands;
import thespis.qmp.command.NodeCommands.Permission;
import thespis.qmp.command.QmpCommand;
import thespis.qmp.command.TransactionCommands;

/// Images and what is done with them, of a machine that has no drive to put them in: nodes that clients make, and the NBD
/// server that offers them to others. It belongs to an actor and is used on that one's thread. QEMU QMP reference "Block
/// devices".
public final class BlockLayer {
  private final BlockGraph graph = new BlockGraph(this::host);
  private final BlockExports exports = new BlockExports(graph, this::host);
  private final BlockBitmaps bitmaps = new BlockBitmaps(graph);
  private final Jobs jobs = new Jobs(this::host);
  private volatile BlockHost host;

  /// @param owner of it from now on
  public void attach(BlockHost owner) {
    host = owner;
  }

  /// Work for the owner's thread, from any.
  public void later(Runnable work) {
    host.later(work);
  }

  private BlockHost host() {
    return host;
  }

  public void answer(BlockCommands<?> command, Consumer<QmpReply> reply) {
    reply.accept(switch (command) {
      case BlockCommands.QueryNamedBlockNodes _ -> new QmpReply.Ok(BlockReports.nodes(graph.all()));
      case BlockCommands.QueryBlockstats(var nodes) ->
        new QmpReply.Ok(nodes.orElse(false) ? BlockReports.stats(graph.all()) : List.of());
      case BlockCommands.QueryBlockExports() -> new QmpReply.Ok(exports.query());
      case BlockCommands.QueryBlock _, BlockCommands.QueryBlockJobs _, BlockCommands.QueryPrManagers _ ->
        new QmpReply.Ok(List.of());
      case BlockCommands.BlockJobPause(String device) -> noJob(device);
      case BlockCommands.BlockJobResume(String device) -> noJob(device);
      case BlockCommands.BlockJobCancel(String device, var _) -> noJob(device);
      case BlockCommands.BlockJobComplete(String device) -> noJob(device);
      case BlockCommands.BlockJobSetSpeed(String device, long _) -> noJob(device);
      case BlockCommands.BlockJobDismiss(String id) -> noJob(id);
      case BlockCommands.BlockJobFinalize(String id) -> noJob(id);
    });
  }

  public void answer(NodeCommands<?> command, Consumer<QmpReply> reply) {
    attempt(reply, () -> {
      switch (command) {
        case NodeCommands.BlockdevAdd(var options) -> graph.add(options, done(reply), failed(reply));
        case NodeCommands.BlockdevReopen(var all) -> new NodeChange(graph, host).carryOut(all, done(reply), failed(reply));
        case NodeCommands.BlockResize c -> resize(c, reply);
        default -> reply.accept(new QmpReply.Ok(carryOut(command)));
      }
    });
  }

  /// What needs no time.
  private Object carryOut(NodeCommands<?> command) {
    switch (command) {
      case NodeCommands.XDebugQueryBlockGraph() -> {
        return BlockReports.graph(graph.all(), exports.all());
      }
      case NodeCommands.BlockdevDel(String name) -> graph.remove(name);
      case NodeCommands.BlockdevCreate c -> jobs.create(c);
      case NodeCommands.XBlockdevAmend c -> throw amend(c);
      case NodeCommands.BlockSetWriteThreshold(String name, long limit) -> graph.find(name)
          .orElseThrow(() -> new BlockException("Device '" + name + "' not found"))
          .watch(limit);
      case NodeCommands.XBlockdevSetIothread c -> setIoThread(c);
      case NodeCommands.XBlockdevChange c -> throw change(c);
      case NodeCommands.BlockdevSnapshot c -> {
        graph.get(c.node());
        graph.get(c.overlay());
        throw new BlockException("The overlay does not support backing images");
      }
      case NodeCommands.BlockdevSnapshotSync c -> {
        graph.get(c.device().orElse(""), c.nodeName().orElse(""));
        throw new BlockException(
            c.snapshotNodeName().isPresent()
                ? "The overlay does not support backing images" : "New overlay node-name missing");
      }
      case NodeCommands.ChangeBackingFile c -> throw noRoot(c.device());
      case NodeCommands.BlockdevSnapshotInternalSync c -> throw noRoot(c.device());
      case NodeCommands.BlockdevSnapshotDeleteInternalSync c -> throw noRoot(c.device());
      case NodeCommands.DriveMirror c -> throw noRoot(c.device());
      case NodeCommands.BlockdevMirror c -> throw noRoot(c.device());
      case NodeCommands.BlockStream c -> throw stream(c);
      case NodeCommands.BlockCommit c -> throw graph.find(c.device()).map(node -> noRoot(c.device()))
          .orElseGet(() -> new BlockException(ErrorClass.DEVICE_NOT_FOUND, "Device '" + c.device() + "' not found"));
      case NodeCommands.DriveBackup c -> throw noCopies(c.device(), "drive-backup");
      case NodeCommands.BlockdevBackup c -> throw noCopies(c.device(), "blockdev-backup");
      case NodeCommands.BlockdevAdd _, NodeCommands.BlockdevReopen _, NodeCommands.BlockResize _ ->
        throw new IllegalStateException("takes its time: " + command);
    }
    return QmpCommand.Nothing.NOTHING;
  }

  private void resize(NodeCommands.BlockResize c, Consumer<QmpReply> reply) {
    String device = c.device().orElse("");
    String name = c.nodeName().orElse("");
    BlockNode node = graph.get(device, name);
    if (c.size() < 0) {
      throw new BlockException("Parameter 'size' expects a >0 size");
    }
    node.admit(Permission.RESIZE, "an unnamed block device", "root", Optional.empty());
    if (node.settings().readOnly()) {
      throw new BlockException("Image is read-only");
    }
    host.run(() -> {
      try {
        node.resize(c.size());
      } catch (IOException e) {
        throw new BlockException("Failed to resize the file: " + FileNode.reason(e));
      }
    }, wrong -> reply.accept(wrong.map(w -> QmpReply.fail(w.getMessage())).orElse(QmpReply.done())));
  }

  private BlockException amend(NodeCommands.XBlockdevAmend c) {
    BlockNode node = graph.get("", c.nodeName());
    String driver = switch (c.options()) {
      case NodeCommands.AmendOptions.File() -> "file";
      case NodeCommands.AmendOptions.HostDevice() -> "host_device";
      case NodeCommands.AmendOptions.NullAio() -> "null-aio";
      case NodeCommands.AmendOptions.NullCo() -> "null-co";
      case NodeCommands.AmendOptions.Raw() -> "raw";
    };
    return new BlockException(node.driver().equals(driver)
        ? "Driver does not support x-blockdev-amend"
        : "x-blockdev-amend doesn't support changing the block driver");
  }

  private void setIoThread(NodeCommands.XBlockdevSetIothread c) {
    graph.find(c.nodeName()).orElseThrow(() -> BlockGraph.noSuchNode(c.nodeName()));
    if (c.iothread().text() != null) {
      throw new BlockException("Cannot find iothread " + c.iothread().text());
    }
  }

  private BlockException change(NodeCommands.XBlockdevChange c) {
    BlockNode parent = graph.get(c.parent());
    if (c.child().isPresent() == c.node().isPresent()) {
      return new BlockException(c.child().isPresent()
          ? "The parameters child and node are in conflict" : "Either child or node must be specified");
    }
    if (c.child().isPresent()) {
      boolean there = parent instanceof RawNode && c.child().get().equals(RawNode.ROLE);
      return new BlockException(there
          ? "The node " + c.parent() + " does not support removing a child"
          : "Node '" + c.parent() + "' does not have child '" + c.child().get() + "'");
    }
    return new BlockException(graph.find(c.node().get()).isPresent()
        ? "The node " + c.parent() + " does not support adding a child" : "Node '" + c.node().get() + "' not found");
  }

  private BlockException noRoot(String name) {
    graph.get(name);
    return new BlockException("Need a root block node");
  }

  private BlockException noCopies(String name, String command) {
    graph.get(name);
    return new BlockException("The feature '" + command + "' is not enabled");
  }

  private BlockException stream(NodeCommands.BlockStream c) {
    if (c.base().isPresent() && c.baseNode().isPresent()) {
      return new BlockException("'base' and 'base-node' cannot be specified at the same time");
    }
    if (c.base().isPresent() && c.bottom().isPresent()) {
      return new BlockException("'base' and 'bottom' cannot be specified at the same time");
    }
    if (c.baseNode().isPresent() && c.bottom().isPresent()) {
      return new BlockException("'bottom' and 'base-node' cannot be specified at the same time");
    }
    return noCopies(c.device(), "block-stream");
  }

  public void answer(JobCommands<?> command, Consumer<QmpReply> reply) {
    reply.accept(jobs.answer(command));
  }

  public void answer(BitmapCommands<?> command, Consumer<QmpReply> reply) {
    attempt(reply, () -> reply.accept(new QmpReply.Ok(bitmaps.carryOut(command))));
  }

  /// No drive is there.
  public void answer(DriveCommands<?> command, Consumer<QmpReply> reply) {
    reply.accept(switch (command) {
      case DriveCommands.Eject c -> noDrive(c.device(), c.id());
      case DriveCommands.BlockdevOpenTray c -> noDrive(c.device(), c.id());
      case DriveCommands.BlockdevCloseTray c -> noDrive(c.device(), c.id());
      case DriveCommands.BlockdevChangeMedium c -> noDrive(c.device(), c.id());
      case DriveCommands.BlockSetIoThrottle c -> noDrive(c.device(), c.id());
      case DriveCommands.BlockdevRemoveMedium(String id) -> noDevice(id);
      case DriveCommands.BlockdevInsertMedium c -> noDevice(c.id());
      case DriveCommands.BlockLatencyHistogramSet c -> noDevice(c.id());
    });
  }

  public void answer(ExportCommands<?> command, Consumer<QmpReply> reply) {
    attempt(reply, () -> exports.carryOut(command, done(reply), failed(reply)));
  }

  public void answer(TransactionCommands<?> command, Consumer<QmpReply> reply) {
    attempt(reply, () -> {
      switch (command) {
        case TransactionCommands.Transaction c -> new BlockTransaction(bitmaps, this::carryOut).run(c);
      }
      reply.accept(QmpReply.done());
    });
  }

  /// With nobody left who could use it.
  public void close() {
    exports.close();
    graph.close();
  }

  private static void attempt(Consumer<QmpReply> reply, Runnable work) {
    try {
      work.run();
    } catch (BlockException e) {
      reply.accept(e.reply());
    }
  }

  private static Runnable done(Consumer<QmpReply> reply) {
    return () -> reply.accept(QmpReply.done());
  }

  private static Consumer<BlockException> failed(Consumer<QmpReply> reply) {
    return wrong -> reply.accept(wrong.reply());
  }

  private static QmpReply noDrive(Optional<String> device, Optional<String> id) {
    return device.isPresent() == id.isPresent()
        ? QmpReply.fail("Need exactly one of 'device' and 'id'")
        : noDevice(device.or(() -> id).get());
  }

  private static QmpReply noDevice(String name) {
    return new QmpReply.Fail(ErrorClass.DEVICE_NOT_FOUND, "Device '" + name + "' not found");
  }

  private static QmpReply noJob(String name) {
    return new QmpReply.Fail(ErrorClass.DEVICE_NOT_ACTIVE, "Block job '" + name + "' not found");
  }
}
