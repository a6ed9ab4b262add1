package thespis.qmp.command;

/// The commands that concern a machine and go to its board. Those of {@link MonitorCommands} are the connection's own.
public sealed interface BoardCommand<R> extends QmpCommand<R>
    permits StatusCommands, CpuCommands, DeviceCommands, MachineCommands, ChardevCommands {}
