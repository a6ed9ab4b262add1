package thespis.actors.chardev;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// The few calls of the C library that Java has no words for: terminals and file descriptors. Linux, x86-64 and
/// AArch64.
public final class Libc {
  private static final Linker LINKER = Linker.nativeLinker();
  private static final MethodHandle OPEN = variadic("open", 2, JAVA_INT, ADDRESS, JAVA_INT);
  private static final MethodHandle CLOSE = plain("close", JAVA_INT, JAVA_INT);
  private static final MethodHandle DUP2 = plain("dup2", JAVA_INT, JAVA_INT, JAVA_INT);
  private static final MethodHandle READ = plain("read", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG);
  private static final MethodHandle WRITE = plain("write", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG);
  private static final MethodHandle POLL = plain("poll", JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);
  private static final MethodHandle TCGETATTR = plain("tcgetattr", JAVA_INT, JAVA_INT, ADDRESS);
  private static final MethodHandle TCSETATTR = plain("tcsetattr", JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS);
  private static final MethodHandle CFMAKERAW = LINKER.downcallHandle(
      LINKER.defaultLookup().findOrThrow("cfmakeraw"), FunctionDescriptor.ofVoid(ADDRESS));
  private static final MethodHandle POSIX_OPENPT = plain("posix_openpt", JAVA_INT, JAVA_INT);
  private static final MethodHandle GRANTPT = plain("grantpt", JAVA_INT, JAVA_INT);
  private static final MethodHandle UNLOCKPT = plain("unlockpt", JAVA_INT, JAVA_INT);
  private static final MethodHandle PTSNAME_R = plain("ptsname_r", JAVA_INT, JAVA_INT, ADDRESS, JAVA_LONG);

  static final int O_RDWR = 2;
  static final int O_NOCTTY = 0x100;
  static final int O_NONBLOCK = 0x800;
  private static final short POLLIN = 1;
  private static final short POLLOUT = 4;

  private Libc() {}

  static int open(String path, int flags) {
    try (Arena arena = Arena.ofConfined()) {
      return (int) OPEN.invokeExact(arena.allocateFrom(path), flags);
    } catch (Throwable e) {
      throw defect(e);
    }
  }

  static int close(int fd) {
    try {
      return (int) CLOSE.invokeExact(fd);
    } catch (Throwable e) {
      throw defect(e);
    }
  }

  /// Lets go of standard input, output and error, as a daemon does, and of the descriptor that says it is ready.
  public static void detach(int ready) {
    try {
      int nowhere = open("/dev/null", O_RDWR);
      for (int fd = 0; fd <= 2; fd++) {
        int done = (int) DUP2.invokeExact(nowhere, fd);
      }
      close(nowhere);
      close(ready);
    } catch (Throwable e) {
      throw defect(e);
    }
  }

  static long read(int fd, MemorySegment buffer) {
    try {
      return (long) READ.invokeExact(fd, buffer, buffer.byteSize());
    } catch (Throwable e) {
      throw defect(e);
    }
  }

  static long write(int fd, MemorySegment buffer, long count) {
    try {
      return (long) WRITE.invokeExact(fd, buffer, count);
    } catch (Throwable e) {
      throw defect(e);
    }
  }

  /// True if a read would not wait.
  static boolean readable(int fd, int milliseconds) {
    return poll(fd, POLLIN, milliseconds);
  }

  /// True if a write would not wait.
  static boolean room(int fd) {
    return room(fd, 0);
  }

  static boolean room(int fd, int milliseconds) {
    return poll(fd, POLLOUT, milliseconds);
  }

  private static boolean poll(int fd, short events, int milliseconds) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment request = arena.allocate(8);
      request.set(JAVA_INT, 0, fd);
      request.set(JAVA_SHORT, 4, events);
      return (int) POLL.invokeExact(request, 1L, milliseconds) > 0;
    } catch (Throwable e) {
      throw defect(e);
    }
  }

  static boolean tcgetattr(int fd, MemorySegment termios) {
    try {
      return (int) TCGETATTR.invokeExact(fd, termios) == 0;
    } catch (Throwable e) {
      throw defect(e);
    }
  }

  static boolean tcsetattr(int fd, MemorySegment termios) {
    try {
      return (int) TCSETATTR.invokeExact(fd, 0, termios) == 0;
    } catch (Throwable e) {
      throw defect(e);
    }
  }

  static void cfmakeraw(MemorySegment termios) {
    try {
      CFMAKERAW.invokeExact(termios);
    } catch (Throwable e) {
      throw defect(e);
    }
  }

  /// A new pseudo terminal's master, or -1.
  static int openPty() {
    try {
      int master = (int) POSIX_OPENPT.invokeExact(O_RDWR | O_NOCTTY);
      if (master >= 0 && ((int) GRANTPT.invokeExact(master) != 0 || (int) UNLOCKPT.invokeExact(master) != 0)) {
        close(master);
        return -1;
      }
      return master;
    } catch (Throwable e) {
      throw defect(e);
    }
  }

  static String ptyName(int master) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name = arena.allocate(128);
      if ((int) PTSNAME_R.invokeExact(master, name, name.byteSize()) != 0) {
        throw new ChardevException("Failed to get the name of a PTY");
      }
      return name.getString(0);
    } catch (ChardevException e) {
      throw e;
    } catch (Throwable e) {
      throw defect(e);
    }
  }

  private static MethodHandle plain(String name, MemoryLayout result, MemoryLayout... arguments) {
    return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), FunctionDescriptor.of(result, arguments));
  }

  private static MethodHandle variadic(String name, int fixed, MemoryLayout result, MemoryLayout... arguments) {
    return LINKER.downcallHandle(
        LINKER.defaultLookup().findOrThrow(name),
        FunctionDescriptor.of(result, arguments),
        Linker.Option.firstVariadicArg(fixed));
  }

  private static IllegalStateException defect(Throwable e) {
    return new IllegalStateException("a call of the C library failed", e);
  }
}
