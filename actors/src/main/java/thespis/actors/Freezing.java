package thespis.actors;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import thespis.cpu.model.ConfigException;
import thespis.hotplug.Answer;
import thespis.hotplug.Answer.Done;
import thespis.hotplug.Failure;
import thespis.hotplug.RunState;
import thespis.machine.board.RamImage;
import thespis.machine.migrate.MachineImage;
import thespis.machine.migrate.Section;
import thespis.machine.migrate.StreamException;

/// The board's side of a snapshot: the machine stands still while it is taken, and of a machine that goes on from one.
final class Freezing {
  private final Board board;
  private final Hardware hardware;
  private final Migration migration;

  Freezing(Board board, Hardware hardware, Migration migration) {
    this.board = board;
    this.hardware = hardware;
    this.migration = migration;
  }

  /// @param then hears of it before the machine goes on; what it is given is its to close
  void freeze(Consumer<Answer<FrozenMachine>> then) {
    if (migration.active()) {
      then.accept(failed("There's a migration process in progress"));
    } else if (board.run().state() == RunState.INMIGRATE) {
      then.accept(failed("Guest is waiting for an incoming migration"));
    } else {
      board.switchover().stop(RunState.SAVE_VM, before -> {
        // before the processors, as in a migration: what a chip has just told them is in their state
        List<Section> chips = hardware.image().save();
        board.cpuTransfer().save(processors -> freeze(before, chips, processors, then));
      });
    }
  }

  /// Into a file.
  void save(String file, Consumer<Answer<Done>> then) {
    freeze(answer -> {
      switch (answer) {
        case Answer.Failed<FrozenMachine>(var failure) -> then.accept(Answer.failed(failure));
        case Answer.Ok<FrozenMachine>(var frozen) -> board.offload(() -> write(frozen, file), wrong -> {
          frozen.close();
          then.accept(wrong.isPresent() ? failed(wrong.get().getMessage()) : Answer.done());
        });
      }
    });
  }

  private static void write(FrozenMachine frozen, String file) {
    try {
      SnapshotFile.write(frozen, Path.of(file));
    } catch (IOException | InvalidPathException e) {
      throw new ConfigException("Could not write '" + file + "': " + SnapshotFile.reason(e));
    }
  }

  private void freeze(
      RunState before, List<Section> chips, List<Section> processors, Consumer<Answer<FrozenMachine>> then) {
    MachineImage image = hardware.image();
    Section shape = image.shape().with(board.cpuTransfer().apicIds()).section();
    List<FrozenMachine.Processor> made = board.seats().made();
    List<Section> rest = new ArrayList<>(chips);
    rest.addAll(processors);
    rest.add(board.unplugs().save());
    rest.add(board.switchover().save(before));
    List<FrozenMachine> frozen = new ArrayList<>();
    board.offload(() -> frozen.add(freeze(shape, image, rest, made)), wrong -> {
      board.switchover().notMigrated(before);
      if (board.isEnding()) {
        frozen.forEach(FrozenMachine::close);
      } else {
        then.accept(wrong.isPresent() ? failed(wrong.get().getMessage()) : Answer.ok(frozen.getFirst()));
      }
    });
  }

  /// RAM last: a device may have been in the middle of something.
  private static FrozenMachine freeze(
      Section shape, MachineImage image, List<Section> rest, List<FrozenMachine.Processor> made) {
    Map<String, Section> sections = new LinkedHashMap<>();
    rest.forEach(section -> sections.put(section.name(), section));
    return new FrozenMachine(shape, sections, made, image.ram().map(RamImage::of));
  }

  /// Goes on from there. RAM is what it was already.
  ///
  /// @param then hears what is wrong, if something is
  void thaw(FrozenMachine from, Consumer<Optional<String>> then) {
    MachineImage image = hardware.image();
    try {
      image.shape().with(board.cpuTransfer().apicIds()).accept(from.shape());
    } catch (StreamException e) {
      then.accept(Optional.of(e.getMessage()));
      return;
    }
    board.switchover().load(from.sections(), image::load, migration::load, then);
  }

  private static <T> Answer<T> failed(String text) {
    return Answer.failed(Failure.generic(text));
  }
}
