package thespis.actors.chardev;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(30)
class ChardevsTest {
  @TempDir
  Path folder;

  private final List<String> announced = new ArrayList<>();
  private final List<String> notes = new CopyOnWriteArrayList<>();
  private final Chardevs chardevs = new Chardevs(announced::add, notes::add, 1, () -> { });
  private final Ear ear = new Ear();
  private Chardevs.Output output;

  @AfterEach
  void close() {
    chardevs.close();
  }

  @Test
  void aFileGetsWhatIsWritten() throws IOException {
    Path file = folder.resolve("out");
    open(new ChardevSpec.OutFile(file.toString(), false));
    send("hello");
    chardevs.close();
    assertEquals("hello", Files.readString(file));
  }

  @Test
  void aFileMayBeAppendedTo() throws IOException {
    Path file = Files.writeString(folder.resolve("out"), "old ");
    open(new ChardevSpec.OutFile(file.toString(), true));
    send("new");
    chardevs.close();
    assertEquals("old new", Files.readString(file));
  }

  @Test
  void aFileThatCannotBeOpenedIsReportedInTheSystemsWords() {
    assertEquals(
        "Could not open '/nosuch/x': No such file or directory",
        assertThrows(ChardevException.class, () -> open(new ChardevSpec.OutFile("/nosuch/x", false))).getMessage());
  }

  @Test
  void theTreeOfObjectsShowsSharedDevicesTwiceAndWhereSocketsAre() throws IOException {
    Path path = folder.resolve("s");
    chardevs.open(new ChardevSpec("m", "", new ChardevSpec.Null(), true, Optional.empty()));
    chardevs.open(new ChardevSpec(
        "s", "", new ChardevSpec.Socket(new ChardevSpec.Unix(path.toString()), true, false, 0), false, Optional.empty()));
    assertEquals(List.of("m", "m-base", "s"), List.copyOf(chardevs.objects().keySet()));
    assertEquals("mux", chardevs.objects().get("m").kind());
    assertEquals("null", chardevs.objects().get("m-base").kind());
    Map<String, Supplier<Object>> live = chardevs.objects().get("s").live();
    assertEquals(Map.of("type", "unix", "path", path.toString()), live.get("addr").get());
    assertEquals(false, live.get("connected").get());
  }

  @Test
  void theLogGetsACopy() throws IOException {
    Path log = folder.resolve("log");
    chardevs.open(new ChardevSpec("a", "", new ChardevSpec.Null(), false,
        Optional.of(new ChardevSpec.LogFile(log.toString(), false))));
    chardevs.connect("a", ear, o -> output = o);
    send("copy");
    assertEquals("copy", Files.readString(log));
  }

  @Test
  void aUnixServerServesOneClientAfterTheOther() throws Exception {
    Path path = folder.resolve("s");
    Files.writeString(path, "a stale file is replaced");
    open(new ChardevSpec.Socket(new ChardevSpec.Unix(path.toString()), true, false, 0));
    assertEquals("disconnected:unix:" + path + ",server=on", chardevs.list().getFirst().filename());
    for (int round = 0; round < 2; round++) {
      try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
        assertEquals("OPENED", ear.next());
        assertEquals("unix:" + path + ",server=on", chardevs.list().getFirst().filename());
        client.write(ByteBuffer.wrap("in".getBytes(StandardCharsets.US_ASCII)));
        assertEquals("in", ear.next());
        send("out");
        assertEquals("out", read(client, 3));
      }
      assertEquals("CLOSED", ear.next());
    }
    chardevs.close();
    assertFalse(Files.exists(path));
  }

  @Test
  void aTcpServerTakesAClient() throws Exception {
    open(new ChardevSpec.Socket(new ChardevSpec.Tcp("127.0.0.1", "0"), true, false, 0));
    String name = chardevs.list().getFirst().filename();
    assertTrue(name.matches("disconnected:tcp:127\\.0\\.0\\.1:\\d+,server=on"), name);
    int port = Integer.parseInt(name.replaceAll(".*:(\\d+),.*", "$1"));
    try (SocketChannel client = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))) {
      assertEquals("OPENED", ear.next());
      send("hi");
      assertEquals("hi", read(client, 2));
    }
  }

  @Test
  void datagramsGoToOnePlaceAndComeFromThere() throws Exception {
    try (DatagramChannel peer = DatagramChannel.open().bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0))) {
      String port = Integer.toString(((InetSocketAddress) peer.getLocalAddress()).getPort());
      open(new ChardevSpec.Udp(new ChardevSpec.Tcp("127.0.0.1", port), new ChardevSpec.Tcp("127.0.0.1", "0")));
      assertEquals("OPENED", ear.next());
      send("out");
      ByteBuffer buffer = ByteBuffer.allocate(16);
      SocketAddress from = peer.receive(buffer);
      assertEquals("out", StandardCharsets.US_ASCII.decode(buffer.flip()).toString());
      peer.send(ByteBuffer.wrap("in".getBytes(StandardCharsets.US_ASCII)), from);
      assertEquals("in", ear.next());
      assertEquals("udp", chardevs.list().getFirst().filename());
    }
  }

  @Test
  void twoPipesAreReadAndWritten() throws Exception {
    String path = folder.resolve("p").toString();
    assertEquals(0, new ProcessBuilder("mkfifo", path + ".in", path + ".out").start().waitFor());
    open(new ChardevSpec.Pipe(path));
    assertEquals("OPENED", ear.next());
    try (RandomAccessFile in = new RandomAccessFile(path + ".in", "rw");
        RandomAccessFile out = new RandomAccessFile(path + ".out", "rw")) {
      in.writeBytes("in");
      assertEquals("in", ear.next());
      send("out");
      byte[] bytes = new byte[3];
      out.readFully(bytes);
      assertEquals("out", new String(bytes, StandardCharsets.US_ASCII));
    }
    assertEquals("Could not open '/nosuch/p': No such file or directory", assertThrows(ChardevException.class, () ->
        chardevs.open(new ChardevSpec("b", "", new ChardevSpec.Pipe("/nosuch/p"), false, Optional.empty()))).getMessage());
  }

  @Test
  void aWebSocketCarriesBytes() throws Exception {
    Path path = folder.resolve("s");
    open(new ChardevSpec.Socket(new ChardevSpec.Unix(path.toString()), true, false, 0, false, true));
    try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
      client.write(ByteBuffer.wrap(WebSocketTest.REQUEST.getBytes(StandardCharsets.US_ASCII)));
      assertTrue(read(client, WebSocketTest.RESPONSE.length()).equals(WebSocketTest.RESPONSE));
      assertEquals("OPENED", ear.next());
      client.write(ByteBuffer.wrap(WebSocketTest.masked(2, "in")));
      assertEquals("in", ear.next());
      send("out");
      assertTrue(read(client, 5).endsWith("\u0003out"));
      client.write(ByteBuffer.wrap(WebSocketTest.masked(8, "")));
      assertEquals("CLOSED", ear.next());
    }
  }

  @Test
  void aClientThatFindsNobodySaysSoOnce() throws Exception {
    Path path = folder.resolve("s");
    open(new ChardevSpec.Socket(new ChardevSpec.Unix(path.toString()), false, false, 1));
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      while (notes.isEmpty()) {
        Thread.onSpinWait();
      }
      server.bind(UnixDomainSocketAddress.of(path));
      try (SocketChannel peer = server.accept()) {
        assertEquals("OPENED", ear.next());
      }
    }
    assertEquals(
        List.of("Unable to connect character device a: Failed to connect to '" + path + "': No such file or directory"),
        notes);
  }

  @Test
  void aClientTalksToWhoListens() throws Exception {
    Path path = folder.resolve("s");
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(path));
      open(new ChardevSpec.Socket(new ChardevSpec.Unix(path.toString()), false, false, 0));
      try (SocketChannel peer = server.accept()) {
        assertEquals("OPENED", ear.next());
        send("hi");
        assertEquals("hi", read(peer, 2));
      }
      assertEquals("CLOSED", ear.next());
    }
  }

  @Test
  void whereNobodyListensAClientIsRefused() {
    String path = folder.resolve("none").toString();
    assertEquals(
        "Failed to connect to '" + path + "': No such file or directory",
        assertThrows(ChardevException.class, () -> open(
            new ChardevSpec.Socket(new ChardevSpec.Unix(path), false, false, 0))).getMessage());
  }

  @Test
  void aFolderThatIsNotThereIsReported() {
    assertEquals(
        "Failed to bind socket to /nosuch/x: No such file or directory",
        assertThrows(ChardevException.class, () -> open(
            new ChardevSpec.Socket(new ChardevSpec.Unix("/nosuch/x"), true, false, 0))).getMessage());
  }

  @Test
  void whatCantBeBoundIsNotKept() throws IOException {
    int attempts = 200;
    long before = descriptors();
    for (int i = 0; i < attempts; i++) {
      aFolderThatIsNotThereIsReported();
    }
    long kept = descriptors() - before;
    assertTrue(kept < attempts / 2, "descriptors: " + kept);
  }

  private static long descriptors() throws IOException {
    try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
      return all.count();
    }
  }

  @Test
  void aPseudoTerminalCarriesBytesBothWays() throws Exception {
    open(new ChardevSpec.Pty());
    String path = announced.getFirst().replaceAll("char device redirected to (\\S+) \\(label a\\)", "$1");
    assertEquals("pty:" + path, chardevs.list().getFirst().filename());
    assertEquals("OPENED", ear.next());
    try (RandomAccessFile terminal = new RandomAccessFile(path, "rw")) {
      terminal.write("in\003\n".getBytes(StandardCharsets.US_ASCII));
      assertEquals("in\003\n", ear.next());
      send("out\n");
      byte[] answer = new byte[4];
      terminal.readFully(answer);
      assertArrayEquals("out\n".getBytes(StandardCharsets.US_ASCII), answer);
    }
  }

  @Test
  void aDeviceHasOneUser() {
    chardevs.open(new ChardevSpec("a", "", new ChardevSpec.Null(), false, Optional.empty()));
    chardevs.connect("a", ear, o -> { });
    assertThrows(ChardevException.class, () -> chardevs.connect("a", new Ear(), o -> { }));
  }

  @Test
  void aSharedDeviceHasFourUsersAtMost() {
    chardevs.open(new ChardevSpec("a", "", new ChardevSpec.Null(), true, Optional.empty()));
    for (int i = 0; i < 4; i++) {
      chardevs.connect("a", new Ear(), o -> { });
    }
    assertEquals("Device 'a' is in use",
        assertThrows(ChardevException.class, () -> chardevs.connect("a", new Ear(), o -> { })).getMessage());
  }

  @Test
  void aMultiplexerTakesTheDeviceThatItShares() {
    ChardevSpec.Mux mux = new ChardevSpec.Mux("a");
    ChardevSpec spec = new ChardevSpec("m", "", mux, false, Optional.empty());
    assertEquals("mux: base chardev a not found",
        assertThrows(ChardevException.class, () -> chardevs.open(spec)).getMessage());
    chardevs.open(new ChardevSpec("a", "", new ChardevSpec.Null(), false, Optional.empty()));
    chardevs.open(spec);
    assertThrows(ChardevException.class, () -> chardevs.connect("a", new Ear(), o -> { }));
    chardevs.connect("m", ear, o -> { });
    chardevs.connect("m", new Ear(), o -> { });
    chardevs.begin();
    assertEquals(List.of(new Chardevs.Info("a", "null", true), new Chardevs.Info("m", "mux", true)), chardevs.list());
  }

  /// On a pseudo terminal's other side, which is a serial line as well as any.
  @Test
  void aSerialLineOfTheHostsIsReadAndWritten() throws Exception {
    StringBuilder where = new StringBuilder();
    try (PtyChardev pty = new PtyChardev(
        new ChardevSpec("p", "", new ChardevSpec.Pty(), false, Optional.empty()), where::append)) {
      Ear far = new Ear();
      pty.connect(far);
      open(new ChardevSpec.HostSerial(pty.path()));
      assertEquals("OPENED", ear.next());
      pty.write("to us".getBytes(StandardCharsets.US_ASCII));
      assertEquals("to us", ear.next());
      send("to you\n");
      assertEquals("OPENED", far.next());
      assertEquals("to you\n", far.next());
      assertEquals("serial", chardevs.list().getFirst().filename());
    }
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      serial   | /nosuch/tty | Could not open '/nosuch/tty': No such file or directory
      parallel | /nosuch/lp  | Could not open '/nosuch/lp': No such file or directory
      parallel | /dev/null   | not a parallel port: Inappropriate ioctl for device
      """)
  void whatIsNoLineOfTheHostsIsRefused(String kind, String path, String expected) {
    ChardevSpec.Backend backend =
        kind.equals("serial") ? new ChardevSpec.HostSerial(path) : new ChardevSpec.HostParallel(path);
    assertEquals(expected, assertThrows(ChardevException.class, () -> open(backend)).getMessage());
  }

  @Test
  void aSharedDeviceIsListedWithWhatIsBelow() {
    chardevs.open(new ChardevSpec("serial0", "", new ChardevSpec.Null(), true, Optional.empty()));
    assertEquals(
        List.of(new Chardevs.Info("serial0", "mux", false), new Chardevs.Info("serial0-base", "null", false)),
        chardevs.list());
    chardevs.connect("serial0", ear, o -> { });
    chardevs.begin();
    assertEquals(
        List.of(new Chardevs.Info("serial0", "mux", true), new Chardevs.Info("serial0-base", "null", true)),
        chardevs.list());
  }

  private void open(ChardevSpec.Backend backend) {
    chardevs.open(new ChardevSpec("a", "", backend, false, Optional.empty()));
    chardevs.connect("a", ear, o -> output = o);
  }

  private void send(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    output.write(bytes, 0, bytes.length);
  }

  private static String read(SocketChannel channel, int count) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(count);
    while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
      // Until all of it is there.
    }
    return new String(buffer.array(), StandardCharsets.US_ASCII);
  }

  private static final class Ear implements Frontend {
    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

    @Override
    public void receive(byte[] bytes) {
      heard.add(new String(bytes, StandardCharsets.US_ASCII));
    }

    @Override
    public void event(Event event) {
      heard.add(event.toString());
    }

    String next() throws InterruptedException {
      return heard.poll(20, TimeUnit.SECONDS);
    }
  }
}
