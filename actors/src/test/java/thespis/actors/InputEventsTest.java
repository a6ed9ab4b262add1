package thespis.actors;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import thespis.hotplug.ErrorClass;
import thespis.qmp.QmpReply;
import thespis.qmp.command.InputCommands.Axis;
import thespis.qmp.command.InputCommands.Button;
import thespis.qmp.command.InputCommands.ButtonEvent;
import thespis.qmp.command.InputCommands.InputEvent;
import thespis.qmp.command.InputCommands.InputSendEvent;
import thespis.qmp.command.InputCommands.KeyEvent;
import thespis.qmp.command.InputCommands.KeyValue;
import thespis.qmp.command.InputCommands.MoveEvent;
import thespis.qmp.command.QKeyCode;

/// `input-send-event` at the keyboard and the mouse.
class InputEventsTest {
  private final List<String> heard = new ArrayList<>();
  private boolean running = true;
  private final InputEvents input = new InputEvents(
      (key, down) -> heard.add(key.qcode() + (down ? " down" : " up")),
      (right, down, wheel, pressed) -> heard.add(right + " " + down + " " + wheel + " " + pressed),
      () -> running);

  @Test
  void keysArePressedAndReleased() {
    send(key(true), key(false));
    assertEquals(List.of("a down", "a up"), heard);
  }

  @Test
  void movementOfOneCommandArrivesTogether() {
    send(rel(Axis.X, 5), rel(Axis.Y, -3), rel(Axis.X, 2));
    assertEquals(List.of("7 -3 0 0"), heard);
  }

  @Test
  void buttonsStayPressedUntilTheyAreReleased() {
    send(button(Button.RIGHT, true));
    send(button(Button.LEFT, true), rel(Axis.X, 1));
    send(button(Button.RIGHT, false));
    assertEquals(List.of("0 0 0 2", "1 0 0 3", "0 0 0 1"), heard);
  }

  @Test
  void theWheelIsAButtonThatTurns() {
    send(button(Button.WHEEL_UP, true), button(Button.WHEEL_UP, false));
    send(button(Button.WHEEL_DOWN, true));
    assertEquals(List.of("0 0 -1 0", "0 0 1 0"), heard);
  }

  @Test
  void whatNobodyCanTakeIsRefused() {
    assertEquals(QmpReply.fail("Input handler not found for event type abs"),
        send(rel(Axis.X, 1), new InputEvent.Abs(new MoveEvent(Axis.X, 1))));
    assertEquals(new QmpReply.Fail(ErrorClass.DEVICE_NOT_FOUND, "Device 'x' not found"),
        input.send(new InputSendEvent(Optional.of("x"), Optional.empty(), List.of())));
    running = false;
    assertEquals(QmpReply.fail("VM not running"), send(key(true)));
    assertEquals(List.of(), heard);
  }

  private QmpReply send(InputEvent... events) {
    return input.send(new InputSendEvent(Optional.empty(), Optional.empty(), List.of(events)));
  }

  private static InputEvent key(boolean down) {
    return new InputEvent.Key(new KeyEvent(new KeyValue.Qcode(QKeyCode.A), down));
  }

  private static InputEvent button(Button button, boolean down) {
    return new InputEvent.Btn(new ButtonEvent(button, down));
  }

  private static InputEvent rel(Axis axis, long value) {
    return new InputEvent.Rel(new MoveEvent(axis, value));
  }
}
