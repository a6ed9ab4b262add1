package thespis.actors.chardev;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.Consumer;

/// A new pseudo terminal: the guest's line is its other side, `/dev/pts/N`. pty(7). Bytes that nobody reads there are
/// lost when its buffer is full.
final class PtyChardev extends Chardev {
  private static final int POLL_MILLIS = 200;

  private final Arena arena = Arena.ofShared();
  private final MemorySegment outgoing = arena.allocate(4096);
  private final int master;
  private final int slave;
  private final String path;
  private volatile boolean closed;
  private Thread reader;

  /// @param announce hears where the terminal is
  PtyChardev(ChardevSpec spec, Consumer<String> announce) {
    super(spec);
    master = Libc.openPty();
    if (master < 0) {
      throw new ChardevException("Failed to create PTY");
    }
    path = Libc.ptyName(master);
    // Held open, so that the master can be read whether or not somebody is there.
    slave = Libc.open(path, Libc.O_RDWR | Libc.O_NOCTTY | Libc.O_NONBLOCK);
    try (Arena scratch = Arena.ofConfined()) {
      MemorySegment termios = scratch.allocate(60, 4);
      if (Libc.tcgetattr(slave, termios)) {
        Libc.cfmakeraw(termios);
        Libc.tcsetattr(slave, termios);
      }
    }
    announce.accept("char device redirected to " + path + " (label " + spec.id() + ")");
  }

  @Override
  public String filename() {
    return "pty:" + path;
  }

  String path() {
    return path;
  }

  @Override
  protected void start() {
    happened(Frontend.Event.OPENED);
    reader = reader(this::read);
  }

  @Override
  protected synchronized void output(byte[] bytes, int from, int length) {
    for (int at = 0; at < length && !closed; ) {
      int piece = Math.min(length - at, (int) outgoing.byteSize());
      MemorySegment.copy(bytes, from + at, outgoing, ValueLayout.JAVA_BYTE, 0, piece);
      if (Libc.room(master)) {
        Libc.write(master, outgoing, piece);
      }
      at += piece;
    }
  }

  @Override
  public void close() {
    closed = true;
    if (reader != null && Thread.currentThread() != reader) {
      try {
        reader.join(1000);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    synchronized (this) {
      Libc.close(slave);
      Libc.close(master);
    }
    super.close();
  }

  private void read() {
    try (Arena own = Arena.ofConfined()) {
      MemorySegment incoming = own.allocate(4096);
      while (!closed) {
        if (Libc.readable(master, POLL_MILLIS)) {
          long count = Libc.read(master, incoming);
          if (count > 0) {
            received(incoming.asSlice(0, count).toArray(ValueLayout.JAVA_BYTE));
          }
        }
      }
    }
  }
}
