package thespis.actors.block;

import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import thespis.actors.chardev.SocketEnd;

/// Lets clients of NBD in, as many at a time as it may, and each to the export that it asks for. A client has a thread of
/// its own. QEMU QMP reference "nbd-server-start".
final class NbdServer {
  private final SocketEnd end;
  private final ServerSocketChannel listening;
  private final long most;
  private final List<NbdExport> exports = new CopyOnWriteArrayList<>();
  private final List<NbdSession> sessions = new ArrayList<>();
  private boolean stopped;

  /// @param most clients at a time; 0 for any number
  NbdServer(SocketEnd end, ServerSocketChannel listening, long most) {
    this.end = end;
    this.listening = listening;
    this.most = most;
    Thread.ofPlatform().daemon().name("nbd-server").start(this::serve);
  }

  private void serve() {
    try {
      while (true) {
        begin(listening.accept());
      }
    } catch (IOException e) {
      // It was told to stop.
    }
  }

  /// A client too many waits until another has gone.
  private synchronized void begin(SocketChannel client) throws IOException {
    while (!stopped && most > 0 && sessions.size() >= most) {
      try {
        wait();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        stopped = true;
      }
    }
    if (stopped) {
      client.close();
      return;
    }
    NbdSession session = new NbdSession(client, this);
    sessions.add(session);
    Thread.ofPlatform().daemon().name("nbd-client").start(session);
  }

  synchronized void ended(NbdSession session) {
    sessions.remove(session);
    notifyAll();
  }

  void add(NbdExport export) {
    exports.add(export);
  }

  void remove(NbdExport export) {
    exports.remove(export);
  }

  List<NbdExport> exports() {
    return exports;
  }

  /// The one of this name.
  Optional<NbdExport> find(String name) {
    return exports.stream().filter(export -> export.name().equals(name)).findFirst();
  }

  /// The same, with this client among its users.
  Optional<NbdExport> enter(String name, NbdSession session) {
    return find(name).filter(export -> export.entered(session));
  }

  /// Nobody can come any more, and all are sent away.
  void stop() {
    List<NbdSession> all;
    synchronized (this) {
      stopped = true;
      all = List.copyOf(sessions);
      notifyAll();
    }
    try {
      listening.close();
    } catch (IOException e) {
      // It is closed all the same.
    }
    end.remove();
    all.forEach(NbdSession::close);
  }
}
