package thespis.actors.chardev;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.reflect.Method;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.function.IntConsumer;

/// Reads a unix socket with what the JDK drops: file descriptors that come beside the bytes. recvmsg(2), cmsg(3),
/// unix(7) "SCM_RIGHTS". The number of the socket's own descriptor is asked of the JDK, if it tells
/// (`--add-exports java.base/sun.nio.ch=ALL-UNNAMED`); if not, bytes are all there is.
public final class ReceivedDescriptors {
  private static final int SOL_SOCKET = 1;
  private static final int SCM_RIGHTS = 1;
  private static final int MSG_CMSG_CLOEXEC = 0x4000_0000;
  private static final int EINTR = 4;
  private static final int EAGAIN = 11;

  // struct msghdr
  private static final int IOV = 16;
  private static final int IOV_COUNT = 24;
  private static final int CONTROL = 32;
  private static final int CONTROL_BYTES = 40;
  private static final int MESSAGE_BYTES = 56;

  private static final int HEADER = 16;
  private static final int ROOM = 512;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final MethodHandle RECVMSG = LINKER.downcallHandle(
      LINKER.defaultLookup().findOrThrow("recvmsg"),
      FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT),
      Linker.Option.captureCallState("errno"));
  private static final Method NUMBER = number();

  /// What one thread needs for the call.
  private record Scratch(MemorySegment message, MemorySegment vector, MemorySegment control, MemorySegment errno) {
    Scratch() {
      this(Arena.ofAuto().allocate(MESSAGE_BYTES, 8), Arena.ofAuto().allocate(16, 8), Arena.ofAuto().allocate(ROOM, 8),
          Arena.ofAuto().allocate(Linker.Option.captureStateLayout()));
    }
  }

  private static final ThreadLocal<Scratch> SCRATCH = ThreadLocal.withInitial(Scratch::new);

  private ReceivedDescriptors() {}

  private static Method number() {
    try {
      return Class.forName("sun.nio.ch.SelChImpl").getMethod("getFDVal");
    } catch (ReflectiveOperationException e) {
      return null;
    }
  }

  /// As {@link SocketChannel#read}, for a channel that does not block.
  ///
  /// @param into a direct buffer
  public static int read(SocketChannel channel, ByteBuffer into, IntConsumer descriptors) throws IOException {
    int fd = channel.getLocalAddress() instanceof UnixDomainSocketAddress ? descriptor(channel) : -1;
    return fd < 0 ? channel.read(into) : read(fd, into, descriptors);
  }

  private static int descriptor(SocketChannel channel) {
    try {
      return NUMBER == null ? -1 : (int) NUMBER.invoke(channel);
    } catch (ReflectiveOperationException e) {
      return -1;
    }
  }

  private static int read(int fd, ByteBuffer into, IntConsumer descriptors) throws IOException {
    Scratch s = SCRATCH.get();
    s.vector.set(ADDRESS, 0, MemorySegment.ofBuffer(into));
    s.vector.set(JAVA_LONG, 8, into.remaining());
    s.message.set(ADDRESS, IOV, s.vector);
    s.message.set(JAVA_LONG, IOV_COUNT, 1);
    s.message.set(ADDRESS, CONTROL, s.control);
    s.message.set(JAVA_LONG, CONTROL_BYTES, ROOM);
    long count = receive(fd, s);
    if (count < 0) {
      int errno = s.errno.get(JAVA_INT, 0);
      if (errno == EAGAIN || errno == EINTR) {
        return 0;
      }
      throw new IOException("recvmsg failed with error " + errno);
    }
    take(s.control, s.message.get(JAVA_LONG, CONTROL_BYTES), descriptors);
    into.position(into.position() + (int) count);
    return count == 0 ? -1 : (int) count;
  }

  private static long receive(int fd, Scratch s) {
    try {
      return (long) RECVMSG.invokeExact(s.errno, fd, s.message, MSG_CMSG_CLOEXEC);
    } catch (Throwable e) {
      throw new IllegalStateException("a call of the C library failed", e);
    }
  }

  private static void take(MemorySegment control, long bytes, IntConsumer descriptors) {
    for (long at = 0; at + HEADER <= bytes; ) {
      long length = control.get(JAVA_LONG, at);
      if (length < HEADER) {
        return;
      }
      if (control.get(JAVA_INT, at + 8) == SOL_SOCKET && control.get(JAVA_INT, at + 12) == SCM_RIGHTS) {
        for (long each = at + HEADER; each + 4 <= Math.min(at + length, bytes); each += 4) {
          descriptors.accept(control.get(JAVA_INT, each));
        }
      }
      at += length + 7 & -8L;
    }
  }

  /// Nobody wants it.
  public static void close(int descriptor) {
    Libc.close(descriptor);
  }
}
