package thespis.qmp.command;

import java.util.List;
import java.util.Optional;
import thespis.qmp.wire.WireName;

/// What a connection answers by itself. QEMU QMP reference "QMP monitor control".
public sealed interface MonitorCommands<R> extends QmpCommand<R> {

  record QmpCapabilities(Optional<List<QmpCapability>> enable)
      implements MonitorCommands<QmpCommand.Nothing>, Underscored, Preconfig {}

  record QueryVersion() implements MonitorCommands<VersionInfo>, Preconfig {}

  record QueryCommands() implements MonitorCommands<List<CommandInfo>>, Preconfig {}

  record QueryCommandLineOptions(Optional<String> option)
      implements MonitorCommands<List<CommandLineOptionInfo>>, Preconfig {}

  record QueryQmpSchema() implements MonitorCommands<List<SchemaInfo>>, Preconfig {}

  /// The same with what QEMU does not have.
  record XThespisQueryQmpSchema() implements MonitorCommands<List<SchemaInfo>>, Preconfig, Extension {}

  /// A line for the human monitor; what it prints is the result.
  @Features("savevm-monitor-nodes")
  record HumanMonitorCommand(String commandLine, Optional<Long> cpuIndex) implements MonitorCommands<String> {}

  enum QmpCapability {
    OOB
  }

  record CommandLineOptionInfo(String option, List<CommandLineParameterInfo> parameters) {}

  record CommandLineParameterInfo(
      String name,
      CommandLineParameterType type,
      Optional<String> help,
      @WireName("default") Optional<String> initial) {}

  enum CommandLineParameterType {
    STRING,
    BOOLEAN,
    NUMBER,
    SIZE
  }

  record CommandInfo(String name) {}

  record VersionInfo(VersionTriple qemu, @WireName("package") String packageName) {}

  record VersionTriple(long micro, long minor, long major) {}
}
