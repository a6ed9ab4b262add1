package thespis.actors.process;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import thespis.cpu.mmu.HostCall;

/// What the process gives up when everything is open: the file system outside a folder (`-chroot`), and who it was
/// (`-runas`). chroot(2), setuid(2); the C library changes all threads.
final class Privileges {
  private static final Path USERS = Path.of("/etc/passwd");
  private static final int NAME = 0;
  private static final int USER = 2;
  private static final int GROUP = 3;

  /// Somebody to be.
  ///
  /// @param name empty if only numbers are known, which belong to no further groups
  record Identity(Optional<String> name, int user, int group) {}

  private Privileges() {}

  /// A user's name, or `uid:gid`; empty if there is no such user.
  static Optional<Identity> find(String text) {
    try {
      return find(text, Files.readString(USERS));
    } catch (IOException e) {
      return find(text, "");
    }
  }

  /// @param users in the form of passwd(5)
  static Optional<Identity> find(String text, String users) {
    for (String line : users.lines().toList()) {
      String[] field = line.split(":", -1);
      if (field.length > GROUP && field[NAME].equals(text)) {
        return Optional.of(new Identity(
            Optional.of(text), Integer.parseInt(field[USER]), Integer.parseInt(field[GROUP])));
      }
    }
    if (!text.matches("[0-9]{1,9}:[0-9]{1,9}")) {
      return Optional.empty();
    }
    String[] numbers = text.split(":");
    return Optional.of(
        new Identity(Optional.empty(), Integer.parseInt(numbers[0]), Integer.parseInt(numbers[1])));
  }

  /// @throws StartException if the system does not let us
  static void enter(Path root) {
    try (Arena arena = Arena.ofConfined()) {
      if (HostCall.of("chroot").call(arena.allocateFrom(root.toString()).address(), 0, 0) != 0) {
        throw new StartException("chroot failed");
      }
      if (HostCall.of("chdir").call(arena.allocateFrom("/").address(), 0, 0) != 0) {
        throw new StartException("not able to chdir to / after chroot");
      }
    }
  }

  /// @throws StartException if the system does not let us
  static void become(Identity who) {
    int user = who.user;
    int group = who.group;
    if (HostCall.of("setgid").call(group, 0, 0) != 0) {
      throw new StartException("Failed to setgid(" + group + ")");
    }
    if (!setGroups(who)) {
      throw new StartException(who.name
          .map(name -> "Failed to initgroups(\"" + name + "\", " + group + ")")
          .orElse("Failed to setgroups(1, [" + group + "])"));
    }
    if (HostCall.of("setuid").call(user, 0, 0) != 0) {
      throw new StartException("Failed to setuid(" + user + ")");
    }
    if (user != 0 && HostCall.of("setuid").call(0, 0, 0) == 0) {
      throw new StartException("Dropping privileges failed");
    }
  }

  private static boolean setGroups(Identity who) {
    try (Arena arena = Arena.ofConfined()) {
      return who.name.isPresent()
          ? HostCall.of("initgroups").call(arena.allocateFrom(who.name.get()).address(), who.group, 0) == 0
          : HostCall.of("setgroups").call(1, arena.allocateFrom(ValueLayout.JAVA_INT, who.group).address(), 0) == 0;
    }
  }
}
