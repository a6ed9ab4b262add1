package thespis.qmp;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The thread that waits for all sockets of a process's monitors: one however many clients there are. It reads and accepts;
/// connections write for themselves and come here only when the client is slow.
public final class SocketLoop implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SocketLoop.class);
  private static final int PIECE = 64 << 10;

  /// What is attached to a channel's key.
  interface Ready {
    /// On the loop's thread; `scratch` is free to use.
    void ready(SelectionKey key, ByteBuffer scratch) throws IOException;

    void failed(IOException e);
  }

  private final Selector selector;
  private final ByteBuffer scratch = ByteBuffer.allocateDirect(PIECE);

  public SocketLoop() {
    try {
      selector = Selector.open();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofPlatform().name("qmp-sockets").daemon().start(this::run);
  }

  SelectionKey register(SelectableChannel channel, int interest, Ready ready) throws IOException {
    channel.configureBlocking(false);
    SelectionKey key = channel.register(selector, interest, ready);
    selector.wakeup();
    return key;
  }

  /// Any thread: the loop takes notice of changed interest and of closed channels.
  void wakeup() {
    selector.wakeup();
  }

  /// Ends the thread and closes everything registered.
  @Override
  public void close() {
    try {
      selector.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void run() {
    try {
      while (selector.isOpen()) {
        selector.select(this::dispatch);
      }
    } catch (IOException e) {
      LOG.error("waiting for sockets", e);
    }
  }

  private void dispatch(SelectionKey key) {
    Ready target = (Ready) key.attachment();
    try {
      if (key.isValid()) {
        target.ready(key, scratch.clear());
      }
    } catch (IOException e) {
      target.failed(e);
    }
  }
}
