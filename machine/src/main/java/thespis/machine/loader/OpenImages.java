package thespis.machine.loader;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;

/// A machine's image files. One that has been opened stays open, so that every reset finds it again, whatever becomes of
/// its name or of the right to open it.
public final class OpenImages implements AutoCloseable {
  private final Map<Path, FileChannel> open = new HashMap<>();

  /// Maps a file for as long as `arena` lives.
  synchronized ImageFile map(Path path, Arena arena) throws IOException {
    FileChannel file = open.get(path);
    if (file == null) {
      file = FileChannel.open(path, StandardOpenOption.READ);
      open.put(path, file);
    }
    return ImageFile.map(file, arena);
  }

  @Override
  public synchronized void close() {
    for (FileChannel file : open.values()) {
      try {
        file.close();
      } catch (IOException e) {
        // Nothing was written to it.
      }
    }
    open.clear();
  }
}
