package thespis.actors;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.BooleanSupplier;
import thespis.machine.device.misc.KeyCode;
import thespis.qmp.QmpReply;
import thespis.qmp.command.InputCommands.KeyValue;
import thespis.qmp.wire.WireNames;

/// `send-key`: all keys go down one after the other, then up in reverse order, with a pause after each. What comes
/// meanwhile waits its turn. Keys pressed while the machine does not run go nowhere.
final class KeyPresses {
  /// How the board lets time pass.
  interface Clock {
    void after(Duration time, Runnable then);
  }

  private record Step(KeyCode key, boolean down, long pauseMillis) {}

  /// The keyboard.
  interface Keyboard {
    void key(KeyCode key, boolean down);
  }

  private final Keyboard keyboard;
  private final Clock clock;
  private final BooleanSupplier running;
  private final Deque<Step> steps = new ArrayDeque<>();
  private boolean pausing;

  KeyPresses(Keyboard keyboard, Clock clock, BooleanSupplier running) {
    this.keyboard = keyboard;
    this.clock = clock;
    this.running = running;
  }

  QmpReply press(List<KeyValue> keys, long holdMillis) {
    List<KeyCode> codes = new ArrayList<>();
    for (KeyValue key : keys) {
      KeyCode code = code(key);
      if (code != null) {
        codes.add(code);
      }
    }
    long pause = Math.max(holdMillis, 0);
    codes.forEach(code -> steps.add(new Step(code, true, pause)));
    codes.reversed().forEach(code -> steps.add(new Step(code, false, pause)));
    go();
    return QmpReply.done();
  }

  /// Null for what no keyboard here has.
  static KeyCode code(KeyValue key) {
    return switch (key) {
      case KeyValue.Number(long number) -> KeyCode.ofSet1(number);
      case KeyValue.Qcode(var name) -> KeyCode.of(WireNames.of(name));
    };
  }

  private void go() {
    while (!pausing && !steps.isEmpty()) {
      Step step = steps.remove();
      if (running.getAsBoolean()) {
        keyboard.key(step.key, step.down);
      }
      if (step.pauseMillis > 0) {
        pausing = true;
        clock.after(Duration.ofMillis(step.pauseMillis), () -> {
          pausing = false;
          go();
        });
      }
    }
  }
}
