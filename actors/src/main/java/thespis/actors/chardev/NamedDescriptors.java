package thespis.actors.chardev;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;

/// Descriptors that clients have handed over under a name, for a later command to use. QEMU QMP reference "getfd".
public final class NamedDescriptors {
  private static final Map<String, Integer> BY_NAME = new HashMap<>();

  private NamedDescriptors() {}

  /// The last of a name counts.
  public static synchronized void put(String name, int fd) {
    Integer before = BY_NAME.put(name, fd);
    if (before != null) {
      Libc.close(before);
    }
  }

  /// @return false if there is none
  public static synchronized boolean close(String name) {
    OptionalInt fd = take(name);
    fd.ifPresent(Libc::close);
    return fd.isPresent();
  }

  /// What a descriptor leads to, once more and to be written: a file or a pipe. The descriptor itself is gone.
  ///
  /// @throws IOException if there is none of that name, or it is neither
  public static OutputStream output(String name) throws IOException {
    OptionalInt fd = take(name);
    if (fd.isEmpty()) {
      throw new NoSuchFileException(name);
    }
    try {
      return Files.newOutputStream(Path.of("/proc/self/fd/" + fd.getAsInt()), StandardOpenOption.WRITE);
    } finally {
      Libc.close(fd.getAsInt());
    }
  }

  /// It is the caller's from now on.
  public static synchronized OptionalInt take(String name) {
    Integer fd = BY_NAME.remove(name);
    return fd == null ? OptionalInt.empty() : OptionalInt.of(fd);
  }
}
