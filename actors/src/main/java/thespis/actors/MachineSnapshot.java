package thespis.actors;

import akka.actor.typed.ActorSystem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/// A machine at one moment. Any number of machines go on from it, each with a life of its own: see
/// `docs/adr/0044-forks-of-a-machine.md`. They and the machine that it was taken of may end before it or after.
public final class MachineSnapshot implements AutoCloseable {
  private static final long PAGE = 4096;

  private final MachineConfig config;
  private final Optional<ActorSystem<?>> system;
  private final FrozenMachine frozen;

  MachineSnapshot(MachineConfig config, Optional<ActorSystem<?>> system, FrozenMachine frozen) {
    this.config = config;
    this.system = system;
    this.frozen = frozen;
  }

  /// Another machine that goes on from here, once it is started: with the same processors, no serial lines, and in the
  /// actor system that the first one was given, if it was.
  public ForkBuilder fork(String name) {
    return new ForkBuilder(config, frozen, system, name);
  }

  /// Writes it to a file, in the place of one that may be there: `-incoming x-thespis-snapshot:FILE` and
  /// {@link MachineBuilder#incoming} begin with it. Takes as long as the disk does.
  ///
  /// @throws IOException if it can't be written; then the file is as it was
  public void save(Path file) throws IOException {
    SnapshotFile.write(frozen, file);
  }

  /// Bytes of memory that it takes, and its forks share.
  public long bytes() {
    return frozen.ram().map(ram -> ram.filled().cardinality() * PAGE).orElse(0L);
  }

  /// Nobody goes on from here any more; who has stays. Closing twice is fine.
  @Override
  public void close() {
    frozen.close();
  }
}
