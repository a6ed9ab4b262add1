package thespis.actors.chardev;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import thespis.machine.board.ChardevObject;

/// A stream socket, unix or TCP, one peer at a time. As a server it takes the next client when one has gone; as a
/// client it tries again if it was told to.
final class SocketChardev extends Chardev {
  private final ChardevSpec.Socket socket;
  private final SocketEnd end;
  private final ServerSocketChannel server;
  private final OutputPump pump;
  private final CountDownLatch firstPeer = new CountDownLatch(1);
  private volatile SocketChannel peer;
  private volatile boolean closed;
  private final Consumer<String> note;
  private volatile WebSocket web;
  private boolean started;

  /// @param note hears that nobody could be connected to
  SocketChardev(ChardevSpec spec, ChardevSpec.Socket socket, Consumer<String> note) {
    super(spec);
    this.socket = socket;
    this.note = note;
    this.end = new SocketEnd(
        socket.address(), socket.telnet() ? "telnet" : socket.websocket() ? "websocket" : "tcp");
    if (socket.server()) {
      server = end.listen();
    } else {
      server = null;
      if (socket.reconnect() == 0) {
        peer = end.connect();
        firstPeer.countDown();
      }
    }
    pump = new OutputPump("chardev-" + spec.id(), this::send);
    if (socket.server() || socket.reconnect() > 0) {
      begin();
    }
  }

  @Override
  public String filename() {
    SocketChannel now = peer;
    String state = now == null ? "disconnected:" : "";
    return state + end.name(now != null) + (socket.server() ? ",server=on" : "")
        + (now != null && end.isTcp() ? " <-> " + end.peerName(now) : "");
  }

  @Override
  public ChardevObject object() {
    return ChardevObject.socket(end::address, () -> peer != null);
  }

  @Override
  public void awaitPeer() {
    try {
      firstPeer.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// The note for standard error while {@link #awaitPeer} waits.
  String waitingNote() {
    return "info: QEMU waiting for connection on: disconnected:" + end.name() + ",server=on";
  }

  @Override
  protected void start() {
    synchronized (this) {
      started = true;
      notifyAll();
    }
    if (!socket.server() && socket.reconnect() == 0) {
      begin();
    }
  }

  private void begin() {
    Thread.ofPlatform().daemon().name("chardev-" + label() + "-in").start(socket.server() ? this::serve : this::beClient);
  }

  @Override
  protected void output(byte[] bytes, int from, int length) {
    WebSocket framing = web;
    if (peer != null && framing != null) {
      byte[] message = framing.message(bytes, from, length);
      pump.write(message, 0, message.length);
    } else if (peer != null) {
      pump.write(bytes, from, length);
    }
  }

  @Override
  public void close() {
    pump.close();
    closed = true;
    synchronized (this) {
      notifyAll();
    }
    shut(peer);
    if (server != null) {
      shut(server);
      end.remove();
    }
    super.close();
  }

  /// Ends the talk with the peer as if it had left.
  void cutOff() {
    shut(peer);
  }

  private void serve() {
    while (!closed) {
      try {
        SocketChannel client = server.accept();
        peer = client;
        firstPeer.countDown();
        awaitFrontend();
        talk(client);
      } catch (IOException e) {
        return;
      }
    }
  }

  private synchronized void awaitFrontend() {
    boolean interrupted = false;
    while (!started && !closed) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
        break;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void beClient() {
    if (peer != null) {
      talk(peer);
    }
    boolean told = false;
    while (!closed && socket.reconnect() > 0) {
      try {
        peer = end.connect();
        told = false;
        awaitFrontend();
        talk(peer);
      } catch (ChardevException e) {
        if (!told) { // the next attempt may find someone
          note.accept("Unable to connect character device " + label() + ": " + e.getMessage());
          told = true;
        }
      }
      try {
        Thread.sleep(socket.reconnect() * 1000);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void talk(SocketChannel channel) {
    TelnetFilter telnet = socket.telnet() ? new TelnetFilter() : null;
    if (telnet != null && socket.server()) {
      byte[] greeting = TelnetFilter.greeting();
      pump.write(greeting, 0, greeting.length);
    }
    web = socket.websocket() ? new WebSocket(bytes -> pump.write(bytes, 0, bytes.length)) : null;
    if (web == null) {
      happened(Frontend.Event.OPENED);
    }
    ByteBuffer buffer = ByteBuffer.allocate(4096);
    try {
      while (channel.read(buffer.clear()) >= 0) {
        byte[] bytes = new byte[buffer.flip().remaining()];
        buffer.get(bytes);
        if (web != null && !framed(bytes)) {
          pump.flush();
          break;
        }
        if (web == null) {
          received(telnet == null ? bytes : telnet.data(bytes, () -> happened(Frontend.Event.BREAK)));
        }
      }
    } catch (IOException e) {
      // The peer has gone, as at the end of its stream.
    }
    peer = null;
    boolean wasOpen = web == null || web.isOpen();
    web = null;
    shut(channel);
    if (wasOpen) {
      happened(Frontend.Event.CLOSED);
    }
  }

  /// @return false: the talk is over
  private boolean framed(byte[] bytes) {
    boolean before = web.isOpen();
    byte[] carried = web.data(bytes);
    if (web.isOpen() && !before) {
      happened(Frontend.Event.OPENED);
    }
    if (carried != null) {
      received(carried);
    }
    return carried != null;
  }

  private void send(byte[] bytes, int count) {
    SocketChannel channel = peer;
    if (channel == null) {
      return;
    }
    try {
      ByteBuffer rest = ByteBuffer.wrap(bytes, 0, count);
      while (rest.hasRemaining()) {
        channel.write(rest);
      }
    } catch (IOException e) {
      shut(channel);
    }
  }

  private static void shut(AutoCloseable channel) {
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (Exception e) {
      // The descriptor is gone in any case.
    }
  }
}
