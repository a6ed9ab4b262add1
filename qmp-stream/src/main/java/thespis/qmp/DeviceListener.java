package thespis.qmp;

import akka.actor.typed.ActorRef;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

/// A monitor on a character device that somebody else opens, reads and writes: a terminal, a pipe. The device's thread
/// says what happens there. How much waits to be written is the device's affair.
public final class DeviceListener implements QmpListener {
  private final Consumer<byte[]> output;
  private Consumer<ClientLink> waiting;
  private DeviceLink link;
  private boolean handedOut;

  /// @param output must not wait
  public DeviceListener(Consumer<byte[]> output) {
    this.output = output;
  }

  /// Somebody is at the other end.
  public synchronized void opened() {
    link = new DeviceLink(output);
    handedOut = false;
    handOut();
  }

  /// Bytes from there. Waits while the client is ahead of its answers.
  public void received(byte[] bytes) throws InterruptedException {
    DeviceLink target;
    synchronized (this) {
      target = link;
    }
    if (target != null) {
      target.deliver(bytes);
    }
  }

  /// Nobody is any more.
  public synchronized void closed() {
    if (link != null) {
      link.end();
      link = null;
    }
  }

  @Override
  public synchronized void next(Consumer<ClientLink> client) {
    waiting = client;
    handOut();
  }

  @Override
  public synchronized void close() {
    waiting = null;
  }

  private void handOut() {
    if (waiting != null && link != null && !handedOut) {
      handedOut = true;
      Consumer<ClientLink> client = waiting;
      waiting = null;
      client.accept(link);
    }
  }

  /// One client there.
  private static final class DeviceLink implements ClientLink {
    private static final int PIECES = 2;

    private final Consumer<byte[]> output;
    private final Deque<ConnectionMessage.FromLink> early = new ArrayDeque<>();
    private ActorRef<? super ConnectionMessage.FromLink> connection;
    private int delivered;
    private boolean closed;

    DeviceLink(Consumer<byte[]> output) {
      this.output = output;
    }

    synchronized void deliver(byte[] bytes) throws InterruptedException {
      while (delivered == PIECES && !closed) {
        wait();
      }
      delivered++;
      tell(new ConnectionMessage.Received(bytes));
    }

    synchronized void end() {
      tell(new ConnectionMessage.Ended());
    }

    private void tell(ConnectionMessage.FromLink message) {
      if (closed) {
        return;
      }
      if (connection == null) {
        early.add(message);
      } else {
        connection.tell(message);
      }
    }

    @Override
    public synchronized void start(ActorRef<? super ConnectionMessage.FromLink> connection) {
      this.connection = connection;
      early.forEach(connection::tell);
      early.clear();
    }

    @Override
    public synchronized void more() {
      delivered--;
      notifyAll();
    }

    @Override
    public synchronized void send(byte[] bytes) {
      if (!closed) {
        output.accept(bytes);
      }
    }

    @Override
    public int backlog() {
      return 0;
    }

    @Override
    public synchronized void close() {
      closed = true;
      notifyAll();
    }

    @Override
    public void abort() {
      close();
    }
  }
}
