package thespis.actors.chardev;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/// Descriptors that another process opened, as streams: files from where they stand, pipes, sockets. They never wait in the
/// system for long, so that they can be closed while somebody waits. One thread reads or writes.
public final class DescriptorStreams {
  /// What a pipe that has room at all takes at once. pipe(7) "PIPE_BUF".
  private static final int PIECE = 4096;

  private static final int PATIENCE_MILLIS = 100;

  private DescriptorStreams() {}

  public static boolean isOpen(int fd) {
    return Files.exists(Path.of("/proc/self/fd/" + fd), LinkOption.NOFOLLOW_LINKS);
  }

  /// The descriptor is the stream's from now on.
  public static InputStream input(int fd) {
    return new Input(fd);
  }

  /// The descriptor is the stream's from now on.
  public static OutputStream output(int fd) {
    return new Output(fd);
  }

  /// Closed by whoever uses it, or as soon as that notices.
  private static final class Owned {
    private final int fd;
    private boolean closed;

    Owned(int fd) {
      this.fd = fd;
    }

    synchronized void close() {
      if (!closed) {
        closed = true;
        Libc.close(fd);
      }
    }

    private void check() throws IOException {
      if (closed) {
        throw new IOException("Operation canceled");
      }
    }

    /// @return bytes read, or -1 at the end
    int read(MemorySegment into) throws IOException {
      while (true) {
        synchronized (this) {
          check();
          if (Libc.readable(fd, 0)) {
            long count = Libc.read(fd, into);
            if (count < 0) {
              throw new IOException("Input/output error");
            }
            return count == 0 ? -1 : (int) count;
          }
        }
        Libc.readable(fd, PATIENCE_MILLIS);
      }
    }

    long write(MemorySegment from, long count) throws IOException {
      while (true) {
        synchronized (this) {
          check();
          if (Libc.room(fd)) {
            long written = Libc.write(fd, from, count);
            if (written < 0) {
              throw new IOException("Broken pipe");
            }
            return written;
          }
        }
        Libc.room(fd, PATIENCE_MILLIS);
      }
    }
  }

  private static final class Input extends InputStream {
    private final MemorySegment buffer = Arena.ofAuto().allocate(1 << 16);
    private final Owned fd;

    Input(int fd) {
      this.fd = new Owned(fd);
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      int count = fd.read(buffer.asSlice(0, Math.min(length, buffer.byteSize())));
      if (count > 0) {
        MemorySegment.copy(buffer, ValueLayout.JAVA_BYTE, 0, into, offset, count);
      }
      return count;
    }

    @Override
    public void close() {
      fd.close();
    }
  }

  private static final class Output extends OutputStream {
    private final MemorySegment buffer = Arena.ofAuto().allocate(PIECE);
    private final Owned fd;

    Output(int fd) {
      this.fd = new Owned(fd);
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
      int done = 0;
      while (done < length) {
        int count = Math.min(PIECE, length - done);
        MemorySegment.copy(from, offset + done, buffer, ValueLayout.JAVA_BYTE, 0, count);
        done += (int) fd.write(buffer, count);
      }
    }

    @Override
    public void close() {
      fd.close();
    }
  }
}
