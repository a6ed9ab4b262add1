package thespis.actors;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import thespis.machine.device.virtio.VirtioRng;

/// Where a machine's random bytes come from: the JVM's generator, or files, which may let one wait. QEMU QMP reference
/// "RngRandomProperties".
final class Entropy implements AutoCloseable {
  private final List<FileSource> files = new ArrayList<>();

  VirtioRng.Source builtin() {
    SecureRandom random = new SecureRandom();
    return (count, take) -> {
      byte[] bytes = new byte[count];
      random.nextBytes(bytes);
      take.accept(bytes);
    };
  }

  VirtioRng.Source file(String path) {
    FileSource source = new FileSource(Path.of(path));
    files.add(source);
    return source;
  }

  /// Who still waits hears nothing any more.
  @Override
  public void close() {
    files.forEach(FileSource::close);
  }

  /// Read by a thread of its own for each request, of which there is one at a time.
  private static final class FileSource implements VirtioRng.Source {
    private final Path path;
    private FileChannel channel;
    private boolean closed;

    FileSource(Path path) {
      this.path = path;
    }

    @Override
    public void request(int bytes, Consumer<byte[]> take) {
      Thread.ofVirtual().name("entropy").start(() -> {
        try {
          ByteBuffer buffer = ByteBuffer.allocate(bytes);
          int count = open().read(buffer);
          if (count > 0) {
            take.accept(Arrays.copyOf(buffer.array(), count));
          }
        } catch (IOException e) {
          // closed, or a file that can't be read: there is nothing to give
        }
      });
    }

    private synchronized FileChannel open() throws IOException {
      if (channel == null) {
        if (closed) {
          throw new IOException("the machine has ended");
        }
        channel = FileChannel.open(path);
      }
      return channel;
    }

    synchronized void close() {
      closed = true;
      try {
        if (channel != null) {
          channel.close();
        }
      } catch (IOException e) {
        // it is of no use any more
      }
    }
  }
}
