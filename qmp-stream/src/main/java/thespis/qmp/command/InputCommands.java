package thespis.qmp.command;

import java.util.List;
import java.util.Optional;
import thespis.qmp.wire.Union;

/// Keys pressed from outside. QEMU QMP reference "Input".
public sealed interface InputCommands<R> extends BoardCommand<R> {

  record SendKey(List<KeyValue> keys, Optional<Long> holdTime) implements InputCommands<QmpCommand.Nothing> {}

  @Union("type")
  sealed interface KeyValue {
    /// An IBM PC key number (scan code set 1).
    record Number(long data) implements KeyValue {}

    record Qcode(QKeyCode data) implements KeyValue {}
  }
}
