package thespis.actors;

import java.util.ArrayDeque;
import java.util.Deque;

/// Client requests that take several steps run one after another, as in QEMU's main loop: each ends with {@link #done}.
final class Requests {
  private final Deque<Runnable> waiting = new ArrayDeque<>();
  private boolean busy;
  private boolean starting;
  private boolean ended;

  void submit(Runnable firstStep) {
    waiting.add(firstStep);
    startNext();
  }

  void done() {
    busy = false;
    startNext();
  }

  /// No other one begins any more.
  void end() {
    waiting.clear();
    ended = true;
  }

  private void startNext() {
    if (starting) {
      return;
    }
    starting = true;
    while (!busy && !ended && !waiting.isEmpty()) {
      busy = true;
      waiting.remove().run();
    }
    starting = false;
  }
}
