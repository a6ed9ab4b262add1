package thespis.qmp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SocketListenerTest {
  @TempDir
  private Path dir;

  private final SocketLoop loop = new SocketLoop();

  @AfterEach
  void close() {
    loop.close();
  }

  @Test
  void aStaleSocketFileIsReplacedAndOursRemoved() throws IOException {
    Path path = dir.resolve("s");
    try (ServerSocketChannel stale = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      stale.bind(UnixDomainSocketAddress.of(path));
    }
    assertTrue(Files.exists(path), "the JDK leaves it behind");
    SocketListener listener = SocketListener.unix(loop, path);
    assertTrue(Files.exists(path));
    listener.close();
    assertFalse(Files.exists(path));
  }

  @Test
  void anotherOnesSocketFileAtOurPathStays() throws IOException {
    Path path = dir.resolve("s");
    SocketListener first = SocketListener.unix(loop, path);
    SocketListener second = SocketListener.unix(loop, path);
    first.close();
    assertTrue(Files.exists(path));
    second.close();
    assertFalse(Files.exists(path));
  }

  @Test
  void aFileThatIsNoSocketIsNotTouched() throws IOException {
    Path path = dir.resolve("s");
    Files.writeString(path, "mine");
    assertThrows(IOException.class, () -> SocketListener.unix(loop, path));
    assertEquals("mine", Files.readString(path));
  }

  @Test
  void aPortInUseIsRefused() throws IOException {
    SocketListener first = SocketListener.tcp(loop, new InetSocketAddress("127.0.0.1", 0));
    InetSocketAddress taken = (InetSocketAddress) first.address();
    assertThrows(IOException.class, () -> SocketListener.tcp(loop, taken));
    first.close();
  }
}
