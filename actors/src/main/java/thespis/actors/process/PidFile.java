package thespis.actors.process;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// The file that holds our process id, for as long as we live.
final class PidFile implements AutoCloseable {
  private final Path path;

  PidFile(Path path) {
    this.path = path;
    try {
      Files.writeString(path, ProcessHandle.current().pid() + "\n");
    } catch (NoSuchFileException e) {
      throw new StartException("cannot create PID file: Could not create '" + path + "': No such file or directory");
    } catch (FileSystemException e) {
      throw new StartException("cannot create PID file: Could not create '" + path + "': " + e.getReason());
    } catch (IOException e) {
      throw new StartException("cannot create PID file: " + e.getMessage());
    }
  }

  @Override
  public void close() {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      // Somebody else's business now.
    }
  }
}
