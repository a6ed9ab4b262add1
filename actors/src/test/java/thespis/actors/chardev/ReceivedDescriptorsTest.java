package thespis.actors.chardev;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReceivedDescriptorsTest {
  private static final int O_RDONLY = 0;

  @TempDir
  Path folder;

  private final List<Integer> received = new ArrayList<>();
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(64);
  private ServerSocketChannel server;
  private SocketChannel client;
  private SocketChannel ours;

  @BeforeEach
  void connect() throws IOException {
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(folder.resolve("s")));
    client = SocketChannel.open(StandardProtocolFamily.UNIX);
    client.bind(UnixDomainSocketAddress.of(folder.resolve("c")));
    client.connect(server.getLocalAddress());
    ours = server.accept();
    ours.configureBlocking(false);
  }

  @AfterEach
  void close() throws IOException {
    client.close();
    ours.close();
    server.close();
  }

  private String read() throws IOException {
    int count = ReceivedDescriptors.read(ours, buffer.clear(), received::add);
    return count < 0 ? "end" : StandardCharsets.US_ASCII.decode(buffer.flip()).toString();
  }

  @Test
  void descriptorsComeWithTheBytes() throws Exception {
    Path file = Files.writeString(folder.resolve("f"), "content");
    int fd = Libc.open(file.toString(), O_RDONLY);
    send("with two", fd, fd);
    Libc.close(fd);
    assertEquals("with two", read());
    assertEquals(2, received.size());
    for (int each : received) {
      assertEquals(file, Files.readSymbolicLink(Path.of("/proc/self/fd/" + each)));
      ReceivedDescriptors.close(each);
    }
  }

  @Test
  void withoutThemItReadsAsTheChannelDoes() throws Exception {
    assertEquals("", read(), "nothing is there yet");
    client.write(ByteBuffer.wrap("plain".getBytes(StandardCharsets.US_ASCII)));
    assertEquals("plain", read());
    client.close();
    assertEquals("end", read());
    assertEquals(List.of(), received);
  }

  @Test
  void aNameStandsForTheLastDescriptor() {
    int first = Libc.open("/dev/null", O_RDONLY);
    int second = Libc.open("/dev/null", O_RDONLY);
    NamedDescriptors.put("n", first);
    NamedDescriptors.put("n", second);
    assertThrows(IOException.class, () -> Files.readSymbolicLink(Path.of("/proc/self/fd/" + first)));
    assertEquals(second, NamedDescriptors.take("n").getAsInt());
    assertEquals(false, NamedDescriptors.close("n"));
    Libc.close(second);
  }

  /// sendmsg(2) with SCM_RIGHTS.
  private void send(String text, int... descriptors) throws Exception {
    int socket = RawSockets.descriptor(-1, client.getLocalAddress());
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = arena.allocateFrom(text);
      MemorySegment vector = arena.allocate(16, 8);
      vector.set(ValueLayout.ADDRESS, 0, bytes);
      vector.set(ValueLayout.JAVA_LONG, 8, text.length());
      MemorySegment control = arena.allocate(64, 8);
      control.set(ValueLayout.JAVA_LONG, 0, 16 + 4L * descriptors.length);
      control.set(ValueLayout.JAVA_INT, 8, 1);
      control.set(ValueLayout.JAVA_INT, 12, 1);
      for (int i = 0; i < descriptors.length; i++) {
        control.set(ValueLayout.JAVA_INT, 16 + 4L * i, descriptors[i]);
      }
      MemorySegment message = arena.allocate(56, 8);
      message.set(ValueLayout.ADDRESS, 16, vector);
      message.set(ValueLayout.JAVA_LONG, 24, 1);
      message.set(ValueLayout.ADDRESS, 32, control);
      message.set(ValueLayout.JAVA_LONG, 40, 16 + 8L * ((descriptors.length + 1) / 2));
      long sent = (long) Linker.nativeLinker()
          .downcallHandle(Linker.nativeLinker().defaultLookup().findOrThrow("sendmsg"),
              FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT))
          .invokeExact(socket, message, 0);
      assertEquals(text.length(), sent);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }
}
