package thespis.qmp;

import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletionStage;
import thespis.qmp.command.ChardevCommands;
import thespis.qmp.command.ChardevCommands.ChardevBackendInfo;
import thespis.qmp.command.ChardevCommands.ChardevInfo;
import thespis.qmp.command.DescriptorCommands;
import thespis.qmp.command.MonitorCommands.CommandLineOptionInfo;
import thespis.qmp.command.MonitorCommands.HumanMonitorCommand;
import thespis.qmp.command.MonitorCommands.VersionInfo;

/// What monitors ask of the process that holds the machine. Called on an actor's thread: nothing here may wait.
public interface QmpHost {
  /// What the greeting and `query-version` say.
  VersionInfo version();

  /// False until the machine is made (`--preconfig`). Set before the reply to the command that makes it.
  boolean initialized();

  /// Carries out a line of the human monitor: what it prints, or the failure of the command as a whole.
  CompletionStage<QmpReply> human(HumanMonitorCommand command);

  List<ChardevInfo> chardevs();

  /// Makes, changes, uses or removes a character device.
  CompletionStage<QmpReply> chardev(ChardevCommands.Operation<?> operation);

  /// Descriptors that other processes have opened for this one.
  ///
  /// @param handed what came with the command, now the host's
  QmpReply descriptor(DescriptorCommands<?> command, OptionalInt handed);

  /// A descriptor came that nobody wants.
  void drop(int descriptor);

  /// Labels of the character devices that can be cut off, in the order in which they came.
  List<String> yankable();

  /// Cuts a socket device off from whoever is at its other end.
  QmpReply yank(List<String> labels);

  /// The kinds of character device that can be made.
  List<ChardevBackendInfo> chardevBackends();

  /// The options of the command line that take parameters.
  List<CommandLineOptionInfo> commandLineOptions();
}
