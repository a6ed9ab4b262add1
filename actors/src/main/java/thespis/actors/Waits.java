package thespis.actors;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Clients that wait for what a guest does with a slot, each with a limit of its own. A guest that never answers costs the
/// memory of those who wait for it, and blocks nothing.
final class Waits<T> {
  interface Alarm {
    /// @return takes it back
    Runnable after(Duration limit, Runnable then);
  }

  private static final class Wait<T> {
    final int slot;
    final Consumer<T> done;
    Runnable noAlarm;

    Wait(int slot, Consumer<T> done) {
      this.slot = slot;
      this.done = done;
    }
  }

  private final Alarm alarm;
  private final List<Wait<T>> open = new ArrayList<>();

  Waits(Alarm alarm) {
    this.alarm = alarm;
  }

  /// @param tooLate the answer when the limit is over
  void add(int slot, Duration limit, Consumer<T> done, Supplier<T> tooLate) {
    Wait<T> wait = new Wait<>(slot, done);
    open.add(wait);
    wait.noAlarm = alarm.after(limit, () -> {
      if (open.remove(wait)) {
        done.accept(tooLate.get());
      }
    });
  }

  void settle(int slot, T answer) {
    List<Wait<T>> over = open.stream().filter(w -> w.slot == slot).toList();
    open.removeAll(over);
    for (Wait<T> wait : over) {
      wait.noAlarm.run();
      wait.done.accept(answer);
    }
  }
}
