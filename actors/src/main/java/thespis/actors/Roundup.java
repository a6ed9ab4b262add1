package thespis.actors;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/// Remembers whose answer is still missing and what to do when all have come. Whoever is gone counts as having
/// answered.
final class Roundup {
  private final Set<Integer> missing = new HashSet<>();
  private Runnable then;

  void await(Collection<Integer> slots, Runnable then) {
    if (this.then != null) {
      throw new IllegalStateException("still waiting for " + missing);
    }
    missing.addAll(slots);
    this.then = then;
    check();
  }

  void answered(int slot) {
    if (missing.remove(slot)) {
      check();
    }
  }

  private void check() {
    if (missing.isEmpty()) {
      Runnable next = then;
      then = null;
      next.run();
    }
  }
}
