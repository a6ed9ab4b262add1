package thespis.actors.process;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import thespis.actors.chardev.ChardevSpec;
import thespis.actors.chardev.Chardevs;
import thespis.actors.chardev.Frontend;
import thespis.actors.chardev.ReceivedDescriptors;
import thespis.actors.chardev.SocketEnd;
import thespis.actors.cli.Options;
import thespis.hotplug.BoardProtocol;
import thespis.machine.board.ChardevObject;
import thespis.qmp.DeviceListener;
import thespis.qmp.QmpHost;
import thespis.qmp.QmpListener;
import thespis.qmp.QmpServer;
import thespis.qmp.SocketListener;

/// The monitors for programs. Those on listening sockets share one thread for all clients; those on any other character
/// device use that device.
final class QmpMonitors implements AutoCloseable {
  private record Listening(SocketEnd end, ServerSocketChannel channel, SocketListener listener) {
    String filename() {
      SocketChannel client = listener.served();
      return client == null
          ? "disconnected:" + end.name() + ",server=on"
          : end.name(true) + ",server=on" + (end.isTcp() ? " <-> " + end.peerName(client) : "");
    }
  }

  private final List<Options.Monitor> monitors;
  private final Map<String, Listening> sockets = new LinkedHashMap<>();
  private final List<ActorRef<QmpServer.Message>> servers = new ArrayList<>();

  QmpMonitors(Options options) {
    monitors = options.monitors().stream().filter(Options.Monitor::control).toList();
  }

  /// Opens a device if it is for us alone and a listening socket.
  ///
  /// @param note hears that a socket waits for its client
  /// @return false: it is to be opened as a character device
  boolean open(ChardevSpec spec, Consumer<String> note) {
    boolean ours = monitors.stream().anyMatch(m -> m.chardev().equals(spec.id()));
    if (!ours || spec.mux() || spec.log().isPresent()
        || !(spec.backend() instanceof ChardevSpec.Socket socket && socket.server() && socket.plain())) {
      return false;
    }
    SocketEnd end = new SocketEnd(socket.address());
    ServerSocketChannel channel = end.listen();
    sockets.put(spec.id(), new Listening(end, channel, SocketListener.inherited(channel, ReceivedDescriptors::read)));
    if (socket.await()) {
      note.accept(spec.where() + ": info: QEMU waiting for connection on: disconnected:" + end.name() + ",server=on");
      awaitClient(channel);
    }
    return true;
  }

  /// What `query-chardev` shows of the devices that were opened here.
  List<Chardevs.Info> list() {
    return sockets.entrySet().stream()
        .map(e -> new Chardevs.Info(e.getKey(), e.getValue().filename(), true))
        .toList();
  }

  /// What the machine's tree of objects shows of them.
  Map<String, ChardevObject> objects() {
    Map<String, ChardevObject> objects = new LinkedHashMap<>();
    sockets.forEach((label, socket) -> objects.put(
        label, ChardevObject.socket(socket.end()::address, () -> socket.listener().served() != null)));
    return objects;
  }

  /// The machine, or what stands in for it, is there: lets clients in.
  void serve(
      ActorSystem<?> system, ActorRef<BoardProtocol.Message> board, Chardevs chardevs, QmpHost host) {
    for (Options.Monitor monitor : monitors) {
      QmpListener listener = sockets.containsKey(monitor.chardev())
          ? sockets.get(monitor.chardev()).listener()
          : onDevice(monitor.chardev(), chardevs);
      servers.add(system.systemActorOf(
          QmpServer.create(listener, board, host, monitor.pretty(), new CompletableFuture<>()),
          "qmp-" + monitor.chardev().replaceAll("[^A-Za-z0-9_-]", "_"),
          QmpServer.PLACE));
    }
  }

  /// Closes what was opened; a client has by then read what was meant for it, because the actors have ended.
  @Override
  public void close() {
    for (Listening socket : sockets.values()) {
      try {
        socket.channel().close();
      } catch (IOException e) {
        // The descriptor is gone in any case.
      }
      socket.end().remove();
    }
  }

  private static QmpListener onDevice(String label, Chardevs chardevs) {
    Bridge bridge = new Bridge();
    chardevs.connect(label, bridge, output -> bridge.listener =
        new DeviceListener(bytes -> output.write(bytes, 0, bytes.length)));
    return bridge.listener;
  }

  /// Until somebody has knocked; he is let in later.
  private static void awaitClient(ServerSocketChannel channel) {
    try (Selector selector = Selector.open()) {
      channel.configureBlocking(false);
      SelectionKey key = channel.register(selector, SelectionKey.OP_ACCEPT);
      while (selector.select() == 0) {
        Thread.onSpinWait();
      }
      key.cancel();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// From a character device to a monitor.
  private static final class Bridge implements Frontend {
    private DeviceListener listener;

    @Override
    public boolean isMonitor() {
      return true;
    }

    @Override
    public void receive(byte[] bytes) {
      try {
        listener.received(bytes);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public void event(Event event) {
      switch (event) {
        case OPENED -> listener.opened();
        case CLOSED -> listener.closed();
        case BREAK, FOCUS_IN, FOCUS_OUT -> { }
      }
    }
  }
}
