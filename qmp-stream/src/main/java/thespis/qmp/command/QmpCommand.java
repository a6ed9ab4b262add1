package thespis.qmp.command;

/// A command with its arguments. The components of a record are the members of `arguments`, in QAPI's order and in camel
/// case; an `Optional` one may be left out.
///
/// @param <R> what the command returns: a record, a list, a string, or {@link Nothing}
public sealed interface QmpCommand<R> permits MonitorCommands, ChardevCommands, BoardCommand {
  /// The return type of a command that has nothing to say: `{}`.
  record Nothing() {
    public static final Nothing NOTHING = new Nothing();
  }
}
