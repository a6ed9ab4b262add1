package thespis.actors;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import thespis.hotplug.Answer.Done;
import thespis.hotplug.Answer;
import thespis.hotplug.Failure;
import thespis.hotplug.RunState;
import thespis.machine.migrate.MachineImage;
import thespis.machine.migrate.MachineShape;
import thespis.machine.migrate.Section;
import thespis.machine.migrate.StreamReader;
import thespis.machine.migrate.StreamWriter;

/// `xen-save-devices-state` and `xen-load-devices-state`: all that a machine is but its memory, to a file and from one, in
/// the form of a migration's stream. QEMU QMP reference "Migration".
final class DevicesState {
  private static final String IO_ERROR = "An IO error has occurred";
  private static final Set<OpenOption> WRITTEN =
      Set.of(StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);
  private static final FileAttribute<?> FOR_ITS_GROUP =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r-----"));

  private final Board board;
  private final Hardware hardware;
  private final Migration migration;

  DevicesState(Board board, Hardware hardware, Migration migration) {
    this.board = board;
    this.hardware = hardware;
    this.migration = migration;
  }

  /// The machine stands still meanwhile.
  void save(String name, Consumer<Answer<Done>> done) {
    if (board.run().state() == RunState.INMIGRATE) {
      done.accept(failed("Guest is waiting for an incoming migration"));
      return;
    }
    board.switchover().stop(RunState.FINISH_MIGRATE, before -> save(name, before, done));
  }

  /// Processors after the chips, as in a migration: what a chip has just told them is in their state.
  private void save(String name, RunState before, Consumer<Answer<Done>> done) {
    MachineImage image = hardware.image();
    List<Section> sections = new ArrayList<>();
    sections.add(image.shape().with(board.cpuTransfer().apicIds()).section());
    sections.addAll(image.save());
    board.cpuTransfer().save(processors -> {
      sections.addAll(processors);
      sections.add(board.unplugs().save());
      sections.add(board.switchover().save(before));
      board.offload(() -> write(name, sections), wrong -> {
        board.switchover().notMigrated(before);
        done.accept(answer(wrong));
      });
    });
  }

  private static void write(String name, List<Section> sections) {
    try (OutputStream file = new BufferedOutputStream(Channels.newOutputStream(open(name, WRITTEN, FOR_ITS_GROUP)))) {
      StreamWriter out = new StreamWriter(file);
      for (Section section : sections) {
        out.section(section);
      }
      out.end();
    } catch (IOException e) {
      throw new IllegalArgumentException(IO_ERROR, e);
    }
  }

  /// The machine stands still, and still does when it has become what the file says.
  void load(String name, Consumer<Answer<Done>> done) {
    if (board.run().running()) {
      done.accept(failed("Cannot update device state while vm is running"));
      return;
    }
    MachineImage image = hardware.image();
    MachineShape shape = image.shape().with(board.cpuTransfer().apicIds());
    List<Map<String, Section>> read = new ArrayList<>();
    board.offload(() -> read.add(read(name, image, shape)), wrong -> {
      if (wrong.isPresent()) {
        done.accept(answer(wrong));
      } else {
        become(image, read.getFirst(), done);
      }
    });
  }

  private void become(MachineImage image, Map<String, Section> sections, Consumer<Answer<Done>> done) {
    board.switchover().load(
        sections,
        image::load,
        (rest, then) -> migration.load(rest, (wrong, saved) ->
            then.done(wrong, board.switchover().save(board.run().state()))),
        wrong -> done.accept(wrong.isPresent() ? failed(IO_ERROR) : Answer.done()));
  }

  private static Map<String, Section> read(String name, MachineImage image, MachineShape shape) {
    try (InputStream file = new BufferedInputStream(Channels.newInputStream(open(name, Set.of(StandardOpenOption.READ))))) {
      return new StreamReader(file).read(first -> {
        shape.accept(first);
        return image.incoming();
      });
    } catch (IOException e) {
      throw new IllegalArgumentException(IO_ERROR, e);
    }
  }

  private static FileChannel open(String name, Set<OpenOption> how, FileAttribute<?>... attributes) {
    try {
      if (name.isEmpty()) {
        throw new NoSuchFileException(name);
      }
      return FileChannel.open(Path.of(name), how, attributes);
    } catch (IOException | InvalidPathException e) {
      throw new IllegalArgumentException("Unable to open " + name + ": " + reason(e), e);
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

  private static Answer<Done> answer(Optional<Throwable> wrong) {
    return wrong.map(w -> failed(w.getMessage())).orElse(Answer.done());
  }

  private static Answer<Done> failed(String text) {
    return Answer.failed(Failure.generic(text));
  }
}
