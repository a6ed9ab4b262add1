package thespis.actors.chardev;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class RawSocketsTest {
  @TempDir
  Path folder;

  @Test
  void anAbstractNameIsFoundByItsOwnSpellingOnly() throws Exception {
    String name = "thespis-test-" + ProcessHandle.current().pid();
    try (ServerSocketChannel server = RawSockets.listenAbstract(name, true)) {
      try (SocketChannel client = RawSockets.connectAbstract(name, true); SocketChannel peer = server.accept()) {
        assertTalk(client, peer);
        assertTalk(peer, client);
      }
      assertEquals("Connection refused",
          assertThrows(IOException.class, () -> RawSockets.connectAbstract(name, false)).getMessage());
      assertEquals("Address already in use",
          assertThrows(IOException.class, () -> RawSockets.listenAbstract(name, true)).getMessage());
    }
  }

  @Test
  void aListeningUnixSocketIsTakenOver() throws Exception {
    Path path = folder.resolve("s");
    try (ServerSocketChannel parent = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      assertTakenOver(parent.bind(UnixDomainSocketAddress.of(path)), "unix:" + path);
    }
    assertTrue(Files.exists(path));
  }

  @Test
  void aListeningTcpSocketIsTakenOver() throws Exception {
    try (ServerSocketChannel parent = ServerSocketChannel.open()) {
      parent.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0));
      int port = ((InetSocketAddress) parent.getLocalAddress()).getPort();
      assertTakenOver(parent, "tcp:127.0.0.1:" + port, "tcp:[::ffff:7f00:1]:" + port);
    }
  }

  /// What connects to the parent's socket is accepted from ours.
  private void assertTakenOver(ServerSocketChannel parent, String... names) throws Exception {
    SocketAddress there = parent.getLocalAddress();
    int fd = copy(RawSockets.descriptor(-1, there));
    assertTrue(RawSockets.isListening(fd));
    assertTrue(java.util.List.of(names).contains(RawSockets.name(fd)), RawSockets.name(fd));
    try (SocketChannel early = SocketChannel.open(there);
        ServerSocketChannel ours = RawSockets.server(fd);
        SocketChannel peer = ours.accept()) {
      assertTalk(early, peer);
    }
  }

  @Test
  void aConnectedSocketIsTakenOver() throws Exception {
    Path path = folder.resolve("s");
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(path));
      SocketChannel parent = SocketChannel.open(StandardProtocolFamily.UNIX);
      parent.bind(UnixDomainSocketAddress.of(folder.resolve("c")));
      parent.connect(UnixDomainSocketAddress.of(path));
      int fd = copy(RawSockets.descriptor(-1, parent.getLocalAddress()));
      parent.close();
      try (SocketChannel ours = RawSockets.connected(fd); SocketChannel peer = server.accept()) {
        assertTalk(ours, peer);
        assertTalk(peer, ours);
      }
    }
  }

  @Test
  void whatIsNoSocketIsToldApart() {
    assertFalse(RawSockets.isSocket(987));
    assertFalse(RawSockets.isListening(987));
  }

  private static void assertTalk(SocketChannel from, SocketChannel to) throws IOException {
    from.write(ByteBuffer.wrap("hello".getBytes(StandardCharsets.US_ASCII)));
    ByteBuffer got = ByteBuffer.allocate(5);
    while (got.hasRemaining() && to.read(got) >= 0) { }
    assertEquals("hello", new String(got.array(), StandardCharsets.US_ASCII));
  }

  private static int copy(int fd) throws Exception {
    try {
      return (int) Linker.nativeLinker()
          .downcallHandle(Linker.nativeLinker().defaultLookup().findOrThrow("dup"),
              FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT))
          .invokeExact(fd);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }
}
