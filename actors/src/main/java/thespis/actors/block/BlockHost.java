package thespis.actors.block;

import java.util.Optional;
import java.util.function.Consumer;
import thespis.qmp.QmpEvent;

/// What the block layer needs from the actor that it belongs to.
public interface BlockHost {
  /// Work that may take its time, done elsewhere; `then` runs on the actor's thread with what went wrong, if anything.
  void run(Runnable work, Consumer<Optional<Throwable>> then);

  /// Work for the actor's thread, from any.
  void later(Runnable work);

  void publish(QmpEvent event);
}
