package thespis.qmp;

import akka.actor.typed.ActorRef;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/// A client on a socket, unix or TCP. Used on the thread of its {@link SocketLoop} only.
final class SocketLink implements ClientLink, SocketLoop.Ready {
  /// Pieces delivered but not used up yet, at which reading pauses.
  private static final int PIECES = 2;

  private final SocketLoop loop;
  private final SocketChannel channel;
  private final SocketReader reader;
  private final List<Integer> descriptors = new ArrayList<>();
  private final ArrayDeque<ByteBuffer> unsent = new ArrayDeque<>();
  private int delivered;
  private int backlog;
  private boolean closing;
  private SelectionKey key;
  private ActorRef<? super ConnectionMessage.FromLink> connection;

  SocketLink(SocketLoop loop, SocketChannel channel, SocketReader reader) {
    this.loop = loop;
    this.channel = channel;
    this.reader = reader;
  }

  @Override
  public void start(ActorRef<? super ConnectionMessage.FromLink> connection) {
    this.connection = connection;
    try {
      key = loop.register(channel, SelectionKey.OP_READ, this);
    } catch (IOException e) {
      failed(e);
    }
  }

  @Override
  public void more() {
    if (delivered-- == PIECES && key.isValid()) {
      key.interestOpsOr(SelectionKey.OP_READ);
    }
  }

  @Override
  public void send(byte[] bytes) {
    if (closing) {
      return;
    }
    ByteBuffer rest = ByteBuffer.wrap(bytes);
    try {
      if (unsent.isEmpty()) {
        channel.write(rest);
      }
    } catch (IOException e) {
      failed(e);
      return;
    }
    if (rest.hasRemaining()) {
      unsent.add(rest);
      backlog += rest.remaining();
      key.interestOpsOr(SelectionKey.OP_WRITE);
    }
  }

  @Override
  public int backlog() {
    return backlog;
  }

  @Override
  public void close() {
    closing = true;
    if (unsent.isEmpty()) {
      shut();
    }
  }

  @Override
  public void abort() {
    closing = true;
    unsent.clear();
    backlog = 0;
    shut();
  }

  @Override
  public void ready(SelectionKey key, ByteBuffer scratch) throws IOException {
    if (key.isWritable()) {
      flush();
    }
    if (key.isValid() && key.isReadable()) {
      read(key, scratch);
    }
  }

  @Override
  public void failed(IOException e) {
    abort();
    connection.tell(new ConnectionMessage.Broken());
  }

  private void read(SelectionKey key, ByteBuffer scratch) throws IOException {
    int count = reader.read(channel, scratch, descriptors::add);
    if (count < 0) {
      key.interestOpsAnd(~SelectionKey.OP_READ);
      connection.tell(new ConnectionMessage.Ended());
      return;
    }
    byte[] bytes = new byte[count];
    scratch.flip().get(bytes);
    if (++delivered == PIECES) {
      key.interestOpsAnd(~SelectionKey.OP_READ);
    }
    connection.tell(new ConnectionMessage.Received(bytes, List.copyOf(descriptors)));
    descriptors.clear();
  }

  private void flush() throws IOException {
    while (!unsent.isEmpty()) {
      ByteBuffer first = unsent.peek();
      backlog -= channel.write(first);
      if (first.hasRemaining()) {
        return;
      }
      unsent.remove();
    }
    key.interestOpsAnd(~SelectionKey.OP_WRITE);
    if (closing) {
      shut();
    } else {
      connection.tell(new ConnectionMessage.Drained());
    }
  }

  private void shut() {
    try {
      channel.close();
    } catch (IOException e) {
      // The descriptor is gone in any case.
    }
  }
}
