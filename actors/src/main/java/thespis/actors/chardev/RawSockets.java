package thespis.actors.chardev;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/// Sockets that the JDK cannot make: names in Linux's abstract name space, and descriptors that another process has left
/// open. A channel is made for a socket of its own first, whose descriptor then is given the other one's place. unix(7),
/// dup(2).
final class RawSockets {
  private static final int AF_UNIX = 1;
  private static final int AF_INET = 2;
  private static final int AF_INET6 = 10;
  private static final int SOCK_STREAM_CLOEXEC = 1 | 0x80000;
  private static final int SOL_SOCKET = 1;
  private static final int SO_TYPE = 3;
  private static final int SO_ACCEPTCONN = 30;
  private static final int BACKLOG = 16;

  /// A family and 108 bytes of name; the longest of other families is shorter.
  private static final int ADDRESS_BYTES = 110;

  private static final int NAME = 2;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final MethodHandle SOCKET = call("socket", JAVA_INT, JAVA_INT, JAVA_INT);
  private static final MethodHandle BIND = call("bind", JAVA_INT, ADDRESS, JAVA_INT);
  private static final MethodHandle LISTEN = call("listen", JAVA_INT, JAVA_INT);
  private static final MethodHandle CONNECT = call("connect", JAVA_INT, ADDRESS, JAVA_INT);
  private static final MethodHandle GETSOCKNAME = call("getsockname", JAVA_INT, ADDRESS, ADDRESS);
  private static final MethodHandle GETSOCKOPT = call("getsockopt", JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS);
  private static final MethodHandle DUP2 = call("dup2", JAVA_INT, JAVA_INT);
  private static final MethodHandle STRERROR =
      LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow("strerror"), FunctionDescriptor.of(ADDRESS, JAVA_INT));

  private RawSockets() {}

  /// Listens on a name of the abstract name space.
  ///
  /// @param tight the name ends where its text does; otherwise zeros fill its place
  static ServerSocketChannel listenAbstract(String name, boolean tight) throws IOException {
    int fd = abstractSocket(BIND, name, tight);
    if (result(() -> (int) LISTEN.invokeExact(state(), fd, BACKLOG)) < 0) {
      throw failed(fd);
    }
    return server(fd);
  }

  static SocketChannel connectAbstract(String name, boolean tight) throws IOException {
    return connected(abstractSocket(CONNECT, name, tight));
  }

  private static int abstractSocket(MethodHandle use, String name, boolean tight) throws IOException {
    int fd = result(() -> (int) SOCKET.invokeExact(state(), AF_UNIX, SOCK_STREAM_CLOEXEC, 0));
    if (fd < 0) {
      throw new IOException(reason());
    }
    byte[] text = name.getBytes(StandardCharsets.UTF_8);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment address = arena.allocate(ADDRESS_BYTES, 2);
      address.set(JAVA_SHORT, 0, (short) AF_UNIX);
      MemorySegment.copy(text, 0, address, JAVA_BYTE, NAME + 1, text.length);
      int length = tight ? NAME + 1 + text.length : ADDRESS_BYTES;
      if (result(() -> (int) use.invokeExact(state(), fd, address, length)) < 0) {
        throw failed(fd);
      }
    }
    return fd;
  }

  /// Whether the descriptor is a socket at all.
  static boolean isSocket(int fd) {
    return option(fd, SO_TYPE) > 0;
  }

  static boolean isListening(int fd) {
    return option(fd, SO_ACCEPTCONN) == 1;
  }

  private static int option(int fd, int option) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocate(JAVA_INT);
      MemorySegment length = arena.allocateFrom(JAVA_INT, 4);
      int done = result(() -> (int) GETSOCKOPT.invokeExact(state(), fd, SOL_SOCKET, option, value, length));
      return done < 0 ? -1 : value.get(JAVA_INT, 0);
    }
  }

  /// The address that the socket is bound to: its family and what belongs to it; empty if it is no socket.
  private static byte[] address(int fd) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment address = arena.allocate(ADDRESS_BYTES + 2, 2);
      MemorySegment length = arena.allocateFrom(JAVA_INT, ADDRESS_BYTES + 2);
      int done = result(() -> (int) GETSOCKNAME.invokeExact(state(), fd, address, length));
      int bytes = Math.min(length.get(JAVA_INT, 0), ADDRESS_BYTES + 2);
      return done < 0 ? new byte[0] : address.asSlice(0, bytes).toArray(JAVA_BYTE);
    }
  }

  private static int family(byte[] address) {
    return address.length < 2 ? -1 : address[0] & 0xFF;
  }

  /// As {@link SocketEnd#name} puts it; abstract names are not told.
  static String name(int fd) {
    byte[] address = address(fd);
    return switch (family(address)) {
      case AF_UNIX -> "unix:" + path(address);
      case AF_INET -> "tcp:" + inet(address, 4, 4);
      case AF_INET6 -> "tcp:" + inet(address, 8, 16);
      default -> "fd:" + fd;
    };
  }

  private static String path(byte[] address) {
    int end = NAME;
    while (end < address.length && address[end] != 0) {
      end++;
    }
    return new String(address, NAME, end - NAME, StandardCharsets.UTF_8);
  }

  private static int port(byte[] address) {
    return (address[2] & 0xFF) << 8 | address[3] & 0xFF;
  }

  private static String inet(byte[] address, int from, int bytes) {
    try {
      InetAddress host = InetAddress.getByAddress(Arrays.copyOfRange(address, from, from + bytes));
      return InetEnd.text(new InetSocketAddress(host, port(address)));
    } catch (IOException e) {
      throw new IllegalStateException("an address of " + bytes + " bytes", e);
    }
  }

  /// The listening socket behind a descriptor, which is used up.
  static ServerSocketChannel server(int fd) throws IOException {
    ServerSocketChannel channel = ServerSocketChannel.open(protocol(fd));
    bind(channel);
    takePlace(fd, channel.getLocalAddress());
    return channel;
  }

  /// The connected socket behind a descriptor, which is used up.
  static SocketChannel connected(int fd) throws IOException {
    SocketAddress there;
    SocketChannel channel;
    try (ServerSocketChannel meeting = ServerSocketChannel.open(protocol(fd))) {
      bind(meeting);
      there = meeting.getLocalAddress();
      try (SocketChannel visitor = SocketChannel.open(there)) {
        channel = meeting.accept();
      }
    }
    takePlace(fd, there);
    return channel;
  }

  private static ProtocolFamily protocol(int fd) throws IOException {
    return switch (family(address(fd))) {
      case AF_UNIX -> StandardProtocolFamily.UNIX;
      case AF_INET -> StandardProtocolFamily.INET;
      case AF_INET6 -> StandardProtocolFamily.INET6;
      default -> throw new IOException("Address family not supported by protocol");
    };
  }

  private static void bind(ServerSocketChannel channel) throws IOException {
    // Unix sockets choose a path of their own.
    boolean unix = channel.getLocalAddress() == null && !isInet(channel);
    channel.bind(unix ? null : new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  private static boolean isInet(ServerSocketChannel channel) {
    return channel.supportedOptions().contains(java.net.StandardSocketOptions.SO_REUSEADDR);
  }

  /// The one descriptor of ours that is bound there becomes another name for `fd`.
  private static void takePlace(int fd, SocketAddress there) throws IOException {
    int own = descriptor(fd, there);
    if (result(() -> (int) DUP2.invokeExact(state(), fd, own)) < 0) {
      throw failed(fd);
    }
    Libc.close(fd);
    if (there instanceof UnixDomainSocketAddress unix) {
      Files.deleteIfExists(unix.getPath());
    }
  }

  static int descriptor(int not, SocketAddress there) throws IOException {
    try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
      for (Path each : all) {
        int fd = Integer.parseInt(each.getFileName().toString());
        if (fd != not && isBound(address(fd), there)) {
          return fd;
        }
      }
    }
    throw new IOException("a socket's descriptor was not found");
  }

  private static boolean isBound(byte[] address, SocketAddress there) {
    return switch (there) {
      case UnixDomainSocketAddress unix -> family(address) == AF_UNIX && path(address).equals(unix.getPath().toString());
      case InetSocketAddress inet -> (family(address) == AF_INET || family(address) == AF_INET6)
          && port(address) == inet.getPort();
      default -> false;
    };
  }

  // ---- calls

  private interface Call {
    int run() throws Throwable;
  }

  private static final ThreadLocal<MemorySegment> ERRNO = ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(STATE));

  private static MemorySegment state() {
    return ERRNO.get();
  }

  private static int result(Call call) {
    try {
      return call.run();
    } catch (Throwable e) {
      throw new IllegalStateException("a call of the C library failed", e);
    }
  }

  /// The system's words for what went wrong last.
  private static String reason() {
    try {
      int errno = state().get(JAVA_INT, 0);
      return ((MemorySegment) STRERROR.invokeExact(errno)).reinterpret(256).getString(0);
    } catch (Throwable e) {
      throw new IllegalStateException("a call of the C library failed", e);
    }
  }

  private static IOException failed(int fd) {
    String reason = reason();
    Libc.close(fd);
    return new IOException(reason);
  }

  private static MethodHandle call(String name, MemoryLayout... arguments) {
    return LINKER.downcallHandle(
        LINKER.defaultLookup().findOrThrow(name),
        FunctionDescriptor.of(JAVA_INT, arguments),
        Linker.Option.captureCallState("errno"));
  }
}
