package thespis.actors.chardev;

import java.util.function.Consumer;

/// A new pseudo terminal: the guest's line is its other side, `/dev/pts/N`. pty(7). Bytes that nobody reads there are
/// lost when its buffer is full.
final class PtyChardev extends LineChardev {
  private final int slave;
  private final String path;

  /// @param announce hears where the terminal is
  PtyChardev(ChardevSpec spec, Consumer<String> announce) {
    this(spec, master(), announce);
  }

  private PtyChardev(ChardevSpec spec, int master, Consumer<String> announce) {
    super(spec, master);
    path = Libc.ptyName(master);
    // Held open, so that the master can be read whether or not somebody is there.
    slave = Libc.open(path, Libc.O_RDWR | Libc.O_NOCTTY | Libc.O_NONBLOCK);
    makeRaw(slave);
    announce.accept("char device redirected to " + path + " (label " + spec.id() + ")");
  }

  private static int master() {
    int master = Libc.openPty();
    if (master < 0) {
      throw new ChardevException("Failed to create PTY");
    }
    return master;
  }

  @Override
  public String filename() {
    return "pty:" + path;
  }

  String path() {
    return path;
  }

  @Override
  public void close() {
    super.close();
    Libc.close(slave);
  }
}
