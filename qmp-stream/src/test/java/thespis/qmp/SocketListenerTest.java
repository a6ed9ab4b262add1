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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SocketListenerTest {
  @TempDir
  private Path dir;

  @Test
  void aStaleSocketFileIsReplacedAndOursRemoved() throws IOException {
    Path path = dir.resolve("s");
    try (ServerSocketChannel stale = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      stale.bind(UnixDomainSocketAddress.of(path));
    }
    assertTrue(Files.exists(path), "the JDK leaves it behind");
    SocketListener listener = SocketListener.unix(path);
    assertTrue(Files.exists(path));
    listener.close();
    assertFalse(Files.exists(path));
  }

  @Test
  void anotherOnesSocketFileAtOurPathStays() throws IOException {
    Path path = dir.resolve("s");
    SocketListener first = SocketListener.unix(path);
    SocketListener second = SocketListener.unix(path);
    first.close();
    assertTrue(Files.exists(path));
    second.close();
    assertFalse(Files.exists(path));
  }

  @Test
  void aFileThatIsNoSocketIsNotTouched() throws IOException {
    Path path = dir.resolve("s");
    Files.writeString(path, "mine");
    assertThrows(IOException.class, () -> SocketListener.unix(path));
    assertEquals("mine", Files.readString(path));
  }

  @Test
  void aPortInUseIsRefused() throws IOException {
    SocketListener first = SocketListener.tcp(new InetSocketAddress("127.0.0.1", 0));
    InetSocketAddress taken = (InetSocketAddress) first.address();
    assertThrows(IOException.class, () -> SocketListener.tcp(taken));
    first.close();
  }
}
