package thespis.actors.chardev;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// A device that is a terminal's descriptor, in raw mode. Bytes that there is no room for are lost. poll(2), termios(3).
abstract class LineChardev extends Chardev {
  private static final int POLL_MILLIS = 200;
  private static final int TERMIOS = 60;

  private final Arena arena = Arena.ofShared();
  private final MemorySegment outgoing = arena.allocate(4096);
  private final int descriptor;
  private volatile boolean closed;
  private Thread reader;

  LineChardev(ChardevSpec spec, int descriptor) {
    super(spec);
    this.descriptor = descriptor;
  }

  /// Where it is no terminal there is nothing to do.
  static void makeRaw(int descriptor) {
    try (Arena scratch = Arena.ofConfined()) {
      MemorySegment termios = scratch.allocate(TERMIOS, 4);
      if (Libc.tcgetattr(descriptor, termios)) {
        Libc.cfmakeraw(termios);
        Libc.tcsetattr(descriptor, termios);
      }
    }
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
      if (Libc.room(descriptor)) {
        Libc.write(descriptor, outgoing, piece);
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
      Libc.close(descriptor);
    }
    super.close();
  }

  /// Until its other end is gone.
  private void read() {
    try (Arena own = Arena.ofConfined()) {
      MemorySegment incoming = own.allocate(4096);
      while (!closed) {
        if (Libc.readable(descriptor, POLL_MILLIS)) {
          long count = Libc.read(descriptor, incoming);
          if (count <= 0) {
            return;
          }
          received(incoming.asSlice(0, count).toArray(ValueLayout.JAVA_BYTE));
        }
      }
    }
  }
}
