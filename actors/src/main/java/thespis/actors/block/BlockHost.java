package thespis.actors.block;

import java.util.Optional;
import java.util.function.Consumer;
import thespis.qmp.QmpEvent;

/// What the block layer needs from the actor that it belongs to.
public interface BlockHost {
  /// Work that may take its time, done elsewhere; `then` runs on the actor's thread with what went wrong, if anything.
  void run(Runnable work, Consumer<Optional<Throwable>> then);

  /// The same for who has nobody else to serve meanwhile: all at once.
  static void runAtOnce(Runnable work, Consumer<Optional<Throwable>> then) {
    Optional<Throwable> wrong = Optional.empty();
    try {
      work.run();
    } catch (RuntimeException e) {
      wrong = Optional.of(e);
    }
    then.accept(wrong);
  }

  /// Work for the actor's thread, from any.
  void later(Runnable work);

  void publish(QmpEvent event);
}
