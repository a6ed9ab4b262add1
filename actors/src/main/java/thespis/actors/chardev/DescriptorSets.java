package thespis.actors.chardev;

import java.io.FileNotFoundException;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.LongStream;

/// Sets of descriptors that another process has opened for this one: a set is one file, each member of it opened in
/// another way, and `/dev/fdset/N` its name. QEMU "QEMU User Documentation", `-add-fd`. There is one collection, as
/// there is one table of descriptors.
public final class DescriptorSets {
  private static final String FOLDER = "/dev/fdset/";
  private static final int STANDARD_STREAMS = 3;
  private static final int ACCESS_MODE = 3;
  private static final int READ_ONLY = 0;
  private static final int CLOSE_ON_EXEC = 02000000;

  /// @param opaque what the client calls it
  public record Member(int fd, Optional<String> opaque) {}

  private static final Map<Long, List<Member>> SETS = new TreeMap<>();

  private DescriptorSets() {}

  /// A member from the command line.
  ///
  /// @throws ChardevException with QEMU's text, if there is no such descriptor
  public static synchronized void inherit(long set, int fd, Optional<String> opaque) {
    if (fd < STANDARD_STREAMS) {
      throw new ChardevException("fd cannot be a standard I/O stream");
    }
    int flags = flags(fd);
    boolean known = SETS.values().stream().flatMap(List::stream).anyMatch(member -> member.fd == fd);
    if (flags < 0 || (flags & CLOSE_ON_EXEC) != 0 || known) {
      throw new ChardevException("fd is not valid or already in use");
    }
    SETS.computeIfAbsent(set, key -> new ArrayList<>()).add(new Member(fd, opaque));
  }

  /// A member that a client has handed over.
  ///
  /// @param set empty for a new one
  /// @return the set
  public static synchronized long add(Optional<Long> set, int fd, Optional<String> opaque) {
    long number = set.orElseGet(
        () -> LongStream.iterate(0, n -> n + 1).filter(n -> !SETS.containsKey(n)).findFirst().orElseThrow());
    SETS.computeIfAbsent(number, key -> new ArrayList<>()).add(new Member(fd, opaque));
    return number;
  }

  public static synchronized Map<Long, List<Member>> all() {
    Map<Long, List<Member>> copy = new TreeMap<>();
    SETS.forEach((set, members) -> copy.put(set, List.copyOf(members)));
    return copy;
  }

  /// Closes one member, or all of a set.
  ///
  /// @return false if there is none
  public static synchronized boolean remove(long set, Optional<Long> fd) {
    List<Member> members = SETS.getOrDefault(set, new ArrayList<>());
    List<Member> leaving = members.stream().filter(m -> fd.isEmpty() || fd.get() == m.fd).toList();
    leaving.forEach(member -> Libc.close(member.fd));
    members.removeAll(leaving);
    if (members.isEmpty()) {
      SETS.remove(set);
    }
    return !leaving.isEmpty();
  }

  /// Opens a file for output, perhaps one of a set. What has been opened already is not cut short.
  static FileOutputStream output(String path, boolean append) throws IOException {
    if (!path.startsWith(FOLDER)) {
      return new FileOutputStream(path, append);
    }
    return new FileOutputStream("/proc/self/fd/" + writable(path), true);
  }

  private static synchronized int writable(String path) throws IOException {
    String number = path.substring(FOLDER.length());
    List<Member> members = number.matches("[0-9]{1,18}") ? SETS.get(Long.parseLong(number)) : null;
    if (members == null) {
      throw new FileNotFoundException(path + " (No such file or directory)");
    }
    return members.stream().map(Member::fd).filter(fd -> (flags(fd) & ACCESS_MODE) != READ_ONLY).findFirst()
        .orElseThrow(() -> new FileNotFoundException(path + " (Permission denied)"));
  }

  /// As open(2) was told, or -1. proc(5) "/proc/pid/fdinfo".
  private static int flags(int fd) {
    try {
      return Files.readAllLines(Path.of("/proc/self/fdinfo/" + fd)).stream()
          .filter(line -> line.startsWith("flags:"))
          .mapToInt(line -> Integer.parseInt(line.substring(6).strip(), 8))
          .findFirst().orElse(-1);
    } catch (IOException e) {
      return -1;
    }
  }
}
