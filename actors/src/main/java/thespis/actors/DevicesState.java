package thespis.actors;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import thespis.hotplug.Answer.Done;
import thespis.hotplug.Answer;
import thespis.hotplug.Failure;

/// `xen-save-devices-state` and `xen-load-devices-state`: all that a machine is but its memory, to a file and from one.
/// QEMU QMP reference "Migration". As far as it goes: files are opened, and the machine stands still meanwhile, but its
/// state has no form that could be written down yet.
final class DevicesState {
  private static final String NO_FORM = "This machine's state can't be saved: migration is not supported yet";

  private final Board board;

  DevicesState(Board board) {
    this.board = board;
  }

  void save(String name, Consumer<Answer<Done>> done) {
    boolean resume = board.run().running();
    board.run().freeze(frozen -> board.offload(() -> tryToWrite(name), wrong -> {
      Answer<Done> answer = failed(wrong.map(Throwable::getMessage).orElse(NO_FORM));
      if (resume) {
        board.run().cont(ended -> done.accept(answer));
      } else {
        done.accept(answer);
      }
    }));
  }

  void load(String name, Consumer<Answer<Done>> done) {
    if (board.run().running()) {
      done.accept(failed("Cannot update device state while vm is running"));
      return;
    }
    board.offload(() -> close(open(name, Set.of(StandardOpenOption.READ))),
        wrong -> done.accept(failed(wrong.map(Throwable::getMessage).orElse("An IO error has occurred"))));
  }

  /// Leaves a file that is there alone, and none where there was none.
  private static void tryToWrite(String name) {
    boolean there = name.isEmpty() || Files.exists(Path.of(name));
    close(open(name, Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE)));
    if (!there) {
      try {
        Files.delete(Path.of(name));
      } catch (IOException e) {
        // Somebody else's business now.
      }
    }
  }

  private static FileChannel open(String name, Set<OpenOption> how) {
    try {
      if (name.isEmpty()) {
        throw new NoSuchFileException(name);
      }
      return FileChannel.open(Path.of(name), how);
    } catch (IOException | InvalidPathException e) {
      throw new IllegalArgumentException("Unable to open " + name + ": " + reason(e), e);
    }
  }

  private static void close(FileChannel file) {
    try {
      file.close();
    } catch (IOException e) {
      throw new IllegalArgumentException("An IO error has occurred", e);
    }
  }

  private static String reason(Exception e) {
    return switch (e) {
      case NoSuchFileException _ -> "No such file or directory";
      case AccessDeniedException _ -> "Permission denied";
      case FileSystemException f -> Optional.ofNullable(f.getReason()).orElse(f.getMessage());
      default -> e.getMessage();
    };
  }

  private static Answer<Done> failed(String text) {
    return Answer.failed(Failure.generic(text));
  }
}
