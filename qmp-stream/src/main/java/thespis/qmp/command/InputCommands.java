package thespis.qmp.command;

import java.util.List;
import java.util.Optional;
import thespis.qmp.wire.Union;

/// Keys pressed from outside. QEMU QMP reference "Input".
public sealed interface InputCommands<R> extends BoardCommand<R> {

  record SendKey(List<KeyValue> keys, Optional<Long> holdTime) implements InputCommands<QmpCommand.Nothing> {}

  /// What a keyboard or a pointing device would say.
  record InputSendEvent(Optional<String> device, Optional<Long> head, List<InputEvent> events)
      implements InputCommands<QmpCommand.Nothing> {}

  @Union("type")
  sealed interface InputEvent {
    record Key(KeyEvent data) implements InputEvent {}

    record Btn(ButtonEvent data) implements InputEvent {}

    record Rel(MoveEvent data) implements InputEvent {}

    record Abs(MoveEvent data) implements InputEvent {}
  }

  record KeyEvent(KeyValue key, boolean down) {}

  record ButtonEvent(Button button, boolean down) {}

  record MoveEvent(Axis axis, long value) {}

  enum Button {
    LEFT,
    MIDDLE,
    RIGHT,
    WHEEL_UP,
    WHEEL_DOWN,
    SIDE,
    EXTRA,
    WHEEL_LEFT,
    WHEEL_RIGHT
  }

  enum Axis {
    X,
    Y
  }

  @Union("type")
  sealed interface KeyValue {
    /// An IBM PC key number (scan code set 1).
    record Number(long data) implements KeyValue {}

    record Qcode(QKeyCode data) implements KeyValue {}
  }
}
