package thespis.actors.block;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import thespis.qmp.command.BlockdevOptions;

/// A file of the host's, or a device that is one. Behind its end there are zeros up to the next whole sector. Left out:
/// locks that keep other processes away, and the host's ways of asynchronous access. QEMU QMP reference
/// "BlockdevOptionsFile".
final class FileNode extends BlockNode {
  private static final int S_IFMT = 0xF000, S_IFCHR = 0x2000, S_IFBLK = 0x6000, S_IFREG = 0x8000;

  private final String driver;
  private final String path;
  private volatile FileChannel channel;

  FileNode(
      String name, BlockdevOptions options, NodeSettings settings, boolean monitors, String driver, String path,
      FileChannel channel) {
    super(name, options, settings, monitors);
    this.driver = driver;
    this.path = path;
    this.channel = channel;
  }

  /// May take its time.
  ///
  /// @throws BlockException with QEMU's text
  static FileChannel open(String driver, String name, boolean readOnly) {
    Set<OpenOption> how =
        readOnly ? Set.of(StandardOpenOption.READ) : Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      Path path = Path.of(name);
      FileChannel channel = FileChannel.open(path, how);
      int kind = (int) Files.getAttribute(path, "unix:mode") & S_IFMT;
      boolean device = driver.equals("host_device");
      if (device ? kind != S_IFCHR && kind != S_IFBLK : kind != S_IFREG) {
        channel.close();
        throw new BlockException("'" + driver + "' driver requires '" + name + "' to be "
            + (device ? "either a character or block device" : "a regular file"));
      }
      return channel;
    } catch (IOException | InvalidPathException e) {
      throw new BlockException("Could not open '" + name + "': " + reason(e));
    }
  }

  /// The system's words.
  static String reason(Exception e) {
    return switch (e) {
      case NoSuchFileException _ -> "No such file or directory";
      case AccessDeniedException _ -> "Permission denied";
      case FileSystemException f when f.getReason() != null -> f.getReason();
      default -> e.getMessage();
    };
  }

  void use(FileChannel other) {
    FileChannel old = channel;
    channel = other;
    close(old);
  }

  String path() {
    return path;
  }

  @Override
  String driver() {
    return driver;
  }

  @Override
  long bytes() throws IOException {
    return channel.size();
  }

  @Override
  NodeName filename() {
    return NodeName.of(path, "driver", driver, "filename", path);
  }

  @Override
  long actualSize() {
    return HostFile.allocated(path);
  }

  @Override
  boolean knowsDirt() {
    return true;
  }

  @Override
  void readBytes(long at, byte[] into) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(into);
    while (buffer.hasRemaining() && channel.read(buffer, at + buffer.position()) > 0) {
      continue;
    }
  }

  @Override
  void writeBytes(long at, byte[] from) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(from);
    while (buffer.hasRemaining()) {
      channel.write(buffer, at + buffer.position());
    }
  }

  @Override
  void flush() throws IOException {
    if (!settings().noFlush()) {
      channel.force(false);
    }
  }

  @Override
  void resize(long bytes) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(path, "rw")) {
      file.setLength(bytes);
    }
  }

  @Override
  void close() {
    close(channel);
  }

  static void close(FileChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      // What was not written is lost with it.
    }
  }
}
