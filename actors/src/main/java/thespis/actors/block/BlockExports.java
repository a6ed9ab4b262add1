package thespis.actors.block;

import java.nio.channels.ServerSocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import thespis.actors.chardev.ChardevSpec;
import thespis.actors.chardev.SocketEnd;
import thespis.qmp.QmpEvent;
import thespis.qmp.command.BitmapCommands.BitmapSource;
import thespis.qmp.command.BlockCommands.BlockExportInfo;
import thespis.qmp.command.BlockCommands.ExportType;
import thespis.qmp.command.ChardevBackend;
import thespis.qmp.command.ExportCommands;
import thespis.qmp.command.ExportCommands.Export;
import thespis.qmp.command.ExportCommands.RemoveMode;
import thespis.qmp.command.NodeCommands.Permission;

/// Nodes that others are let use: by NBD, from a server of our own. QEMU QMP reference "Block device exports". Left out:
/// exports to virtual machines, file systems and the kernel, and encrypted connections.
final class BlockExports {
  private static final String ID = "[A-Za-z][A-Za-z0-9._-]*";
  private static final int LONGEST = 4096;

  /// So many clients at a time, if nobody says otherwise.
  private static final long CLIENTS = 100;

  private final BlockGraph graph;
  private final Supplier<BlockHost> host;
  private final List<NbdExport> exports = new ArrayList<>();
  private Optional<NbdServer> server = Optional.empty();

  BlockExports(BlockGraph graph, Supplier<BlockHost> host) {
    this.graph = graph;
    this.host = host;
  }

  List<NbdExport> all() {
    return exports;
  }

  List<BlockExportInfo> query() {
    return exports.reversed().stream()
        .map(export -> new BlockExportInfo(export.id(), ExportType.NBD, export.node().name(), export.closed()))
        .toList();
  }

  void carryOut(ExportCommands<?> command, Runnable then, Consumer<BlockException> failed) {
    switch (command) {
      case ExportCommands.NbdServerStart c -> start(c, then, failed);
      case ExportCommands.BlockExportAdd(var export) -> {
        add(export);
        then.run();
      }
      case ExportCommands.NbdServerAdd c -> {
        add(c);
        then.run();
      }
      case ExportCommands.BlockExportDel(String id, var mode) -> {
        remove(id, mode);
        then.run();
      }
      case ExportCommands.NbdServerRemove(String name, var mode) -> {
        remove(name, mode);
        then.run();
      }
      case ExportCommands.NbdServerStop() -> {
        stop();
        then.run();
      }
    }
  }

  private void start(ExportCommands.NbdServerStart c, Runnable then, Consumer<BlockException> failed) {
    if (server.isPresent()) {
      throw new BlockException("NBD server already running");
    }
    SocketEnd end = new SocketEnd(address(c.addr()));
    ServerSocketChannel[] listening = {null};
    host.get().run(() -> {
      listening[0] = end.listen();
      if (c.tlsCreds().isPresent()) {
        new NbdServer(end, listening[0], 0).stop();
        throw new BlockException("No TLS credentials with id '" + c.tlsCreds().get() + "'");
      }
    }, wrong -> {
      if (wrong.isPresent()) {
        failed.accept(new BlockException(wrong.get().getMessage()));
      } else if (server.isPresent()) {
        new NbdServer(end, listening[0], 0).stop();
        failed.accept(new BlockException("NBD server already running"));
      } else {
        server = Optional.of(new NbdServer(end, listening[0], c.maxConnections().orElse(CLIENTS)));
        then.run();
      }
    });
  }

  private static ChardevSpec.Address address(ChardevBackend.Address address) {
    return switch (address) {
      case ChardevBackend.Address.Inet(var inet) -> ChardevSpec.Tcp.of(inet);
      case ChardevBackend.Address.Unix(var unix) -> ChardevSpec.Unix.of(unix);
      case ChardevBackend.Address.Fd(var name) ->
        throw new BlockException("File descriptor named '" + name.str() + "' has not been found");
      case ChardevBackend.Address.Vsock _ -> throw new BlockException("socket family AF_VSOCK unsupported");
    };
  }

  private void add(Export wanted) {
    if (!wanted.id().matches(ID)) {
      throw new BlockException("Invalid block export id");
    }
    if (find(wanted.id()).isPresent()) {
      throw new BlockException("Block export id '" + wanted.id() + "' is already in use");
    }
    BlockNode node = graph.get("", wanted.nodeName());
    if (!(wanted instanceof Export.Nbd nbd)) {
      throw new BlockException("No driver found for the requested export type");
    }
    boolean writable = nbd.writable().orElse(false);
    if (writable && node.settings().readOnly()) {
      throw new BlockException("Cannot export read-only node as writable");
    }
    if (nbd.iothread().isPresent()) {
      throw new BlockException("iothread \"" + nbd.iothread().get() + "\" not found");
    }
    if (writable) {
      node.admit(Permission.WRITE, "an unnamed block device", "root", Optional.empty());
    }
    NbdServer running = server.orElseThrow(() -> new BlockException("NBD server not running"));
    String name = nbd.name().orElse(node.name());
    if (name.length() > LONGEST) {
      throw new BlockException("export name '" + name + "' too long");
    }
    if (nbd.description().isPresent() && nbd.description().get().length() > LONGEST) {
      throw new BlockException("description '" + nbd.description().get() + "' too long");
    }
    if (running.find(name).isPresent()) {
      throw new BlockException("NBD server already has export named '" + name + "'");
    }
    for (BitmapSource bitmap : nbd.bitmaps().orElse(List.of())) {
      String wantedName = switch (bitmap) {
        case BitmapSource.Here(String here) -> here;
        case BitmapSource.There(var other) -> other.name();
      };
      if (node.bitmaps().stream().noneMatch(b -> b.name().equals(wantedName))) {
        throw new BlockException("Bitmap '" + wantedName + "' is not found");
      }
    }
    if (!nbd.bitmaps().orElse(List.of()).isEmpty() || nbd.allocationDepth().orElse(false)) {
      throw new BlockException("Metadata contexts of NBD are not supported");
    }
    NbdExport[] self = {null};
    NbdExport export = new NbdExport(
        nbd.id(), name, nbd.description(), node, writable, nbd.writethrough().orElse(false),
        () -> host.get().later(() -> gone(self[0])));
    self[0] = export;
    node.users().add(export);
    exports.add(export);
    running.add(export);
  }

  /// A node that can't be written to is offered for reading.
  private void add(ExportCommands.NbdServerAdd c) {
    BlockNode node = graph.get(c.device());
    if (c.bitmap().isPresent() && node.bitmaps().stream().noneMatch(b -> b.name().equals(c.bitmap().get()))) {
      throw new BlockException("Bitmap '" + c.bitmap().get() + "' is not found");
    }
    Optional<Boolean> unsaid = Optional.empty();
    add(new Export.Nbd(
        c.name().orElse(c.device()), unsaid, Optional.empty(), node.name(),
        node.settings().readOnly() ? Optional.of(false) : c.writable(), unsaid,
        Optional.of(c.name().orElse(c.device())), c.description(), Optional.empty(), unsaid));
  }

  private Optional<NbdExport> find(String id) {
    return exports.stream().filter(export -> export.id().equals(id)).findFirst();
  }

  private void remove(String id, Optional<RemoveMode> mode) {
    NbdExport export = find(id).orElseThrow(() -> new BlockException("Export '" + id + "' is not found"));
    if (mode.orElse(RemoveMode.SAFE) == RemoveMode.SAFE && export.inUse()) {
      throw new BlockException("export '" + id + "' still in use");
    }
    server.ifPresent(running -> running.remove(export));
    close(export);
  }

  private void close(NbdExport export) {
    if (export.close()) {
      gone(export);
    }
  }

  /// Its last client may have left, and somebody may have stopped the server, before this comes.
  private void gone(NbdExport export) {
    if (!exports.remove(export)) {
      return;
    }
    export.node().users().remove(export);
    host.get().publish(new QmpEvent.BlockExportDeleted(export.id()));
  }

  private void stop() {
    NbdServer running = server.orElseThrow(() -> new BlockException("NBD server not running"));
    server = Optional.empty();
    running.stop();
    List.copyOf(exports).forEach(this::close);
  }

  void close() {
    server.ifPresent(NbdServer::stop);
    server = Optional.empty();
  }
}
