package thespis.qmp.command;

/// A command with its arguments. The components of a record are the members of `arguments`, in QAPI's order and in
/// camel case; an `Optional` one may be left out.
///
/// A component of type `Map` gets all arguments as text, known and unknown, so none is unexpected. Such a command hands
/// its arguments to an option parser: numbers and booleans become text, null, lists and objects are not seen at all,
/// and neither is an `id` that is no string. Missing arguments are left to whoever carries it out: they are null here.
///
/// @param <R> what the command returns: a record, a list, a string, or {@link Nothing}
public sealed interface QmpCommand<R> permits MonitorCommands, ChardevCommands, DescriptorCommands, BoardCommand {
  /// The return type of a command that has nothing to say: `{}`.
  record Nothing() {
    public static final Nothing NOTHING = new Nothing();
  }
}
