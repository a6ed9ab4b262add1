package thespis.qmp;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.typed.ActorRef;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import thespis.hotplug.BoardProtocol;
import thespis.qmp.command.ChardevCommands;
import thespis.qmp.command.ChardevCommands.ChardevBackendInfo;
import thespis.qmp.command.ChardevCommands.ChardevInfo;
import thespis.qmp.command.DescriptorCommands;
import thespis.qmp.command.MonitorCommands.CommandLineOptionInfo;
import thespis.qmp.command.MonitorCommands.HumanMonitorCommand;
import thespis.qmp.command.MonitorCommands.VersionInfo;
import thespis.qmp.command.MonitorCommands.VersionTriple;

/// A stub machine with monitors on real sockets.
final class Fixture implements QmpHost, AutoCloseable {
  private final ActorTestKit kit = ActorTestKit.create();
  final ActorRef<BoardProtocol.Message> board = kit.spawn(StubBoard.create());
  final List<Integer> taken = new CopyOnWriteArrayList<>();
  final BlockingQueue<Integer> dropped = new LinkedBlockingQueue<>();
  boolean initialized = true;

  /// A monitor on a unix socket.
  ActorRef<QmpServer.Message> unix(Path path) {
    try {
      return serve(SocketListener.unix(path));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// A monitor on a free TCP port, which is returned.
  int tcp() {
    try {
      SocketListener listener = SocketListener.tcp(new InetSocketAddress("127.0.0.1", 0));
      serve(listener);
      return ((InetSocketAddress) listener.address()).getPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  ActorRef<QmpServer.Message> serve(QmpListener listener) {
    return serve(listener, false, new CompletableFuture<>());
  }

  ActorRef<QmpServer.Message> serve(QmpListener listener, boolean pretty, CompletableFuture<Void> firstClient) {
    return kit.spawn(QmpServer.create(listener, board, this, pretty, firstClient), QmpServer.PLACE);
  }

  ActorTestKit kit() {
    return kit;
  }

  @Override
  public VersionInfo version() {
    return new VersionInfo(new VersionTriple(22, 2, 7), "test");
  }

  @Override
  public boolean initialized() {
    return initialized;
  }

  @Override
  public CompletionStage<QmpReply> human(HumanMonitorCommand command) {
    if (command.cpuIndex().orElse(0L) > 0) {
      return CompletableFuture.completedFuture(QmpReply.fail("Parameter 'cpu-index' expects a CPU number"));
    }
    return CompletableFuture.completedFuture(new QmpReply.Ok(command.commandLine() + "\r\n"));
  }

  @Override
  public List<ChardevInfo> chardevs() {
    return List.of(
        new ChardevInfo("compat_monitor0", "unix:/x,server=on", true),
        new ChardevInfo("serial0", "pty:/dev/pts/1", true));
  }

  @Override
  public List<ChardevBackendInfo> chardevBackends() {
    return List.of(new ChardevBackendInfo("null"));
  }

  @Override
  public CompletionStage<QmpReply> chardev(ChardevCommands.Operation<?> operation) {
    return CompletableFuture.completedFuture(operation instanceof ChardevCommands.ChardevRemove(String id)
        ? QmpReply.fail("Chardev '" + id + "' not found")
        : QmpReply.done());
  }

  @Override
  public QmpReply descriptor(DescriptorCommands<?> command, OptionalInt handed) {
    handed.ifPresent(taken::add);
    return handed.isPresent() ? QmpReply.done() : QmpReply.fail("No file descriptor supplied via SCM_RIGHTS");
  }

  @Override
  public void drop(int descriptor) {
    dropped.add(descriptor);
  }

  @Override
  public List<String> yankable() {
    return List.of("compat_monitor0");
  }

  @Override
  public QmpReply yank(List<String> labels) {
    return QmpReply.done();
  }

  @Override
  public List<CommandLineOptionInfo> commandLineOptions() {
    return List.of(new CommandLineOptionInfo("object", List.of()));
  }

  @Override
  public void close() {
    kit.shutdownTestKit();
  }
}
