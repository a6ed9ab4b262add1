package thespis.qmp;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A listening socket. While a client is being served the next one waits in the kernel's backlog, and what it sends
/// meanwhile in its socket.
public final class SocketListener implements QmpListener, SocketLoop.Ready {
  private static final Logger LOG = LoggerFactory.getLogger(SocketListener.class);
  private static final int BACKLOG = 16;

  private final ServerSocketChannel channel;
  private final SocketReader reader;
  private final Path path;
  private final Object fileKey;
  private SocketLoop loop;
  private SelectionKey key;
  private Consumer<ClientLink> client;
  private volatile SocketChannel served;

  private SocketListener(ServerSocketChannel channel, Path path, Object fileKey) {
    this(channel, path, fileKey, SocketReader.PLAIN);
  }

  private SocketListener(ServerSocketChannel channel, Path path, Object fileKey, SocketReader reader) {
    this.reader = reader;
    this.channel = channel;
    this.path = path;
    this.fileKey = fileKey;
  }

  /// Listens on a unix socket; a socket file that is there already is replaced.
  public static SocketListener unix(Path path) throws IOException {
    removeStale(path);
    ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    return new SocketListener(bound(channel, UnixDomainSocketAddress.of(path)), path, fileKey(path));
  }

  /// Listens on a TCP port, 0 for any free one.
  public static SocketListener tcp(InetSocketAddress address) throws IOException {
    ServerSocketChannel channel = ServerSocketChannel.open();
    channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
    return new SocketListener(bound(channel, address), null, null);
  }

  /// Listens on a socket that somebody else has bound.
  public static SocketListener inherited(ServerSocketChannel channel, SocketReader reader) {
    return new SocketListener(channel, null, null, reader);
  }

  /// Where clients connect to.
  public SocketAddress address() throws IOException {
    return channel.getLocalAddress();
  }

  /// The client that is being served; null if there is none. Any thread.
  public SocketChannel served() {
    return served;
  }

  @Override
  public void next(Consumer<ClientLink> client) {
    served = null;
    this.client = client;
    try {
      if (key == null) {
        loop = SocketLoop.current();
        key = loop.register(channel, SelectionKey.OP_ACCEPT, this);
      } else {
        key.interestOps(SelectionKey.OP_ACCEPT);
      }
    } catch (IOException e) {
      failed(e);
    }
  }

  @Override
  public void ready(SelectionKey key, ByteBuffer scratch) throws IOException {
    SocketChannel accepted = channel.accept();
    if (accepted == null) {
      return;
    }
    key.interestOps(0);
    if (accepted.supportedOptions().contains(StandardSocketOptions.TCP_NODELAY)) {
      accepted.setOption(StandardSocketOptions.TCP_NODELAY, true);
    }
    served = accepted;
    client.accept(new SocketLink(loop, accepted, reader));
  }

  @Override
  public void failed(IOException e) {
    LOG.warn("accepting a QMP client", e);
  }

  @Override
  public void close() {
    try {
      channel.close();
      if (path != null && fileKey.equals(fileKey(path))) {
        Files.delete(path);
      }
    } catch (IOException e) {
      LOG.debug("closing a QMP socket", e);
    }
  }

  private static ServerSocketChannel bound(ServerSocketChannel channel, SocketAddress address) throws IOException {
    try {
      return channel.bind(address, BACKLOG);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static void removeStale(Path path) throws IOException {
    if (Files.exists(path, LinkOption.NOFOLLOW_LINKS) && attributes(path).isOther()) {
      Files.delete(path);
    }
  }

  private static Object fileKey(Path path) throws IOException {
    return attributes(path).fileKey();
  }

  private static BasicFileAttributes attributes(Path path) throws IOException {
    return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
  }
}
