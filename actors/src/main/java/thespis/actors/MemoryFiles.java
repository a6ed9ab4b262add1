package thespis.actors;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import thespis.cpu.run.Inspector;
import thespis.hotplug.Answer;
import thespis.hotplug.Answer.Done;
import thespis.hotplug.Failure;
import thespis.qmp.command.MemoryCommands.Memsave;
import thespis.qmp.command.MemoryCommands.Pmemsave;

/// `memsave` and `pmemsave`: a processor reads a piece at a time between its slices, another thread writes it down.
final class MemoryFiles {
  private static final int PIECE = 1 << 20;

  /// QEMU asks for so much at once; the rest of what can't be read is not there.
  private static final int STEP = 1024;

  private static final Set<StandardOpenOption> WRITTEN =
      Set.of(StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);

  private final Board board;

  MemoryFiles(Board board) {
    this.board = board;
  }

  void save(Memsave command, Consumer<Answer<Done>> done) {
    int cpu = command.cpuIndex().map(Long::intValue).orElse(0);
    String bad = String.format("Invalid addr 0x%016x/size %d specified", command.val(), command.size());
    board.questions().look(cpu, c -> "", there -> {
      if (there instanceof Answer.Failed<String>(Failure failure)) {
        done.accept(Answer.failed(failure));
      } else {
        open(command.filename(), done, new Copy(cpu, command.val(), command.size(), bad)::next);
      }
    });
  }

  /// What is not there is written as zeros.
  void save(Pmemsave command, Consumer<Answer<Done>> done) {
    int cpu = board.seats().cpus().stream().mapToInt(c -> c.slot().index()).findFirst().orElse(-1);
    open(command.filename(), done, new Copy(cpu, command.val(), command.size(), null)::next);
  }

  private interface Next {
    void go(OutputStream file, Consumer<Answer<Done>> done);
  }

  private void open(String name, Consumer<Answer<Done>> done, Next next) {
    OutputStream[] file = {null};
    board.offload(() -> file[0] = create(Path.of(name)), wrong -> wrong.ifPresentOrElse(
        w -> done.accept(failed("Could not open '" + name + "': " + w.getMessage())),
        () -> next.go(file[0], done)));
  }

  /// @throws IllegalArgumentException with the system's words
  static OutputStream create(Path path, FileAttribute<?>... attributes) {
    try {
      return Channels.newOutputStream(FileChannel.open(path, WRITTEN, attributes));
    } catch (NoSuchFileException e) {
      throw new IllegalArgumentException("No such file or directory", e);
    } catch (FileSystemException e) {
      throw new IllegalArgumentException(
          Files.isDirectory(path) ? "Is a directory" : e.getReason() == null ? "Permission denied" : e.getReason(), e);
    } catch (IOException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  private static Answer<Done> failed(String text) {
    return Answer.failed(Failure.generic(text));
  }

  /// One copy on its way.
  private final class Copy {
    private final int cpu;
    private final String bad;
    private long address;
    private long left;
    private byte[] piece;
    private int readable;

    /// @param cpu -1 if there is none
    /// @param bad what to say of an address that can't be read; null for nothing, and then it is a physical one
    Copy(int cpu, long address, long size, String bad) {
      this.cpu = cpu;
      this.address = address;
      this.left = Math.max(size, 0);
      this.bad = bad;
    }

    void next(OutputStream file, Consumer<Answer<Done>> done) {
      if (left == 0) {
        finish(file, Optional.empty(), done);
        return;
      }
      piece = new byte[(int) Math.min(left, PIECE)];
      readable = piece.length;
      if (cpu < 0) {
        write(file, done);
      } else {
        board.questions().look(cpu, this::read, seen -> write(file, done));
      }
    }

    /// On the processor's thread.
    private String read(Inspector inspector) {
      for (int at = 0; at < piece.length; at += STEP) {
        byte[] step = new byte[Math.min(STEP, piece.length - at)];
        boolean there =
            bad == null ? inspector.readPhysical(address + at, step) : inspector.readVirtual(address + at, step);
        if (!there && bad != null) {
          readable = at;
          break;
        }
        System.arraycopy(step, 0, piece, at, step.length);
      }
      return "";
    }

    private void write(OutputStream file, Consumer<Answer<Done>> done) {
      board.offload(() -> append(file), wrong -> {
        if (wrong.isPresent() || readable < piece.length) {
          finish(file, Optional.of(wrong.map(w -> "An IO error has occurred").orElse(bad)), done);
        } else {
          address += piece.length;
          left -= piece.length;
          next(file, done);
        }
      });
    }

    private void append(OutputStream file) {
      try {
        file.write(piece, 0, readable);
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }

    private void finish(OutputStream file, Optional<String> problem, Consumer<Answer<Done>> done) {
      board.offload(() -> close(file), wrong -> done.accept(problem.map(MemoryFiles::failed).orElse(Answer.done())));
    }

    private static void close(OutputStream file) {
      try {
        file.close();
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
