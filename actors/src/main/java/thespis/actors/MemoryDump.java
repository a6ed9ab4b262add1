package thespis.actors;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import thespis.actors.chardev.NamedDescriptors;
import thespis.cpu.run.CoreNotes;
import thespis.hotplug.Answer.Done;
import thespis.hotplug.Answer;
import thespis.hotplug.Failure;
import thespis.qmp.QmpEvent;
import thespis.qmp.command.MemoryCommands.DumpFormat;
import thespis.qmp.command.MemoryCommands.DumpGuestMemory;
import thespis.qmp.command.MemoryCommands.DumpGuestMemoryCapability;
import thespis.qmp.command.MemoryCommands.DumpQueryResult;
import thespis.qmp.command.MemoryCommands.DumpStatus;
import thespis.qmp.wire.WireNames;

/// `dump-guest-memory`: a picture of memory and registers while the machine stands still, as an ELF core file. QEMU QMP
/// reference "Dump guest memory". Left out: the compressed formats.
/// With `paging` the file tells of linear addresses, those of all processors from the first on that has paging.
final class MemoryDump {
  private static final String NO_WINDOWS = "win-dump: invalid vmcoreinfo note size";

  /// What a guest has in its memory is not for everybody.
  private static final Set<PosixFilePermission> FOR_ITS_OWNER = Set.of(PosixFilePermission.OWNER_READ);

  private final Board board;
  private final Hardware hardware;
  private volatile DumpQueryResult progress = new DumpQueryResult(DumpStatus.NONE, 0, 0);

  MemoryDump(Board board, Hardware hardware) {
    this.board = board;
    this.hardware = hardware;
  }

  DumpQueryResult progress() {
    return progress;
  }

  /// The machine has to stand still.
  boolean active() {
    return progress.status() == DumpStatus.ACTIVE;
  }

  static DumpGuestMemoryCapability capability() {
    return new DumpGuestMemoryCapability(List.of(DumpFormat.ELF));
  }

  /// In QEMU's order. Answered when the file is complete, or with `detach` when it is begun.
  void dump(DumpGuestMemory command, Consumer<Answer<Done>> done) {
    Optional<String> wrong = wrongWith(command);
    if (wrong.isPresent()) {
      done.accept(failed(wrong.get()));
      return;
    }
    List<CoreFile.Run> all = hardware.chips().map(chips -> CoreFile.readable(chips.map())).orElse(List.of());
    List<CoreFile.Run> memory = command.begin()
        .map(begin -> CoreFile.part(all, begin, command.length().orElseThrow())).orElse(all);
    progress = new DumpQueryResult(DumpStatus.ACTIVE, 0, CoreFile.bytes(memory));
    String name = command.protocol().substring(command.protocol().indexOf(':') + 1);
    OutputStream[] file = {null};
    board.offload(() -> file[0] = open(command.protocol(), name), problem -> problem.ifPresentOrElse(
        p -> refuse(p.getMessage(), done),
        () -> begin(command, memory, file[0], done)));
  }

  /// A file, or a descriptor that a client handed over.
  private static OutputStream open(String protocol, String name) {
    if (protocol.startsWith("file:")) {
      try {
        return MemoryFiles.create(Path.of(name), PosixFilePermissions.asFileAttribute(FOR_ITS_OWNER));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("Could not open '" + name + "': " + e.getMessage(), e);
      }
    }
    try {
      return NamedDescriptors.output(name);
    } catch (NoSuchFileException e) {
      throw new IllegalArgumentException("File descriptor named '" + name + "' has not been found", e);
    } catch (IOException e) {
      throw new IllegalArgumentException("Could not open '" + name + "': " + e.getMessage(), e);
    }
  }

  private Optional<String> wrongWith(DumpGuestMemory c) {
    DumpFormat format = c.format().orElse(DumpFormat.ELF);
    boolean paging = c.paging();
    return Optional.ofNullable(
        active() ? "There is a dump in process, please wait."
        : format != DumpFormat.ELF && (paging || c.begin().isPresent() || c.length().isPresent())
            ? "kdump-compressed format doesn't support paging or filter"
        : c.begin().isPresent() && c.length().isEmpty() ? "Parameter 'length' is missing"
        : c.begin().isEmpty() && c.length().isPresent() ? "Parameter 'begin' is missing"
        : format != DumpFormat.ELF && format != DumpFormat.WIN_DMP ? WireNames.of(format) + " is not available now"
        : !c.protocol().matches("(?s)(file|fd):.*") ? "Invalid parameter 'protocol'"
        : null);
  }

  private void begin(DumpGuestMemory c, List<CoreFile.Run> memory, OutputStream file, Consumer<Answer<Done>> done) {
    String wrong = c.length().equals(Optional.of(0L)) ? "Invalid parameter 'length'"
        : c.begin().orElse(0L) < 0 ? "Invalid parameter 'begin'"
        : memory.isEmpty() ? "dump: no guest memory to dump"
        : null;
    if (wrong != null) {
      board.offload(() -> close(file), closed -> refuse(wrong, done));
      return;
    }
    boolean detached = c.detach().orElse(false);
    boolean resume = board.run().running();
    board.run().freeze(frozen -> {
      if (detached) {
        done.accept(Answer.done());
      }
      Picture picture = new Picture(new ArrayList<>(), new LinearMemory(), new boolean[1]);
      collect(0, c.paging(), picture, () -> write(c, memory, picture, file, problem -> {
        conclude(problem);
        Answer<Done> answer = problem.map(MemoryDump::failed).orElse(Answer.done());
        Consumer<Answer<Done>> last = detached ? ended -> { } : ended -> done.accept(answer);
        if (resume) {
          board.run().cont(last);
        } else {
          last.accept(answer);
        }
      }));
    });
  }

  private static void close(OutputStream file) {
    try (file) {
      file.flush();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /// @param paged set when a processor has paging
  private record Picture(List<CoreNotes> notes, LinearMemory linear, boolean[] paged) {
    List<LinearMemory.Run> segments(List<CoreFile.Run> memory) {
      return paged[0] ? linear.in(memory) : LinearMemory.flat(memory);
    }
  }

  private void collect(int next, boolean paging, Picture picture, Runnable then) {
    List<Integer> slots = board.seats().cpus().stream().map(cpu -> cpu.slot().index()).toList();
    if (next == slots.size()) {
      then.run();
      return;
    }
    board.questions().look(slots.get(next), inspector -> {
      picture.notes.add(inspector.coreNotes(slots.get(next) + 1));
      picture.paged[0] |= paging && inspector.visitPages(
          (linear, bytes, physical, entry, rights) -> picture.linear.add(linear, physical, bytes));
      return "";
    }, seen -> collect(next + 1, paging, picture, then));
  }

  /// A picture for Windows needs the guest's help, which no guest can give: there is no device for it.
  private void write(
      DumpGuestMemory command, List<CoreFile.Run> memory, Picture picture, OutputStream file,
      Consumer<Optional<String>> then) {
    boolean windows = command.format().equals(Optional.of(DumpFormat.WIN_DMP));
    board.offload(() -> {
      try (file) {
        if (picture.linear.tooMuch()) {
          throw new IllegalStateException("dump: the guest maps too many pages");
        }
        if (!windows) {
          new CoreFile(memory, picture.segments(memory), picture.notes).write(file, written ->
              progress = new DumpQueryResult(DumpStatus.ACTIVE, written, progress.total()));
        }
      } catch (IOException e) {
        throw new IllegalStateException("dump: failed to save memory: " + e.getMessage(), e);
      }
    }, wrong -> then.accept(windows ? Optional.of(NO_WINDOWS) : wrong.map(Throwable::getMessage)));
  }

  private void conclude(Optional<String> problem) {
    progress = new DumpQueryResult(
        problem.isPresent() ? DumpStatus.FAILED : DumpStatus.COMPLETED, progress.completed(), progress.total());
    board.qmpEvents().publish(new QmpEvent.DumpCompleted(progress, problem));
  }

  private void refuse(String text, Consumer<Answer<Done>> done) {
    progress = new DumpQueryResult(DumpStatus.NONE, 0, 0);
    done.accept(failed(text));
  }

  private static Answer<Done> failed(String text) {
    return Answer.failed(Failure.generic(text));
  }
}
