package thespis.actors;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import thespis.hotplug.ErrorClass;
import thespis.machine.device.misc.KeyCode;
import thespis.qmp.QmpReply;
import thespis.qmp.command.InputCommands.Axis;
import thespis.qmp.command.InputCommands.Button;
import thespis.qmp.command.InputCommands.InputEvent;
import thespis.qmp.command.InputCommands.InputSendEvent;

/// `input-send-event`: what a user does at a PS/2 keyboard and a PS/2 mouse. All movement of one command arrives together.
/// There is no device that knows where on a screen it is.
final class InputEvents {
  /// The mouse as its controller takes it.
  interface Mouse {
    void moved(int right, int down, int wheel, int pressed);
  }

  /// Bits of a PS/2 mouse's report.
  private static final List<Button> BUTTONS = List.of(
      Button.LEFT, Button.RIGHT, Button.MIDDLE, Button.SIDE, Button.EXTRA);

  private final KeyPresses.Keyboard keyboard;
  private final Mouse mouse;
  private final BooleanSupplier running;
  private final Set<Button> pressed = EnumSet.noneOf(Button.class);

  /// @param running somebody is there to see it
  InputEvents(KeyPresses.Keyboard keyboard, Mouse mouse, BooleanSupplier running) {
    this.keyboard = keyboard;
    this.mouse = mouse;
    this.running = running;
  }

  QmpReply send(InputSendEvent command) {
    if (command.device().isPresent()) {
      return new QmpReply.Fail(
          ErrorClass.DEVICE_NOT_FOUND, "Device '" + command.device().get() + "' not found");
    }
    if (!running.getAsBoolean()) {
      return QmpReply.fail("VM not running");
    }
    if (command.events().stream().anyMatch(InputEvent.Abs.class::isInstance)) {
      return QmpReply.fail("Input handler not found for event type abs");
    }
    int right = 0;
    int down = 0;
    int wheel = 0;
    boolean moved = false;
    for (InputEvent event : command.events()) {
      switch (event) {
        case InputEvent.Key(var key) -> press(KeyPresses.code(key.key()), key.down());
        case InputEvent.Btn(var button) -> {
          wheel += wheel(button.button(), button.down());
          press(button.button(), button.down());
          moved = true;
        }
        case InputEvent.Rel(var move) when move.axis() == Axis.X -> {
          right += (int) move.value();
          moved = true;
        }
        case InputEvent.Rel(var move) -> {
          down += (int) move.value();
          moved = true;
        }
        case InputEvent.Abs _ -> throw new IllegalStateException("expected to have refused " + event);
      }
    }
    if (moved) {
      int report = pressed.stream().filter(BUTTONS::contains).mapToInt(b -> 1 << BUTTONS.indexOf(b)).sum();
      mouse.moved(right, down, wheel, report);
    }
    return QmpReply.done();
  }

  private void press(KeyCode code, boolean down) {
    if (code != null) {
      keyboard.key(code, down);
    }
  }

  private void press(Button button, boolean down) {
    if (down) {
      pressed.add(button);
    } else {
      pressed.remove(button);
    }
  }

  private static int wheel(Button button, boolean down) {
    return !down ? 0 : button == Button.WHEEL_UP ? -1 : button == Button.WHEEL_DOWN ? 1 : 0;
  }
}
