package thespis.actors;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// A thread that runs vCPUs, as the host's tools know it (`query-cpus-fast`'s `thread-id`; `top -H`, `taskset`), and whom it
/// ran last. proc(5) "/proc/thread-self".
final class HostThread {
  private static final Path SELF = Path.of("/proc/thread-self");
  private static final ThreadLocal<HostThread> CURRENT = ThreadLocal.withInitial(HostThread::new);

  private final long id = readId();
  private volatile Object user;

  private HostThread() {}

  static HostThread current() {
    return CURRENT.get();
  }

  /// 0 on a host that does not say.
  long id() {
    return id;
  }

  Object user() {
    return user;
  }

  /// @param user null at the thread's end
  void use(Object user) {
    this.user = user;
  }

  private static long readId() {
    try {
      return Long.parseLong(Files.readSymbolicLink(SELF).getFileName().toString());
    } catch (IOException | NumberFormatException e) {
      return 0;
    }
  }
}
