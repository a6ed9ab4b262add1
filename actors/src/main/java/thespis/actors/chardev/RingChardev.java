package thespis.actors.chardev;

/// Output into memory, from where a monitor reads it: the oldest bytes give way to new ones. QEMU's invocation,
/// `-chardev ringbuf`.
public final class RingChardev extends Chardev {
  private static final long DEFAULT_SIZE = 64 << 10;

  private final byte[] bytes;
  private long written;
  private long read;

  RingChardev(ChardevSpec spec, ChardevSpec.Ring ring) {
    super(spec);
    long size = ring.size().filter(bytes -> bytes != 0).orElse(DEFAULT_SIZE);
    if (Long.bitCount(size) != 1) {
      throw new ChardevException("size of ringbuf chardev must be power of two");
    }
    if (size > Integer.MAX_VALUE) {
      throw new ChardevException("size of ringbuf chardev must fit into memory");
    }
    bytes = new byte[(int) size];
  }

  @Override
  public String filename() {
    return spec().kind();
  }

  @Override
  protected void start() {
    happened(Frontend.Event.OPENED);
  }

  @Override
  protected synchronized void output(byte[] from, int at, int length) {
    for (int i = at; i < at + length; i++) {
      bytes[(int) (written++ & bytes.length - 1)] = from[i];
    }
    read = Math.max(read, written - bytes.length);
  }

  /// Takes bytes out, so many at most.
  public synchronized byte[] take(long most) {
    byte[] taken = new byte[(int) Math.min(most, written - read)];
    for (int i = 0; i < taken.length; i++) {
      taken[i] = bytes[(int) (read++ & bytes.length - 1)];
    }
    return taken;
  }
}
